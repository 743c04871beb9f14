"""Weights for an input shape, and what a layer takes once it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.spec import Call, LayerSpec, Refused
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import same
from keraslint.values.layer import Layer, Tensor
from keraslint.values.shape import AnyShape, Shape, shape_text
from keraslint.values.unknown import Undetermined

if TYPE_CHECKING:  # the builder calls these functions
    from keraslint.graph.builder import Builder


def build(builder: Builder, layer: Layer, shape: Shape) -> None:
    """Make a layer's weights for an input shape, as a layer that holds it does: it is not called."""
    if layer.built:
        return
    depth = 1 if layer.cls is None else 0  # what the program's own layer makes is the program's own
    builder.enter(depth)
    try:
        builder.build_layer(layer, Call((Tensor(shape, layer.compute_dtype),), {}))
    finally:
        builder.enter(-depth)


def check_again(builder: Builder, layer: Layer, spec: LayerSpec, call: Call) -> None:
    """Refuse an input that does not fit what a layer was built for (Keras 3 looks at the outermost layer only)."""
    if builder.is_inside and builder.keras is Keras.THREE:
        return
    built = spec.built_rank
    if built is not None and builder.keras in spec.keeps_rank and len(call.shape) != built:
        raise Refused(
            f"Input 0 of layer '{layer.name}' is incompatible with the layer: expected ndim={built}, found "
            f"ndim={len(call.shape)}. Full shape received: {shape_text(call.shape)}",
            contract="rank",
            expected=built,
            shape=call.shape,
        )
    spec.again(call)
    if not layer.weights or (builder.keras is Keras.THREE and spec.refits) or spec.takes_again(call):
        return
    try:
        fresh = [weight.shape for weight in spec.weights(call)]
    except Undetermined:
        return
    have = [weight.shape for weight in layer.weights]
    if len(fresh) == len(have) and any(map(_differs, fresh, have)):
        raise Refused(
            f"Input 0 of layer {layer.name} is incompatible with the layer: its weights were made for another "
            f"shape. Full shape received: {shape_text(call.shape)}",
            contract="channels",
            shape=call.shape,
        )


def _differs(fresh: AnyShape, have: AnyShape) -> bool:
    """Return whether two shapes certainly differ."""
    if not isinstance(fresh, tuple) or not isinstance(have, tuple):
        return False
    if len(fresh) != len(have):
        return True
    return any(a is not None and b is not None and same(a, b) is False for a, b in zip(fresh, have, strict=True))
