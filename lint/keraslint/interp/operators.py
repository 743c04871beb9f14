"""Operators over every kind of value, and the formulas and names of their results."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.limits import BITS, ITEMS, TERMS, too_large
from keraslint.interp.objects import KeyView
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, symbol
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import (
    MISSING,
    Class,
    Function,
    Instance,
    KerasObject,
    Module,
)
from keraslint.values.unknown import PlainUnknown, Undetermined, Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

OPERATORS: dict[str, Callable[..., object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "@": operator.matmul,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
METHODS = {
    "+": ("__add__", "__radd__"),
    "-": ("__sub__", "__rsub__"),
    "*": ("__mul__", "__rmul__"),
    "/": ("__truediv__", "__rtruediv__"),
    "//": ("__floordiv__", "__rfloordiv__"),
    "%": ("__mod__", "__rmod__"),
    "**": ("__pow__", "__rpow__"),
    "@": ("__matmul__", "__rmatmul__"),
    "&": ("__and__", "__rand__"),
    "|": ("__or__", "__ror__"),
    "^": ("__xor__", "__rxor__"),
    "<<": ("__lshift__", "__rlshift__"),
    ">>": ("__rshift__", "__rrshift__"),
    "==": ("__eq__", "__eq__"),
    "!=": ("__ne__", "__ne__"),
    "<": ("__lt__", "__gt__"),
    "<=": ("__le__", "__ge__"),
    ">": ("__gt__", "__lt__"),
    ">=": ("__ge__", "__le__"),
}
NAMES = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "&": "and_",
    "|": "or_",
    "^": "xor",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "==": "eq",
    "!=": "ne",
}
_POLYNOMIAL = {"+", "-", "*", "//", "%"}
PLAIN = (int, float, complex, str, bytes, bool, type(None), list, tuple, dict, set, frozenset, range, slice)


def binary_or_unknown(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b``, an Unknown where it cannot be told."""
    try:
        return binary(machine, op, a, b)
    except Undetermined as problem:
        return problem.unknown


def binary(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b``."""
    if isinstance(a, Instance) or isinstance(b, Instance):
        found = by_method(machine, op, a, b)
        if found is not MISSING:
            return found
        if has_native_part(a) or has_native_part(b):
            return binary(machine, op, native_part(a), native_part(b))
        return not_an_operand(machine, op, a, b)
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return machine.operate(f"operator.{NAMES.get(op, op)}", (a, b), {})
    if isinstance(a, Array) or isinstance(b, Array):
        return machine.array_operator(op, a, b)
    if isinstance(a, Unknown | Poly) or isinstance(b, Unknown | Poly):
        return _symbolic(machine, op, a, b)
    if op == "%" and isinstance(a, str):
        return machine.format_percent(a, b)
    if isinstance(a, Class) and op == "|":
        return (a, b)
    if isinstance(a, Layer | KerasObject | Module | Function | Class):
        return Unknown(Why.UNSUPPORTED, f"`{op}` on {describe(a)}", machine.span)
    blurred = machine.is_blurred(a) or machine.is_blurred(b)
    if blurred is not None:
        return blurred
    if isinstance(a, KeyView) or isinstance(b, KeyView):
        a, b = (set(machine.iterate(side)) if op in "&|^-" else side for side in (a, b))
    _bound(op, a, b)
    if not isinstance(a, PLAIN) or not isinstance(b, PLAIN):
        operate = getattr(a, "operate", None) or getattr(b, "operate", None)
        if operate is not None:
            return operate(op, a, b)
        return Unknown(Why.UNSUPPORTED, f"`{op}` on {describe(b if isinstance(a, PLAIN) else a)}", machine.span)
    return machine.guard(OPERATORS[op], a, b)


def by_method(machine: Machine, op: str, a: object, b: object) -> object:
    """Return what the special method of one side gives, ``MISSING`` where neither has one."""
    forward, backward = METHODS[op]
    for owner, other, name in ((a, b, forward), (b, a, backward)):
        if isinstance(owner, Instance):
            method = machine.find_special(owner, name)
            if method is not MISSING:
                result = machine.call(method, (other,), {})
                if result is not NotImplemented:
                    return result
    return MISSING


def has_native_part(value: object) -> bool:
    """Return whether an object's class derives from a builtin type."""
    return isinstance(value, Instance) and value.data is not None


def native_part(value: object) -> object:
    """Return the builtin value in an object, any other value as it is."""
    return value.data if isinstance(value, Instance) and value.data is not None else value


def not_an_operand(machine: Machine, op: str, a: object, b: object) -> object:
    """Raise the program's TypeError for an operator between objects, where all is known about them."""
    for side in (a, b):
        if isinstance(side, Unknown):
            return Unknown(side.why, f"`{op}` on {side.symbol or side.what}", side.where)
        if isinstance(side, Tensor | Array | Layer | KerasObject | Module):
            return Unknown(Why.UNSUPPORTED, f"`{op}` on {describe(side)}", machine.span)
        if isinstance(side, Instance) and (side.cls.opaque is not None or side.cls.module is None):
            return Unknown(Why.UNSUPPORTED, f"`{op}` on {describe(side)}", machine.span)
    names = f"'{machine.class_of(a).name}' and '{machine.class_of(b).name}'"
    if op in {"<", "<=", ">", ">="}:
        return machine.raise_error("TypeError", f"'{op}' not supported between instances of {names}")
    return machine.raise_error("TypeError", f"unsupported operand type(s) for {op}: {names}")


def _bound(op: str, a: object, b: object) -> None:
    """Refuse what would take too much memory or time, before it is computed."""
    if op == "**" and isinstance(a, int) and isinstance(b, int) and b > 0 and a.bit_length() * b > BITS:
        too_large(f"{a} ** {b}" if a.bit_length() < 64 and b.bit_length() < 64 else "a power")
    if op == "<<" and isinstance(a, int) and isinstance(b, int) and a.bit_length() + b > BITS:
        too_large("a shifted integer")
    if op == "*" and isinstance(a, int) and isinstance(b, int) and a.bit_length() + b.bit_length() > BITS:
        too_large("a product")
    if op == "*":
        for sequence, times in ((a, b), (b, a)):
            if isinstance(times, int) and _length(sequence) * max(times, 0) > ITEMS:
                too_large("a repeated sequence")
    if op == "+" and _length(a) + _length(b) > ITEMS:
        too_large("a joined sequence")


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple) else 0


def _symbolic(machine: Machine, op: str, a: object, b: object) -> object:
    """Return a formula where both sides are whole numbers or names for them, an Unknown otherwise."""
    for side in (a, b):
        if isinstance(side, Unknown) and not side.symbol:
            kind = PlainUnknown if _is_plain(a) and _is_plain(b) else Unknown
            return kind(side.why, side.what, side.where)
    left, right = formula(a), formula(b)
    if left is not None and right is not None:
        if op in _POLYNOMIAL and not (op in {"//", "%"} and right == 0):
            return _bounded(machine, left, right, OPERATORS[op])
        if op == "**" and isinstance(right, int) and 0 <= right <= 8 and isinstance(left, Poly):
            return _bounded(machine, left, right, OPERATORS[op])
    return derived(machine, f"{expression_text(a)} {op} {expression_text(b)}", a, b)


def _bounded(machine: Machine, left: Dim, right: Dim, operate: Callable[..., object]) -> object:
    """Return a formula; one that has grown too long is not followed any further."""
    size = _terms_of(left) * _terms_of(right)
    machine.burn(1 + (size >> 2))
    if size > TERMS:
        too_large("a formula")
    found = operate(left, right)
    if isinstance(found, Poly) and any(abs(factor).bit_length() > BITS for factor in found.terms.values()):
        too_large("a formula's coefficient")
    return found


def _terms_of(value: object) -> int:
    return len(value.terms) if isinstance(value, Poly) else 1


def formula(value: object) -> Dim | None:
    """Return a value as a formula: an integer, a polynomial, or the symbol of a named unknown."""
    if isinstance(value, Unknown):
        return symbol(value.symbol) if is_atomic(value.symbol) else None
    if isinstance(value, bool):
        return None
    return value if isinstance(value, int | Poly) else None


_ATOMIC = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\[[^\[\]]*\]|\([^()]*\))*")


def is_atomic(text: str) -> bool:
    """Return whether an expression binds tighter than every operator: a name with attributes, items and calls."""
    return _ATOMIC.fullmatch(text) is not None


def expression_text(value: object) -> str:
    """Return a Python expression for a value, empty where there is none."""
    if isinstance(value, Unknown):
        return value.symbol if not value.symbol or is_atomic(value.symbol) else f"({value.symbol})"
    if isinstance(value, Poly):
        return f"({value})"
    if isinstance(value, int | float | str | bool | type(None)):
        return repr(value)
    if isinstance(value, list | tuple) and all(expression_text(item) for item in value):
        inside = ", ".join(expression_text(item) for item in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, Class):
        return value.name
    return ""


def derived(machine: Machine, text: str, *operands: object) -> Unknown:
    """Return the unknown that an expression over unknown operands is, named by the expression where all have names."""
    cause = next((item for item in operands if isinstance(item, Unknown)), None)
    why = cause.why if cause is not None else Why.INPUT
    named = all(expression_text(item) for item in operands) and len(text) <= 120
    what = text if named else (cause.what if cause is not None else text)
    kind = PlainUnknown if all(map(_is_plain, operands)) else Unknown
    return kind(why, what, cause.where if cause is not None else machine.span, text if named else "")


def _is_plain(value: object) -> bool:
    return isinstance(value, PlainUnknown | Poly | int | float | str)


def unary(machine: Machine, op: str, value: object) -> object:
    """Return ``op value`` for ``-``, ``+`` and ``~``."""
    if isinstance(value, Tensor):
        name = {"-": "neg", "+": "pos", "~": "invert"}[op]
        return value if op == "+" else machine.operate(f"operator.{name}", (value,), {})
    if isinstance(value, Array):
        return Array(value.shape, value.dtype)
    if isinstance(value, Instance):
        method = machine.find_special(value, {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op])
        if method is not MISSING:
            return machine.call(method, (), {})
        value = native_part(value)
    if isinstance(value, Unknown | Poly):
        number = formula(value)
        if number is not None and op in "+-":
            return number if op == "+" else -number
        return derived(machine, f"{op}{expression_text(value)}", value)
    functions: dict[str, Callable[..., object]] = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
    return machine.guard(functions[op], value)


def describe(value: object) -> str:
    """Return a value's kind in words, for reasons."""
    match value:
        case Layer():
            return f"the layer {value.name}"
        case Tensor():
            return "a tensor"
        case Array():
            return "an array"
        case Instance():
            return f"an instance of {value.cls.name}"
        case Class() | Function():
            return value.name
        case Module():
            return f"the module {value.name}"
        case KerasObject():
            return value.class_name
        case Unknown():
            return value.symbol or value.what
        case _:
            return type(value).__name__
