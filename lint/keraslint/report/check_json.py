"""``--output-format json``: ruff's array of findings, with its field names."""

from __future__ import annotations

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.report.machine import json_text
from keraslint.report.manuals import manual_url
from keraslint.report.report import CheckReport, reporter
from keraslint.values.unknown import Span


@reporter("json")
def as_json(report: CheckReport) -> str:
    """Return one array of objects."""
    return json_text([finding(found) for found in report.diagnostics]) + "\n"


def finding(found: Diagnostic) -> dict[str, object]:
    """Return a finding as plain data."""
    fix = found.fix
    edits = [] if fix is None else [{"content": edit.content, **_places(edit.span)} for edit in fix.edits]
    return {
        "code": found.code,
        "name": found.name,
        "severity": found.severity.value,
        "message": found.message,
        "filename": found.span.path,
        **_places(found.span),
        "cell": found.span.cell,
        "related": [
            {"message": related.message, "filename": related.span.path, "location": _places(related.span)["location"]}
            for related in found.related
        ],
        "notes": list(found.notes),
        "fix": None
        if fix is None
        else {"applicability": fix.applicability.value, "message": fix.message, "edits": edits},
        "url": manual_url(found.code) or None,
    }


def _places(span: Span) -> dict[str, object]:
    return {
        "location": {"row": span.line, "column": span.column},
        "end_location": {"row": span.end_line, "column": span.end_column},
    }
