"""``keraslint verify`` from the outside: real Keras beside our counts, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.app.running import Done, Project

PROGRAM = """\
import os, sys
import keras
from keras import layers

print("not the answer"), print("{", file=sys.stderr)


class Block(layers.Layer):
    def __init__(self, units, **options):
        super().__init__(**options)
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x) + x


def build(n, m=3):
    inputs = keras.Input((n,))
    return keras.Model(inputs, layers.Dense(m)(inputs))


def unused():
    return keras.Sequential([keras.Input((3,)), layers.Dense(3)])


shared = layers.Dense(5)
left, right = keras.Input((5,)), keras.Input((5,))
twins = keras.Model([left, right], layers.Concatenate()([shared(left), shared(right)]), name="twins")
encoder = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten()], name="encoder")
encoder.trainable = False
nested = keras.Sequential([encoder, layers.Dense(int(os.environ.get("WIDTH", "2")))])
row = [keras.Sequential([keras.Input((k,)), Block(k)]) for k in (2, 3)]
lazy = keras.Sequential([layers.Dense(3)])
lazy.build((None, 2))
lazy.add(layers.Dense(2))
lazy.pop()
numbered = build(2)
steps = keras.Input((5, 6))
recurrent = keras.Model(steps, layers.LSTM(4, return_state=True)(steps), name="recurrent")
"""
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import keras\n", "\n"]},
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["1 / 0\n"]},
        {"cell_type": "code", "source": ["x = 1\n", "m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])"]},
    ],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
COMPLAINT = "keraslint: `verify` runs the code of {}\n"


def _same(done: Done) -> list[bool]:
    return [comparison["same"] for comparison in json.loads(done.out)["comparisons"]]


@pytest.fixture
def python_without_keras(tmp_path: Path) -> str:
    """Return an interpreter that finds the standard library only."""
    path = tmp_path / "bare-python"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    path.chmod(0o755)
    return str(path)


@pytest.mark.tensorflow
@pytest.mark.parametrize(("version", "package"), [("3", "(keras 3."), ("2", "(tf_keras 2.")])
def test_the_example_is_what_keras_makes_of_it(example: Project, version: str, package: str) -> None:
    done = example.run("verify", "--target-keras", version, "my_model.py")
    assert (done.status, done.err) == (0, COMPLAINT.format("my_model.py"))
    assert f'Model: "myModel" {package}' in done.out
    assert "│ conv0 (Conv2D)                 │ (None, 64, 64, 32) │     4,736 │  4,736 │            │" in done.out
    assert done.out.endswith(
        " Total params: 37,633 | Keras: 37,633\n Trainable params: 37,569 | Keras: 37,569\n"
        " Non-trainable params: 64 | Keras: 64\n No difference.\n"
    )


@pytest.mark.tensorflow
@pytest.mark.parametrize("version", ["3", "2"])
def test_every_model_of_a_program_stands_beside_its_own(project: Project, version: str) -> None:
    project.write("net.py", PROGRAM)
    done = project.run("verify", "--target-keras", version, "--output-format", "json", "net.py")
    assert done.status == 0, done.out
    names = [comparison["keras"]["name"] for comparison in json.loads(done.out)["comparisons"]]
    assert names[:2] == ["twins", "encoder"]
    assert names[-1] == "recurrent"
    assert _same(done) == [True] * 8
    assert "1 model that net.py does not make itself: verify net.py::unused\n" in done.err
    assert names[-2] == {"3": "functional_7", "2": "model"}[version]


@pytest.mark.tensorflow
def test_what_differs_is_said_and_is_status_1(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("net.py", PROGRAM)
    monkeypatch.setenv("WIDTH", "7")
    done = project.run("verify", "net.py")
    assert done.status == 1
    line = next(line for line in done.out.splitlines() if "≠" in line)
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "dense_1 (Dense)", "(None, 2) ≠ (None, 7)", "290", "1,015", "output shape, params, trainable",
    ]  # fmt: skip
    assert " Total params: 402 | Keras: 1,127\n" in done.out
    assert done.out.count("No difference.") == 7
    assert project.run("verify", "--env", "WIDTH=7", "--output-format", "json", "net.py").status == 0


@pytest.mark.tensorflow
def test_a_target_is_called_as_summary_calls_it(project: Project) -> None:
    project.write("nets/__init__.py", "")
    project.write("nets/sizes.py", "UNITS = 3\n")
    project.write(
        "nets/net.py",
        "import keras\nfrom .sizes import UNITS\n\n\n# keraslint: assume(n=7)\ndef build(n):\n"
        "    inputs = keras.Input((n,))\n    return keras.Model(inputs, keras.layers.Dense(UNITS)(inputs))\n\n\n"
        "pair = {'a': build(1), 'b': (build(2), 5)}\n",
    )
    targets = ["nets/net.py::build", "nets/net.py::build(9)", "nets/net.py::pair"]
    done = project.run("verify", "--output-format", "json", *targets)
    assert done.status == 0, done.out
    totals = [comparison["keras"]["total"] for comparison in json.loads(done.out)["comparisons"]]
    assert totals == [24, 30, 6, 9]


@pytest.mark.tensorflow
def test_a_notebook_runs_cell_by_cell(project: Project) -> None:
    project.write("net.ipynb", json.dumps(NOTEBOOK))
    done = project.run("verify", "net.ipynb")
    assert done.status == 0, done.out + done.err
    assert "net.ipynb:cell 3:2:5\n" in done.out
    assert "net.ipynb:cell 2:1: ZeroDivisionError: division by zero; the other cells ran\n" in done.err


@pytest.mark.tensorflow
def test_what_was_made_before_a_crash_is_compared_and_the_status_is_2(project: Project) -> None:
    project.write("net.py", "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\nm.nope\n")
    done = project.run("verify", "net.py")
    assert done.status == 2
    assert "No difference." in done.out
    assert "keraslint: net.py:3:1: AttributeError: " in done.err


@pytest.mark.tensorflow
def test_a_model_or_layer_that_only_one_of_the_two_has_is_a_difference(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        "net.py",
        "import os\nimport keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
        "if os.environ.get('MORE'):\n    m.add(keras.layers.Flatten())\n"
        "    n = keras.Sequential([keras.Input((4,))], name='more')\n"
        "else:\n    n = keras.Sequential([keras.Input((5,))], name='less')\n",
    )
    monkeypatch.setenv("MORE", "1")
    done = project.run("verify", "net.py")
    assert done.status == 1
    assert "│ flatten (Flatten) │ (None, 2)    │         - │     0 │ no such layer │" in done.out
    assert 'Model: "less ≠ more"' in done.out
    project.write("net.py", "import os, keras\nm = keras.Sequential if os.environ.get('MORE') else int\nm()\n")
    assert "The program makes this model, and keraslint knows of none here." in project.run("verify", "net.py").out


def test_a_crash_says_where_and_what(project: Project) -> None:
    project.write("net.py", "def load():\n    raise OSError('no data\\nhere')\n\n\nprint('noise')\nload()\n")
    done = project.run("verify", "net.py")
    assert (done.status, done.out) == (2, "")
    assert done.err == COMPLAINT.format("net.py") + "keraslint: net.py:2:1: OSError: no data\\nhere\n"


def test_the_trace_is_told_on_request(project: Project) -> None:
    project.write("net.py", "print('noise')\n1 / 0\n")
    done = project.run("verify", "-v", "net.py")
    assert "Traceback (most recent call last)" in done.err
    assert '/net.py", line 2, in <module>' in done.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import os\nprint('last words', flush=True)\nos._exit(3)\n", "status 3 and gave no answer: last words\n"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "ended by signal 9 and gave no answer\n"),
        ("import sys\nsys.exit(4)\n", "net.py:2:1: SystemExit: 4\n"),
        ("x = 1\n", "net.py:1:1: the program makes no model when it is run\n"),
        ("import sys\nsys.exit(0)\n", "net.py:1:1: the program makes no model when it is run\n"),
    ],
)
def test_an_end_without_models_is_status_2(project: Project, text: str, words: str) -> None:
    project.write("net.py", text)
    done = project.run("verify", "net.py")
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith(words)


def test_a_program_sees_its_own_modules_and_arguments_and_not_ours(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("net.py", "import sys\nimport config\nraise KeyError(config.X, len(sys.argv), __name__)\n")
    project.write("config.py", "X = 5\n")
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    assert "net.py:3:1: KeyError: (5, 1, '__main__')\n" in project.run("verify", "net.py").err
    (project.folder / "config.py").unlink()
    assert "No module named 'config'\n" in project.run("verify", "net.py").err


def test_a_program_that_does_not_end_is_ended(project: Project) -> None:
    project.write("net.py", "import time\ntime.sleep(600)\n")
    done = project.run("verify", "--timeout", "0.5", "net.py")
    assert done.status == 2
    assert "net.py:1:1: the program did not end within 0.5 seconds (`--timeout`)\n" in done.err


def test_no_keras_says_how_to_get_it(project: Project, python_without_keras: str) -> None:
    project.write("net.py", "import keras\nm = keras.Sequential([keras.Input((3,))])\n")
    done = project.run("verify", "--python", python_without_keras, "net.py")
    assert (done.status, done.out) == (2, "")
    assert "net.py:1:1: ModuleNotFoundError: No module named 'keras'; `verify` needs Keras in " in done.err
    assert "install `keraslint[verify]`" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["."], ". is a folder; `verify` runs what it is given, so name the files"),
        (["missing.py"], "missing.py:1:1: no such file"),
        (["net.py::nope"], "there is no `nope` in this file"),
        (["net.py::build"], "`build` needs `n`: write `build(…)`, or `--assume n=…`"),
        (["net.py", "--python", "no-such-python"], "`--python no-such-python`: there is no such program"),
        (["net.py", "--output-format", "tble"], "did you mean `table`?"),
    ],
)
def test_what_cannot_run_is_status_2(project: Project, arguments: list[str], words: str) -> None:
    project.write("net.py", "def build(n):\n    return n\n")
    done = project.run("verify", *arguments)
    assert (done.status, done.out) == (2, "")
    assert words in done.err


def test_the_help_says_that_it_runs_the_code(project: Project) -> None:
    assert "This command runs the code" in " ".join(project.run("verify", "--help").out.split())
