"""``--output-format full``: each finding with its source, the columns underlined, and the places it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.report.manuals import code_text
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean, display_width, place
from keraslint.source.text import SourceFile
from keraslint.values.unknown import Span

CONTEXT = 1
"""Lines shown before and after the underlined ones."""
LONGEST = 8
"""Underlined lines that are shown of a span; of more, the first and the last."""


@reporter("full")
def full(report: CheckReport) -> str:
    """Return each finding as a paragraph."""
    return "".join(f"{_paragraph(found, report)}\n" for found in report.diagnostics)


def _paragraph(found: Diagnostic, report: CheckReport) -> str:
    paint = report.style.paint
    look = found.severity.value
    mark = " [*]" if found.is_safely_fixable else ""
    code = code_text(found, report.style)
    lines = [f"{code} {paint(found.name, 'bold')}{mark}: {clean(found.message)}"]
    lines += _excerpt(found.span, report, look, "")
    for related in found.related:
        lines += _excerpt(related.span, report, "info", clean(related.message))
    lines += [f"  {paint('=', 'place')} {clean(note)}" for note in found.notes]
    if found.fix is not None:
        option = "--fix" if found.is_safely_fixable else "--fix --unsafe-fixes"
        lines.append(f"  {paint('=', 'place')} {paint('fix', 'bold')} ({option}): {clean(found.fix.message)}")
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, report: CheckReport, look: str, message: str) -> Iterator[str]:
    """Yield ``--> place`` and the lines of a span with marks under its columns."""
    paint = report.style.paint
    source = report.sources.get(span.path)
    lines = _lines(source, span.cell) if source is not None else []
    last = min(span.end_line + CONTEXT, len(lines))
    first = max(1, span.line - CONTEXT)
    gutter = len(str(max(last, 1)))
    yield f"{' ' * gutter}{paint('-->', 'place')} {place(span)}"
    if not 1 <= span.line <= len(lines):
        if message:
            yield f"{' ' * gutter} {paint('=', 'place')} {message}"
        return
    yield f"{' ' * gutter} {paint('|', 'place')}"
    shown_dots = False
    for number in range(first, last + 1):
        text = lines[number - 1]
        if span.line + LONGEST - 1 < number < span.end_line:
            if not shown_dots:
                yield paint(f"{'.' * gutter} |", "place")
            shown_dots = True
            continue
        if not text.strip() and not span.line <= number <= span.end_line:
            continue
        yield f"{paint(f'{number:>{gutter}} |', 'place')} {_shown(text)}".rstrip()
        underline = _underline(text, number, span)
        if underline:
            tail = f" {message}" if message and number == min(span.end_line, span.line + LONGEST - 1) else ""
            yield f"{paint(' ' * gutter + ' |', 'place')} {paint(underline + tail, look)}"


def _underline(text: str, number: int, span: Span) -> str:
    if not span.line <= number <= span.end_line:
        return ""
    start = span.column - 1 if number == span.line else len(text) - len(text.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(text.rstrip())
    before, marked = _shown(text[:start]), _shown(text[start:end])
    return " " * display_width(before) + "^" * max(1, display_width(marked))


def _shown(text: str) -> str:
    return clean(text.replace("\t", "    "))


def _lines(source: SourceFile, cell: int | None) -> list[str]:
    text = source.text
    if cell is not None:
        starts = {item.number: item.start for item in source.cells}
        ends = sorted(item.start for item in source.cells if item.start > starts.get(cell, 0))
        text = text[starts.get(cell, 0) : ends[0] if ends else len(text)]
    return re.split(r"\r\n|\r|\n", text)
