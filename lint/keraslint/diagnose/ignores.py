"""Comments that suppress findings, as fixes: what ``check --add-ignore`` writes at the ends of lines."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from keraslint.diagnose.diagnostic import Applicability, Diagnostic, Edit, Fix
from keraslint.diagnose.places import offsets_of, source_of, span_between
from keraslint.diagnose.registry import Registry
from keraslint.diagnose.suppress import registry_directive_codes
from keraslint.graph.analysis import Analysis
from keraslint.source.notebook import cell_text
from keraslint.source.text import SourceFile

Line = tuple[int | None, int]
"""Cell (None for a module) and line."""


def with_ignores(
    analysis: Analysis, diagnostics: Iterable[Diagnostic], registry: Registry, reason: str
) -> tuple[Diagnostic, ...]:
    """Return diagnostics with no fix but, on the first of each line, the one that writes a comment for all there.

    Findings about the comments themselves get none, nor those in other files and where no comment can stand.
    """
    source = source_of(analysis)
    ends = dict(_ends(source))
    about_comments = registry_directive_codes(registry)
    codes: dict[Line, list[str]] = {}
    first: dict[int, Line] = {}
    plain = [msgspec.structs.replace(found, fix=None) for found in diagnostics]
    for index, found in enumerate(plain):
        span = found.span
        lines = [(span.cell, number) for number in (span.line, span.end_line) if (span.cell, number) in ends]
        if span.path != analysis.path or found.code in about_comments or not lines:
            continue
        if lines[0] not in codes:
            first[index] = lines[0]
        codes.setdefault(lines[0], []).append(found.code)
    return tuple(
        found
        if index not in first
        else msgspec.structs.replace(found, fix=_fix(analysis, source, first[index], ends, codes[first[index]], reason))
        for index, found in enumerate(plain)
    )


def _fix(
    analysis: Analysis, source: SourceFile, line: Line, ends: Mapping[Line, int], codes: Iterable[str], reason: str
) -> Fix:
    names = ", ".join(dict.fromkeys(codes))
    place, text = ends[line], f"  # keraslint: ignore[{names}]{f' {reason}' if reason else ''}"
    for directive in analysis.directives:
        is_here = (directive.span.cell, directive.span.line) == line and not directive.alone
        if directive.name == "ignore" and is_here and directive.codes and not directive.error:
            start, end = offsets_of(source, directive.span)
            match = _LIST.search(source.text, start, end)
            if match is not None:
                place, text = match.end(), f", {names}"
    if text.startswith(" "):
        start = source.text.rfind("\n", 0, place) + 1
        counted = _COUNTS.search(source.text, start, place)  # what `annotate` writes comes last
        place = start + len(source.text[start : counted.start() if counted else place].rstrip())
    return Fix(f"ignore {names} here", Applicability.SAFE, (Edit(span_between(source, place, place), text),))


_LIST = re.compile(r"keraslint:\s*ignore\s*\[[^\]]*?(?=\s*\])")
_COUNTS = re.compile(r"# -> [^#\n]*\Z")


def _ends(source: SourceFile) -> Iterator[tuple[Line, int]]:
    """Yield the lines at whose end a comment may stand, and where that is: not in a string, not after a backslash."""
    cells: list[int | None] = [item.number for item in source.cells]
    for cell in cells or [None]:
        text = source.text if cell is None else cell_text(source, cell)
        try:
            for token in tokenize.generate_tokens(io.StringIO(text).readline):
                if token.type in {tokenize.NEWLINE, tokenize.NL}:
                    line, column = token.start
                    yield (cell, line), source.offset(line, column + 1, cell)
        except (tokenize.TokenError, SyntaxError):  # what was read until then holds
            continue
