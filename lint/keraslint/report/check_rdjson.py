"""``--output-format rdjson``: reviewdog's format, whose columns count the bytes of UTF-8.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

from __future__ import annotations

from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.report.machine import in_file, json_text, line_until, message_of, path_of
from keraslint.report.manuals import HOME, manual_url
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean
from keraslint.values.unknown import Span

SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


@reporter("rdjson")
def rdjson(report: CheckReport) -> str:
    """Return one object with all findings."""
    document = {
        "source": {"name": "keraslint", "url": HOME},
        "diagnostics": [_diagnostic(found, report) for found in report.diagnostics],
    }
    return json_text(document) + "\n"


def _diagnostic(found: Diagnostic, report: CheckReport) -> dict[str, object]:
    url = manual_url(found.code)
    return {
        "message": "\n".join([message_of(found), *map(clean, found.notes)]),
        "location": _location(found.span, report),
        "severity": SEVERITIES[found.severity],
        "code": {"value": found.code, **({"url": url} if url else {})},
        "suggestions": _suggestions(found, report),
        "related_locations": [
            {"message": clean(related.message), "location": _location(related.span, report)}
            for related in found.related
        ],
    }


def _suggestions(found: Diagnostic, report: CheckReport) -> list[dict[str, object]]:
    """Return the edits of a fix; none where it edits another file too, or a notebook, whose lines are those of cells."""
    edits = found.fix.edits if found.fix is not None else ()
    if any(edit.span.path != found.span.path or edit.span.cell is not None for edit in edits):
        return []
    return [{"range": _range(edit.span, report), "text": edit.content} for edit in edits]


def _location(span: Span, report: CheckReport) -> dict[str, object]:
    return {"path": clean(path_of(span, report)), "range": _range(in_file(span), report)}


def _range(span: Span, report: CheckReport) -> dict[str, object]:
    return {
        "start": {"line": span.line, "column": _byte_column(span.path, span.line, span.column, report)},
        "end": {"line": span.end_line, "column": _byte_column(span.path, span.end_line, span.end_column, report)},
    }


def _byte_column(path: str, line: int, column: int, report: CheckReport) -> int:
    source = report.sources.get(path)
    if source is None or source.cells or column <= 1:
        return column
    return len(line_until(source, line, column, None).encode("utf-8", "surrogatepass")) + 1
