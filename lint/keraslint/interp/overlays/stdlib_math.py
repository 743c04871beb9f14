"""``math``, ``statistics``, ``numbers``, ``fractions``: exact on numbers, named on unknown ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.limits import BITS, too_large
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.builtins_new import new_float
from keraslint.interp.overlays.items import (
    collect,
    contents,
    is_open,
    make_class,
    named,
    plain_or_named,
    unknown_call,
)
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.program import MISSING, Instance
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

register("math", {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}, complete=True)

_PLAIN = "acos acosh asin asinh atan atan2 atanh copysign cos cosh degrees dist erf erfc exp exp2 expm1 fabs fmod frexp fsum gamma gcd hypot isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nextafter radians remainder sin sinh sqrt tan tanh ulp cbrt"


def _numeric(name: str, function: Callable[..., object]) -> RawNative:
    def compute(machine: Machine, *args: object, **kwargs: object) -> object:
        values = [_number(machine, arg) for arg in args]
        return plain_or_named(machine, f"math.{name}", function, *values, **kwargs)

    return RawNative(f"math.{name}", compute)


def _number(machine: Machine, value: object) -> object:
    """Return a number out of an instance or data."""
    if isinstance(value, Instance):
        return new_float(machine, value)
    if isinstance(value, Array):
        found = new_float(machine, value)
        return Unknown(found.why, found.what, found.where) if isinstance(found, Unknown) else found
    return contents(value)


# some of them are newer than the oldest Python that keraslint runs on
register("math", {name: _numeric(name, getattr(math, name)) for name in _PLAIN.split() if hasattr(math, name)})


def _whole(name: str, function: Callable[..., object]) -> RawNative:
    """Return ``floor``, ``ceil`` or ``trunc``: what leaves whole numbers, and so formulas, as they are."""

    def compute(machine: Machine, value: object) -> object:
        special = machine.find_special(value, f"__{name}__") if isinstance(value, Instance) else MISSING
        if special is not MISSING:
            return machine.call(special, (), {})
        value = _number(machine, value)
        if isinstance(value, Poly):
            return value
        return named(machine, f"math.{name}", value) if is_open(value) else machine.guard(function, value)

    return RawNative(f"math.{name}", compute)


register(
    "math",
    {"floor": _whole("floor", math.floor), "ceil": _whole("ceil", math.ceil), "trunc": _whole("trunc", math.trunc)},
)


@raw("math.pow")
def power(machine: Machine, base: object, exponent: object) -> object:
    """Return a power as a float."""
    return plain_or_named(machine, "math.pow", math.pow, _number(machine, base), _number(machine, exponent))


@raw("math.prod")
def product(machine: Machine, values: object, *, start: object = 1) -> object:
    """Return the product of numbers or formulas."""
    try:
        items = collect(machine, values)
    except Undetermined:
        if isinstance(values, Unknown):
            return named(machine, "math.prod", values)
        raise
    result = start
    for item in items:
        result = machine.binary("*", result, item)
    return result


@raw("math.factorial", "scipy.special.factorial")
def factorial(machine: Machine, value: object) -> object:
    """Return ``n!``."""
    if isinstance(value, int) and value > BITS // 8:
        too_large("a factorial")
    return plain_or_named(machine, "math.factorial", math.factorial, value)


def _choices(name: str, function: Callable[..., int]) -> RawNative:
    def compute(machine: Machine, n: object, k: object = None) -> object:
        if isinstance(n, int) and n > BITS // 8:
            too_large("a number of choices")
        return plain_or_named(machine, f"math.{name}", function, n, *([] if k is None else [k]))

    return RawNative(f"math.{name}", compute)


register("math", {"comb": _choices("comb", math.comb), "perm": _choices("perm", math.perm)})
register("fractions", {"gcd": _numeric("gcd", math.gcd), "Fraction": unknown_call("Fraction", Why.UNSUPPORTED)})


def _statistic(name: str) -> RawNative:
    def compute(machine: Machine, values: object, *args: object) -> object:
        import statistics

        items = collect(machine, values)
        return plain_or_named(machine, f"statistics.{name}", getattr(statistics, name), items, *args)

    return RawNative(f"statistics.{name}", compute)


register(
    "statistics",
    {name: _statistic(name) for name in ("mean", "median", "mode", "stdev", "variance", "pstdev", "fmean")},
)


# the tower of numbers

_NUMBERS: dict[str, tuple[type, ...]] = {
    "Number": (int, float, complex, Poly),
    "Complex": (int, float, complex, Poly),
    "Real": (int, float, Poly),
    "Rational": (int, Poly),
    "Integral": (int, Poly),
}


def _number_class(name: str) -> Lazy:
    return Lazy(lambda machine: make_class(machine, name, {}))


def _is_number(name: str) -> RawNative:
    return RawNative(name, lambda _machine, value: isinstance(value, _NUMBERS[name]))


register("numbers", {name: _number_class(name) for name in _NUMBERS}, complete=True)
register("isinstance", {name: _is_number(name) for name in _NUMBERS})
