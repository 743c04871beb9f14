"""Places in the text of an analysis: the text of a span, of a line, and the ``def`` or ``class`` that begins there."""

from __future__ import annotations

import re
from typing import NamedTuple

from keraslint.graph.analysis import Analysis
from keraslint.source.text import SourceFile
from keraslint.values.unknown import Span


class Definition(NamedTuple):
    """A ``def`` or ``class``: its qualified name, and which of the two."""

    name: str
    kind: str


def source_of(analysis: Analysis) -> SourceFile:
    """Return the analysed text with the way from lines and columns to offsets; it is the same for rules in a row."""
    if not _latest or _latest[0][0] is not analysis:
        _latest[:] = [(analysis, SourceFile(analysis.path, analysis.text, cells=analysis.cells))]
    return _latest[0][1]


def text_of(source: SourceFile, span: Span) -> str:
    """Return the text of a span."""
    start, end = offsets_of(source, span)
    return source.text[start:end]


def offsets_of(source: SourceFile, span: Span) -> tuple[int, int]:
    """Return where a span begins and ends in the text."""
    return (
        source.offset(span.line, span.column, span.cell),
        source.offset(span.end_line, span.end_column, span.cell),
    )


def span_between(source: SourceFile, start: int, end: int) -> Span:
    """Return the span of a stretch of the text."""
    line, column, cell = source.position(start)
    end_line, end_column, end_cell = source.position(end)
    if end_cell != cell:  # the end of a cell is the start of the next one
        end_line, end_column, _ = source.position(end - 1)
        end_column += 1
    return Span(source.path, line, column, end_line, end_column, cell)


def line_bounds(source: SourceFile, offset: int) -> tuple[int, int]:
    """Return where the line of an offset begins and where its text ends (before the line break)."""
    start = max(source.text.rfind("\n", 0, offset), source.text.rfind("\r", 0, offset)) + 1
    match = _LINE_END.search(source.text, offset)
    return start, match.start() if match else len(source.text)


def definition_at(source: SourceFile, line: int, cell: int | None = None) -> Definition | None:
    """Return the definition that begins on a line, or below it after decorators and comments; None for no such."""
    lines = source.text[source.offset(line, 1, cell) :].splitlines()
    depth = 0
    for text in lines[:50]:
        match = _DEFINITION.match(text)
        if match and depth == 0:
            return Definition(_qualified(source, source.offset(line, 1, cell), match), match[2])
        stripped = text.strip()
        if depth == 0 and stripped and not stripped.startswith(("@", "#")):
            return None
        depth += sum(text.count(mark) for mark in "([{") - sum(text.count(mark) for mark in ")]}")
    return None


def statement_at(source: SourceFile, line: int, cell: int | None = None) -> str:
    """Return the text of a line and of those that follow while a bracket is open."""
    taken: list[str] = []
    depth = 0
    for text in source.text[source.offset(line, 1, cell) :].splitlines()[:200]:
        taken.append(text)
        depth += sum(text.count(mark) for mark in "([{") - sum(text.count(mark) for mark in ")]}")
        if depth <= 0:
            break
    return "\n".join(taken)


def class_bounds(source: SourceFile, name: str) -> tuple[int, int] | None:
    """Return where a class begins and ends in the text; None where the file has none of that name, or several."""
    return definition_bounds(source, name, "class")


def definition_bounds(source: SourceFile, name: str, kind: str) -> tuple[int, int] | None:
    """Return where the only ``def`` or ``class`` of a name begins and ends in the text, if there is just one."""
    found = [match for match in _DEFINITION_ANYWHERE.finditer(source.text) if match[2] == kind and match[3] == name]
    if len(found) != 1:
        return None
    start = position = found[0].start()
    indent = len(found[0][1])
    for text in source.text[start:].splitlines(keepends=True):
        body = text.strip()
        if position > start and body and not body.startswith((")", "#")) and len(text) - len(text.lstrip()) <= indent:
            break
        position += len(text)
    return start, position


_latest: list[tuple[Analysis, SourceFile]] = []
_LINE_END = re.compile(r"[\r\n]")
_DEFINITION = re.compile(r"([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)")
_DEFINITION_ANYWHERE = re.compile(r"^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)", re.MULTILINE)


def _qualified(source: SourceFile, offset: int, match: re.Match[str]) -> str:
    names = [match[3]]
    indent = len(match[1])
    for outer in reversed(list(_DEFINITION_ANYWHERE.finditer(source.text, 0, offset))):
        if len(outer[1]) < indent:
            names.insert(0, outer[3])
            indent = len(outer[1])
    return ".".join(names)
