"""numpy's functions that change shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import collect
from keraslint.interp.overlays.numpy_arrays import (
    array_of,
    axes_of,
    flat_items,
    fresh,
    is_small,
    nest,
    result_of,
    shape_from,
    size_of,
)
from keraslint.values.array import Array
from keraslint.values.dim import Dim, floor_divide, product, same
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


def same_data(array: Array, shape: Shape) -> Array:
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
        return same_data(array, target)
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
    return same_data(array, tuple(rest if dim == -1 else dim for dim in target))


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
    return same_data(array, tuple(1 if index in places else next(dims) for index in range(rank)))


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
                machine.raise_error(
                    "ValueError", "cannot select an axis to squeeze out which has size not equal to one"
                )
        shape = tuple(dim for index, dim in enumerate(array.shape) if index not in axes)
    return (
        result_of(machine, same_data(array, shape), "np.squeeze()")
        if array.items is not None
        else same_data(array, shape)
    )


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
    if len(sources) != len(targets):
        machine.raise_error("ValueError", "`source` and `destination` arguments must have the same number of elements")
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


def _least(rank: int) -> RawNative:
    def at_least(machine: Machine, *arrays: object) -> object:
        found: list[object] = []
        for value in arrays:
            array = array_of(machine, value)
            dims = known(machine, array, "np.atleast()")
            if rank == 3 and len(dims) < 3:
                dims = {0: (1, 1, 1), 1: (1, *dims, 1), 2: (*dims, 1)}[len(dims)]
            found.append(same_data(array, (1,) * (rank - len(dims)) + dims))
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
