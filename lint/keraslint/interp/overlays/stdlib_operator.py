"""``operator``: the operators as functions, and what gets items, attributes and methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.builtins import length

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_BINARY = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
    "and_": "&",
    "or_": "|",
    "xor": "^",
    "lshift": "<<",
    "rshift": ">>",
    "concat": "+",
}
_IN_PLACE = {
    "iadd": "+",
    "iconcat": "+",
    "isub": "-",
    "imul": "*",
    "itruediv": "/",
    "ifloordiv": "//",
    "imod": "%",
    "ipow": "**",
    "imatmul": "@",
    "iand": "&",
    "ior": "|",
    "ixor": "^",
    "ilshift": "<<",
    "irshift": ">>",
}
_COMPARISON = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "is_": "is", "is_not": "is not"}


def _operate(name: str, op: str) -> RawNative:
    return RawNative(f"operator.{name}", lambda machine, a, b: machine.binary(op, a, b))


def _operate_in_place(name: str, op: str) -> RawNative:
    return RawNative(f"operator.{name}", lambda machine, a, b: machine.in_place(op, a, b))


def _builtin(name: str) -> RawNative:
    return RawNative(f"operator.{name}", lambda machine, value: machine.call(machine.builtins[name], (value,), {}))


def _method(name: str, method: str) -> RawNative:
    def call(machine: Machine, items: object, item: object) -> object:
        return machine.call(machine.get_attribute(items, method), (item,), {})

    return RawNative(f"operator.{name}", call)


def _compare(name: str, op: str) -> RawNative:
    return RawNative(f"operator.{name}", lambda machine, a, b: machine.compare(op, a, b))


def _index(machine: Machine, value: object) -> object:
    if isinstance(value, float | str):
        kind = type(value).__name__
        return machine.raise_error("TypeError", f"'{kind}' object cannot be interpreted as an integer")
    return machine.call(machine.builtin_class("int"), (value,), {})


def _negation(machine: Machine, value: object) -> object:
    return machine.negation(value)


register("operator", {name: _operate(name, op) for name, op in _BINARY.items()}, complete=True)
register("operator", {name: _operate_in_place(name, op) for name, op in _IN_PLACE.items()})
register(
    "operator", {"abs": _builtin("abs"), "countOf": _method("countOf", "count"), "indexOf": _method("indexOf", "index")}
)
register("operator", {name: _compare(name, op) for name, op in _COMPARISON.items()})
register(
    "operator",
    {
        "neg": RawNative("operator.neg", lambda machine, value: machine.unary("-", value)),
        "pos": RawNative("operator.pos", lambda machine, value: machine.unary("+", value)),
        "inv": RawNative("operator.inv", lambda machine, value: machine.unary("~", value)),
        "index": RawNative("operator.index", _index),
        "call": RawNative(
            "operator.call", lambda machine, function, *args, **kwargs: machine.call(function, args, kwargs)
        ),
        "invert": RawNative("operator.invert", lambda machine, value: machine.unary("~", value)),
        "not_": RawNative("operator.not_", _negation),
        "contains": RawNative("operator.contains", lambda machine, items, item: machine.compare("in", item, items)),
        "getitem": RawNative("operator.getitem", lambda machine, value, key: machine.get_item(value, key)),
        "length_hint": RawNative("operator.length_hint", length),
    },
)


@raw("operator.truth")
def truth(machine: Machine, value: object) -> object:
    """Return the truth of a value."""
    return machine.negation(machine.negation(value))


@raw("operator.setitem", inert=False)
def set_item(machine: Machine, value: object, key: object, new: object) -> None:
    """Carry out ``value[key] = new``."""
    machine.set_item(value, key, new)


@raw("operator.delitem", inert=False)
def delete_item(machine: Machine, value: object, key: object) -> None:
    """Carry out ``del value[key]``."""
    machine.delete_item(value, key)


def _getter(name: str, keys: tuple[object, ...], get: Callable[[Machine, object, object], object]) -> RawNative:
    def call(machine: Machine, value: object) -> object:
        found = [get(machine, value, key) for key in keys]
        return found[0] if len(found) == 1 else tuple(found)

    return RawNative(name, call)


@raw("operator.itemgetter")
def itemgetter(machine: Machine, *keys: object) -> object:
    """Return what gets items."""
    del machine
    return _getter("operator.itemgetter", keys, lambda machine, value, key: machine.get_item(value, key))


@raw("operator.attrgetter")
def attrgetter(machine: Machine, *names: object) -> object:
    """Return what gets attributes, also of attributes."""
    del machine

    def get(machine: Machine, value: object, name: object) -> object:
        for part in str(name).split("."):
            value = machine.get_attribute(value, part)
        return value

    return _getter("operator.attrgetter", names, get)


@raw("operator.methodcaller")
def methodcaller(machine: Machine, name: object, /, *args: object, **kwargs: object) -> object:
    """Return what calls a method."""
    del machine
    return RawNative(
        "operator.methodcaller",
        lambda machine, value: machine.call(machine.get_attribute(value, str(name)), args, kwargs),
    )
