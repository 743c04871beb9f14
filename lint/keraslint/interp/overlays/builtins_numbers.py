"""Builtin functions over numbers: extremes, sums, rounding, powers, and truth of many."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.comparisons import truth_of
from keraslint.interp.limits import BITS, too_large
from keraslint.interp.operators import formula
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import ABSENT, collect, contents, is_open, named, spend, work
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, bounds, maximum, minimum
from keraslint.values.layer import Tensor
from keraslint.values.program import MISSING
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_KINDS = {int, float, str, bytes}
_PLAIN = (int, float, str, bytes)


class Ordered:
    """A sort key: ``<`` as the machine compares."""

    __slots__ = ("machine", "value")

    def __init__(self, machine: Machine, value: object) -> None:
        self.machine = machine
        self.value = value

    def __lt__(self, other: Ordered) -> bool:
        self.machine.burn()
        outcome = self.machine.compare("<", self.value, other.value)
        if isinstance(outcome, bool):
            return outcome
        if isinstance(outcome, Unknown):
            raise Undetermined(outcome)
        decided = truth_of(self.machine, outcome)
        if isinstance(decided, Unknown):
            raise Undetermined(decided)
        return decided

    def __gt__(self, other: Ordered) -> bool:
        return other < self


def is_plain(value: object, depth: int = 0) -> bool:
    """Return whether a value orders as Python's own numbers and texts do."""
    if isinstance(value, tuple | list):
        return depth < 8 and all(is_plain(item, depth + 1) for item in value)
    return isinstance(value, _PLAIN)


def sort_keys(machine: Machine, values: Iterable[object]) -> list[object]:
    """Return values as keys that Python's own sort can compare."""
    values = list(values)
    kinds = set(map(type, values))
    if kinds <= _KINDS or all(is_plain(value) for value in values):
        return values
    return [Ordered(machine, value) for value in values]


def _extreme(name: str, dims: Callable[..., Dim], python: Callable[..., object]) -> RawNative:
    def extreme(machine: Machine, *args: object, key: object = None, default: object = ABSENT) -> object:
        if not args:
            return machine.raise_error("TypeError", f"{name} expected at least 1 argument, got 0")
        if len(args) == 1:
            try:
                values = collect(machine, args[0])
            except Undetermined:
                return named(machine, name, args[0])
            if not values:
                if default is not ABSENT:
                    return default
                return machine.raise_error("ValueError", f"{name}() arg is an empty sequence")
        else:
            values = list(args)
        if key is not None:
            return _by_key(machine, values, key)
        if set(map(type, values)) <= _KINDS:
            return machine.guard(python, values)
        if any(map(is_open, values)):
            formulas = [formula(value) for value in values]
            known = [dim for dim in formulas if dim is not None]
            if len(known) == len(values):
                return dims(*known)
            return named(machine, name, *(args if len(args) > 1 else values))
        if any(isinstance(value, Tensor | Array) for value in values):
            return machine.unknown(Why.DATA, f"{name}() of tensors")
        keys = sort_keys(machine, values)
        chosen = machine.guard(python, range(len(values)), key=keys.__getitem__)
        assert isinstance(chosen, int)
        return values[chosen]

    def _by_key(machine: Machine, values: list[object], key: object) -> object:
        keys = sort_keys(machine, _keyed(machine, values, key))
        chosen = machine.guard(python, range(len(values)), key=keys.__getitem__)
        assert isinstance(chosen, int)
        return values[chosen]

    return RawNative(f"builtins.{name}", extreme)


register("builtins", {"min": _extreme("min", minimum, min), "max": _extreme("max", maximum, max)})


@raw("builtins.sum")
def total(machine: Machine, values: object, /, start: object = 0) -> object:
    """Return ``sum(values, start)``."""
    try:
        items = collect(machine, values)
    except Undetermined as problem:
        if isinstance(values, Unknown):
            return named(machine, "sum", values) if start == 0 else named(machine, "sum", values, start)
        return problem.unknown
    if set(map(type, items)) <= {int, float} and isinstance(start, int | float):
        return machine.guard(sum, items, start)
    if isinstance(start, str):
        return machine.raise_error("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
    result = start
    for item in items:
        if isinstance(result, list | tuple):
            work(machine, len(result))
        result = machine.binary("+", result, item)
    return result


@raw("builtins.abs")
def absolute(machine: Machine, value: object) -> object:
    """Return ``abs(value)``."""
    if isinstance(value, Poly):
        low, high = bounds(value)
        if low is not None and low >= 0:
            return value
        return -value if high is not None and high <= 0 else named(machine, "abs", value)
    if isinstance(value, Unknown):
        return named(machine, "abs", value)
    if isinstance(value, Tensor):
        return machine.operate("keras.ops.absolute" if machine.keras is Keras.THREE else "tf.abs", (value,), {})
    if isinstance(value, Array):
        return machine.call(machine.get_attribute(value, "__abs__"), (), {})
    special = machine.find_special(value, "__abs__")
    if special is not MISSING:
        return machine.call(special, (), {})
    return machine.guard(abs, contents(value))


@raw("builtins.round")
def rounded(machine: Machine, number: object, ndigits: object = None) -> object:
    """Return ``round(number, ndigits)``: half to even, as Python does."""
    if isinstance(number, Poly) and (ndigits is None or (isinstance(ndigits, int) and ndigits >= 0)):
        return number
    if is_open(number) or is_open(ndigits):
        return named(machine, "round", number) if ndigits is None else named(machine, "round", number, ndigits)
    if isinstance(number, Tensor | Array):
        return machine.unknown(Why.DATA, "round() of data")
    special = machine.find_special(number, "__round__")
    if special is not MISSING:
        return machine.call(special, (), {})
    number = contents(number)
    if isinstance(ndigits, int) and not -BITS < ndigits < BITS:
        too_large("round() to so many digits")
    return machine.guard(round, number) if ndigits is None else machine.guard(round, number, ndigits)


@raw("builtins.divmod")
def quotient_and_rest(machine: Machine, a: object, b: object) -> object:
    """Return ``(a // b, a % b)``."""
    if isinstance(a, int | float) and isinstance(b, int | float):
        return machine.guard(divmod, a, b)
    return (machine.binary("//", a, b), machine.binary("%", a, b))


@raw("builtins.pow")
def power(machine: Machine, base: object, exp: object, mod: object = None) -> object:
    """Return ``base ** exp``, or that modulo ``mod``."""
    if mod is None:
        return machine.binary("**", base, exp)
    if is_open(base) or is_open(exp) or is_open(mod):
        return named(machine, "pow", base, exp, mod)
    return machine.guard(pow, base, exp, mod)


def _truths(machine: Machine, name: str, values: object, *, decisive: bool) -> object:
    """Return ``decisive`` where an item has that truth, the opposite where none has, an unknown otherwise."""
    unknown: Unknown | None = None
    try:
        for item in machine.iterate(values):
            machine.burn()
            outcome = truth_of(machine, item)
            if isinstance(outcome, Unknown):
                unknown = unknown or outcome
            elif outcome is decisive:
                return decisive
    except Undetermined as problem:
        if isinstance(values, Unknown):
            return named(machine, name, values)
        return problem.unknown
    if unknown is None:
        return not decisive
    return Unknown(unknown.why, f"{name}() of {unknown.symbol or unknown.what}", unknown.where or machine.span)


@raw("builtins.any")
def any_of(machine: Machine, values: object) -> object:
    """Return ``any(values)``."""
    return _truths(machine, "any", values, decisive=True)


@raw("builtins.all")
def all_of(machine: Machine, values: object) -> object:
    """Return ``all(values)``."""
    return _truths(machine, "all", values, decisive=False)


def _keyed(machine: Machine, items: list[object], key: object) -> list[object]:
    spend(machine, len(items))
    return [machine.call(key, (item,), {}) for item in items]


def sorted_values(machine: Machine, items: list[object], key: object, reverse: object) -> list[object]:
    """Return items in order, stable; raise ``Undetermined`` where an unknown decides the order."""
    work(machine, 8 * len(items))
    values = items if key is None else _keyed(machine, items, key)
    if len(items) > 1:
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if unknown is not None:
            raise Undetermined(unknown)
    keys = sort_keys(machine, values)
    is_reversed = truth_of(machine, reverse)
    if isinstance(is_reversed, Unknown):
        raise Undetermined(is_reversed)
    order = machine.guard(functools.partial(sorted, key=keys.__getitem__, reverse=is_reversed), range(len(items)))
    assert isinstance(order, list)
    return [items[index] for index in order]
