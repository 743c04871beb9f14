"""Formats of ``check`` over findings made by hand."""

from __future__ import annotations

import json

from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.report.report import CheckReport, reporter
from keraslint.source.text import Cell, SourceFile
from keraslint.values.unknown import Span
from tests.report.records import finding

SOURCE = SourceFile("net.py", "x = 1\ny = Dense(1)\nz = 2\n")


def test_concise_is_one_line_a_finding() -> None:
    assert reporter.find("concise")(CheckReport([finding()])) == "net.py:2:5: KL999 `Dense` is too narrow\n"


def test_full_shows_the_source_with_its_columns_underlined() -> None:
    text = reporter.find("full")(CheckReport([finding()], sources={"net.py": SOURCE}))
    assert (
        text
        == """\
KL999 made-up: `Dense` is too narrow
 --> net.py:2:5
  |
1 | x = 1
2 | y = Dense(1)
  |     ^^^^^^^^
3 | z = 2
 --> net.py:1:1
  |
1 | x = 1
  | ^ made here
2 | y = Dense(1)
  = a note
  = fix (--fix --unsafe-fixes): widen it

"""
    )


def test_full_does_without_a_source_that_is_not_there() -> None:
    text = reporter.find("full")(CheckReport([finding()]))
    assert " --> net.py:2:5" in text
    assert "made here" in text


def test_full_underlines_below_tabs_and_wide_characters() -> None:
    source = SourceFile("a.py", "\tx = '漢' + y\n")
    found = Diagnostic("KL1", "a-b", Severity.ERROR, "m", Span("a.py", 1, 12, 1, 13))
    lines = reporter.find("full")(CheckReport([found], sources={"a.py": source})).splitlines()
    assert lines[3] == "1 |     x = '漢' + y"
    assert lines[4] == "  |                ^"


def test_full_shows_the_cell_of_a_notebook() -> None:
    source = SourceFile("n.ipynb", "a = 1\nb = 2\nc = 3\n", cells=(Cell(1, 0), Cell(2, 6)))
    found = Diagnostic("KL1", "a-b", Severity.ERROR, "m", Span("n.ipynb", 1, 1, 1, 2, 2))
    text = reporter.find("full")(CheckReport([found], sources={"n.ipynb": source}))
    assert "--> n.ipynb:cell 2:1:1" in text
    assert "1 | b = 2" in text
    assert "a = 1" not in text


def test_json_is_an_array_with_the_names_of_ruff() -> None:
    (only,) = json.loads(reporter.find("json")(CheckReport([finding()])))
    assert only["code"] == "KL999"
    assert only["severity"] == "warning"
    assert only["location"] == {"row": 2, "column": 5}
    assert only["end_location"] == {"row": 2, "column": 13}
    assert only["cell"] is None
    assert only["related"] == [{"message": "made here", "filename": "net.py", "location": {"row": 1, "column": 1}}]
    assert only["fix"]["applicability"] == "unsafe"
    assert only["fix"]["edits"][0]["content"] == "Dense(2)"


def test_json_lines_is_one_object_a_line() -> None:
    lines = reporter.find("json-lines")(CheckReport([finding(), finding()])).splitlines()
    assert [json.loads(line)["code"] for line in lines] == ["KL999", "KL999"]


def test_messages_cannot_act_on_the_terminal() -> None:
    evil = Diagnostic("KL1", "a-b", Severity.ERROR, "\x1b[2J", Span("\x1b.py", 1, 1, 1, 2), (), ("\x07",))
    for name in ("concise", "full"):
        text = reporter.find(name)(CheckReport([evil], sources={"\x1b.py": SourceFile("\x1b.py", "\x1b[2J\n")}))
        assert "\x1b" not in text
        assert "\x07" not in text
