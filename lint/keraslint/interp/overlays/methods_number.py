"""Methods of numbers, numpy's own included: a scalar of numpy is a plain float or a ``NumpyInt`` here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import raw
from keraslint.interp.overlays.builtins_new import new_float, new_int
from keraslint.interp.overlays.items import contents, fits, is_open, named
from keraslint.interp.overlays.methods import register_plain
from keraslint.values.array import NumpyInt
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _to_length(machine: Machine, value: object, length: object = 1, *_: object) -> None:
    if isinstance(length, int):
        fits(machine, length, "bytes")
    del value


register_plain("int", "as_integer_ratio bit_count bit_length conjugate from_bytes")
register_plain("int", "to_bytes", _to_length)
register_plain("float", "as_integer_ratio conjugate fromhex hex is_integer")


@raw("method:int.is_integer")
def is_integer(machine: Machine, value: object) -> object:
    """Return True: a whole number is whole."""
    del machine, value
    return True


@raw("method:int.item", "method:float.item", "method:int.tolist", "method:float.tolist")
def item(machine: Machine, value: object) -> object:
    """Return numpy's scalar as Python's number."""
    del machine
    value = contents(value)
    return int(value) if isinstance(value, NumpyInt) else value


@raw("method:int.astype", "method:float.astype")
def astype(machine: Machine, value: object, dtype: object, **_: object) -> object:
    """Return numpy's scalar in another dtype."""
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", "")
    if is_open(dtype):
        return named(machine, "astype", value)
    if name.startswith(("int", "uint")):
        found = new_int(machine, value)
        return NumpyInt(found) if isinstance(found, int) else found
    if name in {"float", "float64"}:
        return new_float(machine, value)
    return machine.unknown(Why.UNSUPPORTED, "astype()")
