"""``summary --output-format csv``: a row a layer, for spreadsheets."""

from __future__ import annotations

import csv
import io

from keraslint.report.report import SummaryReport, summarizer
from keraslint.report.summary_rows import rows_of
from keraslint.report.text import clean, shape
from keraslint.values.dim import Dim

HEADER = (
    "model",
    "layer",
    "class",
    "weight",
    "shape",
    "params",
    "trainable",
    "non_trainable",
    "path",
    "line",
    "percent",
)


@summarizer("csv")
def as_csv(report: SummaryReport) -> str:
    """Return a header, then the rows of every model."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(HEADER)
    for model in report.models:
        for row in rows_of(model, report):
            layer, weight, span = row.layer, row.weight, row.layer.span
            trained = None if weight is None else weight.params if weight.trainable else 0
            counts: tuple[Dim | None, Dim | None, Dim | None]
            if weight is None:
                counts = (layer.count.total, layer.count.trainable, layer.count.non_trainable)
            else:
                rest = None if weight.params is None or trained is None else weight.params - trained
                counts = (weight.params, trained, rest)
            texts = [model.name or model.target, layer.name, layer.class_name, weight.name if weight else ""]
            texts.append(shape(layer.output_shape if weight is None else weight.shape))
            place = [span.path, str(span.line)] if span is not None else ["", ""]
            part = row.part_of(model)
            place.append("" if part is None else f"{part:.4f}")
            numbers = ["" if count is None else str(count) for count in counts]
            writer.writerow([_harmless(text) for text in [*texts, *numbers, *place]])
    return target.getvalue()


def _harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = clean(text)
    return f"'{text}" if text[:1] in {"=", "+", "@"} or (text[:1] == "-" and not text[1:].isdigit()) else text
