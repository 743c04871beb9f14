"""Builtin functions about one value: length, text, identity, codes, and what is never carried out.

Others: numbers in ``builtins_numbers``, iteration in ``builtins_iteration``, attributes and classes in
``builtins_objects``, constructors in ``builtins_new``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.formatting import format_value
from keraslint.interp.overlays import MODULES, RawNative, raw, register
from keraslint.interp.overlays.items import (
    blurred,
    contents,
    named,
    nothing,
    plain_or_named,
    unknown_call,
)
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import MISSING, Class, Instance, KerasObject
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("builtins.len")
def length(machine: Machine, value: object) -> object:
    """Return ``len(value)``."""
    match value:
        case list() | tuple() | dict() | set() | frozenset() | str() | bytes() | bytearray():
            return blurred(machine, value, "len") or len(value)
        case range():
            return machine.guard(len, value)
        case Unknown():
            shape = machine.open_shapes.get(value.symbol) if value.symbol else None
            if shape is not None and shape.rank is not None:
                return shape.rank
            return named(machine, "len", value)
        case Array() | Tensor():
            return _leading(machine, value)
        case Instance():
            method = machine.find_special(value, "__len__")
            if method is not MISSING:
                return machine.call(method, (), {})
            if value.data is not None:
                return length(machine, value.data)
            if value.cls.opaque is not None or machine.is_blurred(value) is not None:
                return machine.unknown(Why.IMPORT, f"len() of an instance of {value.cls.name}")
        case Class():
            counter = _class_items(machine, value)
            if counter is not None:
                return len(counter)
        case Layer():
            method = machine.find_special(value, "__len__")
            if method is not MISSING:
                return machine.call(method, (), {})
        case KerasObject():
            return machine.unknown(Why.DATA, f"len() of {value.class_name}")
    counted = getattr(value, "length", None)
    if counted is not None:
        return counted(machine)
    return machine.raise_error("TypeError", f"object of type '{machine.class_of(value).name}' has no len()")


def _leading(machine: Machine, value: Array | Tensor) -> object:
    if isinstance(value, Tensor) and not machine.callers:
        return machine.raise_error("TypeError", "object of type 'KerasTensor' has no len()")
    shape = value.shape
    if not isinstance(shape, tuple):
        return machine.unknown(Why.DATA, "len() of data of unknown shape")
    if not shape:
        return machine.raise_error("TypeError", "len() of unsized object")
    lead = shape[0]
    if lead is None or (isinstance(lead, Poly) and str(lead) in _data_symbols(machine)):
        return machine.unknown(Why.DATA, "len() of data")
    return lead


def _data_symbols(machine: Machine) -> set[str]:
    found = machine.global_state.get("data symbols")
    return found if isinstance(found, set) else set()


def _class_items(machine: Machine, value: Class) -> list[object] | None:
    for base in value.mro:
        found = MODULES.get("class_iter", {}).get(base.name) if base.module is None else None
        if isinstance(found, RawNative):
            items = machine.call_native(found, (value,), {})
            return items if isinstance(items, list) else None
    return None


@raw("builtins.repr")
def represent(machine: Machine, value: object) -> object:
    """Return ``repr(value)``."""
    return machine.represent(value)


@raw("builtins.format")
def formatted(machine: Machine, value: object, spec: object = "") -> object:
    """Return ``format(value, spec)``."""
    return format_value(machine, value, "", spec)


@raw("builtins.ascii")
def in_ascii(machine: Machine, value: object) -> object:
    """Return ``ascii(value)``."""
    text = machine.represent(value)
    return text.encode("ascii", "backslashreplace").decode("ascii") if isinstance(text, str) else text


def _is_numeric(values: tuple[object, ...]) -> bool:
    return all(_is_numeric(item) if isinstance(item, tuple) else isinstance(item, int | float) for item in values)


@raw("builtins.hash")
def hash_of(machine: Machine, value: object) -> object:
    """Return the hash of a number or of numbers; of texts it differs from run to run."""
    if isinstance(value, int | float):
        return hash(value)
    if isinstance(value, tuple):
        return hash(value) if _is_numeric(value) else machine.unknown(Why.DATA, "hash()")
    if isinstance(value, list | dict | set):
        return machine.raise_error("TypeError", f"unhashable type: '{type(value).__name__}'")
    if isinstance(value, Instance):
        method = machine.find_special(value, "__hash__")
        if method is not MISSING:
            return machine.call(method, (), {})
    return machine.unknown(Why.DATA, "hash()")


class Identity:
    """What ``id()`` gives: the same object for the same value, and no number."""

    __slots__ = ("unknown", "value")

    def __init__(self, value: object, unknown: Unknown) -> None:
        self.value = value
        self.unknown = unknown


@raw("builtins.id")
def identity(machine: Machine, value: object) -> object:
    """Return a value's identity."""
    if isinstance(value, Unknown):
        return named(machine, "id", value)
    table = machine.global_state.setdefault("identities", {})
    assert isinstance(table, dict)
    return table.setdefault(id(value), Identity(value, machine.unknown(Why.DATA, "id()")))


# codes and digits


@raw("builtins.ord")
def code_point(machine: Machine, value: object) -> object:
    """Return ``ord(value)``."""
    return plain_or_named(machine, "ord", ord, value)


@raw("builtins.chr")
def character(machine: Machine, value: object) -> object:
    """Return ``chr(value)``."""
    return plain_or_named(machine, "chr", chr, value)


def _digits(name: str) -> RawNative:
    function = {"bin": bin, "hex": hex, "oct": oct}[name]

    def digits(machine: Machine, value: object) -> object:
        return plain_or_named(machine, name, function, contents(value))

    return RawNative(f"builtins.{name}", digits)


register("builtins", {name: _digits(name) for name in ("bin", "hex", "oct")})


# what prints, reads, ends, or runs code

register("builtins", {"print": nothing("print"), "breakpoint": nothing("breakpoint")})
register("builtins", {name: unknown_call(name) for name in ("input", "open", "memoryview")})
register("builtins", {name: unknown_call(name, Why.UNSUPPORTED) for name in ("compile",)})


@raw("builtins.__import__", "importlib.import_module")
def import_by_name(machine: Machine, name: object, *args: object, **kwargs: object) -> object:
    """Return a module by its name."""
    if not isinstance(name, str):
        return named(machine, "import_module", name)
    package = kwargs.get("package", args[0] if args else None)
    if name.startswith("."):
        if not isinstance(package, str):
            return machine.unknown(Why.UNSUPPORTED, "a relative import_module()")
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".")
        name = ".".join([*parts[: len(parts) - level + 1], name.lstrip(".")]).strip(".")
    return machine.import_module(name, None, whole=True)


@raw("builtins.exit", "builtins.quit", "sys.exit", "os._exit")
def leave(machine: Machine, *args: object) -> object:
    """End the program."""
    del args
    return machine.raise_error("SystemExit", "")
