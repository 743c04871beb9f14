"""Arrays of values: making one of anything, its items flat and nested, fresh symbols for lengths that data decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays.items import blurred, collect, spend, work
from keraslint.interp.overlays.numpy_dtypes import DTYPES, cast, dtype_name, promote, scalar
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Dim, Poly, product, same, symbol
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import Instance, KerasObject
from keraslint.values.shape import AnyShape, OpenShape, Shape
from keraslint.values.unknown import PlainUnknown, Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_DEPTH = 64
LIMIT = 4096
"""Arrays of more elements have no items."""


_NARROW = {"float16", "float32", "bfloat16"}
"""Dtypes whose scalars compute differently from Python's floats: they stay arrays without axes."""


class UnknownScalar(PlainUnknown):
    """An unknown that is known to be a single number: arrays keep their shape beside it."""

    __slots__ = ()


def make(shape: AnyShape, dtype: str, flat: Sequence[object] | None = None) -> Array:
    """Return an array, with its items where they are given and known."""
    known = flat is not None and isinstance(shape, tuple) and None not in flat and len(flat) <= LIMIT
    items = nest(flat, shape) if known and flat is not None and isinstance(shape, tuple) else None
    return Array(shape, DTYPES.get(dtype, dtype), items)


def nest(flat: Sequence[object], shape: Shape) -> object:
    """Return flat items as nested lists."""
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return list(flat)
    size, count = size_of(shape[1:]), shape[0]
    assert isinstance(size, int)
    assert isinstance(count, int)
    return [nest(flat[index * size : (index + 1) * size], shape[1:]) for index in range(count)]


def flat_items(array: Array) -> list[object] | None:
    """Return an array's items in order, None where they are not known."""
    if array.items is None or not isinstance(array.shape, tuple):
        return None
    items: list[object] = [array.items]
    for _ in array.shape:
        items = [item for part in items if isinstance(part, list) for item in part]
    return items


def is_small(shape: AnyShape) -> bool:
    """Return whether an array of a shape may have items."""
    if not isinstance(shape, tuple) or not all(isinstance(dim, int) for dim in shape):
        return False
    size = size_of(shape)
    return isinstance(size, int) and size <= LIMIT


def size_of(shape: AnyShape) -> Dim | None:
    """Return the number of elements, None where it is not known."""
    if not isinstance(shape, tuple):
        return None
    dims = [dim for dim in shape if dim is not None]
    return product(dims) if len(dims) == len(shape) else None


def full(machine: Machine, shape: AnyShape, dtype: str, value: object) -> Array:
    """Return an array with the same value everywhere."""
    if is_small(shape):
        size = size_of(shape)
        assert isinstance(size, int)
        return make(shape, dtype, [value] * size)
    del machine
    return make(shape, dtype)


def fresh(machine: Machine, label: str) -> Poly:
    """Return a new symbol for a length that only the data decide."""
    names = machine.global_state.setdefault("data symbols", set())
    assert isinstance(names, set)
    name, number = label, 1
    while name in names or name in machine.symbols:
        number += 1
        name = f"{label}_{number}"
    names.add(name)
    machine.symbols[name] = ("a length that the data decide", machine.span)
    return symbol(name)


def shape_from(machine: Machine, value: object) -> AnyShape:
    """Return what is given as a shape: a number or a sequence of them."""
    if isinstance(value, Unknown):
        found = machine.open_shapes.get(value.symbol) if value.symbol else None
        if found is not None and found.rank is not None:
            return found.shape()[len(found.lead) :]
        return Unknown(value.why, f"the shape {value.symbol or value.what}", value.where)
    if isinstance(value, int | Poly):
        return (dimension(value),)
    if isinstance(value, Array):
        value = value.items
    if value is None:
        return ()
    entries: list[Dim | None] = []
    for item in collect(machine, value):
        dim = formula(item) if not isinstance(item, Array) else formula(item.items)
        if dim is None:
            cause = item if isinstance(item, Unknown) else None
            if cause is None:
                machine.raise_error(
                    "TypeError", f"'{machine.class_of(item).name}' object cannot be interpreted as an integer"
                )
            return Unknown(cause.why, f"a shape with {cause.what}", cause.where)
        entries.append(dimension(dim))
    return tuple(entries)


def dimension(value: Dim) -> Dim:
    """Return a dimension as a plain one."""
    return int(value) if isinstance(value, NumpyInt) else value


# arrays of values


def array_of(machine: Machine, value: object, dtype: object = None) -> Array:
    """Return a value as an array; raise ``Undetermined`` where nothing is known of it."""
    array = _array_of(machine, value)
    if dtype is None:
        return array
    if isinstance(dtype, Unknown):
        return Array(array.shape, array.dtype)
    return cast_array(machine, array, dtype_name(machine, dtype))


def _array_of(machine: Machine, value: object, depth: int = 0) -> Array:
    match value:
        case _ if depth > _DEPTH:
            undetermined(Why.UNSUPPORTED, "an array of so many dimensions")
        case Array():
            return value
        case bool() | int() | float() | str() | Poly():
            return make((), scalar_dtype(value), [value])
        case Unknown():
            if isinstance(value, UnknownScalar):
                return Array((), "float64", value)
            return Array(Unknown(value.why, f"the shape of {value.symbol or value.what}", value.where), "float64")
        case list() | tuple():
            lost = blurred(machine, value)
            return Array(lost, "float64") if lost is not None else _stacked(machine, list(value), depth)
        case range():
            return _stacked(machine, collect(machine, value), depth)
        case Instance() if value.data is not None:
            return _array_of(machine, value.data, depth + 1)
        case Tensor() | Layer() | KerasObject():
            undetermined(Why.DATA, "an array of a tensor")
        case _:
            undetermined(Why.UNSUPPORTED, "an array of objects")


def scalar_dtype(value: object) -> str:
    """Return the dtype that numpy gives a number of Python."""
    match value:
        case bool():
            return "bool"
        case int() | Poly():
            return "int64"
        case float():
            return "float64"
        case str():
            return "str"
        case _:
            return "object"


def _stacked(machine: Machine, items: list[object], depth: int) -> Array:
    if not items:
        return make((0,), "float64", [])
    work(machine, len(items))
    if all(isinstance(item, bool | int | float) for item in items):
        kinds = {type(item) for item in items}
        dtype = "float64" if float in kinds else "bool" if kinds == {bool} else "int64"
        values = [float(item) if dtype == "float64" else item for item in items]  # type: ignore[arg-type]
        return make((len(items),), dtype, values if len(items) <= LIMIT else None)
    unknown = next((item for item in items if isinstance(item, Unknown)), None)
    if unknown is not None and not any(isinstance(item, int | float | Poly) for item in items):
        return Array(Unknown(unknown.why, f"the shape of {unknown.symbol or unknown.what}", unknown.where), "float64")
    if unknown is not None or any(isinstance(item, Poly) for item in items):
        return make((len(items),), "int64" if all(isinstance(i, int | Poly) for i in items) else "float64", items)
    return stack_arrays(machine, [_array_of(machine, item, depth + 1) for item in items], 0)


def stack_arrays(machine: Machine, arrays: list[Array], axis: int) -> Array:
    """Return arrays of one shape joined along a new axis."""
    shape = arrays[0].shape
    for array in arrays[1:]:
        shape = common_shape(machine, shape, array.shape)
    dtype = arrays[0].dtype
    for array in arrays[1:]:
        dtype = promote(dtype, array.dtype)
    if not isinstance(shape, tuple):
        return Array(shape, DTYPES.get(dtype, dtype))
    axis %= len(shape) + 1
    result = (*shape[:axis], len(arrays), *shape[axis:])
    parts = [array.items for array in arrays]
    if axis == 0 and is_small(result) and all(part is not None for part in parts):
        flat = [cast(item, dtype) for array in arrays for item in flat_items(array) or []]
        return make(result, dtype, flat)
    return Array(result, DTYPES.get(dtype, dtype))


def common_shape(machine: Machine, a: AnyShape, b: AnyShape) -> AnyShape:
    """Return the shape that two must both have; raise the program's ValueError where they cannot."""
    if isinstance(a, OpenShape) or isinstance(b, OpenShape):
        return machine.unknown(Why.DATA, "the shape of an array of arrays")
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return a if isinstance(a, tuple) else b
    if len(a) != len(b):
        machine.raise_error("ValueError", "all input arrays must have the same shape")
    dims: list[Dim | None] = []
    for x, y in zip(a, b, strict=True):
        if x is None or y is None:
            dims.append(y if x is None else x)
            continue
        if same(x, y) is False:
            machine.raise_error("ValueError", "all input arrays must have the same shape")
        dims.append(x if isinstance(x, int) else y)
    return tuple(dims)


def broadcast(machine: Machine, a: AnyShape, b: AnyShape) -> AnyShape:
    """Return the shape that two make together."""
    if a == ():
        return b
    if b == ():
        return a
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return a if not isinstance(a, tuple) else b
    rank = max(len(a), len(b))
    dims: list[Dim | None] = []
    for x, y in zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True):
        if y in (x, 1):
            dims.append(x)
        elif x == 1:
            dims.append(y)
        elif x is None or y is None:
            dims.append(y if x is None else x)
        elif isinstance(x, int) and isinstance(y, int):
            machine.raise_error("ValueError", f"operands could not be broadcast together with shapes {a} {b}")
        elif isinstance(x, int) or isinstance(y, int):
            dims.append(x if isinstance(x, int) else y)
        else:
            return machine.unknown(Why.INPUT, f"the shape of arrays of {x} and {y} together")
    return tuple(dims)


def cast_array(machine: Machine, array: Array, dtype: str) -> Array:
    """Return an array in another dtype."""
    del machine
    flat = flat_items(array)
    result = make(array.shape, dtype, None if flat is None else [cast(item, dtype) for item in flat])
    result.classes, result.vocabulary, result.origin = array.classes, array.vocabulary, array.origin
    return result


def result_of(machine: Machine, array: Array, what: str) -> object:
    """Return an array as numpy's functions give it: one without axes is a scalar."""
    if array.shape != ():
        return array
    if array.items is not None:
        return array if array.dtype in _NARROW else scalar(array.items)
    if "int" in array.dtype or array.dtype == "bool":
        return UnknownScalar(Why.DATA, what, machine.span)
    if array.dtype == "object":
        return machine.unknown(Why.DATA, what)
    return array


def elementwise(machine: Machine, array: Array, dtype: str, function: Callable[[object], object], what: str) -> object:
    """Return an array of a function's results."""
    flat = flat_items(array)
    if flat is not None:
        spend(machine, len(flat) >> 1)
    found = None if flat is None else [function(item) for item in flat]
    return result_of(machine, make(array.shape, dtype, found), what)


def axis_of(machine: Machine, axis: object, rank: int) -> int:
    """Return one axis as a number from the front."""
    if axis is None:
        machine.raise_error("TypeError", "'NoneType' object cannot be interpreted as an integer")
    found = axes_of(machine, axis, rank)
    return found[0] if len(found) == 1 else machine.raise_error("TypeError", "integer argument expected")


def axes_of(machine: Machine, axis: object, rank: int) -> list[int]:
    """Return axes as numbers from the front; all of them for None."""
    if axis is None:
        return list(range(rank))
    values = collect(machine, axis) if isinstance(axis, list | tuple) else [axis]
    axes: list[int] = []
    for value in values:
        if not isinstance(value, int):
            raise Undetermined(value if isinstance(value, Unknown) else machine.unknown(Why.UNSUPPORTED, "an axis"))
        if not -rank <= value < rank:
            machine.raise_error("ValueError", f"axis {value} is out of bounds for array of dimension {rank}")
        axes.append(value % rank)
    return axes
