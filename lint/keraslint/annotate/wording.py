"""What a comment says of the layers and models that a line makes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keraslint.graph.analysis import Count, LayerRecord, ModelRecord, Nest
from keraslint.values.dim import Dim, sum_of
from keraslint.values.shape import shape_text

ARROW = "# -> "
WRITTEN = re.compile(
    r" {0,2}# -> (?:\d+x: )?"
    r"(?:[(\[{][^#]*[)\]}], [^#]*? params\b"  # a shape and a count
    r"|(?=[^#]*?[\d*])[\w\[\]., +*/()-]+? params\b)"  # a count alone
    r"[^#]*\Z"
)
"""What we wrote at the end of a comment; up to two spaces before it are ours too."""


def calls_text(calls: Sequence[tuple[LayerRecord, Sequence[LayerRecord]]]) -> str:
    """Return what a line says: for each time that it ran, the layer whose output it gives and all that it made.

    Empty where a count is not known.
    """
    texts = [_call(outer, layers) for outer, layers in calls]
    if not all(texts):
        return ""
    if len(calls) == 1:
        return texts[0]
    total = params_text(_summed([layer for _, layers in calls for layer in layers]))
    dots = "" if len(set(texts)) == 1 else " …"
    return f"{len(calls)}x: {texts[0]};{dots} total {total}"


def models_text(models: Sequence[ModelRecord]) -> str:
    """Return what a line says that made these models; empty where a count is not known."""
    texts = [_model(model) for model in models]
    if not all(texts):
        return ""
    if len(models) == 1:
        return texts[0]
    return f"{len(models)}x: {texts[0]};{'' if len(set(texts)) == 1 else ' …'} total {_total(models)}"


def params_text(count: Count) -> str:
    """Return ``128 params (64 non-trainable)``; empty where the count is not known."""
    if count.total is None:
        return ""
    text = f"{_number(count.total)} params"
    if count.non_trainable in {0, None}:
        return text
    return f"{text} ({_number(count.non_trainable)} non-trainable)"


def _call(outer: LayerRecord, layers: Sequence[LayerRecord]) -> str:
    is_known = all(layer.problem is None and (layer.weights or layer.output_shape is not None) for layer in layers)
    return _described(outer.output_shape, _summed(layers)) if is_known else ""


def _described(shape: Nest, count: Count) -> str:
    params = params_text(count)
    shown = _shape(shape)
    return f"{shown}, {params}" if params and shown else params


def _model(model: ModelRecord) -> str:
    count = model.count
    if count.total is None or not model.built:
        return ""
    text = f"{_number(count.total)} params"
    if count.non_trainable in {0, None}:
        return text
    return f"{text} ({_number(count.trainable)} trainable, {_number(count.non_trainable)} non-trainable)"


def _total(models: Sequence[ModelRecord]) -> str:
    return f"{_number(sum_of(model.count.total for model in models if model.count.total is not None))} params"


def _summed(layers: Sequence[LayerRecord]) -> Count:
    counts = {layer.key: layer.count for layer in layers}.values()
    columns = zip(*((count.total, count.trainable, count.non_trainable) for count in counts), strict=True)
    return Count(*(_sum(column) for column in columns))


def _sum(values: Sequence[Dim | None]) -> Dim | None:
    known = [value for value in values if value is not None]
    return sum_of(known) if len(known) == len(values) else None


def _shape(value: Nest) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return shape_text(value)
        case list():
            parts = [_shape(item) for item in value]
            return f"[{', '.join(parts)}]" if all(parts) else ""
        case dict():
            parts = [f"{name}: {_shape(item)}" for name, item in value.items()]
            return "{" + ", ".join(parts) + "}" if all(_shape(item) for item in value.values()) else ""


def _number(value: Dim | None) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
