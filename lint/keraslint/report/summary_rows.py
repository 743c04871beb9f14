"""The rows of a summary: which layers, in which order, how deep, and whether the model is a plain chain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keraslint.graph.analysis import LayerRecord, ModelRecord, WeightRecord
from keraslint.report.report import SummaryReport
from keraslint.report.text import clean, number, shape
from keraslint.values.dim import bounds


@dataclass(frozen=True, slots=True)
class Row:
    """A layer, or a weight of one, and how many levels deep it stands."""

    layer: LayerRecord
    level: int = 0
    weight: WeightRecord | None = None

    @property
    def name(self) -> str:
        """The name with its indentation, as Keras shows nesting."""
        mark = "   " * self.level + "└ " if self.level else ""
        return mark + clean(self.layer.name if self.weight is None else self.weight.name)

    @property
    def shape(self) -> str:
        """The output shape, or the weight's."""
        return shape(self.layer.output_shape if self.weight is None else self.weight.shape)

    @property
    def is_unbuilt(self) -> bool:
        """Whether the layer has no weights because it never saw an input."""
        layer = self.layer
        is_empty = not layer.weights and layer.output_shape is None and not layer.call_spans
        return self.weight is None and is_empty and layer.problem is None

    @property
    def params(self) -> str:
        """The count, or why there is none."""
        if self.weight is not None:
            return number(self.weight.params)
        if self.layer.problem is not None:
            return "?"
        return number(self.layer.count.total)

    def part_of(self, model: ModelRecord) -> float | None:
        """Return how much of the model's total it has, in percent; None where that is not a number."""
        count = self.layer.count.total if self.weight is None else self.weight.params
        total = model.count.total
        if not isinstance(count, int) or not isinstance(total, int) or not total:
            return None
        return 100 * count / total

    def percent(self, model: ModelRecord) -> str:
        """Return the same for a reader, with a tenth where it is small."""
        part = self.part_of(model)
        if part is None:
            return ""
        return f"{part:.0f} %" if part >= 9.95 or not part else f"{part:.1f} %" if part >= 0.05 else "<0.1 %"

    @property
    def trained(self) -> str:
        """``Y``, ``N``, or ``-`` where there is nothing to train."""
        if self.weight is not None:
            return "Y" if self.weight.trainable else "N"
        return "-" if not self.layer.weights else "Y" if self.layer.trainable else "N"


def rows_of(model: ModelRecord, report: SummaryReport) -> tuple[Row, ...]:
    """Return the rows that a report shows of a model."""
    layers: Sequence[LayerRecord] = model.rows or model.layers
    if report.layer_range is not None:
        layers = layers_between(layers, *report.layer_range)
    if report.sort == "params":
        layers = sorted(layers, key=_weight_first)
    return tuple(_rows(layers, report, 0))


def layers_between(layers: Sequence[LayerRecord], first: str, last: str) -> Sequence[LayerRecord]:
    """Return the layers from the first that matches one pattern to the last that matches the other, as Keras does."""
    starts = [index for index, layer in enumerate(layers) if re.match(first, layer.name)]
    ends = [index for index, layer in enumerate(layers) if re.match(last, layer.name)]
    if not starts or not ends:
        return ()
    if starts[0] > ends[-1]:
        return layers[ends[0] : starts[-1] + 1]
    return layers[starts[0] : ends[-1] + 1]


def is_chain(model: ModelRecord) -> bool:
    """Return whether each layer's only input is the layer before it, so that there is nothing to say of connections."""
    rows = model.rows or model.layers
    if model.kind != "functional":
        return True
    return all(
        layer.inputs == ((rows[index - 1].name,) if index else ()) and len(layer.call_spans) <= 1
        for index, layer in enumerate(rows)
    )


def _rows(layers: Iterable[LayerRecord], report: SummaryReport, level: int) -> Iterator[Row]:
    for layer in layers:
        yield Row(layer, level)
        is_opened = report.expand_nested and bool(layer.layers)
        if report.weights and not is_opened:
            yield from (Row(layer, level + 1, weight) for weight in layer.weights)
        if is_opened:
            yield from _rows(layer.layers, report, level + 1)


def _weight_first(layer: LayerRecord) -> tuple[int, int]:
    total = layer.count.total
    return (1, 0) if total is None else (0, -(bounds(total)[0] or 0))
