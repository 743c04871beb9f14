"""A file's text with counts in comments, and without: ``annotated`` and ``bare``; nothing but comments ever changes."""

from __future__ import annotations

from collections.abc import Mapping

from keraslint.annotate.places import comments, line_end, line_start
from keraslint.annotate.statements import Statements, same_program
from keraslint.annotate.wording import ARROW, WRITTEN
from keraslint.graph.analysis import Analysis
from keraslint.source import ir
from keraslint.source.notebook import cell_text, replace_cell_sources
from keraslint.source.parse import parse_cells
from keraslint.source.text import SourceFile

TAB = 4
"""Columns of a tab, as linters count them."""
Edits = dict[int, tuple[int, str]]
"""Offset -> the offset up to which text is replaced, and by what."""


class ChangedProgramError(Exception):
    """A rewrite would have changed more than comments: a bug of ours, and the file stays as it is."""


def annotated(source: SourceFile, analysis: Analysis, *, line_length: int | None = None) -> str:
    """Return the file (of a notebook: its JSON) with the counts of an analysis of it as comments, old ones replaced.

    A comment that would make its line longer than ``line_length`` stands above what it speaks of.
    """
    module = _parsed(source)
    edits = _removals(source, module)
    old = {until: start for start, (until, _) in edits.items()}
    for end, remark in comments(analysis, source, Statements(module)).items():
        position = line_end(source.text, end)
        start = old.get(position, position)
        above = _above(source, remark.first)
        width = len(source.text[line_start(source.text, start) : start].expandtabs(TAB)) + 2 + len(ARROW + remark.text)
        if line_length is None or width <= line_length or above is None or above in edits:
            edits[start] = (position, f"  {ARROW}{remark.text}")
        else:
            edits[above] = (above, f"{source.text[above : remark.first]}{ARROW}{remark.text}{_newline(source)}")
    return _rewritten(source, module, edits)


def bare(source: SourceFile) -> str:
    """Return the file (of a notebook: its JSON) without the comments that ``annotated`` writes."""
    module = _parsed(source)
    return _rewritten(source, module, _removals(source, module))


def _parsed(source: SourceFile) -> ir.Module:
    """Return a file's tree; ``SourceError`` where it is no Python, but for single cells of a notebook."""
    parsed = parse_cells(source)
    if parsed.errors and not source.cells:
        raise parsed.errors[0]
    return parsed.module


def _removals(source: SourceFile, module: ir.Module) -> Edits:
    edits: Edits = {}
    for comment in module.comments:
        before = comment.start - 2
        is_spaced = source.text[before : comment.start] == "  "
        match = WRITTEN.search(source.text, before if is_spaced else comment.start, comment.end)
        if match is not None and not comment.alone:
            edits[match.start()] = (comment.end, "")
        elif match is not None and match.start() <= comment.start:
            edits[line_start(source.text, comment.start)] = (_next_line(source.text, comment.end), "")
    return edits


def _above(source: SourceFile, offset: int) -> int | None:
    """Return where the line of code that begins at an offset begins; None where a line above it would not be alone."""
    start = line_start(source.text, offset)
    is_joined = source.text[:start].rstrip("\r\n").endswith("\\")
    return None if is_joined or source.text[start:offset].strip() else start


def _next_line(text: str, offset: int) -> int:
    """Return where the line after the one around an offset begins."""
    end = line_end(text, offset)
    return end + (2 if text.startswith("\r\n", end) else 1 if end < len(text) else 0)


def _newline(source: SourceFile) -> str:
    """Return the newline of a file: that of its first line."""
    end = line_end(source.text, 0)
    return source.text[end : _next_line(source.text, 0)] or "\n"


def _rewritten(source: SourceFile, module: ir.Module, edits: Edits) -> str:
    if not source.cells:
        text = _applied(source.text, edits, 0)
        _check(source, text, module)
        return text
    changed: dict[int, str] = {}
    for index, cell in enumerate(source.cells):
        stop = source.cells[index + 1].start if index + 1 < len(source.cells) else len(source.text)
        here = {start: edit for start, edit in edits.items() if cell.start <= start < stop}
        if here:
            changed[cell.number] = _applied(cell_text(source, cell.number), here, cell.start)
    _check_cells(source, changed)
    return replace_cell_sources(source, changed)


def _applied(text: str, edits: Mapping[int, tuple[int, str]], base: int) -> str:
    pieces: list[str] = []
    position = 0
    for start, (end, content) in sorted(edits.items()):
        pieces += [text[position : start - base], content]
        position = end - base
    return "".join(pieces) + text[position:]


def _check(source: SourceFile, text: str, module: ir.Module) -> None:
    parsed = parse_cells(SourceFile(source.path, text))
    if parsed.errors or not same_program(parsed.module, module):
        message = "writing these comments would change the program"
        raise ChangedProgramError(message)


def _check_cells(source: SourceFile, changed: Mapping[int, str]) -> None:
    for number, text in changed.items():
        before = parse_cells(SourceFile(source.path, cell_text(source, number)))
        after = parse_cells(SourceFile(source.path, text))
        if len(before.errors) != len(after.errors) or not same_program(before.module, after.module):
            message = f"writing these comments would change cell {number}"
            raise ChangedProgramError(message)
