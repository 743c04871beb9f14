"""numpy's functions of elements: roots, logarithms, rounding, signs, comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import named
from keraslint.interp.overlays.numpy_arrays import (
    UnknownScalar,
    array_of,
    broadcast,
    elementwise,
    flat_items,
    make,
    result_of,
)
from keraslint.interp.overlays.numpy_dtypes import cast, promote
from keraslint.interp.overlays.numpy_operators import binary_array
from keraslint.values.array import Array
from keraslint.values.dim import Poly, bounds
from keraslint.values.layer import Tensor
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _float_of(dtype: str) -> str:
    if "float" in dtype:
        return dtype
    return {"bool": "float16", "int8": "float16", "uint8": "float16", "int16": "float32", "uint16": "float32"}.get(
        dtype, "float64"
    )


def _computed(
    function: Callable[[float], float], dtype: str, *, is_correctly_rounded: bool
) -> Callable[[object], object]:
    def compute(item: object) -> object:
        if not isinstance(item, int | float) or (dtype != "float64" and not is_correctly_rounded):
            return None
        try:
            return cast(function(float(item)), dtype)
        except (ValueError, OverflowError):
            return _outside(function, float(item))

    return compute


def _outside(function: Callable[[float], float], value: float) -> float | None:
    """Return what numpy has where Python refuses."""
    if function in {math.log, math.log2, math.log10} and value == 0:
        return -math.inf
    if function is math.exp:
        return math.inf
    return math.nan if function in {math.sqrt, math.log, math.log2, math.log10} else None


def _unary(name: str, function: Callable[[float], float], *, is_correctly_rounded: bool = False) -> RawNative:
    """Return a function of floats."""

    def call(machine: Machine, x: object, *_: object, **__: object) -> object:
        if isinstance(x, Tensor):
            return machine.operate(f"keras.ops.{name}", (x,), {})
        if isinstance(x, Poly) or (isinstance(x, Unknown) and not isinstance(x, UnknownScalar)):
            return named(machine, f"np.{name}", x)
        array = array_of(machine, x)
        dtype = _float_of(array.dtype)
        compute = _computed(function, dtype, is_correctly_rounded=is_correctly_rounded)
        return elementwise(machine, array, dtype, compute, f"np.{name}() of data")

    return RawNative(f"numpy.{name}", call)


_FLOATS: dict[str, Callable[[float], float]] = {
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "log1p": math.log1p,
    "exp": math.exp,
    "expm1": math.expm1,
    "exp2": lambda x: 2.0**x,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "deg2rad": math.radians,
    "rad2deg": math.degrees,
    "radians": math.radians,
    "degrees": math.degrees,
    "cbrt": lambda x: math.copysign(abs(x) ** (1 / 3), x),
}
register("numpy", {name: _unary(name, function) for name, function in _FLOATS.items()})
register("numpy", {"sqrt": _unary("sqrt", math.sqrt, is_correctly_rounded=True)})


def _whole(name: str, function: Callable[[float], float]) -> RawNative:
    """Return a rounding: formulas are whole already."""

    def call(machine: Machine, x: object, *_: object, **__: object) -> object:
        if isinstance(x, Tensor):
            return machine.operate(f"keras.ops.{name}", (x,), {})
        if isinstance(x, Poly):
            return x
        if isinstance(x, Unknown) and not isinstance(x, UnknownScalar):
            return named(machine, f"np.{name}", x)
        array = array_of(machine, x)
        if "int" in array.dtype or array.dtype == "bool":
            return result_of(machine, array, f"np.{name}() of data")

        def compute(item: object) -> object:
            if not isinstance(item, int | float) or not math.isfinite(item):
                return item
            return math.copysign(float(function(float(item))), item)

        return elementwise(machine, array, array.dtype, compute, f"np.{name}() of data")

    return RawNative(f"numpy.{name}", call)


register(
    "numpy",
    {
        "floor": _whole("floor", math.floor),
        "ceil": _whole("ceil", math.ceil),
        "trunc": _whole("trunc", math.trunc),
        "fix": _whole("fix", math.trunc),
        "rint": _whole("rint", round),
    },
)


@raw("numpy.round", "numpy.around", "numpy.round_")
def rounded(machine: Machine, a: object, decimals: object = 0, **_: object) -> object:
    """Return rounded values, half to even, as numpy computes them."""
    if isinstance(a, Poly):
        return a
    if isinstance(a, Unknown) and not isinstance(a, UnknownScalar):
        return named(machine, "np.round", a)
    array = array_of(machine, a)
    if not isinstance(decimals, int):
        return machine.unknown(Why.INPUT, "np.round()")

    def compute(item: object) -> object:
        if not isinstance(item, int | float) or abs(decimals) > 15:
            return None
        if isinstance(item, int):
            return item if decimals >= 0 else None
        if not math.isfinite(item):
            return item
        if decimals == 0:
            return math.copysign(float(round(item)), item)
        power = 10.0 ** abs(decimals)
        if array.dtype != "float64":
            return None
        return float(round(item * power)) / power if decimals > 0 else float(round(item / power)) * power

    return elementwise(machine, array, array.dtype, compute, "np.round() of data")


def _signed(name: str, function: Callable[[float], float]) -> RawNative:
    def call(machine: Machine, x: object, *_: object, **__: object) -> object:
        if isinstance(x, Tensor):
            return machine.operate(f"keras.ops.{name}", (x,), {})
        if isinstance(x, Poly):
            low, _high = bounds(x)
            return x if name != "sign" and low is not None and low >= 0 else named(machine, f"np.{name}", x)
        if isinstance(x, Unknown) and not isinstance(x, UnknownScalar):
            return named(machine, f"np.{name}", x)
        array = array_of(machine, x)

        def compute(item: object) -> object:
            return cast(function(item), array.dtype) if isinstance(item, int | float) else None

        return elementwise(machine, array, array.dtype, compute, f"np.{name}() of data")

    return RawNative(f"numpy.{name}", call)


def _sign(value: float) -> float:
    return (value > 0) - (value < 0)


register(
    "numpy",
    {
        "abs": _signed("abs", abs),
        "absolute": _signed("absolute", abs),
        "fabs": _signed("fabs", abs),
        "sign": _signed("sign", _sign),
        "square": _signed("square", lambda x: x * x),
        "negative": _signed("negative", lambda x: -x),
    },
)


def _test(name: str, function: Callable[[float], bool]) -> RawNative:
    def call(machine: Machine, x: object, **_: object) -> object:
        if isinstance(x, Unknown):
            return named(machine, f"np.{name}", x)
        array = array_of(machine, x)

        def compute(item: object) -> object:
            return function(item) if isinstance(item, int | float) else None

        return elementwise(machine, array, "bool", compute, f"np.{name}() of data")

    return RawNative(f"numpy.{name}", call)


register(
    "numpy",
    {
        "isnan": _test("isnan", math.isnan),
        "isinf": _test("isinf", math.isinf),
        "isfinite": _test("isfinite", math.isfinite),
        "logical_not": _test("logical_not", lambda x: not x),
    },
)


# of two arguments

_BINARY = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "true_divide": "/",
    "floor_divide": "//",
    "mod": "%",
    "remainder": "%",
    "power": "**",
    "float_power": "**",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
    "left_shift": "<<",
    "right_shift": ">>",
    "equal": "==",
    "not_equal": "!=",
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
}


def _binary(name: str, op: str) -> RawNative:
    def call(machine: Machine, x1: object, x2: object, *_: object, **__: object) -> object:
        if isinstance(x1, Tensor) or isinstance(x2, Tensor):
            return (
                machine.compare(op, x1, x2) if op in {"==", "!=", "<", "<=", ">", ">="} else machine.binary(op, x1, x2)
            )
        open_arguments = any(isinstance(x, Poly | Unknown) for x in (x1, x2)) and not any(
            isinstance(x, Array | list) for x in (x1, x2)
        )
        if open_arguments:
            return (
                machine.binary(op, x1, x2)
                if op not in {"==", "!=", "<", "<=", ">", ">="}
                else machine.compare(op, x1, x2)
            )
        return binary_array(
            machine, op, array_of(machine, x1), x2 if not isinstance(x2, list | tuple) else array_of(machine, x2)
        )

    return RawNative(f"numpy.{name}", call)


register("numpy", {name: _binary(name, op) for name, op in _BINARY.items()})


def _pairwise(name: str, function: Callable[[float, float], object], *, dtype: str = "") -> RawNative:
    def call(machine: Machine, x1: object, x2: object, *_: object, **__: object) -> object:
        if isinstance(x1, Tensor) or isinstance(x2, Tensor):
            return machine.operate(f"keras.ops.{name}", (x1, x2), {})
        if name in {"maximum", "minimum"} and formula(x1) is not None and formula(x2) is not None:
            return machine.call(machine.builtins[name[:3]], (x1, x2), {})
        for value in (x1, x2):
            if isinstance(value, Unknown) and not isinstance(value, UnknownScalar):
                return named(machine, f"np.{name}", x1, x2)
        a, b = array_of(machine, x1), array_of(machine, x2)
        kind = dtype or promote(a.dtype, b.dtype)
        shape = broadcast(machine, a.shape, b.shape)
        x, y = flat_items(a), flat_items(b)
        flat: list[object] | None = None
        if x is not None and y is not None and (a.shape == b.shape or len(x) == 1 or len(y) == 1):
            size = len(y) if len(x) == 1 else len(x)
            x, y = (x * size if len(x) == 1 else x), (y * size if len(y) == 1 else y)
            flat = [_applied(function, p, q, kind) for p, q in zip(x, y, strict=True)]
        return result_of(machine, make(shape, kind, flat), f"np.{name}() of data")

    return RawNative(f"numpy.{name}", call)


def _applied(function: Callable[[float, float], object], a: object, b: object, dtype: str) -> object:
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return None
    try:
        return cast(function(a, b), dtype)
    except (ValueError, OverflowError):
        return None


register(
    "numpy",
    {
        "maximum": _pairwise("maximum", max),
        "minimum": _pairwise("minimum", min),
        "fmax": _pairwise("fmax", max),
        "fmin": _pairwise("fmin", min),
        "logical_and": _pairwise("logical_and", lambda a, b: bool(a) and bool(b), dtype="bool"),
        "logical_or": _pairwise("logical_or", lambda a, b: bool(a) or bool(b), dtype="bool"),
        "logical_xor": _pairwise("logical_xor", lambda a, b: bool(a) is not bool(b), dtype="bool"),
        "isclose": _pairwise("isclose", lambda a, b: abs(a - b) <= 1e-8 + 1e-5 * abs(b), dtype="bool"),
        "gcd": _pairwise("gcd", lambda a, b: math.gcd(int(a), int(b))),
        "lcm": _pairwise("lcm", lambda a, b: math.lcm(int(a), int(b))),
        "hypot": _pairwise("hypot", math.hypot, dtype="float64"),
        "arctan2": _pairwise("arctan2", math.atan2, dtype="float64"),
    },
)


@raw("numpy.divmod")
def quotient_and_rest(machine: Machine, x1: object, x2: object) -> object:
    """Return quotient and rest."""
    return (machine.binary("//", x1, x2), machine.binary("%", x1, x2))


@raw("numpy.clip")
def clip(
    machine: Machine, a: object, a_min: object = None, a_max: object = None, *_: object, **kwargs: object
) -> object:
    """Return values within bounds."""
    low, high = kwargs.get("min", a_min), kwargs.get("max", a_max)
    if isinstance(a, Poly | Unknown) and not isinstance(a, UnknownScalar):
        raised = a if low is None else machine.call(machine.builtins["max"], (low, a), {})
        return raised if high is None else machine.call(machine.builtins["min"], (high, raised), {})
    array = array_of(machine, a)

    def compute(item: object) -> object:
        for bound, choose in ((low, max), (high, min)):
            if bound is None:
                continue
            if not isinstance(bound, int | float) or not isinstance(item, int | float):
                return None
            item = choose(item, bound)
        return cast(item, dtype)

    is_float = any(isinstance(bound, float) for bound in (low, high))
    dtype = "float64" if is_float and "float" not in array.dtype else array.dtype
    return elementwise(machine, array, dtype, compute, "np.clip() of data")
