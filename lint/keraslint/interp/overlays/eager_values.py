"""The values of small eager tensors: what operations give on numbers that are known, beside the shapes of the catalogue.

A table from an operation's name to a function of its arguments and of the results, arrays without values. It returns
flat values for each result; those of other dtypes than the operation computes in, and sums of floats, which depend on
their order, are left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from keraslint.interp.overlays import RawNative, register
from keraslint.interp.overlays.items import spend
from keraslint.interp.overlays.numpy_arrays import LIMIT, array_of, flat_items, is_small, nest, size_of
from keraslint.interp.overlays.numpy_dtypes import cast
from keraslint.values.array import Array
from keraslint.values.unknown import Undetermined, Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

Values = Sequence[object]
Compute = Callable[[Mapping[str, object], Array], Values | None]


def _registered(compute: Compute, *names: str) -> None:
    def give(machine: Machine, arguments: Mapping[str, object], result: object) -> None:
        parts = result if isinstance(result, list | tuple) else [result]
        arrays = [part for part in parts if isinstance(part, Array) and is_small(part.shape)]
        if not arrays or len(arrays) != len(parts):
            return
        sizes = [size for array in arrays if isinstance(size := size_of(array.shape), int)]
        if sum(sizes) > LIMIT:
            return
        spend(machine, sum(sizes) >> 2)
        values = compute({name: _plain(machine, value) for name, value in arguments.items()}, arrays[0])
        if values is None or len(values) != sum(sizes):
            return
        stored = [cast(value, arrays[0].dtype) for value in values]
        if None in stored or not all(isinstance(value, int | float) for value in stored):
            return
        for array, size in zip(arrays, sizes, strict=True):
            assert isinstance(array.shape, tuple)
            array.items = nest(stored[:size], array.shape) if size else None
            stored = stored[size:]

    native = RawNative("values", give)
    register("values", dict.fromkeys(names, native))


def _plain(machine: Machine, value: object) -> object:
    """Return an argument with the flat values of data in its place, None where they are not known."""
    if isinstance(value, Array):
        return flat_items(value)
    if isinstance(value, float):
        return cast(value, "float32")
    if isinstance(value, list | tuple):
        try:
            return [
                _plain(machine, item if isinstance(item, int | float) else array_of(machine, item)) for item in value
            ]
        except Undetermined:
            return None
    return None if isinstance(value, Unknown) else value


def _number(value: object) -> float | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, int | float) else None


# made of numbers


def _linspace(given: Mapping[str, object], result: Array) -> Values | None:
    """tensorflow/python/ops/math_ops.py, linspace_nd: each step is rounded to the dtype."""
    start, stop, count = (_number(given.get(name)) for name in ("start", "stop", "num"))
    usual = given.get("axis") == 0 and given.get("endpoint", True) is True and given.get("retstep", False) is False
    if start is None or stop is None or not isinstance(count, int) or not usual or result.dtype != "float32":
        return None

    def rounded(value: float) -> float:
        stored = cast(value, result.dtype)
        return stored if isinstance(stored, float) else math.nan

    first, last = rounded(start), rounded(stop)  # the last is given, not computed
    delta = rounded(rounded(last - first) / max(count - 1, 1))
    return [first, *(rounded(first + rounded(delta * index)) for index in range(1, count - 1)), last][:count]


def _range(given: Mapping[str, object], result: Array) -> Values | None:
    """Return whole numbers, of which floats are no less exact."""
    start, stop = _number(given.get("start")), given.get("limit", given.get("stop"))
    step = given.get("delta", given.get("step"))
    ends = (
        (0, start, 1 if step is None else _number(step)) if stop is None else (start, _number(stop), _number(step or 1))
    )
    if any(end is None or end != int(end) for end in ends):
        return None
    del result
    return range(*(int(end) for end in ends if end is not None))


def _filled(value: object) -> Compute:
    def fill(given: Mapping[str, object], result: Array) -> Values | None:
        number = _number(given.get("value", given.get("fill_value"))) if value is None else value
        size = size_of(result.shape)
        return None if number is None or not isinstance(size, int) else [number] * size

    return fill


_registered(_linspace, "tf.linspace", "keras.ops.linspace")
_registered(_range, "tf.range", "keras.ops.arange", "keras.backend.arange")
_registered(_filled(0), "tf.zeros", "tf.zeros_like", "keras.ops.zeros", "keras.ops.zeros_like")
_registered(_filled(1), "tf.ones", "tf.ones_like", "keras.ops.ones", "keras.ops.ones_like")
_registered(_filled(None), "tf.fill", "keras.ops.full")


# of the same values


def _first(given: Mapping[str, object], result: Array) -> Values | None:
    """Return the values of the first argument, in their order."""
    del result
    found = next(iter(given.values()))
    return [found] if isinstance(found, int | float) else found if isinstance(found, list) else None


def _along_first_axis(given: Mapping[str, object], result: Array) -> Values | None:
    return _first(given, result) if given.get("axis") == 0 else None


def _joined(given: Mapping[str, object], result: Array) -> Values | None:
    parts = next(iter(given.values()))
    if given.get("axis") != 0 or not isinstance(parts, list):
        return None
    del result
    return [value for part in parts for value in (part if isinstance(part, list) else [part])]


_registered(
    _first, "tf.reshape", "tf.expand_dims", "tf.squeeze", "tf.identity", "tf.cast",
    "keras.ops.reshape", "keras.ops.expand_dims", "keras.ops.squeeze",
)  # fmt: skip
_registered(_along_first_axis, "tf.split", "tf.unstack", "keras.ops.split", "keras.ops.unstack")
_registered(_joined, "tf.concat", "tf.stack", "keras.ops.concatenate", "keras.ops.stack")


# computed


def _reduced(function: Callable[[list[float]], float], *, is_exact: bool) -> Compute:
    """Return one value of all: of floats only where no rounding depends on the order."""

    def reduce(given: Mapping[str, object], result: Array) -> Values | None:
        values = _first(given, result)
        if given.get("axis") is not None or not values or not (is_exact or "int" in result.dtype):
            return None
        return [function([value for value in values if isinstance(value, int | float)])]

    return reduce


def _each(function: Callable[[float], float]) -> Compute:
    def apply(given: Mapping[str, object], result: Array) -> Values | None:
        values = _first(given, result)
        return None if values is None else [function(value) for value in values if isinstance(value, int | float)]

    return apply


_registered(_reduced(sum, is_exact=False), "tf.reduce_sum", "keras.ops.sum")
_registered(_reduced(math.prod, is_exact=False), "tf.reduce_prod", "keras.ops.prod")
_registered(_reduced(max, is_exact=True), "tf.reduce_max", "keras.ops.max")
_registered(_reduced(min, is_exact=True), "tf.reduce_min", "keras.ops.min")
_registered(_each(math.ceil), "tf.math.ceil")
_registered(_each(math.floor), "tf.floor")
_registered(_each(round), "tf.round")
