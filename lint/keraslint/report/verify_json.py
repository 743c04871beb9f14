"""``verify --output-format json``: the same as data."""

from __future__ import annotations

import msgspec

from keraslint.report.comparison import Comparison, RealLayer, Row, shape_of
from keraslint.report.report import VerifyReport, verifier
from keraslint.report.summary_json import model_object

SCHEMA = 1


@verifier("json")
def as_json(report: VerifyReport) -> str:
    """Return the document: ``keraslint`` holds what ``summary`` says of a model or layer, ``keras`` Keras' answer."""
    document = {
        "schema": SCHEMA,
        "keras": report.keras,
        "comparisons": [_comparison(comparison) for comparison in report.comparisons],
        "errors": [{"target": error.target, "path": error.path, "line": error.line, "message": error.message}
                   for error in report.errors],
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _comparison(comparison: Comparison) -> dict[str, object]:
    return {
        "target": comparison.target,
        "same": not comparison.count,
        "differences": list(comparison.differences),
        "rows": [_row(row) for row in comparison.rows],
        "keraslint": None if comparison.ours is None else model_object(comparison.ours),
        "keras": comparison.real,
    }


def _row(row: Row) -> dict[str, object]:
    ours, real = row.ours, row.real
    left = None if ours is None else {
        "name": ours.name, "class": ours.class_name, "output_shape": shape_of(ours.output_shape),
        "params": ours.count.total if isinstance(ours.count.total, int | None) else str(ours.count.total),
    }  # fmt: skip
    return {"level": row.level, "keraslint": left, "keras": _real(real), "differences": list(row.differences)}


def _real(real: RealLayer | None) -> dict[str, object] | None:
    if real is None:
        return None
    shape = real.shapes[-1] if real.shapes else None
    return {"name": real.name, "class": real.class_name, "output_shape": shape, "params": real.total}
