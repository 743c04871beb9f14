"""``verify --output-format table``: each layer's count as keraslint has it beside Keras' own."""

from __future__ import annotations

from keraslint.report.comparison import Comparison, Row, shape_of, shape_text
from keraslint.report.grid import Cell, Column, grid
from keraslint.report.report import VerifyReport, verifier
from keraslint.report.text import Style, clean, number, place, plural
from keraslint.values.dim import Dim

COLUMNS = (
    Column("Layer (type)"),
    Column("Output Shape"),
    Column("keraslint", right=True),
    Column("Keras", right=True),
    Column("Differs in"),
)
NOTHING = "-"
"""Stands where one of the two has no such layer."""


@verifier("table")
def table(report: VerifyReport) -> str:
    """Return a table a model, with the totals of both and what came of it."""
    return "\n".join(_model(comparison, report.style) for comparison in report.comparisons)


def _model(comparison: Comparison, style: Style) -> str:
    title = f"{style.paint(_title(comparison), 'bold')}  {style.paint(_where(comparison), 'dim')}"
    rows = comparison.rows
    body = grid(COLUMNS, [_cells(row) for row in rows], style) if rows else ""
    return f"{title}\n{body}{_totals(comparison, style)} {_verdict(comparison, style)}\n"


def _title(comparison: Comparison) -> str:
    ours, real = comparison.ours, comparison.real
    name = _both(None if ours is None else ours.name, None if real is None else real.name)
    return f'Model: "{name}" ({real.package})' if real is not None else f'Model: "{name}"'


def _where(comparison: Comparison) -> str:
    if comparison.ours is not None:
        return place(comparison.ours.span)
    real = comparison.real
    if real is None or not real.path:
        return clean(comparison.target)
    cell = "" if real.cell is None else f"cell {real.cell}:"
    return f"{clean(real.path)}:{cell}{real.line}"


def _cells(row: Row) -> list[Cell]:
    ours, real = row.ours, row.real
    mark = "   " * row.level + "└ " if row.level else ""
    kind = _both(
        None if ours is None else f"{ours.name} ({ours.class_name})",
        None if real is None else f"{real.name} ({real.class_name})",
    )
    differences = row.differences
    shape = _both(
        None if ours is None else shape_text(shape_of(ours.output_shape)),
        None if real is None else shape_text(real.shapes[-1] if real.shapes else None),
    )
    if ours is not None and real is not None and "output shape" not in differences:
        shape = shape_text(shape_of(ours.output_shape))
    counts = [
        NOTHING if ours is None else number(ours.count.total),
        NOTHING if real is None else number(real.total) if real.built else "unbuilt",
    ]
    return [
        Cell(mark + kind),
        Cell(clean(shape), (("None", "none"),)),
        *(Cell(count, ((count, "number"),)) for count in counts),
        Cell(", ".join(differences), ((", ".join(differences), "error"),)),
    ]


def _both(ours: str | None, real: str | None) -> str:
    """Return what both have, or the one beside the other."""
    if ours == real or real is None:
        return clean(ours or "")
    return clean(real) if ours is None else f"{clean(ours)} ≠ {clean(real)}"


def _totals(comparison: Comparison, style: Style) -> str:
    ours, real = comparison.ours, comparison.real
    if ours is None or real is None:
        return ""
    if not ours.built and not real.built:
        return " The model is not built: it has no count.\n"
    lines = (
        ("Total params: ", ours.count.total, real.total),
        ("Trainable params: ", ours.count.trainable, real.trainable),
        ("Non-trainable params: ", ours.count.non_trainable, real.total - real.trainable),
    )
    return "".join(f" {style.paint(title, 'bold')}{_pair(left, right, style)}\n" for title, left, right in lines)


def _pair(ours: Dim | None, real: int, style: Style) -> str:
    same = ours is not None and ours == real
    text = f"{'not resolved' if ours is None else number(ours)} | Keras: {number(real)}"
    return style.paint(text, "number" if same else "error")


def _verdict(comparison: Comparison, style: Style) -> str:
    if comparison.ours is None:
        return style.paint("The program makes this model, and keraslint knows of none here.", "error")
    if comparison.real is None:
        return style.paint("keraslint lists this model, and the program does not make it.", "error")
    problem = next((f"; {clean(problem.reason)}" for problem in comparison.ours.unresolved), "")
    if comparison.count:
        return style.paint(f"{plural(comparison.count, 'difference')}{problem}", "error")
    return "No difference."
