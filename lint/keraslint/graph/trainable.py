"""Setting ``trainable``: how far it reaches in each version of Keras."""

from __future__ import annotations

from keraslint.catalogue.versions import Keras
from keraslint.graph.count import unknown_flag
from keraslint.values.layer import Layer
from keraslint.values.unknown import Span, Unknown


def set_trainable(layer: Layer, value: object, keras: Keras, span: Span | None) -> bool:
    """Set the flag on a layer and on all below it; return False where Keras 3 does nothing.

    Keras 3 on TensorFlow returns early when the attribute already is the same object (``AutoTrackable.__setattr__``),
    so layers below that were set one by one stay as they are. Keras 2 always reaches all of them.
    """
    trouble = unknown_flag(layer.name, value)
    if trouble is not None:
        _mark(layer, trouble)
        return True
    if keras is Keras.THREE:
        return _set_3(layer, value, span)
    _set_2(layer, value, span)
    return True


def _set_3(layer: Layer, value: object, span: Span | None) -> bool:
    if layer.trainable is value:
        return False
    flag = bool(value)
    layer.trainable = flag
    layer.frozen_at = None if flag else span
    for weight in layer.weights:
        if weight.declared:
            weight.trainable = flag
    for child in layer.children:
        _set_3(child, flag, span)
    return True


def _set_2(layer: Layer, value: object, span: Span | None) -> None:
    layer.trainable = value
    layer.frozen_at = None if value else span
    for child in layer.children:
        _set_2(child, value, span)


def _mark(layer: Layer, trouble: Unknown) -> None:
    layer.trainable = trouble
    for child in layer.children:
        _mark(child, trouble)
