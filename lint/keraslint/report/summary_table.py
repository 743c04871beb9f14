"""The summary as Keras prints it, with the line that made each layer."""

from __future__ import annotations

from collections.abc import Sequence

from keraslint.graph.analysis import Analysis, LayerRecord, ModelRecord
from keraslint.report import reporter
from keraslint.report.text import harmless, line_of, number, place, shapes, size, title

_HEADERS = ("Layer (type)", "Output Shape", "Param #", "Line")


@reporter("summary:table")
def summary_table(analyses: Sequence[Analysis], *, errors: Sequence[dict[str, object]] = (), width: int = 0) -> str:
    """Return the table of every model; ``width`` is the terminal's, 0 for no limit."""
    del errors
    parts = [model_table(model, analysis.path, width) for analysis in analyses for model in analysis.models]
    return "\n".join(parts)


def model_table(model: ModelRecord, path: str, width: int) -> str:
    """Return one model's heading, table and totals."""
    lines = [f'Model: "{harmless(title(model))}"  {place(model.span)}']
    rows = [_row(layer, path) for layer in model.rows]
    if rows:
        lines.extend(box(_HEADERS, rows, width))
    lines.extend(totals(model))
    return "\n".join(lines) + "\n"


def _row(layer: LayerRecord, path: str) -> tuple[str, ...]:
    count = number(layer.count.total) if layer.problem is None else "?"
    name = f"{harmless(layer.name)} ({harmless(layer.class_name)})"
    return (name, shapes(layer.output_shape), count, line_of(layer.span, path))


def totals(model: ModelRecord) -> list[str]:
    """Return the lines below the table: the counts, what they stand on, and what is not resolved."""
    count = model.count
    lines = []
    if count.total is not None:
        lines.append(f" Total params: {number(count.total)}{size(count.total)}")
        lines.append(f" Trainable params: {number(count.trainable)}{size(count.trainable)}")
        lines.append(f" Non-trainable params: {number(count.non_trainable)}{size(count.non_trainable)}")
    else:
        lines.append(" Total params: not resolved")
    lines.extend(f" where {name} is {harmless(what)}" for name, what in model.symbols.items())
    lines.extend(f" if {harmless(item.text)}{f' (line {item.line})' if item.line else ''}" for item in model.assumptions)
    lines.extend(f" not resolved: {harmless(problem.reason)}" for problem in model.unresolved)
    return lines


def box(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return a table in Keras' frame; the widest column gives way where the terminal is narrower."""
    widths = [max(len(row[i]) for row in [headers, *rows]) for i in range(len(headers))]
    frame = 3 * len(widths) + 1
    while width and sum(widths) + frame > width and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1

    def line(left: str, middle: str, right: str, dash: str) -> str:
        return left + middle.join(dash * (w + 2) for w in widths) + right

    def cells(row: Sequence[str], bar: str) -> str:
        aligned = [_fit(text, w, is_right=i == 2) for i, (text, w) in enumerate(zip(row, widths, strict=True))]
        return bar + bar.join(f" {text} " for text in aligned) + bar

    body = [cells(row, "│") for row in rows]
    return [
        line("┏", "┳", "┓", "━"),
        cells(headers, "┃"),
        line("┡", "╇", "┩", "━"),
        *body,
        line("└", "┴", "┘", "─"),
    ]


def _fit(text: str, width: int, *, is_right: bool) -> str:
    if len(text) > width:
        text = text[: width - 1] + "…"
    return text.rjust(width) if is_right else text.ljust(width)


@reporter("summary:markdown")
def summary_markdown(analyses: Sequence[Analysis], *, errors: Sequence[dict[str, object]] = (), width: int = 0) -> str:
    """Return the tables in Markdown."""
    del errors, width
    parts = []
    for analysis in analyses:
        for model in analysis.models:
            rows = [_row(layer, analysis.path) for layer in model.rows]
            table = ["| " + " | ".join(_HEADERS) + " |", "|---|---|--:|--:|"]
            table += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
            heading = f"### {harmless(title(model))} ({place(model.span)})"
            parts.append("\n".join([heading, "", *table, "", *(f"-{line}" for line in totals(model))]) + "\n")
    return "\n".join(parts)
