"""Items of every kind of value: reading, writing, deleting."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from keraslint.graph.network import tensors_in
from keraslint.interp.objects import LayerList, TensorShape
from keraslint.interp.operators import derived, describe, expression_text, is_atomic
from keraslint.interp.text_size import check_nested
from keraslint.interp.tracking import put_in_place
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import (
    MISSING,
    Class,
    Function,
    Instance,
    KerasObject,
    Module,
)
from keraslint.values.unknown import Undetermined, Unknown, Why, like

if TYPE_CHECKING:  # the machine has these functions as its methods
    from keraslint.interp.machine import Machine


def item_or_unknown(machine: Machine, value: object, key: object) -> object:
    """Return ``value[key]``, an Unknown where it cannot be told."""
    try:
        return get_item(machine, value, key)
    except Undetermined as problem:
        return problem.unknown


def get_item(machine: Machine, value: object, key: object) -> object:
    """Return ``value[key]``."""
    blurred = machine.is_blurred(value)
    if blurred is not None:
        return blurred
    match value:
        case Unknown():
            return _item_of_unknown(machine, value, key)
        case Tensor():
            return machine.operate("operator.getitem", (value, key), {})
        case Array():
            if tensors_in(key):
                return machine.operate("operator.getitem", (value, key), {})
            return machine.array_item(value, key)
        case Instance():
            method = machine.find_special(value, "__getitem__")
            if method is not MISSING:
                return machine.call(method, (key,), {})
            missing = machine.find_special(value, "__missing__") if isinstance(value.data, dict) else MISSING
            if missing is not MISSING and machine.compare("in", key, value.data) is False:
                return machine.call(missing, (key,), {})
            return get_item(machine, value.data, key) if value.data is not None else _not_subscriptable(machine, value)
        case Class():
            method = value.find("__class_getitem__")
            if method is not MISSING:
                return machine.call(method, (value, key), {})
            return machine.class_item(value, key)
        case dict():
            return _item_of_dict(machine, value, key)
        case list() | tuple() | str() | bytes() | range():
            if isinstance(key, Unknown | Poly) or (isinstance(key, slice) and _is_unknown_slice(key)):
                return _item_at_unknown(machine, value, key)
            if isinstance(key, Instance):
                index = machine.find_special(key, "__index__")
                key = machine.call(index, (), {}) if index is not MISSING else key
            result = machine.guard(operator.getitem, value, key)
            if isinstance(value, LayerList) and isinstance(key, slice):
                facts = {"start": key.start, "stop": key.stop, "of": tuple(value), "taken": tuple(value[key])}
                machine.builder.note("sliced", machine.span, value.model, **facts)
            return TensorShape(result) if isinstance(value, TensorShape) and isinstance(result, tuple) else result
        case Module() | Layer() | Function() | KerasObject():
            method = machine.find_special(value, "__getitem__")
            if method is not MISSING:
                return machine.call(method, (key,), {})
            return Unknown(Why.UNSUPPORTED, f"an item of {describe(value)}", machine.span)
        case _:
            if type(value).__name__ == "Match":  # of a regular expression
                return machine.call(machine.get_attribute(value, "group"), (key,), {})
            getter = getattr(value, "get_item", None)
            if getter is not None:
                return getter(machine, key)
            return _not_subscriptable(machine, value)


def _not_subscriptable(machine: Machine, value: object) -> object:
    return machine.raise_error("TypeError", f"'{machine.class_of(value).name}' object is not subscriptable")


def _is_unknown_slice(key: slice) -> bool:
    return any(isinstance(part, Unknown | Poly) for part in (key.start, key.stop, key.step))


def _item_of_unknown(machine: Machine, value: Unknown, key: object) -> object:
    shape = machine.open_shapes.get(value.symbol) if value.symbol else None
    if shape is not None and shape.rank is not None and isinstance(key, int | slice):
        return machine.guard(operator.getitem, shape.shape()[len(shape.lead) :], key)
    text = expression_text(key) if not isinstance(key, slice) else ""
    known = machine.named_part(f"{value.symbol}[{text}]" if text and value.symbol else "")
    if known is not MISSING:
        return known
    if text and value.symbol and is_atomic(value.symbol):
        return derived(machine, f"{value.symbol}[{text}]", value)
    if isinstance(key, slice) and value.symbol and is_atomic(value.symbol):
        parts = [expression_text(part) if part is not None else "" for part in (key.start, key.stop)]
        return derived(machine, f"{value.symbol}[{parts[0]}:{parts[1]}]", value)
    return like(value, f"an item of {value.what}")


def _item_of_dict(machine: Machine, value: dict[object, object], key: object) -> object:
    if isinstance(key, Unknown):
        return Unknown(key.why, f"an item by {key.symbol or key.what}", key.where)
    if isinstance(key, list | dict | set | slice):
        return machine.raise_error("TypeError", f"unhashable type: '{type(key).__name__}'")
    if isinstance(key, Poly):
        return Unknown(Why.INPUT, f"an item of a dict by {key}", machine.span)
    if key in value:
        return value[key]
    factory = getattr(value, "factory", None)
    if factory is not None:
        value[key] = machine.call(factory, (), {})
        return value[key]
    return machine.raise_key_error(key)


def _item_at_unknown(machine: Machine, value: object, key: object) -> object:
    """Return an item at an unknown index: the only item where all are the same, otherwise unknown."""
    cause = key if isinstance(key, Unknown) else None
    text = expression_text(key) if cause is not None or isinstance(key, Poly) else ""
    sequence = expression_text(value)
    if text and sequence and len(sequence) < 60:
        return derived(machine, f"{sequence}[{text}]", key)
    what = f"an item at {text or 'an unknown index'}"
    return Unknown(cause.why if cause is not None else Why.INPUT, what, machine.span)


def set_item(machine: Machine, value: object, key: object, new: object) -> None:
    """Carry out ``value[key] = new``."""
    match value:
        case dict():
            if isinstance(key, Unknown):
                machine.blur(value, key)
            elif isinstance(key, list | dict | set):
                machine.raise_error("TypeError", f"unhashable type: '{type(key).__name__}'")
            else:
                check_nested(key)
                machine.guard(operator.setitem, value, key, new)
        case list():
            if isinstance(key, Unknown | Poly) or (isinstance(key, slice) and _is_unknown_slice(key)):
                machine.blur(value, Unknown(Why.INPUT, "a list written at an unknown index", machine.span))
            elif isinstance(key, slice) and isinstance(new, Unknown):
                machine.blur(value, new)
            else:
                put_in_place(machine, value, key, new)
        case Instance() | Layer():
            method = machine.find_special(value, "__setitem__")
            if method is not MISSING:
                machine.call(method, (key, new), {})
            elif isinstance(value, Instance) and value.data is not None:
                set_item(machine, value.data, key, new)
        case Unknown():
            text = expression_text(key) if not isinstance(key, slice) else ""
            machine.patch(f"{value.symbol}[{text}]" if value.symbol and text else "", new)
        case Array():
            value.items = None
        case tuple() | str() | int():
            machine.raise_error("TypeError", f"'{type(value).__name__}' object does not support item assignment")
        case _:
            return


def delete_item(machine: Machine, value: object, key: object) -> None:
    """Carry out ``del value[key]``."""
    if isinstance(value, list | dict):
        if isinstance(key, Unknown | Poly):
            machine.blur(value, Unknown(Why.INPUT, "a container with an item deleted at an unknown key", machine.span))
        else:
            machine.guard(operator.delitem, value, key)
    elif isinstance(value, Instance):
        method = machine.find_special(value, "__delitem__")
        if method is not MISSING:
            machine.call(method, (key,), {})
        elif value.data is not None:
            delete_item(machine, value.data, key)
