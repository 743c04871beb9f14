"""``--output-format grouped``: the findings of each file below its name."""

from __future__ import annotations

import itertools

from keraslint.report.manuals import code_text
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean, pad, place


@reporter("grouped")
def grouped(report: CheckReport) -> str:
    """Return a paragraph a file: ``line:column  CODE message``."""
    return "".join(
        f"{report.style.paint(clean(path), 'bold')}:\n{_lines(CheckReport(list(own), style=report.style))}\n"
        for path, own in itertools.groupby(report.diagnostics, key=lambda found: found.span.path)
    )


def _lines(report: CheckReport) -> str:
    places = [place(found.span).removeprefix(f"{clean(found.span.path)}:") for found in report.diagnostics]
    width = max(map(len, places))
    lines = []
    for found, where in zip(report.diagnostics, places, strict=True):
        code = code_text(found, report.style)
        mark = " [*]" if found.is_safely_fixable else ""
        lines.append(f"  {pad(where, width)}  {code}{mark} {clean(found.message)}\n")
    return "".join(lines)
