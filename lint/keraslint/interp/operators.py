"""Operators, comparisons and truth over every kind of value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.limits import BITS, ITEMS, too_large
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, less, same, symbol
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import (
    MISSING,
    Class,
    Function,
    Instance,
    KerasObject,
    Module,
)
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

_OPERATORS: dict[str, Callable[..., object]] = {
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
_METHODS = {
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
_NAMES = {
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


def compare_or_unknown(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b`` for a comparison, an Unknown where it cannot be told."""
    try:
        return compare(machine, op, a, b)
    except Undetermined as problem:
        return problem.unknown


def binary(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b``."""
    if isinstance(a, Instance) or isinstance(b, Instance):
        found = _by_method(machine, op, a, b)
        if found is not MISSING:
            return found
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return machine.operate(f"operator.{_NAMES.get(op, op)}", (a, b), {})
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
    _bound(op, a, b)
    return machine.guard(_OPERATORS[op], a, b)


def _by_method(machine: Machine, op: str, a: object, b: object) -> object:
    forward, backward = _METHODS[op]
    for owner, other, name in ((a, b, forward), (b, a, backward)):
        if isinstance(owner, Instance):
            method = machine.find_special(owner, name)
            if method is not MISSING:
                result = machine.call(method, (other,), {})
                if result is not NotImplemented:
                    return result
    return MISSING


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
            return Unknown(side.why, side.what, side.where)
    left, right = formula(a), formula(b)
    if left is not None and right is not None:
        if op in _POLYNOMIAL and not (op in {"//", "%"} and right == 0):
            return _OPERATORS[op](left, right)
        if op == "**" and isinstance(right, int) and 0 <= right <= 8 and isinstance(left, Poly):
            return left**right
    return derived(machine, f"{expression_text(a)} {op} {expression_text(b)}", a, b)


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
    return Unknown(why, what, cause.where if cause is not None else machine.span, text if named else "")


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
    if isinstance(value, Unknown | Poly):
        number = formula(value)
        if number is not None and op in "+-":
            return number if op == "+" else -number
        return derived(machine, f"{op}{expression_text(value)}", value)
    functions: dict[str, Callable[..., object]] = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
    return machine.guard(functions[op], value)


def compare(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b`` for a comparison: a bool, an Unknown, or a tensor."""
    if op == "is":
        return is_same(machine, a, b)
    if op == "is not":
        outcome = is_same(machine, a, b)
        return not outcome if isinstance(outcome, bool) else negated(outcome)
    if op in {"in", "not in"}:
        outcome = contains(machine, b, a)
        return outcome if op == "in" else not outcome if isinstance(outcome, bool) else negated(outcome)
    if isinstance(a, Instance) or isinstance(b, Instance):
        found = _by_method(machine, op, a, b)
        if found is not MISSING:
            return found
        if op == "!=":
            equal = _by_method(machine, "==", a, b)
            if equal is not MISSING:
                return machine.negation(equal)
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        if op == "==" and machine.keras is Keras.THREE:
            return a is b  # a KerasTensor has no __eq__ of its own, though it has __ne__
        if isinstance(a, Tensor | Array | int | float | Poly) and isinstance(b, Tensor | Array | int | float | Poly):
            if not isinstance(a, Tensor | Array):  # a number leaves it to the tensor on its right
                a, b, op = b, a, _REFLECTED.get(op, op)
            return machine.operate(f"operator.{_NAMES[op]}", (a, b), {})
        return op == "!=" if op in {"==", "!="} else Unknown(Why.UNSUPPORTED, f"`{op}` on a tensor", machine.span)
    if isinstance(a, Array) or isinstance(b, Array):
        return machine.array_operator(op, a, b)
    if op in {"==", "!="}:
        equal = equals(machine, a, b)
        if isinstance(equal, Unknown):
            text = f"{expression_text(a)} {op} {expression_text(b)}"
            return derived(machine, text, a, b) if expression_text(a) and expression_text(b) else equal
        return equal if op == "==" else not equal
    return _ordered(machine, op, a, b)


_REFLECTED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _ordered(machine: Machine, op: str, a: object, b: object) -> object:
    if isinstance(a, Poly | Unknown) or isinstance(b, Poly | Unknown):
        if isinstance(a, int | Poly) and isinstance(b, int | Poly):
            decided = less(a, b) if op in {"<", ">="} else less(b, a)
            if decided is not None:
                return decided if op in {"<", ">"} else not decided
        return derived(machine, f"{expression_text(a)} {op} {expression_text(b)}", a, b)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple) and (_has_unknown(a) or _has_unknown(b)):
        return Unknown(Why.INPUT, "a comparison of sequences with unknown entries", machine.span)
    return machine.guard(_OPERATORS[op], a, b)


def equals(machine: Machine, a: object, b: object) -> bool | Unknown:
    """Return whether two values are equal, entry by entry for containers."""
    if a is b and not isinstance(a, Unknown | float):
        return True
    if isinstance(a, Unknown):
        return a if not (isinstance(b, Unknown) and a.symbol and a.symbol == b.symbol) else True
    if isinstance(b, Unknown):
        return b
    if isinstance(a, Poly | int) and isinstance(b, Poly | int):
        decided = same(a, b)
        return Unknown(Why.INPUT, f"{a} == {b}", machine.span, f"({a}) == ({b})") if decided is None else decided
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        if isinstance(a, list) is not isinstance(b, list) or len(a) != len(b):
            return False
        pairs = [equals(machine, x, y) for x, y in zip(a, b, strict=True)]
        if False in pairs:
            return False
        return next((pair for pair in pairs if isinstance(pair, Unknown)), True)
    if isinstance(a, Instance) or isinstance(b, Instance):
        found = _by_method(machine, "==", a, b)
        if found is not MISSING:
            return found if isinstance(found, bool | Unknown) else machine.truth(found)
        return a is b
    if isinstance(a, PLAIN) and isinstance(b, PLAIN):
        return bool(a == b)
    return a is b


def is_same(machine: Machine, a: object, b: object) -> bool | Unknown:
    """Return ``a is b``."""
    for value, other in ((a, b), (b, a)):
        if isinstance(value, Unknown):
            if isinstance(other, Unknown) and value.symbol and value.symbol == other.symbol:
                return True
            if value.symbol and expression_text(other):
                return derived(machine, f"{expression_text(value)} is {expression_text(other)}", value, other)
            return value
    if isinstance(a, int | str | float) and isinstance(b, int | str | float):
        return type(a) is type(b) and a == b
    if isinstance(a, tuple) and isinstance(b, tuple) and not a and not b:
        return True
    return a is b


def contains(machine: Machine, container: object, item: object) -> bool | Unknown:
    """Return ``item in container``."""
    blurred = machine.is_blurred(container)
    if blurred is not None:
        return blurred
    if isinstance(container, Unknown):
        return derived(machine, f"{expression_text(item)} in {expression_text(container)}", container, item)
    if isinstance(container, dict) and not isinstance(item, Unknown):
        if _is_hashable(item):
            return item in container
        return machine.raise_error("TypeError", f"unhashable type: '{type(item).__name__}'")
    if isinstance(container, str | bytes):
        if isinstance(item, Unknown):
            return derived(machine, f"{expression_text(item)} in {expression_text(container)}", item, container)
        return bool(machine.guard(operator.contains, container, item))
    if isinstance(container, Instance | Class):
        method = machine.find_special(container, "__contains__")
        if method is not MISSING:
            outcome = machine.call(method, (item,), {})
            return outcome if isinstance(outcome, bool | Unknown) else machine.truth(outcome)
    if isinstance(container, range) and isinstance(item, int):
        return item in container
    unknown: Unknown | None = None
    for member in machine.iterate(container):
        outcome = equals(machine, member, item)
        if outcome is True:
            return True
        if isinstance(outcome, Unknown):
            unknown = outcome
    if unknown is None:
        return False
    text = f"{expression_text(item)} in {expression_text(container)}"
    return derived(machine, text, item, container) if expression_text(container) else unknown


def negated(value: object) -> object:
    """Return ``not value`` of an unknown condition."""
    if isinstance(value, Unknown):
        symbol_text = f"not ({value.symbol})" if value.symbol else ""
        return Unknown(value.why, f"not {value.what}", value.where, symbol_text)
    return value


def truth_of(machine: Machine, value: object) -> bool | Unknown:
    """Return the truth of a value, or an Unknown where it cannot be told."""
    match value:
        case bool():
            return value
        case Unknown():
            return value
        case Poly():
            decided = same(value, 0)
            if decided is None:
                return Unknown(Why.INPUT, f"{value} != 0", machine.span, f"({value}) != 0")
            return not decided
        case Tensor():
            return Unknown(Why.DATA, "the truth of a tensor", machine.span)
        case Array():
            if value.shape == () and isinstance(value.items, int | float | bool):
                return bool(value.items)
            return Unknown(Why.DATA, "the truth of an array", machine.span)
        case list() | dict() | set():
            return machine.is_blurred(value) or bool(value)
        case Instance():
            for name in ("__bool__", "__len__"):
                method = machine.find_special(value, name)
                if method is not MISSING:
                    return truth_of(machine, machine.call(method, (), {}))
            if value.data is not None:
                return truth_of(machine, value.data)
            return True
        case int() | float() | complex() | str() | bytes() | tuple() | None | range() | frozenset():
            return bool(value)
        case _:
            return True


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


def _has_unknown(values: object, depth: int = 0) -> bool:
    if isinstance(values, list | tuple):
        return depth > 8 or any(_has_unknown(value, depth + 1) for value in values)
    return isinstance(values, Unknown | Poly)


def _is_hashable(value: object) -> bool:
    return not isinstance(value, list | dict | set | slice)
