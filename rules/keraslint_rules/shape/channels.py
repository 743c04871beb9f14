"""Images whose channels stand first, before layers that take them last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from keraslint import Analysis, LayerRecord, Shape, Span
from keraslint_rules.occurrences import layers_by_class
from keraslint_rules.shape.refusal import Refusal, refusals
from keraslint_rules.wiring import made_before


@dataclass(frozen=True, slots=True)
class Suspect:
    """An input that seems to have its channels first: where its shape is written, and the layer that takes it."""

    span: Span
    shape: Shape
    """(None, 3, 224, 224), without the batch where that is not given."""
    layer: LayerRecord
    is_refused: bool
    """Whether Keras refuses to build what follows from it."""


def suspects(analysis: Analysis) -> Iterator[Suspect]:
    """Yield each such input once."""
    if "channels_first" in analysis.text:
        return
    refused = {refusal.event.subject: refusal for refusal in refusals(analysis, "nonpositive-output")}
    first_steps = {refusal.chain[0].name for refusal in refused.values() if refusal.chain}
    seen: set[Span] = set()
    for layer in chain.from_iterable(layers_by_class(analysis).get(name, ()) for name in _WINDOWED):
        shape = _suspect_shape(layer, refused.get(layer.key))
        source = _source(analysis, layer, refused.get(layer.key)) if shape is not None else None
        span = source.span if source is not None else layer.span
        if (
            shape is None
            or span is None
            or span in seen
            or (source is None and layer.arguments.get("input_shape") is None)
        ):
            continue
        seen.add(span)
        name = source.name if source is not None else "input"
        yield Suspect(
            span, shape, layer, layer.key in refused or name in first_steps or _refused_later(layer, first_steps)
        )


def explains(analysis: Analysis, refusal: Refusal) -> bool:
    """Return whether a refused layer comes of an input whose channels stand first."""
    steps = {step.name for step in refusal.chain} | {refusal.name}
    return any(suspect.layer.name in steps for suspect in suspects(analysis))


def _refused_later(layer: LayerRecord, first_steps: set[str]) -> bool:
    return bool(first_steps & {layer.name, *layer.inputs})


_WINDOWED = ("Conv2D", "SeparableConv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D")
_SCALING = {"Rescaling", "Normalization", "BatchNormalization", "GaussianNoise", "Activation"}
_SMALLEST = 16


def _suspect_shape(layer: LayerRecord, refusal: Refusal | None) -> Shape | None:
    """Return a layer's input shape where its first axis looks like channels, and its last one does not."""
    if layer.is_custom:
        return None
    if layer.arguments.get("data_format") not in {None, "channels_last"} or _is_flat(layer):
        return None
    shape = layer.input_shape if refusal is None else refusal.shape()
    if not isinstance(shape, tuple) or len(shape) != 4:
        return None
    channels, height, width = shape[1:]
    if channels not in {1, 3} or not isinstance(height, int) or not isinstance(width, int):
        return None
    return shape if min(height, width) >= _SMALLEST and max(height, width) <= 4 * min(height, width) else None


def _is_flat(layer: LayerRecord) -> bool:
    """Return whether the layer's window has one place on its first axis: it is meant to go along the second."""
    window = layer.arguments.get("kernel_size", layer.arguments.get("pool_size"))
    return window == 1 or (isinstance(window, tuple | list) and bool(window) and window[0] == 1)


def _source(analysis: Analysis, layer: LayerRecord, refusal: Refusal | None) -> LayerRecord | None:
    """Return the InputLayer that feeds a layer, straight or through layers that scale."""
    names = layer.inputs if refusal is None else tuple(step.name for step in refusal.chain[-1:])
    if not names:  # within a layer of the program: the input of its shape
        inputs = [item for item in analysis.layers if item.class_name == "InputLayer"]
        same = [item for item in inputs if item.output_shape == layer.input_shape]
        return same[0] if len(same) == 1 else None
    for _ in range(5):
        if len(names) != 1:
            return None
        fed = made_before(analysis, names[0], layer.key)
        if fed is None or fed.class_name == "InputLayer":
            return fed
        if fed.class_name not in _SCALING:
            return None
        names = fed.inputs
    return None
