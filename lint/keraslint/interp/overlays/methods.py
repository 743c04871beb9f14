"""What the methods of plain values share: calling Python's own on plain arguments, special methods by name.

The methods themselves: texts and bytes in ``methods_text``, containers in ``methods_list``, ``methods_dict`` and
``methods_set``, numbers in ``methods_number``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from keraslint.interp.calls import first_unknown
from keraslint.interp.overlays import RawNative, register
from keraslint.interp.overlays.builtins import length
from keraslint.interp.overlays.items import contents, wrong_receiver
from keraslint.values.unknown import Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_BINARY = {
    "__add__": "+",
    "__sub__": "-",
    "__mul__": "*",
    "__truediv__": "/",
    "__floordiv__": "//",
    "__mod__": "%",
    "__pow__": "**",
    "__and__": "&",
    "__or__": "|",
    "__xor__": "^",
    "__lshift__": "<<",
    "__rshift__": ">>",
}
_COMPARISON = {"__eq__": "==", "__ne__": "!=", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def plain_method(kind: str, name: str, bound: Callable[..., object] | None = None) -> RawNative:
    """Return a native that is Python's own method where the arguments are plain; ``bound`` checks the size first."""
    own_type = {"str": str, "bytes": bytes, "int": int, "float": float, "range": range}[kind]
    function = getattr(own_type, name)
    is_static = name in {"maketrans", "fromhex", "from_bytes"}

    def method(machine: Machine, value: object, *args: object, **kwargs: object) -> object:
        value = contents(value)
        cause = first_unknown((value, args, kwargs), machine)
        if cause is not None:
            return Unknown(cause.why, f"{kind}.{name}() of {cause.symbol or cause.what}"[:160], cause.where)
        if bound is not None and isinstance(value, own_type):
            bound(machine, value, *args)
        if not is_static and not isinstance(value, own_type):
            wrong_receiver(machine, kind, value)
        return machine.guard(function, value, *args, **kwargs)

    return RawNative(f"{kind}.{name}", method)


def register_plain(kind: str, names: str, bound: Callable[..., object] | None = None) -> None:
    """Register Python's own methods of a type."""
    register(f"method:{kind}", {name: plain_method(kind, name, bound) for name in names.split()})


def binary_special(op: str, *, is_reflected: bool = False) -> Callable[..., object]:
    """Return the native of an operator's special method, on the native part of an object."""

    def operate(machine: Machine, value: object, other: object) -> object:
        a, b = contents(value), contents(other)
        return machine.binary(op, b, a) if is_reflected else machine.binary(op, a, b)

    return operate


def comparison_special(op: str) -> Callable[..., object]:
    """Return the native of a comparison's special method, on the native part of an object."""

    def compare(machine: Machine, value: object, other: object) -> object:
        return machine.compare(op, contents(value), contents(other))

    return compare


def operators_of(
    operators: Iterable[str], comparisons: Iterable[str] = _COMPARISON
) -> dict[str, Callable[..., object]]:
    """Return special methods by name for a class that wraps a plain value."""
    found: dict[str, Callable[..., object]] = {}
    for name, op in _BINARY.items():
        if op in operators:
            found[name] = binary_special(op)
            found[f"__r{name[2:]}"] = binary_special(op, is_reflected=True)
    for name in comparisons:
        found[name] = comparison_special(_COMPARISON[name])
    return found


NUMBER_OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>")


def _get(machine: Machine, value: object, key: object) -> object:
    return machine.get_item(contents(value), key)


def _set(machine: Machine, value: object, key: object, new: object) -> None:
    machine.set_item(contents(value), key, new)


def _delete(machine: Machine, value: object, key: object) -> None:
    machine.delete_item(contents(value), key)


def _has(machine: Machine, value: object, item: object) -> object:
    return machine.compare("in", item, contents(value))


def _iterate(machine: Machine, value: object) -> object:
    return machine.iterate(contents(value))


def _length(machine: Machine, value: object) -> object:
    return length(machine, contents(value))


_SPECIAL: dict[str, dict[str, Callable[..., object]]] = {
    "list": {"__getitem__": _get, "__setitem__": _set, "__delitem__": _delete, **operators_of("+*")},
    "dict": {
        "__getitem__": _get,
        "__setitem__": _set,
        "__delitem__": _delete,
        **operators_of("|", ("__eq__", "__ne__")),
    },
    "tuple": {"__getitem__": _get, **operators_of("+*")},
    "set": operators_of("-&|^"),
    "frozenset": operators_of("-&|^"),
    "str": {"__getitem__": _get, **operators_of("+*%")},
    "bytes": {"__getitem__": _get, **operators_of("+*%")},
    "range": {"__getitem__": _get},
}
for _kind, _methods in _SPECIAL.items():
    _methods = {**_methods, "__contains__": _has, "__iter__": _iterate, "__len__": _length}
    register(f"method:{_kind}", {name: RawNative(f"{_kind}.{name}", call) for name, call in _methods.items()})
for _kind in ("int", "float"):
    register(
        f"method:{_kind}",
        {name: RawNative(f"{_kind}.{name}", call) for name, call in operators_of(NUMBER_OPERATORS).items()},
    )
