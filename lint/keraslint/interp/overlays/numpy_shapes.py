"""numpy's functions that change or join shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import collect, named
from keraslint.interp.overlays.numpy_arrays import (
    array_of,
    axes_of,
    axis_of,
    dimension,
    flat_items,
    fresh,
    is_small,
    make,
    nest,
    result_of,
    shape_from,
    size_of,
    stack_arrays,
)
from keraslint.interp.overlays.numpy_dtypes import cast, promote
from keraslint.interp.overlays.numpy_operators import broadcast, index_array
from keraslint.values.array import Array
from keraslint.values.dim import Dim, floor_divide, product, same, sum_of
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def known(machine: Machine, array: Array, what: str) -> Shape:
    """Return an array's shape, or raise ``Undetermined``."""
    if isinstance(array.shape, tuple):
        return array.shape
    cause = array.shape if isinstance(array.shape, Unknown) else machine.unknown(Why.DATA, "the shape of data")
    raise Undetermined(Unknown(cause.why, f"{what} of data: {cause.what}"[:160], cause.where))


def _same_data(array: Array, shape: Shape) -> Array:
    """Return an array with the same items in another shape."""
    flat = flat_items(array)
    items = nest(flat, shape) if flat is not None and is_small(shape) and (flat or shape) else None
    result = Array(shape, array.dtype, items, origin=array.origin)
    result.classes, result.vocabulary = array.classes, array.vocabulary
    return result


@raw("numpy.reshape")
def reshape(machine: Machine, value: object, shape: object = None, *_: object, **kwargs: object) -> object:
    """Return the same data in another shape."""
    return reshaped(machine, array_of(machine, value), kwargs.get("newshape", shape))


def reshaped(machine: Machine, array: Array, shape: object) -> Array:
    """Return the same data in another shape; -1 is what is left over."""
    target = shape_from(machine, shape)
    if not isinstance(target, tuple):
        return Array(target, array.dtype)
    size = size_of(array.shape)
    if -1 not in target:
        wanted = size_of(target)
        if size is not None and wanted is not None and same(size, wanted) is False:
            machine.raise_error("ValueError", f"cannot reshape array of size {size} into shape {target}")
        return _same_data(array, target)
    if target.count(-1) > 1:
        machine.raise_error("ValueError", "can only specify one unknown dimension")
    others = product(dim for dim in target if dim is not None and dim != -1)
    rest: Dim
    if size is None or others == 0:
        rest = fresh(machine, "rows")
    else:
        if isinstance(size, int) and isinstance(others, int) and size % others:
            machine.raise_error("ValueError", f"cannot reshape array of size {size} into shape {target}")
        rest = floor_divide(size, others)
    return _same_data(array, tuple(rest if dim == -1 else dim for dim in target))


@raw("numpy.ravel")
def ravel(machine: Machine, value: object, *_: object, **__: object) -> object:
    """Return the data without axes but one."""
    return reshaped(machine, array_of(machine, value), -1)


@raw("numpy.resize")
def resize(machine: Machine, value: object, new_shape: object) -> object:
    """Return repeated or cut data of a shape."""
    return Array(shape_from(machine, new_shape), array_of(machine, value).dtype)


@raw("numpy.expand_dims")
def expand_dims(machine: Machine, a: object, axis: object) -> object:
    """Return the data with axes of length 1."""
    array = array_of(machine, a)
    if not isinstance(array.shape, tuple):
        return array
    axes = list(axis) if isinstance(axis, list | tuple) else [axis]
    rank = len(array.shape) + len(axes)
    places = axes_of(machine, axes, rank)
    dims = iter(array.shape)
    return _same_data(array, tuple(1 if index in places else next(dims) for index in range(rank)))


@raw("numpy.squeeze")
def squeeze(machine: Machine, a: object, axis: object = None) -> object:
    """Return the data without axes of length 1."""
    array = array_of(machine, a)
    if not isinstance(array.shape, tuple):
        return array
    if axis is None:
        if any(dim is None or not isinstance(dim, int) for dim in array.shape):
            return Array(machine.unknown(Why.INPUT, "the shape of squeezed data"), array.dtype)
        shape = tuple(dim for dim in array.shape if dim != 1)
    else:
        axes = axes_of(machine, axis, len(array.shape))
        for index in axes:
            if isinstance(array.shape[index], int) and array.shape[index] != 1:
                machine.raise_error("ValueError", "cannot select an axis to squeeze out which has size not equal to one")
        shape = tuple(dim for index, dim in enumerate(array.shape) if index not in axes)
    return result_of(machine, _same_data(array, shape), "np.squeeze()") if array.items is not None else _same_data(array, shape)


@raw("numpy.transpose", "numpy.permute_dims")
def transpose(machine: Machine, a: object, axes: object = None) -> object:
    """Return the data with its axes in another order."""
    array = array_of(machine, a)
    if not isinstance(array.shape, tuple):
        return array
    rank = len(array.shape)
    order = axes_of(machine, list(collect(machine, axes)), rank) if axes is not None else list(range(rank))[::-1]
    if sorted(order) != list(range(rank)):
        machine.raise_error("ValueError", "axes don't match array")
    return _permuted(array, array.shape, order)


def _permuted(array: Array, dims: Shape, order: list[int]) -> Array:
    shape = tuple(dims[index] for index in order)
    flat = flat_items(array)
    if flat is None or not is_small(shape):
        return Array(shape, array.dtype, origin=array.origin)
    strides = [product(dim for dim in dims[index + 1 :] if dim is not None) for index in range(len(dims))]
    places: list[Dim] = [0]
    for index in reversed(order):
        length = dims[index]
        assert isinstance(length, int)
        places = [step * strides[index] + place for step in range(length) for place in places]
    return Array(shape, array.dtype, nest([flat[int(place)] for place in places if isinstance(place, int)], shape))


@raw("numpy.swapaxes")
def swapaxes(machine: Machine, a: object, axis1: object, axis2: object) -> object:
    """Return the data with two axes exchanged."""
    array = array_of(machine, a)
    dims = known(machine, array, "np.swapaxes()")
    x, y = axes_of(machine, [axis1, axis2], len(dims))
    order = list(range(len(dims)))
    order[x], order[y] = y, x
    return _permuted(array, dims, order)


@raw("numpy.moveaxis", "numpy.rollaxis")
def moveaxis(machine: Machine, a: object, source: object, destination: object = 0) -> object:
    """Return the data with axes moved."""
    array = array_of(machine, a)
    dims = known(machine, array, "np.moveaxis()")
    sources, targets = axes_of(machine, source, len(dims)), axes_of(machine, destination, len(dims))
    order = [index for index in range(len(dims)) if index not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return _permuted(array, dims, order)


def _turned(name: str) -> RawNative:
    """Return a function that moves items within the same shape."""

    def turn(machine: Machine, a: object, *args: object, **kwargs: object) -> object:
        del args, kwargs
        array = array_of(machine, a)
        return Array(array.shape, array.dtype)

    return RawNative(f"numpy.{name}", turn)


register("numpy", {name: _turned(name) for name in ("flip", "fliplr", "flipud", "roll", "tril", "triu")})


@raw("numpy.rot90")
def rot90(machine: Machine, m: object, k: object = 1, axes: object = (0, 1)) -> object:
    """Return the data turned by quarters."""
    array = array_of(machine, m)
    dims = list(known(machine, array, "np.rot90()"))
    pair = axes_of(machine, axes, len(dims))
    if len(pair) != 2:
        return machine.raise_error("ValueError", "len(axes) must be 2.")
    x, y = pair
    if not isinstance(k, int):
        return machine.unknown(Why.INPUT, "np.rot90()")
    if k % 2:
        dims[x], dims[y] = dims[y], dims[x]
    return Array(tuple(dims), array.dtype)


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
            machine.raise_error("ValueError", "all the input array dimensions except for the concatenation axis must match exactly")
        for index, (dim, other) in enumerate(zip(first, shape, strict=True)):
            if index != place and dim is not None and other is not None and same(dim, other) is False:
                machine.raise_error("ValueError", f"all the input array dimensions except for the concatenation axis must match exactly, but along dimension {index}")  # noqa: E501
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
    return arrays if arrays else machine.raise_error("ValueError", "need at least one array to concatenate")


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
    return _same_data(array, (1,) * (rank - len(dims)) + dims) if len(dims) < rank else array


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
        parts.append(_same_data(array, {1: (1, *dims, 1), 2: (*dims, 1)}.get(len(dims), dims)))
    return join(machine, parts, 2, "np.dstack()")


@raw("numpy.column_stack")
def column_stack(machine: Machine, arrays: object) -> object:
    """Return vectors joined as columns."""
    parts: list[Array] = []
    for array in _arrays(machine, arrays):
        dims = known(machine, array, "np.column_stack()")
        parts.append(_same_data(array, (*dims, 1)) if len(dims) == 1 else array)
    return join(machine, parts, 1, "np.column_stack()")


# repeating and splitting


@raw("numpy.tile")
def tile(machine: Machine, A: object, reps: object) -> object:  # noqa: N803
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
    return [index_array(machine, array, (*before, slice(a, b))) for a, b in zip(edges[:-1], edges[1:], strict=True)]


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
    count = 1 if isinstance(obj, int) else len(set(obj)) if isinstance(obj, list) and all(isinstance(i, int) for i in obj) else None
    dims[place] = fresh(machine, "rows") if count is None or length is None else length - count
    return Array(tuple(dims), array.dtype)


def _least(rank: int) -> RawNative:
    def at_least(machine: Machine, *arrays: object) -> object:
        found: list[object] = []
        for value in arrays:
            array = array_of(machine, value)
            dims = known(machine, array, "np.atleast()")
            if rank == 3 and len(dims) < 3:
                dims = {0: (1, 1, 1), 1: (1, *dims, 1), 2: (*dims, 1)}[len(dims)]
            found.append(_same_data(array, (1,) * (rank - len(dims)) + dims))
        return found[0] if len(found) == 1 else tuple(found)

    return RawNative(f"numpy.atleast_{rank}d", at_least)


register("numpy", {f"atleast_{rank}d": _least(rank) for rank in (1, 2, 3)})


@raw("numpy.shape")
def shape_of(machine: Machine, a: object) -> object:
    """Return an array's shape."""
    return machine.get_attribute(array_of(machine, a), "shape")


@raw("numpy.ndim")
def rank_of(machine: Machine, a: object) -> object:
    """Return an array's rank."""
    return machine.get_attribute(array_of(machine, a), "ndim")


@raw("numpy.size")
def number_of(machine: Machine, a: object, axis: object = None) -> object:
    """Return an array's number of items."""
    array = array_of(machine, a)
    if axis is None:
        return machine.get_attribute(array, "size")
    dims = known(machine, array, "np.size()")
    return dims[axes_of(machine, axis, len(dims))[0]]


@raw("numpy.astype")
def astype(machine: Machine, a: object, dtype: object, **_: object) -> object:
    """Return an array in another dtype."""
    return array_of(machine, a, dtype)
