"""``summary --output-format markdown``: a table for a pull request or a page."""

from __future__ import annotations

from keraslint.graph.analysis import ModelRecord
from keraslint.report.markdown import escaped, table_line
from keraslint.report.report import SummaryReport, summarizer
from keraslint.report.summary_rows import is_chain, rows_of
from keraslint.report.summary_table import notes
from keraslint.report.text import Style, line_of, place


@summarizer("markdown")
def markdown(report: SummaryReport) -> str:
    """Return a heading and a table a model."""
    return "\n".join(_model(model, report) for model in report.models)


def _model(model: ModelRecord, report: SummaryReport) -> str:
    has_connections = not is_chain(model)
    header = ["Layer", "Type", "Output shape", "Params"]
    header += ["%"] if report.percent else []
    header += ["Connected to"] if has_connections else []
    header += [*(["Trainable"] if report.show_trainable else []), "Line"]
    lines = [f"### {escaped(model.name or model.target)}", "", escaped(place(model.span)), ""]
    lines += [f"- when {escaped(item.text)} (line {item.line})" for item in model.assumptions]
    rows = rows_of(model, report)
    if rows:
        lines += [table_line(header), table_line(["---", "---", "---", "---:", *("---" for _ in header[4:-1]), "---:"])]
    for row in rows:
        cells = [row.name, "" if row.weight else row.layer.class_name, row.shape, row.params]
        cells += [row.percent(model)] if report.percent else []
        cells += [", ".join(row.layer.inputs)] if has_connections else []
        cells += [row.trained] if report.show_trainable else []
        lines.append(table_line([escaped(cell) for cell in [*cells, line_of(row.layer.span, model.span.path)]]))
    lines += ["", *(f"- {escaped(note.strip())}" for note in notes(model, Style()))]
    return "\n".join(lines) + "\n"
