"""``diff --output-format json``: every model before and after, as data."""

from __future__ import annotations

from keraslint.report.changes import Change, Tally
from keraslint.report.diff_rows import shown_changes
from keraslint.report.machine import json_text
from keraslint.report.report import DiffReport, differ
from keraslint.report.summary_json import count_object, number_object

SCHEMA = 1


@differ("json")
def as_json(report: DiffReport) -> str:
    """Return the document: a model that is new has no ``before``, one that is gone no ``after``."""
    document = {
        "schema": SCHEMA,
        "base": report.base,
        "head": report.head,
        "models": [_change(change) for change in shown_changes(report)],
        "errors": [{"path": error.path, "line": error.line, "message": error.message} for error in report.errors],
    }
    return json_text(document) + "\n"


def _change(change: Change) -> dict[str, object]:
    return {
        "before": _tally(change.before),
        "after": _tally(change.after),
        "delta": number_object(change.delta),
        "renamed": change.is_renamed,
    }


def _tally(tally: Tally | None) -> dict[str, object] | None:
    if tally is None:
        return None
    return {
        "path": tally.path,
        "function": tally.function or None,
        "name": tally.name,
        "assumptions": list(tally.conditions),
        "params": count_object(tally.count),
    }
