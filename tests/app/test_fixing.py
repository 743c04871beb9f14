"""Fixes from the outside: refused where they move a number unasked, made pass after pass, in notebooks as in modules."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from keraslint.diagnose.registry import load_registry
from tests.app.running import Project

RULES = '''\
"""Rules that replace texts: what, by what, and whether counts are meant to change."""

from keraslint import Applicability, Edit, Fix, Rule, Severity, source_of, span_between


class Replacing(Rule):
    severity = Severity.WARNING
    fixes = Applicability.SAFE
    changes = False

    def check(self, analysis, settings):
        source = source_of(analysis)
        start = source.text.find(self.old)
        while start >= 0:
            span = span_between(source, start, start + len(self.old))
            fix = Fix("replace it", Applicability.SAFE, (Edit(span, self.new),), changes_counts=self.changes)
            yield self.report(f"`{self.old}` is here", span, fix=fix)
            start = source.text.find(self.old, start + 1)


'''
RULE = '''\
class R{code}(Replacing):
    """It replaces a text."""

    code = "ABC{code}"
    name = "abc-{code}"
    old, new, changes = {old!r}, {new!r}, {changes}


'''
NET = """\
import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4), keras.layers.Dense(6)])
"""


class Pack:
    """A project beside which rules that replace texts are installed."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def install(self, *rules: tuple[str, str, bool]) -> None:
        """Install a rule for each old text, new text, and whether it means to change counts."""
        text = "".join(
            RULE.format(code=100 + n, old=old, new=new, changes=changes) for n, (old, new, changes) in enumerate(rules)
        )
        self.project.write("../site/abc_rules.py", RULES + text)
        info = "../site/abc-1.0.dist-info"
        self.project.write(f"{info}/METADATA", "Metadata-Version: 2.1\nName: abc\nVersion: 1.0\n")
        self.project.write(f"{info}/entry_points.txt", "[keraslint.rules]\nabc = abc_rules\n")

    def fix(self, text: str, *options: str, name: str = "net.py") -> tuple[str, str]:
        """Return a file's text after its fixes, and what was said on standard error."""
        self.project.write(name, text)
        done = self.project.run("check", "--select", "ABC", "--fix", *options, name)
        return (self.project.folder / name).read_bytes().decode(), done.err


@pytest.fixture
def pack(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    """Return a project with a pack."""
    (project.folder.parent / "site").mkdir()
    monkeypatch.syspath_prepend(str(project.folder.parent / "site"))
    monkeypatch.delitem(__import__("sys").modules, "abc_rules", raising=False)
    load_registry.cache_clear()
    yield Pack(project)
    load_registry.cache_clear()
    __import__("sys").modules.pop("abc_rules", None)


def test_a_fix_that_moves_a_count_unasked_is_refused_and_said_so(pack: Pack) -> None:
    pack.install(("Dense(4)", "Dense(5)", False))
    text, said = pack.fix(NET)
    assert text == NET
    assert said.startswith(
        "keraslint: net.py:3: the fix of ABC100 was not made: it would change other counts or shapes"
    )


def test_the_others_are_made_all_the_same(pack: Pack) -> None:
    pack.install(("Dense(4)", "Dense(5)", False), ("(2,)", "[2]", False), ("Dense(6)", "Dense(units=6)", False))
    text, said = pack.fix(NET)
    assert text == NET.replace("(2,)", "[2]").replace("Dense(6)", "Dense(units=6)")
    assert said.count("was not made") == 1
    assert "ABC100" in said


def test_one_that_means_to_change_counts_does_not_hide_one_that_does_not(pack: Pack) -> None:
    pack.install(("Dense(4)", "Dense(5)", False), ("Dense(6)", "Dense(7)", True))
    text, said = pack.fix(NET)
    assert text == NET.replace("Dense(6)", "Dense(7)")
    assert "ABC100 was not made" in said


def test_one_that_means_to_change_counts_may_not_break_the_model(pack: Pack) -> None:
    pack.install(("Dense(6)", "Conv2D(6, 3)", True))
    text, said = pack.fix(NET)
    assert text == NET
    assert "ABC100 was not made" in said


def test_one_that_breaks_the_syntax_is_refused(pack: Pack) -> None:
    pack.install(("Dense(6)", "Dense(6", True))
    text, said = pack.fix(NET)
    assert text == NET
    assert "ABC100 was not made" in said


def test_fixes_that_overlap_are_made_one_after_the_other(pack: Pack) -> None:
    pack.install(
        ("(2,)), keras", "[2]), keras", False), (", keras.layers.Dense(4)", ", keras.layers.Dense(units=4)", False)
    )
    text, said = pack.fix(NET, "--show-fixes")
    assert text == NET.replace("(2,)", "[2]").replace("Dense(4)", "Dense(units=4)")
    assert said == ""


def test_a_fix_that_makes_room_for_another_is_followed_by_it(pack: Pack) -> None:
    pack.install(("Dense(4)", "Dense(4, 'relu')", False), ("'relu'", "'elu'", False), ("'elu'", "'selu'", False))
    text, _ = pack.fix(NET.replace("Dense(4)", "Dense(units=4, activation='relu')"))
    assert "activation='selu'" in text


def test_fixes_that_undo_each_other_end(pack: Pack) -> None:
    pack.install(("'relu'", "'elu'", False), ("'elu'", "'relu'", False))
    text, _ = pack.fix(NET.replace("Dense(4)", "Dense(4, 'relu')"))
    assert "elu'" in text


def test_only_the_cell_of_a_notebook_changes(pack: Pack) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Dense(4)\n"]},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": ["import keras\n", "%time\n"]},
        {"cell_type": "code", "metadata": {"id": "é"}, "execution_count": 2, "outputs": [],
         "source": ["net = keras.Sequential([keras.Input((2,)),\n", "    keras.layers.Dense(4)])"]},
    ]  # fmt: skip
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    before = json.dumps(book, indent=1, ensure_ascii=False) + "\n"
    pack.install(("Dense(4)", "Dense(units=4)", False))
    after, said = pack.fix(before, name="net.ipynb")
    assert after == before.replace("keras.layers.Dense(4)", "keras.layers.Dense(units=4)")
    assert said == ""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_survive(pack: Pack, encoding: str, newline: str) -> None:
    head = "" if encoding.startswith("utf-8") else f"# coding: {encoding}\n"
    text = (head + NET + "name = 'é'\n").replace("\n", newline)
    pack.install(("Dense(4)", "Dense(\n    units=4)", False))
    pack.project.write("net.py", text.encode(encoding))
    pack.project.run("check", "--select", "ABC", "--fix", "net.py")
    after = (pack.project.folder / "net.py").read_bytes()
    assert after == text.replace("Dense(4)", f"Dense({newline}    units=4)").encode(encoding)
