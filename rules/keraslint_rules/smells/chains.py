"""Convolutions, poolings and dense layers in the order in which they follow each other, for the pedantic rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keraslint import Analysis, LayerRecord, ModelRecord
from keraslint_rules.wiring import HARMLESS, wirings

CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D")
DEEP = 10
"""From so many convolutions and poolings on a network is deep enough to speak of its blocks."""
BETWEEN = HARMLESS | {
    "Activation", "BatchNormalization", "ELU", "GroupNormalization", "LayerNormalization", "LeakyReLU", "PReLU", "ReLU",
    "Softmax",
}  # fmt: skip
"""Layers that stand between two of a chain and do not end it."""
_POOLING = re.compile(r"(?P<global>Global)?(?P<kind>Max|Average)Pooling[123]D")


def is_convolution(layer: LayerRecord) -> bool:
    """Return whether a layer is an ordinary convolution with a window: not a pointwise one."""
    return layer.class_name in CONVOLUTIONS and not layer.is_custom and bool(window(layer))


def window(layer: LayerRecord) -> tuple[int, ...]:
    """Return a convolution's kernel; nothing for a pointwise one, or where it is not known."""
    kernel = layer.arguments.get("kernel_size")
    sizes = tuple(kernel) if isinstance(kernel, list | tuple) else (kernel,)
    known = tuple(size for size in sizes if isinstance(size, int))
    return known if len(known) == len(sizes) and max(known, default=1) > 1 else ()


def pooling_kind(layer: LayerRecord) -> str:
    """Return ``Max`` or ``Average`` for a pooling with a window, nothing for another layer."""
    match = _POOLING.fullmatch(layer.class_name)
    return match["kind"] if match is not None and match["global"] is None and not layer.is_custom else ""


def followers(
    analysis: Analysis, classes: tuple[str, ...], through: set[str]
) -> Iterator[tuple[ModelRecord, LayerRecord, LayerRecord]]:
    """Yield each two layers of some classes that follow each other, straight or through layers of other classes."""
    for wiring in wirings(analysis):
        for layer in wiring.of(classes):
            before = wiring.source(layer, through)
            if before is not None and before.class_name in classes:
                yield wiring.model, before, layer


def deep_chains(analysis: Analysis) -> Iterator[tuple[ModelRecord, Sequence[LayerRecord]]]:
    """Yield the convolutions and poolings of each deep model that has no branches, in order."""
    for wiring in wirings(analysis):
        if all(len(wiring.after(layer)) <= 1 and len(layer.inputs) <= 1 for layer in wiring):
            chain = [layer for layer in wiring if is_convolution(layer) or pooling_kind(layer)]
            if len(chain) >= DEEP:
                yield wiring.model, chain
