"""Comparisons, identity, membership and truth over every kind of value."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.objects import KeyView
from keraslint.interp.operators import (
    NAMES,
    OPERATORS,
    PLAIN,
    by_method,
    derived,
    expression_text,
    has_native_part,
    native_part,
    not_an_operand,
)
from keraslint.interp.text_size import check_nested
from keraslint.values.array import Array
from keraslint.values.dim import Poly, less, same
from keraslint.values.layer import Tensor
from keraslint.values.program import (
    MISSING,
    Class,
    Instance,
    Method,
)
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine


def compare_or_unknown(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b`` for a comparison, an Unknown where it cannot be told."""
    try:
        return compare(machine, op, a, b)
    except Undetermined as problem:
        return problem.unknown


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
        found = by_method(machine, op, a, b)
        if found is not MISSING:
            return found
        if op == "!=":
            equal = by_method(machine, "==", a, b)
            if equal is not MISSING:
                return machine.negation(equal)
        if has_native_part(a) or has_native_part(b):
            return compare(machine, op, native_part(a), native_part(b))
        if op not in {"==", "!="}:
            return not_an_operand(machine, op, a, b)
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        if op == "==" and machine.keras is Keras.THREE:
            return a is b  # a KerasTensor has no __eq__ of its own, though it has __ne__
        if isinstance(a, Tensor | Array | int | float | Poly) and isinstance(b, Tensor | Array | int | float | Poly):
            if not isinstance(a, Tensor | Array):  # a number leaves it to the tensor on its right
                a, b, op = b, a, _REFLECTED.get(op, op)
            return machine.operate(f"operator.{NAMES[op]}", (a, b), {})
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
    check_nested(a, b)
    return machine.guard(OPERATORS[op], a, b)


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
        if isinstance(a, KeyView) and isinstance(b, KeyView):
            return dict.fromkeys(a) == dict.fromkeys(b)
        machine.burn()  # lists that share their parts have more pairs than parts
        pairs = [equals(machine, x, y) for x, y in zip(a, b, strict=True)]
        if False in pairs:
            return False
        return next((pair for pair in pairs if isinstance(pair, Unknown)), True)
    if isinstance(a, Instance) or isinstance(b, Instance):
        found = by_method(machine, "==", a, b)
        if found is not MISSING:
            return found if isinstance(found, bool | Unknown) else machine.truth(found)
        if has_native_part(a) or has_native_part(b):
            return equals(machine, native_part(a), native_part(b))
        return a is b
    if isinstance(a, PLAIN) and isinstance(b, PLAIN):
        return bool(a == b)
    if isinstance(a, Method) and isinstance(b, Method):
        return a.self is b.self and a.function is b.function
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
            check_nested(item)
            return bool(machine.guard(operator.contains, container, item))
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


def _has_unknown(values: object, depth: int = 0) -> bool:
    if isinstance(values, list | tuple):
        return depth > 8 or any(_has_unknown(value, depth + 1) for value in values)
    return isinstance(values, Unknown | Poly)


def _is_hashable(value: object) -> bool:
    return not isinstance(value, list | dict | set | slice)
