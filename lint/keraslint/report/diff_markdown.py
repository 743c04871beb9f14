"""``diff --output-format markdown``: a table for a pull request's comment or a job's summary."""

from __future__ import annotations

from keraslint.report.diff_rows import TITLES, closing, rows_of
from keraslint.report.markdown import escaped, table_line
from keraslint.report.report import DiffReport, differ


@differ("markdown")
def markdown(report: DiffReport) -> str:
    """Return a heading, a table of what changed, and how many models there are."""
    rows = rows_of(report)
    lines = ["### Parameters", ""]
    if rows:
        lines += [table_line(TITLES), table_line(["---", *("---:" for _ in TITLES[1:])])]
        lines += [table_line([escaped(cell) for cell in row.cells]) for row in rows]
        lines.append("")
    return "\n".join([*lines, escaped(closing(report))]) + "\n"
