"""What the top level made serves one target after another, and only as long as none of them changes it."""

from __future__ import annotations

import pytest

from keraslint.graph.analysis import Analysis
from keraslint.interp.analyse import Options, analyse_source
from keraslint.interp.machine import Machine
from keraslint.interp.modules import load
from keraslint.source.text import SourceFile

BLOCKS = """
import itertools
import keras
from keras import layers

made = []
widths = {"units": 4}
numbers = itertools.count(1)
letters = iter([2, 3, 5, 7])
shared = layers.Dense(3, name="shared")


class Options:
    units = 6


class Registry(dict):
    pass


options, registry = Options(), Registry()


def net(units, name=None):
    x = keras.Input((2,))
    return keras.Model(x, layers.Dense(units)(x), name=name)


def plain():
    return net(5)


def listed():
    made.append(1)
    return net(len(made))


def keyed():
    widths["units"] += 1
    return net(widths["units"])


def attributed():
    options.units += 1
    return net(options.units)


def classed():
    Options.units = Options.units + 1
    return net(Options.units)


def held():
    registry[len(registry)] = 1
    return net(len(registry))


def counted():
    return net(next(numbers))


def drawn():
    return net(next(letters))


def sharing():
    x = keras.Input((2,))
    return keras.Model(x, shared(x))


def global_name():
    global made
    made = [*made, 1]
    return net(len(made))


def patching():
    units = getattr(keras, "our_units", 1)
    keras.our_units = units + 1
    return net(units)


def closing(step):
    def build():
        nonlocal step
        step += 1
        return net(step)

    return build


closed = closing(3)


def remembering(cache={}):
    cache["n"] = cache.get("n", 0) + 1
    return net(cache["n"])


def drawing(rows=iter([4, 5, 6])):
    return net(next(rows))


def choosing():
    return net(8 if keras.utils.get_file("x") else 9)
"""
TARGETS = [line[4:].partition("(")[0] + "()" for line in BLOCKS.splitlines() if line.startswith("def ")]
TARGETS = [target for target in TARGETS if target not in {"net()", "closing()"}] + ["closed()"]


def analysis(targets: list[str], text: str = BLOCKS) -> Analysis:
    """Analyse targets of a program in one run."""
    return analyse_source(SourceFile("program.py", text), targets, Options(read=lambda _path: None))


def told(found: Analysis) -> list[object]:
    """Return what a reader sees of the models."""
    return [(m.target, m.name, m.certainty, m.count, [(row.name, row.count) for row in m.rows]) for m in found.models]


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_told_as_if_it_were_the_only_one(target: str) -> None:
    alone = told(analysis([target]))
    assert told(analysis([target, "plain()", target, target])) == [*alone, *told(analysis(["plain()"])), *alone, *alone]


def test_the_top_level_runs_once_for_targets_that_leave_it_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def counting(machine: Machine, name: str, path: str, data: bytes) -> object:
        loaded.append(name)
        return load(machine, name, path, data)

    monkeypatch.setattr("keraslint.interp.modules.load", counting)
    files = {"blocks.py": BLOCKS.encode()}
    text = "import blocks\n\n\ndef one():\n    return blocks.net(1)\n\n\ndef two():\n    return blocks.listed()\n"
    options = Options(read=files.get)
    analyse_source(SourceFile("program.py", text), ["one()", "one()", "one()"], options)
    assert loaded == ["blocks"] * 3, "an iterator's position cannot be seen"
    files["blocks.py"] = BLOCKS.replace("iter([", "list([").replace("itertools.count(1)", "[]").encode()
    loaded.clear()
    analyse_source(SourceFile("program.py", text), ["one()", "one()", "two()", "one()", "one()"], options)
    assert loaded == ["blocks"] * 2, "two() has changed a list of the module"
