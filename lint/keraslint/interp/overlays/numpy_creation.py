"""numpy's functions that make arrays: filled, counted, loaded."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import named, spend, unknown_call
from keraslint.interp.overlays.numpy_arrays import (
    LIMIT,
    UnknownScalar,
    array_of,
    dimension,
    fresh,
    full,
    is_small,
    make,
    scalar_dtype,
    shape_from,
)
from keraslint.interp.overlays.numpy_dtypes import cast, dtype_name
from keraslint.interp.overlays.stdlib_copy import array_copy
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, maximum
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# filled


def _filled(name: str, value: object) -> RawNative:
    def create(machine: Machine, shape: object, dtype: object = None, *_: object, **__: object) -> object:
        kind = dtype_name(machine, dtype) if dtype is not None else "float64"
        return full(machine, shape_from(machine, shape), kind, cast(value, kind) if value is not None else None)

    return RawNative(f"numpy.{name}", create)


register("numpy", {"zeros": _filled("zeros", 0), "ones": _filled("ones", 1), "empty": _filled("empty", None)})


@raw("numpy.full")
def full_array(machine: Machine, shape: object, fill_value: object, dtype: object = None, **_: object) -> object:
    """Return an array with the same value everywhere."""
    kind = dtype_name(machine, dtype) if dtype is not None else scalar_dtype(fill_value)
    value = cast(fill_value, kind) if isinstance(fill_value, int | float | str | Poly | Unknown) else None
    return full(machine, shape_from(machine, shape), kind, value)


def _like(name: str, value: object) -> RawNative:
    def create(
        machine: Machine, prototype: object, *args: object, dtype: object = None, shape: object = None, **_: object
    ) -> object:
        array = array_of(machine, prototype)
        given = (args[0] if args else 0) if name == "full_like" else value
        rest = args[1:] if name == "full_like" else args
        chosen = dtype if dtype is not None else (rest[0] if rest else None)
        kind = array.dtype if chosen is None else dtype_name(machine, chosen)
        target = array.shape if shape is None else shape_from(machine, shape)
        return full(machine, target, kind, cast(given, kind) if isinstance(given, int | float) else None)

    return RawNative(f"numpy.{name}", create)


register(
    "numpy",
    {
        "zeros_like": _like("zeros_like", 0),
        "ones_like": _like("ones_like", 1),
        "empty_like": _like("empty_like", None),
        "full_like": _like("full_like", None),
    },
)


@raw("numpy.eye", "numpy.identity")
def eye(machine: Machine, N: object, M: object = None, k: object = 0, dtype: object = None, **_: object) -> object:  # noqa: N803  numpy's name
    """Return ones on a diagonal."""
    return _ones(machine, "np.eye", (N, M, k, dtype), operator.eq)


@raw("numpy.tri")
def tri(machine: Machine, N: object, M: object = None, k: object = 0, dtype: object = None, **_: object) -> object:  # noqa: N803  numpy's name
    """Return ones on a diagonal and below it."""
    return _ones(machine, "np.tri", (N, M, k, dtype), operator.le)


def _ones(
    machine: Machine, name: str, given: tuple[object, object, object, object], holds: Callable[[int, int], bool]
) -> object:
    """Return ones where the place from the main diagonal ``holds`` against ``k``."""
    first, second, k, dtype = given
    rows = formula(first)
    columns = rows if second is None else formula(second)
    if rows is None or columns is None:
        return named(machine, name, first)
    kind = dtype_name(machine, dtype) if dtype is not None else "float64"
    if not is_small((rows, columns)) or not isinstance(k, int):
        return make((rows, columns), kind)
    assert isinstance(rows, int)
    assert isinstance(columns, int)
    flat = [cast(int(holds(j - i, k)), kind) for i in range(rows) for j in range(columns)]
    return make((rows, columns), kind, flat)


@raw("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray", "numpy.asfarray")
def array(machine: Machine, value: object, dtype: object = None, **kwargs: object) -> object:
    """Return a value as an array."""
    if (
        isinstance(value, Unknown)
        and not isinstance(value, UnknownScalar)
        and formula(value) is not None
        and dtype is None
    ):
        return Array(Unknown(value.why, f"the shape of {value.symbol}", value.where), "float64")
    found = array_of(machine, value, dtype)
    copied = array_copy(found) if found is value else found
    least = kwargs.get("ndmin")
    if isinstance(least, int) and isinstance(copied.shape, tuple) and len(copied.shape) < least <= 32:
        lead = least - len(copied.shape)
        items = copied.items
        for _ in range(lead):
            items = None if items is None else [items]
        return Array((1,) * lead + copied.shape, copied.dtype, items)
    return copied


@raw("numpy.copy")
def copy(machine: Machine, value: object, **_: object) -> object:
    """Return a copy."""
    return array_copy(array_of(machine, value))


# counted


@raw("numpy.arange")
def arange(machine: Machine, *args: object, dtype: object = None, **kwargs: object) -> object:
    """Return evenly spaced values of a step."""
    given = {**dict(zip(("start", "stop", "step", "dtype"), args, strict=False)), **kwargs}
    if "stop" not in given or given["stop"] is None:
        given["stop"], given["start"] = given.get("start"), 0
    start, stop, step = given.get("start", 0), given["stop"], given.get("step", 1)
    chosen = given.get("dtype", dtype)
    values = (start, stop, step)
    if any(isinstance(value, Unknown | Poly) for value in values):
        low, high = formula(start), formula(stop)
        if step == 1 and low is not None and high is not None:
            return make((dimension(maximum(0, high - low)),), dtype_name(machine, chosen, "int64"))
        return make((fresh(machine, "values"),), dtype_name(machine, chosen, "int64"))
    if not all(isinstance(value, int | float) for value in values):
        return machine.unknown(Why.UNSUPPORTED, "np.arange()")
    whole = all(isinstance(value, int) for value in values)
    kind = dtype_name(machine, chosen) if chosen is not None else "int64" if whole else "float64"
    assert isinstance(start, int | float)
    assert isinstance(stop, int | float)
    assert isinstance(step, int | float)
    if not step:
        return machine.raise_error("ZeroDivisionError", "division by zero")
    if not all(math.isfinite(value) for value in (start, stop, step)):
        return machine.raise_error("ValueError", "arange: cannot compute length")
    count = len(range(start, stop, step)) if whole else max(0, math.ceil((stop - start) / step))  # type: ignore[arg-type]
    if count > LIMIT:
        return make((count,), kind)
    spend(machine, count >> 2)
    if kind == "int64" and whole:
        return make((count,), kind, list(range(start, stop, step)))  # type: ignore[arg-type]
    # numpy takes the step from the first two values
    delta = (start + step) - start
    flat = [cast(start + index * delta if index > 1 else start + index * step, kind) for index in range(count)]
    return make((count,), kind, flat)


@raw("numpy.linspace")
def linspace(
    machine: Machine,
    start: object,
    stop: object,
    num: object = 50,
    endpoint: object = True,
    retstep: object = False,
    dtype: object = None,
    **_: object,
) -> object:
    """Return a number of evenly spaced values."""
    count = formula(num)
    if count is None or retstep is not False:
        return machine.unknown(Why.INPUT, "np.linspace()")
    kind = dtype_name(machine, dtype) if dtype is not None else "float64"
    known = isinstance(start, int | float) and isinstance(stop, int | float) and isinstance(endpoint, bool)
    if not known or not isinstance(count, int) or count > LIMIT:
        return make((dimension(count),), kind)
    if count < 0:
        return machine.raise_error("ValueError", f"Number of samples, {count}, must be non-negative.")
    assert isinstance(start, int | float)
    assert isinstance(stop, int | float)
    spend(machine, count >> 1)
    parts = count - 1 if endpoint else count
    delta = float(stop) - float(start)
    step = delta / parts if parts > 0 else math.nan
    if parts <= 0:
        values = [0.0 * delta + start for _ in range(count)]
    elif step == 0:
        values = [index / parts * delta + start for index in range(count)]
    else:
        values = [index * step + start for index in range(count)]
    if endpoint and count > 1:
        values[-1] = float(stop)
    if "int" in kind:
        values = [math.floor(value) for value in values]
    return make((count,), kind, [cast(value, kind) for value in values])


_LARGEST = 40
"""Powers beyond which nobody takes sizes from a logarithmic scale."""


def _spaced(name: str) -> RawNative:
    def create(
        machine: Machine, start: object, stop: object, num: object = 50, *args: object, **kwargs: object
    ) -> object:
        count = formula(num)
        if count is None:
            return machine.unknown(Why.INPUT, f"np.{name}()")
        dtype, base = kwargs.get("dtype"), kwargs.get("base", 10.0)
        kind = dtype_name(machine, dtype) if dtype is not None else "float64"
        is_plain = name == "logspace" and not args and kwargs.keys() <= {"endpoint", "base", "dtype"}
        powers = linspace(machine, start, stop, num, kwargs.get("endpoint", True)) if is_plain else None
        if not isinstance(powers, Array) or not isinstance(powers.items, list) or not isinstance(base, int | float):
            return make((dimension(count),), kind)
        if base <= 0 or any(abs(power) > _LARGEST for power in powers.items):
            return make((dimension(count),), kind)
        values = [float(base) ** power for power in powers.items]
        if any(0 < abs(value - round(value)) < 1e-6 * abs(value) for value in values):
            return make((dimension(count),), kind)  # numpy's powers may end on the other side of a whole number
        return make((len(values),), kind, [cast(math.floor(v) if "int" in kind else v, kind) for v in values])

    return RawNative(f"numpy.{name}", create)


register("numpy", {"logspace": _spaced("logspace"), "geomspace": _spaced("geomspace")})


@raw("numpy.meshgrid")
def meshgrid(machine: Machine, *axes: object, **kwargs: object) -> object:
    """Return coordinate arrays."""
    dims: list[Dim | None] = []
    dtype = "float64"
    for axis in axes:
        found = array_of(machine, axis)
        if not isinstance(found.shape, tuple) or len(found.shape) > 1:
            return machine.unknown(Why.DATA, "np.meshgrid()")
        dims.append(found.shape[0] if found.shape else 1)
        dtype = found.dtype
    if kwargs.get("indexing", "xy") == "xy" and len(dims) > 1:
        dims[0], dims[1] = dims[1], dims[0]
    return [make(tuple(dims), dtype) for _ in axes]


# from outside

register(
    "numpy",
    {
        name: unknown_call(f"np.{name}")
        for name in (
            "load",
            "loadtxt",
            "genfromtxt",
            "fromfile",
            "memmap",
            "frombuffer",
            "fromstring",
            "fromiter",
            "fromfunction",
            "vectorize",
            "poly1d",
            "polyfit",
            "polyval",
            "histogram",
            "bincount",
            "digitize",
            "interp",
            "cov",
            "corrcoef",
            "gradient",
            "convolve",
            "correlate",
            "percentile",
            "quantile",
            "nanpercentile",
            "searchsorted",
            "in1d",
            "isin",
            "setdiff1d",
            "intersect1d",
            "union1d",
            "tensordot",
            "einsum",
            "kron",
            "cross",
            "apply_along_axis",
            "ndenumerate",
            "ndindex",
            "array2string",
            "array_repr",
            "block",
            "select",
            "piecewise",
            "choose",
            "compress",
            "extract",
            "lexsort",
            "partition",
            "argpartition",
            "unravel_index",
            "ravel_multi_index",
            "shares_memory",
            "may_share_memory",
        )
    },
)
