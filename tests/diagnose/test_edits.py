"""Fixes change just what they say, keep line ends, and wait for each other where they overlap."""

from __future__ import annotations

import pytest

from keraslint.diagnose.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from keraslint.diagnose.edits import apply_edits, apply_fixes
from keraslint.source.text import Cell, SourceFile
from keraslint.values.unknown import Span


def edit(line: int, column: int, end_column: int, content: str, cell: int | None = None) -> Edit:
    """Return an edit within a line."""
    return Edit(Span("a.py", line, column, line, end_column, cell), content)


def finding(*edits: Edit, applicability: Applicability = Applicability.SAFE) -> Diagnostic:
    """Return a diagnostic with a fix of edits."""
    span = edits[0].span
    return Diagnostic("KL101", "a-name", Severity.ERROR, "", span, fix=Fix("", applicability, edits))


def test_edits_are_made_from_any_order() -> None:
    source = SourceFile("a.py", "one two\nthree\n")
    assert apply_edits(source, [edit(2, 1, 6, "3"), edit(1, 5, 8, "2")]) == "one 2\n3\n"


def test_edits_that_overlap_raise() -> None:
    source = SourceFile("a.py", "one two\n")
    with pytest.raises(ValueError, match="overlap"):
        apply_edits(source, [edit(1, 1, 5, ""), edit(1, 4, 8, "")])


def test_an_unsafe_fix_is_made_only_where_asked() -> None:
    source = SourceFile("a.py", "one\n")
    unsafe = finding(edit(1, 1, 4, "1"), applicability=Applicability.UNSAFE)
    assert apply_fixes(source, [unsafe]).text == "one\n"
    assert apply_fixes(source, [unsafe], unsafe=True).text == "1\n"


def test_a_fix_that_overlaps_an_earlier_one_waits_for_the_next_pass() -> None:
    source = SourceFile("a.py", "one two\n")
    first, second = finding(edit(1, 1, 4, "1")), finding(edit(1, 3, 8, "2"))
    fixed = apply_fixes(source, [first, second])
    assert fixed.text == "1 two\n"
    assert fixed.applied == (first,)
    assert fixed.waiting == (second,)


def test_an_edit_that_two_fixes_share_is_made_once() -> None:
    source = SourceFile("a.py", "one two\n")
    fixed = apply_fixes(source, [finding(edit(1, 1, 4, "1")), finding(edit(1, 1, 4, "1"), edit(1, 5, 8, "2"))])
    assert fixed.text == "1 2\n"
    assert len(fixed.applied) == 2


def test_a_fix_of_another_file_is_left_out() -> None:
    assert apply_fixes(SourceFile("b.py", "one\n"), [finding(edit(1, 1, 4, "1"))]).text == "one\n"


def test_line_ends_of_the_file_are_kept() -> None:
    source = SourceFile("a.py", "one\r\ntwo\r\n")
    assert apply_edits(source, [edit(2, 1, 4, "2\n3")]) == "one\r\n2\r\n3\r\n"


def test_the_lines_of_a_notebook_count_within_the_cell() -> None:
    source = SourceFile("a.py", "one\ntwo\nthree\n", cells=(Cell(1, 0), Cell(2, 8)))
    assert apply_edits(source, [edit(1, 1, 6, "3", cell=2)]) == "one\ntwo\n3\n"
