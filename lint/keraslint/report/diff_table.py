"""``diff --output-format table``: a line a model that changed."""

from __future__ import annotations

from keraslint.report.diff_rows import TITLES, Row, closing, rows_of
from keraslint.report.grid import Cell, Column, grid
from keraslint.report.report import DiffReport, differ


@differ("table")
def table(report: DiffReport) -> str:
    """Return one table, and how many models there are."""
    rows = rows_of(report)
    columns = [Column(title, right=index > 0) for index, title in enumerate(TITLES)]
    body = grid(columns, [_cells(row) for row in rows], report.style) if rows else ""
    return f"{body}{closing(report)}\n"


def _cells(row: Row) -> list[Cell]:
    look = "frozen" if row.delta.startswith("+") else "number"
    return [Cell(text, ((text, look),) if text in {row.delta, row.share} else ()) for text in row.cells]
