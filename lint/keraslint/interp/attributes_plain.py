"""Attributes of values that are neither objects nor classes of the program: arrays, numbers, texts, containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.operators import describe
from keraslint.interp.overlays import MODULES, RawNative
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.program import MISSING, Method
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def of_array(machine: Machine, value: Array, name: str) -> object:
    """Return an array's attribute."""
    shape = value.shape
    match name:
        case "shape":
            return machine.shape_value(shape, is_tensor=value.origin == "tensor")
        case "dtype":
            return value.dtype
        case "ndim":
            return len(shape) if isinstance(shape, tuple) else Unknown(Why.DATA, "the rank of an array", machine.span)
        case "size":
            return machine.call_native(RawNative("size", _array_size), (value,), {})
        case "T":
            return Array(shape[::-1], value.dtype) if isinstance(shape, tuple) else value
    method = MODULES.get("method:Array", {}).get(name)
    if method is not None:
        return Method(method, value)
    return Unknown(Why.UNSUPPORTED, f"an array's .{name}", machine.span)


def _array_size(machine: Machine, value: Array) -> object:
    shape = machine.shape_value(value.shape, is_tensor=False)
    if not isinstance(shape, tuple):
        return shape
    size: object = 1
    for dim in shape:
        size = machine.binary("*", size, dim)
    return size


def of_plain(machine: Machine, value: object, name: str) -> object:
    """Return a plain value's attribute, or ``MISSING``."""
    for cls in machine.class_of(value).mro:
        method = MODULES.get(f"method:{cls.name}", {}).get(name)
        if method is not None:
            return Method(method, value)
    if name == "__class__":
        return machine.class_of(value)
    found = getattr(value, "get_member", None)
    if found is not None:
        return found(machine, name)
    if isinstance(value, int | float | complex) and name in {"real", "imag"}:
        return getattr(value, name)
    if isinstance(value, slice | range) and name in {"start", "stop", "step"}:
        return getattr(value, name)
    if isinstance(value, slice) and name == "indices":
        return Method(RawNative("slice.indices", lambda machine, own, size: machine.guard(own.indices, size)), value)
    if isinstance(value, complex) and name == "conjugate":
        return Method(RawNative("complex.conjugate", lambda _machine, own: own.conjugate()), value)
    if type(value).__name__ in {"Match", "Pattern"} and name in _OF_MATCHES:
        return getattr(value, name)
    if isinstance(value, int | float | str | bytes | list | tuple | dict | set | type(None)):
        known = hasattr(type(value), name)
        return Unknown(Why.UNSUPPORTED, f"{type(value).__name__}.{name}", machine.span) if known else MISSING
    if isinstance(value, Poly):
        return Unknown(Why.INPUT, f"({value}).{name}", machine.span)
    return Unknown(Why.UNSUPPORTED, f"{describe(value)}.{name}", machine.span)


_OF_MATCHES = {"lastindex", "lastgroup", "string", "pos", "endpos", "re", "pattern", "flags", "groups", "groupindex"}
