"""A file's text with counts in comments, and without: ``annotated`` and ``bare``; nothing but comments ever changes."""

from __future__ import annotations

from collections.abc import Mapping

from keraslint.annotate.places import comments, line_end
from keraslint.annotate.statements import Statements, same_program
from keraslint.annotate.wording import ARROW, WRITTEN
from keraslint.graph.analysis import Analysis
from keraslint.source import ir
from keraslint.source.lower import parse_cells
from keraslint.source.notebook import cell_text, replace_cell_sources
from keraslint.source.text import SourceFile

Edits = dict[int, tuple[int, str]]
"""Offset -> the offset up to which text is replaced, and by what."""


class ChangedProgramError(Exception):
    """A rewrite would have changed more than comments: a bug of ours, and the file stays as it is."""


def annotated(source: SourceFile, analysis: Analysis) -> str:
    """Return the file (of a notebook: its JSON) with the counts of an analysis of it as comments, old ones replaced."""
    module = parse_cells(source).module
    edits = _removals(source, module)
    for end, text in comments(analysis, source, Statements(module)).items():
        position = line_end(source.text, end)
        start = next((start for start, (until, _) in edits.items() if until == position), position)
        edits[start] = (position, f"  {ARROW}{text}")
    return _rewritten(source, module, edits)


def bare(source: SourceFile) -> str:
    """Return the file (of a notebook: its JSON) without the comments that ``annotated`` writes."""
    module = parse_cells(source).module
    return _rewritten(source, module, _removals(source, module))


def _removals(source: SourceFile, module: ir.Module) -> Edits:
    edits: Edits = {}
    for comment in module.comments:
        before = comment.start - 2
        is_spaced = source.text[before : comment.start] == "  "
        match = WRITTEN.search(source.text, before if is_spaced else comment.start, comment.end)
        if match is not None and not comment.alone:
            edits[match.start()] = (comment.end, "")
    return edits


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
