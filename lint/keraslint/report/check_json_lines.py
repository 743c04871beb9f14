"""``--output-format json-lines``: the objects of ``json``, one a line."""

from __future__ import annotations

from keraslint.report.check_json import finding
from keraslint.report.machine import json_text
from keraslint.report.report import CheckReport, reporter


@reporter("json-lines")
def as_json_lines(report: CheckReport) -> str:
    """Return one object a line."""
    return "".join(f"{json_text(finding(found), indent=None)}\n" for found in report.diagnostics)
