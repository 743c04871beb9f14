"""What formats for other programs share: JSON that no log takes for a command, paths from the top, fingerprints."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.report.report import CheckReport
from keraslint.report.text import clean
from keraslint.source.text import SourceFile
from keraslint.values.unknown import Span


def json_text(document: object, *, indent: int | None = 2) -> str:
    """Return a document as JSON in ASCII."""
    return without_commands(json.dumps(document, indent=indent))


def without_commands(text: str) -> str:
    r"""Return JSON in which ``##[``, by which GitHub's logs know a command, is spelled ``#\u0023[``."""
    return text.replace("##[", "#\\u0023[")


def message_of(found: Diagnostic) -> str:
    """Return a finding's message; in a notebook, whose lines are those of a cell, with the cell and the line."""
    text = clean(found.message)
    return text if found.span.cell is None else f"cell {found.span.cell}, line {found.span.line}: {text}"


def path_of(span: Span, report: CheckReport) -> str:
    """Return a span's path from the top of the project, where the report says how far below it the run is."""
    return span.path if span.path.startswith("/") else report.prefix + span.path


def uri_of(path: str) -> str:
    """Return a path as a URI: relative, or ``file:`` where it is absolute."""
    from urllib.parse import quote

    text = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{text}" if path.startswith("/") else text


def in_file(span: Span) -> Span:
    """Return the place in the file itself: of a notebook its beginning, since lines of a cell are not the file's."""
    return span if span.cell is None else Span(span.path, 1, 1, 1, 1)


def fingerprinted(report: CheckReport) -> Iterator[tuple[Diagnostic, str]]:
    """Yield findings with what stays the same when lines move: a hash of the path, the code and the line's text."""
    import hashlib

    seen: Counter[tuple[str, str, str]] = Counter()
    for found in report.diagnostics:
        key = (path_of(found.span, report), found.code, line_text(report.sources.get(found.span.path), found.span))
        parts = "\0".join((*key, str(seen[key])))
        seen[key] += 1
        yield found, hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def line_text(source: SourceFile | None, span: Span) -> str:
    """Return the line that a span begins on, without the space around it; empty where the text is not known."""
    return "" if source is None else line_until(source, span.line, None, span.cell).strip()


def line_until(source: SourceFile, line: int, column: int | None, cell: int | None) -> str:
    """Return the text of a line up to a column, or all of it."""
    start = source.offset(line, 1, cell)
    text = re.split(r"[\r\n]", source.text[start:], maxsplit=1)[0]
    return text if column is None else text[: column - 1]
