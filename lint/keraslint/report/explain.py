"""Where a count comes from, for people: each weight with its shape and formula, whether it is trained and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from keraslint.graph.analysis import LayerRecord, ModelRecord, WeightRecord
from keraslint.report.explain_words import CLASS_NOTES, dimension_words, reason
from keraslint.report.sizes import inner_layers, params_of, weights_of
from keraslint.report.summary_table import notes
from keraslint.report.text import Style, clean, display_width, line_of, number, pad, place, shape, wrap
from keraslint.values.dim import Dim, Poly, sum_of

MOST_TERMS = 8
"""Longest sum that is written out."""


@dataclass(frozen=True, slots=True)
class ExplainReport:
    """What is asked about: whole models, and single layers."""

    models: Sequence[ModelRecord] = ()
    layers: Sequence[LayerRecord] = ()
    style: Style = field(default_factory=Style)


def explain(report: ExplainReport) -> str:
    """Return an explanation of each layer, then of each model."""
    parts = [_layer(layer, report.style) for layer in report.layers]
    parts += [_model(model, report.style) for model in report.models]
    return "\n".join("".join(f"{line}\n" for line in part) for part in parts)


def formula(weights: Sequence[WeightRecord]) -> str:
    """Return the sum of the products of the weights' dimensions, ``7 × 7 × 3 × 32 + 32``; empty where too long."""
    if len(weights) > MOST_TERMS or any(weight.shape is None for weight in weights):
        return ""
    return " + ".join(_product(weight) for weight in weights)


def _product(weight: WeightRecord) -> str:
    if not weight.shape:
        return "1"
    is_alone = len(weight.shape) == 1
    return " × ".join(_factor(dim, is_alone=is_alone) for dim in weight.shape)


def _factor(dim: Dim | None, *, is_alone: bool) -> str:
    is_sum = isinstance(dim, Poly) and len(dim.terms) > 1
    return f"({number(dim)})" if is_sum and not is_alone else number(dim)


def _layer(layer: LayerRecord, style: Style) -> Iterator[str]:
    yield _title(layer, style)
    if layer.input_shape is not None or layer.output_shape is not None:
        yield f"  {shape(layer.input_shape)} → {shape(layer.output_shape)}"
    if layer.problem is not None:
        yield f"  its weights are not resolved: {clean(layer.problem.reason)}"
        return
    if not layer.weights:
        is_called = layer.output_shape is not None
        yield "  no weights, so no parameters" if is_called else "  no weights yet: it was not given an input"
        return
    yield ""
    yield from _weights(layer, style)
    yield ""
    yield from (f"  {line}" for line in _sum(layer))
    note = "" if layer.is_custom else CLASS_NOTES.get(layer.class_name, "")
    if note:
        yield ""
        yield from (f"  {line}" for line in wrap(note, (style.width or 100) - 2))


def _title(layer: LayerRecord, style: Style) -> str:
    kind = style.paint(clean(layer.class_name), "class")
    where = f"  {style.paint(place(layer.span), 'dim')}" if layer.span is not None else ""
    return f"{style.paint(clean(layer.name), 'bold')} ({kind}){where}"


def _weights(layer: LayerRecord, style: Style) -> Iterator[str]:
    rows = [
        (
            clean(weight.name),
            shape(weight.shape),
            _equation(weight),
            "trained" if weight.trainable else "not trained",
            reason(layer, weight) or dimension_words(layer, weight),
        )
        for weight in layer.weights
    ]
    widths = [max(display_width(row[index]) for row in rows) for index in range(4)]
    for row, weight in zip(rows, layer.weights, strict=True):
        name, dims, equation, trained = (pad(text, width) for text, width in zip(row, widths, strict=False))
        look = "number" if weight.trainable else "frozen"
        yield f"  {name}  {dims}  {equation}  {style.paint(trained, look)}  {row[4]}".rstrip()


def _equation(weight: WeightRecord) -> str:
    if weight.shape is not None and len(weight.shape) > 1:
        return f"{_product(weight)} = {number(weight.params)}"
    return number(weight.params)


def _sum(layer: LayerRecord) -> Iterator[str]:
    terms = formula(layer.weights)
    total = number(layer.count.total)
    yield f"{terms} = {total} parameters" if terms and terms != total else f"{total} parameters"
    rest = layer.count.non_trainable
    if rest == 0:
        yield "all of them are trained"
    elif rest is not None:
        yield f"{number(layer.count.trainable)} trained, {number(rest)} not"


def _model(model: ModelRecord, style: Style) -> Iterator[str]:
    name = clean(model.name) or clean(model.target)
    yield f"{style.paint(name, 'bold')} ({model.kind} model)  {style.paint(place(model.span), 'dim')}"
    yield from (f"  when {clean(item.text)} (line {item.line})" for item in model.assumptions)
    heavy = [layer for layer in model.layers if layer.weights or layer.problem is not None]
    if heavy:
        yield ""
        yield from _contributions(heavy, model)
    own = _own(model)
    if own != 0:
        yield f"  weights of the model itself: {number(own)}"
    yield ""
    yield from notes(model, style)
    light = len(model.layers) - len(heavy)
    if heavy and light:
        yield f" The other {light} layers have no weights." if light > 1 else " The other layer has no weights."
    yield from _not_trained(model, style)
    yield from _class_notes(model, style)


def _contributions(layers: Sequence[LayerRecord], model: ModelRecord) -> Iterator[str]:
    rows = [
        (
            f"{clean(layer.name)} ({clean(layer.class_name)})",
            line_of(layer.span, model.span.path),
            "" if layer.layers else formula(layer.weights),
            "?" if layer.problem is not None else number(layer.count.total),
        )
        for layer in layers
    ]
    header = ("layer", "line", "formula", "parameters")
    widths = [max(display_width(row[index]) for row in (header, *rows)) for index in range(len(header))]
    for row in (header, *rows):
        cells = [
            pad(text, width, right=index in {1, 3}) for index, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}"
    totals = [layer.count.total for layer in layers]
    summed = sum_of(total for total in totals if total is not None)
    if model.count.total is not None and len(layers) > 1:
        terms = " + ".join(number(total) for total in totals) if len(totals) <= MOST_TERMS else f"{len(totals)} layers"
        yield f"  {terms} = {number(summed)}"
        if isinstance(summed, int) and isinstance(model.count.total, int) and summed > model.count.total:
            shared = number(summed - model.count.total)
            yield f"  less {shared} that several layers share: a weight counts once"


def _own(model: ModelRecord) -> Dim:
    """Return the parameters that no layer holds: weights that a model of the program made for itself."""
    if not isinstance(model.count.total, int):
        return 0
    summed = params_of(weights_of(model))
    return max(0, model.count.total - summed) if isinstance(summed, int) else 0


def _not_trained(model: ModelRecord, style: Style) -> Iterator[str]:
    if model.count.non_trainable in {0, None}:
        return
    yield ""
    yield style.paint(f" Where the {number(model.count.non_trainable)} non-trainable come from:", "bold")
    seen: set[int] = set()
    for layer in inner_layers(model.layers):
        if layer.layers:
            continue
        resting = [weight for weight in layer.weights if not weight.trainable and weight.key not in seen]
        seen.update(weight.key for weight in resting)
        for why, weights in _grouped(layer, resting).items():
            parts = " + ".join(f"{clean(weight.name)} {number(weight.params)}" for weight in weights[:MOST_TERMS])
            more = f" + {len(weights) - MOST_TERMS} more" if len(weights) > MOST_TERMS else ""
            total = f" = {number(params_of(weights))}" if len(weights) > 1 else ""
            where = line_of(layer.span, model.span.path)
            line = f" (line {where})" if where else ""
            yield f"   {clean(layer.name)}{line}: {parts}{more}{total}"
            yield f"     {why}"


def _grouped(layer: LayerRecord, weights: Sequence[WeightRecord]) -> dict[str, list[WeightRecord]]:
    groups: dict[str, list[WeightRecord]] = {}
    for weight in weights:
        groups.setdefault(reason(layer, weight), []).append(weight)
    return groups


def _class_notes(model: ModelRecord, style: Style) -> Iterator[str]:
    for name, note in CLASS_NOTES.items():
        layers = [layer for layer in inner_layers(model.layers) if layer.class_name == name and not layer.is_custom]
        example = next((layer for layer in layers if layer.weights), None)
        if example is None:
            continue
        yield ""
        yield style.paint(f" Why {clean(example.name)} has {number(example.count.total)}:", "bold") + (
            f" {formula(example.weights)} = {number(example.count.total)}" if formula(example.weights) else ""
        )
        yield from (f"   {line}" for line in wrap(note, (style.width or 100) - 3))
