"""Constructors of the builtin types."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from keraslint.interp.comparisons import truth_of
from keraslint.interp.limits import BITS, too_large
from keraslint.interp.overlays import raw
from keraslint.interp.overlays.items import (
    ABSENT,
    collect,
    contents,
    fits,
    forget,
    is_open,
    named,
)
from keraslint.values.array import Array
from keraslint.values.dim import Poly, symbols
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import MISSING, Instance
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("builtins.new:object")
def new_object(machine: Machine) -> object:
    """Return a bare object."""
    return Instance(machine.builtin_class("object"))


def _converted(machine: Machine, value: object, *names: str) -> object:
    """Return what the first of an object's conversion methods gives, the value itself where it has none."""
    if isinstance(value, Instance):
        for name in names:
            method = machine.find_special(value, name)
            if method is not MISSING:
                return machine.call(method, (), {})
    return contents(value)


def _scalar(value: object) -> object:
    """Return the only item of data, or an unknown."""
    if not isinstance(value, Array):
        return value
    items = value.items
    while isinstance(items, list) and len(items) == 1:
        items = items[0]
    return items if isinstance(items, int | float | Poly | Unknown) else None


@raw("builtins.new:int", "builtins.long", "six.moves.long")
def new_int(machine: Machine, value: object = 0, base: object = ABSENT, **kwargs: object) -> object:
    """Return ``int(value)``: of a formula over whole numbers the formula itself."""
    base = kwargs.get("base", base)
    value = _converted(machine, value, "__int__", "__index__", "__trunc__")
    if isinstance(value, Array | Tensor):
        found = _scalar(value)
        if not isinstance(found, int | float | Poly | Unknown):
            return machine.unknown(Why.DATA, "int() of data")
        value = found
    if isinstance(value, Poly) and all("[" in symbol for symbol in symbols(value)):
        return value  # of entries of shapes, which are whole
    if is_open(value) or is_open(base):
        return named(machine, "int", value) if base is ABSENT else named(machine, "int", value, base)
    if isinstance(value, str | bytes) and len(value) > BITS // 4:
        too_large("an integer")
    return machine.guard(int, value) if base is ABSENT else machine.guard(int, value, base)


@raw("builtins.new:float")
def new_float(machine: Machine, value: object = 0.0) -> object:
    """Return ``float(value)``."""
    value = _converted(machine, value, "__float__", "__index__")
    if isinstance(value, Array | Tensor):
        found = _scalar(value)
        if not isinstance(found, int | float | Poly | Unknown):
            return machine.unknown(Why.DATA, "float() of data")
        value = found
    if is_open(value):
        return named(machine, "float", value)
    return machine.guard(float, value)


@raw("builtins.new:bool")
def new_bool(machine: Machine, value: object = False) -> object:
    """Return ``bool(value)``."""
    outcome = truth_of(machine, value)
    return outcome if isinstance(outcome, bool) else _unknown_bool(machine, value, outcome)


def _unknown_bool(machine: Machine, value: object, outcome: Unknown) -> Unknown:
    return named(machine, "bool", value) if is_open(value) else outcome


@raw("builtins.new:complex")
def new_complex(machine: Machine, real: object = 0, imag: object = 0) -> object:
    """Return ``complex(real, imag)``."""
    if is_open(real) or is_open(imag):
        return named(machine, "complex", real, imag)
    return machine.guard(complex, real, imag) if imag != 0 else machine.guard(complex, real)


@raw("builtins.new:str", "builtins.unicode", "six.text_type")
def new_str(machine: Machine, value: object = "", encoding: object = None, errors: object = "strict") -> object:
    """Return ``str(value)``."""
    if encoding is not None and isinstance(value, bytes):
        return machine.guard(str, value, encoding, errors)
    return machine.text(value)


@raw("builtins.new:bytes", "builtins.new:bytearray")
def new_bytes(machine: Machine, value: object = b"", *args: object, **kwargs: object) -> object:
    """Return ``bytes(value)``."""
    if isinstance(value, int):
        fits(machine, value, "bytes")
        return machine.guard(bytes, value)
    if isinstance(value, str | bytes):
        return machine.guard(functools.partial(bytes, value), *args, **kwargs)  # pyright: ignore[reportCallIssue]  the program's own arguments
    if is_open(value):
        return named(machine, "bytes", value)
    items = collect(machine, value)
    unknown = next((item for item in items if is_open(item)), None)
    return named(machine, "bytes", unknown) if unknown is not None else machine.guard(bytes, items)


@raw("builtins.new:slice")
def new_slice(machine: Machine, *args: object) -> object:
    """Return ``slice(*args)``."""
    return machine.guard(slice, *args)


@raw("builtins.new:list")
def new_list(machine: Machine, iterable: object = ()) -> object:
    """Return ``list(iterable)``; the items of a named shape keep its name."""
    return _sequence(machine, "list", iterable)


@raw("builtins.new:tuple")
def new_tuple(machine: Machine, iterable: object = ()) -> object:
    """Return ``tuple(iterable)``."""
    found = _sequence(machine, "tuple", iterable)
    return tuple(found) if isinstance(found, list) else found


def _sequence(machine: Machine, name: str, iterable: object) -> object:
    if not isinstance(iterable, Unknown):
        return collect(machine, iterable)
    try:
        return collect(machine, iterable)
    except Undetermined:
        # the entries of a shape are read by index from either
        if iterable.symbol and (iterable.symbol in machine.open_shapes or iterable.symbol.endswith("shape")):
            return iterable
        return named(machine, name, iterable)


@raw("builtins.new:set")
def new_set(machine: Machine, iterable: object = ()) -> object:
    """Return ``set(iterable)``."""
    if isinstance(iterable, set | frozenset):
        return set(iterable)
    try:
        items = collect(machine, iterable)
    except Undetermined:
        if isinstance(iterable, Unknown):
            return named(machine, "set", iterable)
        raise
    return machine.make_set(items)


@raw("builtins.new:frozenset")
def new_frozenset(machine: Machine, iterable: object = ()) -> object:
    """Return ``frozenset(iterable)``."""
    found = new_set(machine, iterable)
    return frozenset(found) if isinstance(found, set) else found


@raw("builtins.new:dict", "builtins.new:OrderedDict")
def new_dict(machine: Machine, /, *args: object, **kwargs: object) -> object:
    """Return ``dict(...)``."""
    result: dict[object, object] = {}
    if len(args) > 1:
        return machine.raise_error("TypeError", f"dict expected at most 1 argument, got {len(args)}")
    if args:
        source = args[0]
        if isinstance(source, Unknown):
            if not kwargs:
                return named(machine, "dict", source)
            forget(machine, result, source)
            return result
        fill(machine, result, source)
    result.update(kwargs)
    return result


def fill(machine: Machine, target: dict[object, object], source: object) -> None:
    """Put a mapping's items, or pairs, into a dict; what is not known blurs it."""
    try:
        pairs = entries(machine, source)
    except Undetermined as problem:
        forget(machine, target, problem.unknown)
        return
    for key, value in pairs:
        machine.set_item(target, key, value)


def entries(machine: Machine, source: object) -> list[tuple[object, object]]:
    """Return the items of a mapping or of an iterable of pairs."""
    if isinstance(source, dict) or (
        isinstance(source, Instance)
        and (isinstance(source.data, dict) or machine.find_special(source, "keys") is not MISSING)
    ):
        return machine.mapping_items(source)
    pairs: list[tuple[object, object]] = []
    for index, item in enumerate(collect(machine, source)):
        if isinstance(item, Unknown):
            raise Undetermined(item)
        if isinstance(item, int | float | None | Layer):
            text = f"cannot convert dictionary update sequence element #{index} to a sequence"
            machine.raise_error("TypeError", text)
        pair = collect(machine, item)
        if len(pair) != 2:
            machine.raise_error(
                "ValueError", f"dictionary update sequence element #{index} has length {len(pair)}; 2 is required"
            )
        pairs.append((pair[0], pair[1]))
    return pairs
