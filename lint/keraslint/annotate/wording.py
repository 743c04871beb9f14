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
    r"|(?=[^#]*?\d)[\w\[\]., +*/()-]+? params\b)"  # a count alone
    r"[^#]*\Z"
)
"""What we wrote at the end of a comment; up to two spaces before it are ours too."""


def layers_text(layers: Sequence[LayerRecord]) -> str:
    """Return what a line says that made these layers: one, or the same line run several times. Empty: not known."""
    texts = [_layer(layer) for layer in layers]
    if not all(texts):
        return ""
    if len(layers) == 1:
        return texts[0]
    total = params_text(_summed(layers))
    dots = "" if len(set(texts)) == 1 else " …"
    return f"{len(layers)}x: {texts[0]};{dots} total {total}"


def chain_text(outer: LayerRecord, layers: Sequence[LayerRecord]) -> str:
    """Return what a line says on which one layer takes the output of the others: its shape, and the sum of all."""
    if any(layer.problem is not None for layer in layers):
        return ""
    return _described(outer.output_shape, _summed(layers))


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


def _layer(layer: LayerRecord) -> str:
    is_unbuilt = layer.output_shape is None and not layer.weights
    if layer.problem is not None or is_unbuilt:
        return ""
    return _described(layer.output_shape, layer.count)


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
    return f"{_number(sum_of(model.count.total or 0 for model in models))} params"


def _summed(layers: Sequence[LayerRecord]) -> Count:
    unique = {layer.key: layer.count for layer in layers}.values()
    if any(count.total is None or count.trainable is None or count.non_trainable is None for count in unique):
        return Count(None, None, None)
    return Count(
        sum_of(count.total or 0 for count in unique),
        sum_of(count.trainable or 0 for count in unique),
        sum_of(count.non_trainable or 0 for count in unique),
    )


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
