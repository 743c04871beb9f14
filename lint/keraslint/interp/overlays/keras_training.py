"""Data that models are trained on: what a batch of it is, and the models that get their weights from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.objects import TensorShape
from keraslint.interp.overlays.keras_members import build_model
from keraslint.interp.overlays.tf_data import Dataset, leaves
from keraslint.values.array import Array
from keraslint.values.dim import Dim
from keraslint.values.layer import Model, Tensor
from keraslint.values.program import MISSING, Class, Function, Instance, Method
from keraslint.values.unknown import Undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def rows_of(
    machine: Machine, x: object, batch_size: object, *, split: object = None, is_first: bool = False
) -> Dim | None:
    """Return the number of rows that batches of arrays have, None where the last one has fewer.

    ``split`` is the part of the rows that ``fit`` does not train on. ``is_first``: ``predict`` of Keras 3 looks at the
    first batch only.
    """
    counts = [
        leaf.shape[0] for leaf in leaves(x) if isinstance(leaf, Array) and isinstance(leaf.shape, tuple) and leaf.shape
    ]
    count = counts[0] if counts else None
    size = 32 if batch_size is None else batch_size
    if not isinstance(count, int) or not isinstance(size, int) or size < 1 or isinstance(x, Dataset):
        return None
    if isinstance(split, float | int) and split:
        count = math.floor(count * (1.0 - split))
    elif split is not None and not isinstance(split, float | int):
        return None
    if is_first and machine.keras is Keras.THREE:
        return min(size, count)
    return size if count % size == 0 else None


def train(machine: Machine, model: Model, x: object, y: object, rows: Dim | None) -> None:
    """Do what ``fit`` does to a model that is not built: run its own ``train_step``, or call it on a batch."""
    if _is_built(model):
        return
    step = model.cls.find("train_step") if isinstance(model.cls, Class) else MISSING
    if not isinstance(step, Function):
        build_for(machine, model, batch_of(machine, x, rows))
        return
    data = element_of(machine, x, rows)
    labels = element_of(machine, y, rows)
    if data is not None:
        batch = _rows(data)
        machine.call(Method(step, model), (batch if labels is None else (batch, _rows(labels)),), {})


def _is_built(model: Model) -> bool:
    return model.built and model.kind != "subclassed"


def batch_of(machine: Machine, x: object, rows: Dim | None = None) -> object:
    """Return the input part of a batch as symbolic tensors, None where its shape is not known."""
    element = element_of(machine, x, rows)
    if isinstance(x, Array | list | dict) or not isinstance(element, tuple):
        return _symbolic(element)
    return _symbolic(element[0]) if element else None


def element_of(machine: Machine, x: object, rows: Dim | None) -> object:
    """Return one batch of what ``fit`` takes for data: arrays, a data set, a generator, a sequence of batches."""
    match x:
        case Dataset():
            return x.element
        case Instance():
            getter = machine.find_special(x, "__getitem__")
            try:
                return _without_rows(machine.call(getter, (0,), {})) if getter is not MISSING else None
            except Undetermined:
                return None
        case Iterator():
            try:
                return _without_rows(next(x, None))
            except Undetermined:
                return None
        case _:
            return _without_rows(x, rows)


def _without_rows(value: object, rows: Dim | None = None) -> object:
    """Return data as a batch of it is: the number of rows left open, or the one that all batches have."""
    match value:
        case Array() if isinstance(value.shape, tuple) and value.shape:
            return Array((rows, *value.shape[1:]), value.dtype, origin="tensor")
        case tuple() if not isinstance(value, TensorShape):
            return tuple(_without_rows(item, rows) for item in value)
        case list():
            return [_without_rows(item, rows) for item in value]
        case dict():
            return {key: _without_rows(item, rows) for key, item in value.items()}
        case _:
            return value


def _rows(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _symbolic(x: object) -> object:
    match x:
        case Array() if isinstance(x.shape, tuple) and x.shape:
            return Tensor(x.shape, x.dtype)
        case list() | tuple():
            parts = [_symbolic(item) for item in x]
            return None if None in parts else parts
        case dict():
            mapping = {key: _symbolic(item) for key, item in x.items()}
            return None if None in mapping.values() else mapping
        case _:
            return None


def build_for(machine: Machine, model: Model, data: object) -> None:
    """Build a model for the shape of data, whose batch size it does not keep."""
    if model.built or data is None:
        return
    if model.kind == "sequential":
        build_model(machine, model, data.shape if isinstance(data, Tensor) else None)
    else:
        machine.builder.call_layer(model, (data,), {}, machine.span)
