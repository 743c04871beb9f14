"""numpy's functions that join, repeat and split arrays."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays import raw
from keraslint.interp.overlays.items import collect, named
from keraslint.interp.overlays.numpy_arrays import (
    array_of,
    axis_of,
    broadcast,
    dimension,
    flat_items,
    fresh,
    is_small,
    make,
    shape_from,
    stack_arrays,
)
from keraslint.interp.overlays.numpy_dtypes import cast, promote
from keraslint.interp.overlays.numpy_indices import index_array
from keraslint.values.array import Array
from keraslint.values.dim import Dim, same, sum_of
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

from keraslint.interp.overlays.numpy_shapes import known, reshaped, same_data

# joining


def _joined_dtype(arrays: list[Array]) -> str:
    dtype = arrays[0].dtype
    for array in arrays[1:]:
        dtype = promote(dtype, array.dtype)
    return dtype


def join(machine: Machine, arrays: list[Array], axis: object, what: str) -> object:
    """Return arrays joined along an axis that they have."""
    if axis is None:
        arrays, axis = [reshaped(machine, array, -1) for array in arrays], 0
    shapes = [array.shape for array in arrays]
    first = next((shape for shape in shapes if isinstance(shape, tuple)), None)
    if first is None:
        return Array(arrays[0].shape, _joined_dtype(arrays))
    if not first:
        machine.raise_error("ValueError", "zero-dimensional arrays cannot be concatenated")
    place = axis_of(machine, axis, len(first))
    dims = list(first)
    total: list[Dim] | None = []
    for shape in shapes:
        if not isinstance(shape, tuple):
            total = None
            continue
        if len(shape) != len(first):
            machine.raise_error(
                "ValueError", "all the input array dimensions except for the concatenation axis must match exactly"
            )
        for index, (dim, other) in enumerate(zip(first, shape, strict=True)):
            if index != place and dim is not None and other is not None and same(dim, other) is False:
                machine.raise_error(
                    "ValueError",
                    f"all the input array dimensions must match exactly, but differ along dimension {index}",
                )
        length = shape[place]
        total = None if total is None or length is None else [*total, length]
    dims[place] = fresh(machine, "rows") if total is None else sum_of(total)
    dtype = _joined_dtype(arrays)
    flats = [flat_items(array) for array in arrays]
    if place == 0 and is_small(tuple(dims)) and all(flat is not None for flat in flats):
        return make(tuple(dims), dtype, [cast(item, dtype) for flat in flats for item in flat or []])
    del what
    return make(tuple(dims), dtype)


def _arrays(machine: Machine, values: object) -> list[Array]:
    if isinstance(values, Array):
        return [array_of(machine, item) for item in machine.iterate(values)]
    arrays = [array_of(machine, value) for value in collect(machine, values)]
    return arrays or machine.raise_error("ValueError", "need at least one array to concatenate")


@raw("numpy.concatenate", "numpy.concat")
def concatenate(machine: Machine, arrays: object, axis: object = 0, **_: object) -> object:
    """Return arrays joined along an axis."""
    if isinstance(arrays, Unknown):
        return Unknown(arrays.why, f"np.concatenate() of {arrays.symbol or arrays.what}"[:160], arrays.where)
    return join(machine, _arrays(machine, arrays), axis, "np.concatenate()")


@raw("numpy.append")
def append(machine: Machine, arr: object, values: object, axis: object = None) -> object:
    """Return an array with values at its end."""
    return join(machine, [array_of(machine, arr), array_of(machine, values)], axis, "np.append()")


@raw("numpy.stack")
def stack(machine: Machine, arrays: object, axis: object = 0, **_: object) -> object:
    """Return arrays joined along a new axis."""
    if not isinstance(axis, int):
        return named(machine, "np.stack", arrays, axis)
    return stack_arrays(machine, _arrays(machine, arrays), axis)


def _at_least(machine: Machine, array: Array, rank: int) -> Array:
    dims = known(machine, array, "np.vstack()")
    return same_data(array, (1,) * (rank - len(dims)) + dims) if len(dims) < rank else array


@raw("numpy.vstack", "numpy.row_stack")
def vstack(machine: Machine, arrays: object, **_: object) -> object:
    """Return arrays joined along the first axis."""
    return join(machine, [_at_least(machine, array, 2) for array in _arrays(machine, arrays)], 0, "np.vstack()")


@raw("numpy.hstack")
def hstack(machine: Machine, arrays: object, **_: object) -> object:
    """Return arrays joined along the second axis, the only one of vectors."""
    parts = [_at_least(machine, array, 1) for array in _arrays(machine, arrays)]
    is_flat = isinstance(parts[0].shape, tuple) and len(parts[0].shape) == 1
    return join(machine, parts, 0 if is_flat else 1, "np.hstack()")


@raw("numpy.dstack")
def dstack(machine: Machine, arrays: object) -> object:
    """Return arrays joined along the third axis."""
    parts: list[Array] = []
    for array in _arrays(machine, arrays):
        dims = known(machine, array, "np.dstack()")
        parts.append(same_data(array, {1: (1, *dims, 1), 2: (*dims, 1)}.get(len(dims), dims)))
    return join(machine, parts, 2, "np.dstack()")


@raw("numpy.column_stack")
def column_stack(machine: Machine, arrays: object) -> object:
    """Return vectors joined as columns."""
    parts: list[Array] = []
    for array in _arrays(machine, arrays):
        dims = known(machine, array, "np.column_stack()")
        parts.append(same_data(array, (*dims, 1)) if len(dims) == 1 else array)
    return join(machine, parts, 1, "np.column_stack()")


# repeating and splitting


@raw("numpy.tile")
def tile(machine: Machine, A: object, reps: object) -> object:  # noqa: N803  numpy's name
    """Return an array that repeats another along its axes."""
    array = array_of(machine, A)
    dims, times = known(machine, array, "np.tile()"), shape_from(machine, reps)
    if not isinstance(times, tuple):
        return Array(times, array.dtype)
    rank = max(len(dims), len(times))
    dims, times = (1,) * (rank - len(dims)) + dims, (1,) * (rank - len(times)) + times
    shape = tuple(None if a is None or b is None else a * b for a, b in zip(dims, times, strict=True))
    flat = flat_items(array)
    if flat is not None and rank == 1 and is_small(shape) and isinstance(times[0], int):
        return make(shape, array.dtype, flat * times[0])
    return make(shape, array.dtype)


@raw("numpy.repeat")
def repeat(machine: Machine, a: object, repeats: object, axis: object = None) -> object:
    """Return an array with every item several times."""
    array = array_of(machine, a)
    if axis is None:
        array, axis = reshaped(machine, array, -1), 0
    dims, times = list(known(machine, array, "np.repeat()")), formula(repeats)
    place = axis_of(machine, axis, len(dims))
    length = dims[place]
    if times is None or length is None:
        dims[place] = fresh(machine, "rows")
        return Array(tuple(dims), array.dtype)
    dims[place] = length * dimension(times)
    flat = flat_items(array)
    if flat is not None and len(dims) == 1 and isinstance(times, int) and is_small(tuple(dims)):
        return make(tuple(dims), array.dtype, [item for item in flat for _ in range(times)])
    return make(tuple(dims), array.dtype)


@raw("numpy.broadcast_to")
def broadcast_to(machine: Machine, array: object, shape: object, **_: object) -> object:
    """Return an array repeated to a shape."""
    return Array(shape_from(machine, shape), array_of(machine, array).dtype)


@raw("numpy.pad")
def pad(machine: Machine, array: object, pad_width: object, *_: object, **__: object) -> object:
    """Return an array with borders."""
    found = array_of(machine, array)
    dims = known(machine, found, "np.pad()")
    widths = array_of(machine, pad_width)
    pairs = broadcast(machine, widths.shape, (len(dims), 2))
    flat = flat_items(widths)
    if flat is None or pairs != (len(dims), 2):
        return machine.unknown(Why.INPUT, "np.pad()")
    if len(flat) == 1:
        flat = flat * 2 * len(dims)
    elif len(flat) == 2:
        flat = flat * len(dims)
    borders = [formula(item) for item in flat]
    shape: list[Dim | None] = []
    for index, dim in enumerate(dims):
        before, after = borders[2 * index], borders[2 * index + 1]
        shape.append(None if dim is None or before is None or after is None else dim + before + after)
    return Array(tuple(shape), found.dtype)


@raw("numpy.split", "numpy.array_split")
def split(machine: Machine, ary: object, indices_or_sections: object, axis: object = 0) -> object:
    """Return the parts of an array."""
    return _split(machine, array_of(machine, ary), indices_or_sections, axis)


def _split(machine: Machine, array: Array, sections: object, axis: object) -> object:
    dims = known(machine, array, "np.split()")
    place = axis_of(machine, axis, len(dims))
    length = dims[place]
    if isinstance(sections, int) and isinstance(length, int):
        if not 0 < sections <= 4096:
            return machine.raise_error("ValueError", "number sections must be larger than 0.")
        sizes = [length // sections + (index < length % sections) for index in range(sections)]
        bounds = [sum(sizes[:index]) for index in range(1, sections)]
    elif isinstance(sections, int | Unknown) or length is None:
        return machine.unknown(Why.INPUT, "np.split()")
    else:
        bounds = [item if isinstance(item, int) else -1 for item in collect(machine, sections)]
        if -1 in bounds:
            return machine.unknown(Why.INPUT, "np.split()")
    edges = [0, *bounds, None]
    before: tuple[object, ...] = (slice(None),) * place
    return [index_array(machine, array, (*before, slice(a, b))) for a, b in pairwise(edges)]


@raw("numpy.vsplit")
def vsplit(machine: Machine, ary: object, sections: object) -> object:
    """Return the parts along the first axis."""
    return _split(machine, array_of(machine, ary), sections, 0)


@raw("numpy.hsplit")
def hsplit(machine: Machine, ary: object, sections: object) -> object:
    """Return the parts along the second axis."""
    array = array_of(machine, ary)
    return _split(machine, array, sections, 0 if len(known(machine, array, "np.hsplit()")) == 1 else 1)


@raw("numpy.delete")
def delete(machine: Machine, arr: object, obj: object, axis: object = None) -> object:
    """Return an array without some items."""
    array = array_of(machine, arr)
    if axis is None:
        array, axis = reshaped(machine, array, -1), 0
    dims = list(known(machine, array, "np.delete()"))
    place = axis_of(machine, axis, len(dims))
    length = dims[place]
    count = (
        1
        if isinstance(obj, int)
        else len(set(obj))
        if isinstance(obj, list) and all(isinstance(i, int) for i in obj)
        else None
    )
    dims[place] = fresh(machine, "rows") if count is None or length is None else length - count
    return Array(tuple(dims), array.dtype)
