"""``copy``: shallow and deep copies of what evaluation knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.limits import too_large
from keraslint.interp.overlays import raw
from keraslint.interp.overlays.methods_list import copied
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import MISSING, Instance, KerasObject
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("copy.copy")
def shallow_copy(machine: Machine, value: object) -> object:
    """Return ``copy.copy(value)``."""
    match value:
        case list():
            return copied(machine, value, list(value))
        case dict():
            return copied(machine, value, _same_kind(value, dict(value)))
        case set():
            return copied(machine, value, set(value))
        case Instance():
            method = machine.find_special(value, "__copy__")
            if method is not MISSING:
                return machine.call(method, (), {})
            result = Instance(value.cls)
            result.attributes.update(value.attributes)
            result.data = shallow_copy(machine, value.data) if value.data is not None else None
            return copied(machine, value, result)
        case Layer() | Tensor():
            return machine.unknown(Why.UNSUPPORTED, "copy.copy() of a layer or tensor")
        case Array():
            return array_copy(value)
        case _:
            return value


def _same_kind(original: dict[object, object], items: dict[object, object]) -> dict[object, object]:
    maker = getattr(original, "copy", None)
    if type(original) is dict or maker is None:
        return items
    result = maker()
    assert isinstance(result, dict)
    result.clear()
    result.update(items)
    return result


def array_copy(value: Array) -> Array:
    """Return a copy of data."""
    result = Array(value.shape, value.dtype, value.items, origin=value.origin)
    result.classes, result.vocabulary = value.classes, value.vocabulary
    return result


@raw("copy.deepcopy")
def deep_copy(machine: Machine, value: object, memo: object = None) -> object:
    """Return ``copy.deepcopy(value)``."""
    del memo
    try:
        return _deep(machine, value, {})
    except RecursionError:
        too_large("copy.deepcopy() of what is nested so deep")


def _deep(machine: Machine, value: object, memo: dict[int, object]) -> object:
    if isinstance(value, str | int | float | bytes | None):
        return value
    if id(value) in memo:
        return memo[id(value)]
    machine.burn()
    match value:
        case list():
            items: list[object] = []
            memo[id(value)] = items
            items.extend(_deep(machine, item, memo) for item in value)
            return copied(machine, value, items)
        case tuple():
            found = tuple(_deep(machine, item, memo) for item in value)
            same = all(a is b for a, b in zip(found, value, strict=True))
            return value if same else type(value)(found)
        case dict():
            mapping = _same_kind(value, {})
            memo[id(value)] = mapping
            for key, item in value.items():
                mapping[_deep(machine, key, memo)] = _deep(machine, item, memo)
            return copied(machine, value, mapping)
        case set():
            return copied(machine, value, set(value))
        case Instance():
            return _deep_instance(machine, value, memo)
        case KerasObject():
            result = KerasObject(value.family, value.class_name, dict(value.arguments), value.span)
            result.attributes.update(value.attributes)
            memo[id(value)] = result
            return result
        case Array():
            return array_copy(value)
        case Layer() | Tensor():
            return Unknown(Why.UNSUPPORTED, "copy.deepcopy() of a layer or tensor", machine.span)
        case _:
            return value


def _deep_instance(machine: Machine, value: Instance, memo: dict[int, object]) -> object:
    method = machine.find_special(value, "__deepcopy__")
    if method is not MISSING:
        return machine.call(method, ({},), {})
    if "_value_" in value.attributes and "_name_" in value.attributes:
        return value  # a member of an enum is one object
    result = Instance(value.cls)
    memo[id(value)] = result
    for name, item in value.attributes.items():
        result.attributes[name] = _deep(machine, item, memo)
    result.data = _deep(machine, value.data, memo) if value.data is not None else None
    return copied(machine, value, result)
