"""``summary --output-format table``: Keras' own table, with the source line of each layer."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint.graph.analysis import ModelRecord
from keraslint.report.grid import Cell, Column, grid
from keraslint.report.report import SummaryReport, summarizer
from keraslint.report.sizes import byte_sizes, readable_size
from keraslint.report.summary_rows import Row, is_chain, rows_of
from keraslint.report.text import Style, clean, line_of, number, place
from keraslint.values.dim import Dim


@summarizer("table")
def table(report: SummaryReport) -> str:
    """Return a table a model, with the totals as Keras writes them and what they stand on."""
    return "\n".join(_model(model, report) for model in report.models)


def notes(model: ModelRecord, style: Style) -> Iterator[str]:
    """Yield the totals of a model, and what is not known of it."""
    count = model.count
    if count.total is None:
        yield f"{style.paint(' Total params: ', 'bold')}not resolved"
    else:
        sizes = byte_sizes(model)
        yield _total(" Total params: ", count.total, sizes.total if sizes else None, style)
        yield _total(" Trainable params: ", count.trainable, sizes.trainable if sizes else None, style)
        yield _total(" Non-trainable params: ", count.non_trainable, sizes.non_trainable if sizes else None, style)
    for name, why in model.symbols.items():
        yield f"   where {clean(name)} is {clean(why)}"
    for problem in model.unresolved:
        where = f"{place(problem.where)}: " if problem.where is not None else ""
        yield f"   {style.paint('not resolved', 'warning')}: {where}{clean(problem.reason)}"


def _model(model: ModelRecord, report: SummaryReport) -> str:
    style = report.style
    name = clean(model.name) or clean(model.target)
    title = style.paint(f'Model: "{name}"', "bold") + "  " + style.paint(place(model.span), "dim")
    lines = [title, *(f" when {clean(item.text)} (line {item.line})" for item in model.assumptions)]
    rows = rows_of(model, report)
    body = _table(model, rows, report) if rows else ""
    return "\n".join(lines) + "\n" + body + "".join(f"{line}\n" for line in notes(model, style))


def _table(model: ModelRecord, rows: tuple[Row, ...], report: SummaryReport) -> str:
    columns = [Column("Layer (type)"), Column("Output Shape"), Column("Param #", right=True)]
    has_connections = not is_chain(model)
    if report.percent:
        columns.append(Column("%", right=True))
    if has_connections:
        columns.append(Column("Connected to"))
    if report.show_trainable:
        columns.append(Column("Trainable"))
    columns.append(Column("Line", right=True))
    cells = [_cells(row, model, has_connections=has_connections, report=report) for row in rows]
    return grid(columns, cells, report.style)


def _cells(row: Row, model: ModelRecord, *, has_connections: bool, report: SummaryReport) -> list[Cell]:
    kind = clean(row.layer.class_name)
    params = "unbuilt" if row.is_unbuilt else row.params
    cells = [
        Cell(row.name if row.weight else f"{row.name} ({kind})", ((kind, "class"),)),
        Cell(row.shape, (("None", "none"),)),
        Cell(params, ((params, "number"),)),
    ]
    if report.percent:
        cells.append(Cell(row.percent(model)))
    if has_connections:
        cells.append(Cell("" if row.weight else ", ".join(clean(name) for name in row.layer.inputs) or "-"))
    if report.show_trainable:
        cells.append(Cell(row.trained, (("N", "frozen"), ("Y", "number"))))
    cells.append(Cell("" if row.weight else line_of(row.layer.span, model.span.path)))
    return cells


def _total(title: str, value: Dim | None, size: Dim | None, style: Style) -> str:
    readable = readable_size(size) if size is not None else ""
    end = f" ({readable})" if readable else ""
    return style.paint(title, "bold") + style.paint(number(value), "number") + end
