"""numpy's reductions: sums, products, extremes, means, and what counts or sorts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import collect, named, spend, work
from keraslint.interp.overlays.numpy_arrays import (
    UnknownScalar,
    array_of,
    axes_of,
    axis_of,
    flat_items,
    fresh,
    is_small,
    make,
    result_of,
)
from keraslint.interp.overlays.numpy_dtypes import cast, dtype_name, scalar
from keraslint.interp.overlays.numpy_shapes import known, reshaped
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

Reduce = Callable[["Machine", list[object], str], object]


def pairwise_sum(values: list[float]) -> float:
    """Return a sum in numpy's order of additions, which decides its last digits."""
    count = len(values)
    if count < 8:
        total = 0.0
        for value in values:
            total += value
        return total
    if count <= 128:
        parts = values[:8]
        end = count - count % 8
        for index in range(8, end, 8):
            for place in range(8):
                parts[place] += values[index + place]
        total = ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]))
        for value in values[end:]:
            total += value
        return total
    half = count // 2
    half -= half % 8
    return pairwise_sum(values[:half]) + pairwise_sum(values[half:])


def _sum(machine: Machine, values: list[object], dtype: str) -> object:
    if all(isinstance(value, float) for value in values):
        return (
            cast(pairwise_sum([float(value) for value in values if isinstance(value, float)]), dtype)
            if dtype == "float64"
            else None
        )
    total: object = 0
    for value in values:
        total = machine.binary("+", total, value)
    return cast(total, dtype) if isinstance(total, int | float | Poly) else total


def _product(machine: Machine, values: list[object], dtype: str) -> object:
    total: object = 1.0 if "float" in dtype else 1
    for value in values:
        total = machine.binary("*", total, value)
    return cast(total, dtype) if isinstance(total, int | float | Poly) else total


def _mean(machine: Machine, values: list[object], dtype: str) -> object:
    if not values:
        return math.nan
    total = _sum(machine, [float(v) if isinstance(v, int | float) else v for v in values], "float64")
    return cast(machine.binary("/", total, len(values)), dtype) if dtype == "float64" else None


def _variance(machine: Machine, values: list[object], dtype: str) -> object:
    mean = _mean(machine, values, "float64")
    if not isinstance(mean, float) or dtype != "float64":
        return None
    squares = [(float(value) - mean) ** 2 for value in values if isinstance(value, int | float)]
    return pairwise_sum(squares) / len(values) if len(squares) == len(values) and values else None


def _deviation(machine: Machine, values: list[object], dtype: str) -> object:
    variance = _variance(machine, values, dtype)
    return math.sqrt(variance) if isinstance(variance, float) else None


def _extreme(name: str) -> Reduce:
    def reduce(machine: Machine, values: list[object], dtype: str) -> object:
        del dtype
        if any(value != value for value in values if isinstance(value, float)):  # noqa: PLR0124  nan
            return math.nan
        return machine.call(machine.builtins[name], (values,), {})

    return reduce


def _median(machine: Machine, values: list[object], dtype: str) -> object:
    if not values or not all(isinstance(value, int | float) for value in values) or dtype != "float64":
        return None
    ordered = sorted(float(value) for value in values if isinstance(value, int | float))
    middle = len(ordered) // 2
    del machine
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _position(choose: Callable[..., int]) -> Reduce:
    def reduce(machine: Machine, values: list[object], dtype: str) -> object:
        del machine, dtype
        if not values or not all(isinstance(value, int | float) for value in values):
            return None
        return choose(range(len(values)), key=values.__getitem__)

    return reduce


def _truth(function: Callable[[list[bool]], bool]) -> Reduce:
    def reduce(machine: Machine, values: list[object], dtype: str) -> object:
        del machine, dtype
        return function([bool(value) for value in values]) if all(isinstance(v, int | float) for v in values) else None

    return reduce


def _non_zero(machine: Machine, values: list[object], dtype: str) -> object:
    del machine, dtype
    return sum(bool(value) for value in values) if all(isinstance(v, int | float) for v in values) else None


def _spread(machine: Machine, values: list[object], dtype: str) -> object:
    high, low = _extreme("max")(machine, values, dtype), _extreme("min")(machine, values, dtype)
    return machine.binary("-", high, low)


def _widened(dtype: str) -> str:
    if dtype == "bool" or dtype.startswith("int"):
        return "int64"
    return "uint64" if dtype.startswith("uint") else dtype


def _floated(dtype: str) -> str:
    return dtype if "float" in dtype else "float64"


_SAME: Callable[[str], str] = str
_REDUCTIONS: dict[str, tuple[Reduce, Callable[[str], str]]] = {
    "sum": (_sum, _widened),
    "nansum": (_sum, _widened),
    "prod": (_product, _widened),
    "mean": (_mean, _floated),
    "average": (_mean, _floated),
    "nanmean": (_mean, _floated),
    "std": (_deviation, _floated),
    "var": (_variance, _floated),
    "max": (_extreme("max"), _SAME),
    "min": (_extreme("min"), _SAME),
    "median": (_median, _floated),
    "argmax": (_position(max), lambda _dtype: "int64"),
    "argmin": (_position(min), lambda _dtype: "int64"),
    "any": (_truth(any), lambda _dtype: "bool"),
    "all": (_truth(all), lambda _dtype: "bool"),
    "count_nonzero": (_non_zero, lambda _dtype: "int64"),
    "ptp": (_spread, _SAME),
}
_ALIASES = {
    "amax": "max",
    "amin": "min",
    "nanmax": "max",
    "nanmin": "min",
    "product": "prod",
    "alltrue": "all",
    "sometrue": "any",
}
_DIFFER = {"std", "var", "average", "median"}
"""Reductions with arguments of their own, or other rounding along an axis."""


def reduced(
    machine: Machine,
    name: str,
    array: Array,
    axis: object,
    *,
    keepdims: bool = False,
    dtype: str = "",
    is_plain: bool = True,
) -> object:
    """Return a reduction of an array."""
    compute, result_type = _REDUCTIONS[name]
    kind = dtype or result_type(array.dtype)
    what = f"np.{name}() of data"
    if not isinstance(array.shape, tuple):
        if axis is None and not keepdims:
            return _unknown(machine, what, kind)
        return Array(array.shape, kind)
    axes = axes_of(machine, axis, len(array.shape))
    shape = tuple(1 if index in axes else dim for index, dim in enumerate(array.shape) if keepdims or index not in axes)
    if name == "max" and shape == () and array.items is None and array.classes is not None and "int" in array.dtype:
        return scalar(array.classes - 1)
    flat = flat_items(array)
    if flat is None or not is_plain:
        return _unknown(machine, what, kind) if shape == () else make(shape, kind)
    if not flat and name in {"max", "min", "argmax", "argmin", "ptp"}:
        machine.raise_error("ValueError", f"zero-size array to reduction operation {name} which has no identity")
    spend(machine, len(flat) >> 1)
    groups = _groups(array.shape, flat, axes)
    exact = "float" not in kind or name in {"max", "min", "ptp"} or len(groups) == 1 or len(array.shape) == 1
    values = [compute(machine, group, kind) if exact else None for group in groups]
    return result_of(machine, make(shape, kind, values if is_small(shape) else None), what)


def _unknown(machine: Machine, what: str, dtype: str) -> object:
    if "int" in dtype or dtype == "bool":
        return UnknownScalar(Why.DATA, what, machine.span)
    return Array((), dtype)


def _groups(shape: tuple[object, ...], flat: list[object], axes: list[int]) -> list[list[object]]:
    """Return the items that each element of the result is made of."""
    groups: dict[tuple[int, ...], list[object]] = {}
    index = [0] * len(shape)
    for item in flat:
        key = tuple(place for axis, place in enumerate(index) if axis not in axes)
        groups.setdefault(key, []).append(item)
        for axis in range(len(shape) - 1, -1, -1):
            index[axis] += 1
            if index[axis] != shape[axis]:
                break
            index[axis] = 0
    return list(groups.values()) or [[]]


def _function(name: str, real: str) -> RawNative:
    def reduce(machine: Machine, a: object, axis: object = None, *args: object, **kwargs: object) -> object:
        if isinstance(a, Unknown) and not isinstance(a, UnknownScalar):
            return _of_unknown(machine, name, a, axis)
        if isinstance(a, list | tuple) and real == "prod" and axis is None and not args and not kwargs:
            return product_of(machine, a)
        dtype = kwargs.get("dtype")
        is_plain = not args and not (set(kwargs) - {"dtype", "keepdims"})
        return reduced(
            machine,
            real,
            array_of(machine, a),
            axis,
            keepdims=kwargs.get("keepdims") is True,
            dtype=dtype_name(machine, dtype) if dtype is not None else "",
            is_plain=is_plain and (dtype is None or real in {"sum", "prod"}),
        )

    return RawNative(f"numpy.{name}", reduce)


def _of_unknown(machine: Machine, name: str, value: Unknown, axis: object) -> object:
    if axis is None:
        if name in {"prod", "product"}:
            try:
                return product_of(machine, list(collect(machine, value)))
            except Undetermined:
                pass
        return named(machine, f"np.{name}", value)
    return Unknown(value.why, f"np.{name}() of {value.symbol or value.what}", value.where)


def product_of(machine: Machine, values: object) -> object:
    """Return the product of a sequence, such as a shape, formulas included."""
    items = collect(machine, values)
    if not items:
        return 1.0
    if None in items:
        return machine.raise_error("TypeError", "unsupported operand type(s) for *: 'NoneType' and 'int'")
    if not all(isinstance(item, int | Poly | Unknown) for item in items):
        return reduced(machine, "prod", array_of(machine, values), None)
    total: object = 1
    for item in items:
        total = machine.binary("*", total, item)
    return scalar(_in_range(total)) if isinstance(total, int) else total


def _in_range(value: int) -> int:
    if not -(1 << 63) <= value < 1 << 63:
        raise Undetermined(Unknown(Why.FUEL, "a product beyond 64 bits"))
    return value


register("numpy", {name: _function(name, name) for name in _REDUCTIONS})
register("numpy", {name: _function(name, real) for name, real in _ALIASES.items()})


# running totals


def _running(name: str, op: str) -> RawNative:
    def accumulate(machine: Machine, a: object, axis: object = None, **kwargs: object) -> object:
        array = array_of(machine, a)
        dtype = kwargs.get("dtype")
        kind = _widened(array.dtype) if dtype is None else dtype_name(machine, dtype)
        if axis is None:
            array = reshaped(machine, array, -1)
        flat = flat_items(array)
        if flat is None or (isinstance(array.shape, tuple) and len(array.shape) != 1):
            return make(array.shape, kind)
        totals: list[object] = []
        for item in flat:
            totals.append(item if not totals else machine.binary(op, totals[-1], item))
        return make(
            array.shape, kind, [cast(total, kind) if isinstance(total, int | float) else total for total in totals]
        )

    return RawNative(f"numpy.{name}", accumulate)


register("numpy", {"cumsum": _running("cumsum", "+"), "cumprod": _running("cumprod", "*")})


@raw("numpy.diff")
def diff(machine: Machine, a: object, n: object = 1, axis: object = -1) -> object:
    """Return the differences of neighbours."""
    array = array_of(machine, a)
    dims = list(known(machine, array, "np.diff()"))
    place = axis_of(machine, axis, len(dims))
    length = dims[place]
    if not isinstance(n, int) or length is None:
        return machine.unknown(Why.INPUT, "np.diff()")
    dims[place] = length - n
    flat = flat_items(array)
    if flat is not None and len(dims) == 1 and n == 1:
        pairs = zip(flat[1:], flat[:-1], strict=True)
        return make(tuple(dims), array.dtype, [machine.binary("-", a, b) for a, b in pairs])
    return Array(tuple(dims), array.dtype)


# sorting and counting


@raw("numpy.argsort")
def argsort(machine: Machine, a: object, axis: object = -1, **_: object) -> object:
    """Return the places of the items in order."""
    array = array_of(machine, a)
    flat = flat_items(array)
    if flat is not None and len(known(machine, array, "np.argsort()")) == 1 and _is_distinct(flat) and axis in (-1, 0):
        return make(array.shape, "int64", sorted(range(len(flat)), key=flat.__getitem__))  # type: ignore[arg-type]
    return Array(array.shape, "int64")


def _is_distinct(values: list[object]) -> bool:
    return all(isinstance(value, int | float) for value in values) and len(set(values)) == len(values)


@raw("numpy.sort", "numpy.msort")
def sort(machine: Machine, a: object, axis: object = -1, **_: object) -> object:
    """Return the items in order."""
    array = array_of(machine, a)
    flat = flat_items(array)
    is_plain = flat is not None and all(isinstance(item, int | float | str) for item in flat)
    if flat is not None and is_plain and len(known(machine, array, "np.sort()")) == 1 and axis in (-1, 0):
        return make(array.shape, array.dtype, sorted(flat))  # type: ignore[type-var]
    return Array(array.shape, array.dtype)


@raw("numpy.unique")
def unique(machine: Machine, ar: object, *args: object, **kwargs: object) -> object:
    """Return the different items in order; how many there are is often not known."""
    extra = [
        name for name in ("return_index", "return_inverse", "return_counts") if kwargs.get(name) not in {None, False}
    ]
    extra += ["more"] * sum(arg is True for arg in args)
    if isinstance(ar, Unknown):
        return Unknown(ar.why, f"np.unique() of {ar.symbol or ar.what}", ar.where)
    array = array_of(machine, ar)
    if kwargs.get("axis") is not None:
        return machine.unknown(Why.DATA, "np.unique() along an axis")
    values = _unique_values(machine, array)
    if not extra:
        return values
    counts = Array(values.shape, "int64")
    return (values, *[Array(array.shape, "int64") if name == "return_inverse" else counts for name in extra])


def _unique_values(machine: Machine, array: Array) -> Array:
    flat = flat_items(array)
    if flat is not None and all(isinstance(item, int | float | str) for item in flat):
        work(machine, len(flat))
        found = sorted(set(flat))  # type: ignore[type-var]
        return make((len(found),), array.dtype, found)
    if array.classes is not None:
        return make((array.classes,), array.dtype, list(range(array.classes)))
    return make((fresh(machine, "distinct_values"),), array.dtype)
