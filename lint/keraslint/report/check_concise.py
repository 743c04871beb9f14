"""``--output-format concise``: one line a finding."""

from __future__ import annotations

from keraslint.report.manuals import code_text
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean, place


@reporter("concise")
def concise(report: CheckReport) -> str:
    """Return ``path:line:column: CODE message`` for every finding."""
    paint = report.style.paint
    lines = []
    for found in report.diagnostics:
        mark = " [*]" if found.is_safely_fixable else ""
        code = code_text(found, report.style)
        lines.append(f"{paint(place(found.span), 'bold')}: {code}{mark} {clean(found.message)}\n")
    return "".join(lines)
