"""Variables that the program makes by hand, and metrics: what a layer that holds them in an attribute counts as weights.

Keras 3 tracks ``keras.Variable`` only, Keras 2 every ``tf.Variable``; models of Keras 2 also count the state of metrics.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.metrics import metric_states
from keraslint.catalogue.signatures import object_signature
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Weight
from keraslint.values.program import Instance, KerasObject
from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

_DEPTH = 6


class Variable(Array):
    """A variable that no layer made."""

    __slots__ = ("is_keras", "weight")

    def __init__(self, shape: AnyShape, dtype: str, *, trainable: bool, is_keras: bool) -> None:
        super().__init__(shape, dtype, origin="variable")
        self.is_keras = is_keras
        known = shape if isinstance(shape, tuple) else Unknown(Why.DATA, "the shape of a variable")
        self.weight = Weight("variable", known, trainable=trainable, dtype=dtype, why="" if trainable else "declared")


class OwnVariable(Array):
    """A variable that a layer made for itself by ``add_weight``."""

    __slots__ = ("weight",)

    def __init__(self, weight: Weight) -> None:
        super().__init__(weight.shape, weight.dtype, origin="variable")
        self.weight = weight


def replace_variable(layer: Layer, name: str, new: object) -> None:
    """Drop the weight that an attribute holds and loses, as Keras 2 does: another takes its place."""
    old = layer.attributes.get(name)
    if not isinstance(old, OwnVariable) or old is new or old.weight not in layer.weights:
        return
    if sum(value is old for value in layer.attributes.values()) > 1:
        return
    place = layer.weights.index(old.weight)
    del layer.weights[place]
    if isinstance(new, OwnVariable) and new.weight in layer.weights:
        layer.weights.remove(new.weight)
        layer.weights.insert(place, new.weight)


def track_variables(machine: Machine, layer: Layer, value: object) -> None:
    """Give a layer the weights that an attribute's value brings with it."""
    for item in _leaves(value):
        if isinstance(item, Variable):
            if item.is_keras or machine.keras is Keras.TWO:
                _add(machine, layer, item.weight)
        elif machine.keras is Keras.TWO and isinstance(layer, Model):
            for weight in _state(machine, layer, item):
                _add(machine, layer, weight)


def _leaves(value: object, depth: int = 0) -> Iterator[object]:
    if isinstance(value, list | tuple | dict) and depth < _DEPTH:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item, depth + 1)
    else:
        yield value


def _add(machine: Machine, layer: Layer, weight: Weight) -> None:
    if not any(weight is own for own in layer.weights):
        machine.builder.add_weight(layer, weight)


def _state(machine: Machine, model: Model, metric: object) -> list[Weight]:
    """Return the variables of a metric of Keras 2; those that are not known are the model's trouble."""
    held = machine.global_state.setdefault("metric weights", {})
    assert isinstance(held, dict)
    if id(metric) in held:
        return list(held[id(metric)][1])
    if not isinstance(metric, KerasObject) or metric.family != "metrics":
        if isinstance(metric, Instance) and any(base.name == "Metric" for base in metric.cls.mro):
            _note(machine, model, metric.cls.name)
        return []
    signature = object_signature("metrics", metric.class_name, machine.keras)
    bases = signature.bases if signature is not None else ()
    states = metric_states(metric.class_name, bases, metric.attributes)
    found = [Weight(name, shape, trainable=False, why="declared") for name, shape in states or ()]
    if states is None and signature is not None and signature.is_class:
        _note(machine, model, metric.class_name)
    held[id(metric)] = (metric, found)
    return found


def _note(machine: Machine, model: Model, name: str) -> None:
    reason = f"the state of the metric {name}, which a model of Keras 2 counts among its weights"
    model.trouble = model.trouble or Unknown(Why.UNSUPPORTED, reason, machine.span)
