"""Which weights a layer has, in Keras' order, and how many parameters they are: total, trained and not.

Keras 3 asks the counted layer's own flag and each weight's own; Keras 2 asks every level between
(``keras/src/layers/layer.py``, ``trainable_weights``; ``tf_keras/src/engine/base_layer.py``, ``trainable_weights``).
"""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import Count
from keraslint.values.dim import Dim
from keraslint.values.layer import Layer, Model, Weight
from keraslint.values.shape import elements
from keraslint.values.unknown import Unknown, Why


def weights_of(layer: Layer, keras: Keras) -> list[Weight]:
    """Return all weights of a layer, each once, in the order of ``layer.weights``."""
    if keras is Keras.TWO:
        return _unique(_weights_2(layer))
    return _unique(_weights_3(layer)) if layer.children else _weights_3(layer)


def trainable_weights(layer: Layer, keras: Keras) -> list[Weight]:
    """Return the weights that training moves when this layer is what is trained."""
    if not layer.trainable:
        return []
    if keras is Keras.THREE:
        return [weight for weight in _unique(_weights_3(layer)) if weight.trainable]
    own = [weight for weight in layer.weights if weight.declared]
    return _unique([*own, *(weight for child in layer.children for weight in trainable_weights(child, keras))])


def count(layer: Layer, keras: Keras) -> Count:
    """Return what Keras' summary says of a layer or model; None where a weight's shape is not known."""
    if find_trouble(layer) is not None:
        return Count(None, None, None)
    weights = weights_of(layer, keras)
    total = parameters(weights)
    if keras is Keras.THREE and layer.trainable:
        trainable = parameters(weight for weight in weights if weight.trainable)
    else:
        trainable = parameters(trainable_weights(layer, keras))
    if total is None or trainable is None:
        return Count(None, None, None)
    return Count(total, trainable, total - trainable)


def parameters(weights: Iterable[Weight]) -> Dim | None:
    """Return the sum of the weights' elements, None where one is not known."""
    total: Dim = 0
    for weight in weights:
        size = weight_size(weight)
        if size is None:
            return None
        total = total + size
    return total


def weight_size(weight: Weight) -> Dim | None:
    """Return the number of a weight's elements; an open dimension, of a table not filled yet, counts as 0."""
    if isinstance(weight.shape, Unknown):
        return None
    return 0 if None in weight.shape else elements(weight.shape)


def find_trouble(layer: Layer) -> Unknown | None:
    """Return why a layer's weights, or those of a layer in it, are not known; None where all are."""
    if layer.trouble is not None:
        return layer.trouble
    for weight in layer.weights:
        if isinstance(weight.shape, Unknown):
            return weight.shape
    if isinstance(layer.trainable, Unknown):
        return layer.trainable
    for child in layer.children:
        trouble = find_trouble(child)
        if trouble is not None:
            return trouble
    return None


def unknown_flag(name: str, value: object) -> Unknown | None:
    """Return the unknown that a ``trainable`` flag is, if it is none that Keras could read."""
    if isinstance(value, Unknown):
        return Unknown(value.why, f"whether {name} is trainable: {value.what}", value.where)
    if isinstance(value, bool | int | type(None)):
        return None
    return Unknown(Why.UNSUPPORTED, f"whether {name} is trainable")


def _weights_3(layer: Layer) -> list[Weight]:
    own = layer.weights
    weights = [weight for weight in own if weight.declared]
    if len(weights) < len(own):
        weights += [weight for weight in own if not weight.declared]
    for child in layer.children:
        weights += _weights_3(child)
    return weights


def _weights_2(layer: Layer) -> Iterable[Weight]:
    """Yield the weights of a model layer by layer (``tf_keras/src/engine/training.py``), of a layer the trained first."""
    if not isinstance(layer, Model):
        yield from trainable_weights(layer, Keras.TWO)
        yield from _frozen_weights_2(layer)
        return
    for child in layer.children:
        yield from _weights_2(child)
    yield from (weight for weight in layer.weights if weight.declared)
    yield from (weight for weight in layer.weights if not weight.declared)


def _frozen_weights_2(layer: Layer) -> Iterable[Weight]:
    if layer.trainable:
        yield from (weight for weight in layer.weights if not weight.declared)
        for child in layer.children:
            yield from _frozen_weights_2(child)
        return
    yield from (weight for weight in layer.weights if weight.declared)
    yield from (weight for weight in layer.weights if not weight.declared)
    for child in layer.children:
        yield from trainable_weights(child, Keras.TWO)
        yield from _frozen_weights_2(child)


def _unique(weights: Iterable[Weight]) -> list[Weight]:
    return list({id(weight): weight for weight in weights}.values())
