"""Methods of arrays: most are numpy's function of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import MODULES, RawNative, raw, register
from keraslint.interp.overlays.numpy_arrays import cast_array, flat_items, full, is_small, make, result_of
from keraslint.interp.overlays.numpy_dtypes import dtype_name
from keraslint.interp.overlays.numpy_functions import clip, rounded
from keraslint.interp.overlays.numpy_indices import index_array
from keraslint.interp.overlays.numpy_joining import repeat
from keraslint.interp.overlays.numpy_operators import binary_array
from keraslint.interp.overlays.numpy_products import dot, nonzero
from keraslint.interp.overlays.numpy_reductions import argsort, diff, sort
from keraslint.interp.overlays.numpy_shapes import reshaped, resize, squeeze, swapaxes, transpose
from keraslint.interp.overlays.stdlib_copy import array_copy
from keraslint.values.array import Array, NumpyInt
from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


_REDUCTIONS = "sum prod mean std var max min argmax argmin any all cumsum cumprod ptp"


register("method:Array", {name: MODULES["numpy"][name] for name in _REDUCTIONS.split()})
register(
    "method:Array",
    {
        "squeeze": RawNative("Array.squeeze", squeeze),
        "swapaxes": RawNative("Array.swapaxes", swapaxes),
        "repeat": RawNative("Array.repeat", repeat),
        "argsort": RawNative("Array.argsort", argsort),
        "round": RawNative("Array.round", rounded),
        "clip": RawNative("Array.clip", clip),
        "dot": RawNative("Array.dot", dot),
        "nonzero": RawNative("Array.nonzero", nonzero),
        "diff": RawNative("Array.diff", diff),
    },
)


@raw("method:Array.astype", "method:Array.view")
def astype(machine: Machine, array: Array, dtype: object = None, *_: object, **__: object) -> object:
    """Return the array in another dtype."""
    if dtype is None:
        return array_copy(array)
    if isinstance(dtype, Unknown):
        return Array(array.shape, array.dtype)
    return cast_array(machine, array, dtype_name(machine, dtype))


@raw("method:Array.reshape")
def reshape(machine: Machine, array: Array, *shape: object, **_: object) -> object:
    """Return the same data in another shape."""
    target = shape[0] if len(shape) == 1 else list(shape)
    return reshaped(machine, array, target)


@raw("method:Array.flatten", "method:Array.ravel")
def flatten(machine: Machine, array: Array, *_: object, **__: object) -> object:
    """Return the data without axes but one."""
    return reshaped(machine, array, -1)


@raw("method:Array.resize")
def resize_method(machine: Machine, array: Array, *shape: object, **_: object) -> None:
    """Change the shape in place."""
    found = resize(machine, array, shape[0] if len(shape) == 1 else list(shape))
    assert isinstance(found, Array)
    array.shape, array.items = found.shape, None


@raw("method:Array.transpose")
def transpose_method(machine: Machine, array: Array, *axes: object) -> object:
    """Return the data with its axes in another order."""
    if not axes or axes == (None,):
        return transpose(machine, array)
    return transpose(machine, array, axes[0] if len(axes) == 1 and isinstance(axes[0], list | tuple) else list(axes))


@raw(
    "method:Array.copy", "method:Array.__copy__", "method:Array.__deepcopy__", "method:Array.numpy", "method:Array.cpu"
)
def copy(machine: Machine, array: Array, *_: object, **__: object) -> object:
    """Return a copy."""
    del machine
    return array_copy(array)


@raw("method:Array.tolist")
def tolist(machine: Machine, array: Array) -> object:
    """Return the items as nested lists, unknown ones where they are not known."""
    if array.items is not None:
        return _plain(array.items)
    if is_small(array.shape) and isinstance(array.shape, tuple):
        return _unknowns(machine, array.shape)
    return machine.unknown(Why.DATA, "tolist() of data")


def _plain(items: object) -> object:
    if isinstance(items, list):
        return [_plain(item) for item in items]
    return int(items) if isinstance(items, NumpyInt) else items


def _unknowns(machine: Machine, shape: AnyShape) -> object:
    if not isinstance(shape, tuple) or not shape:
        return machine.unknown(Why.DATA, "an item of data")
    assert isinstance(shape[0], int)
    return [_unknowns(machine, shape[1:]) for _ in range(shape[0])]


@raw("method:Array.item")
def item(machine: Machine, array: Array, *index: object) -> object:
    """Return the only item as Python's number."""
    flat = flat_items(array)
    if index:
        found = index_array(machine, array, index[0] if len(index) == 1 else tuple(index))
        return int(found) if isinstance(found, NumpyInt) else found
    if flat is None or len(flat) != 1:
        return machine.unknown(Why.DATA, "item() of data")
    return int(flat[0]) if isinstance(flat[0], NumpyInt) else flat[0]


@raw("method:Array.fill", inert=False)
def fill(machine: Machine, array: Array, value: object) -> None:
    """Set every item."""
    array.items = full(machine, array.shape, array.dtype, value).items if isinstance(value, int | float) else None


@raw("method:Array.sort", inert=False)
def sort_in_place(machine: Machine, array: Array, axis: object = -1, **_: object) -> None:
    """Sort in place."""
    found = sort(machine, array, axis)
    array.items = found.items if isinstance(found, Array) else None


@raw("method:Array.__abs__")
def absolute(machine: Machine, array: Array) -> object:
    """Return absolute values."""
    flat = flat_items(array)
    known = flat is not None and all(isinstance(value, int | float) for value in flat)
    items = [abs(value) for value in flat or [] if isinstance(value, int | float)] if known else None
    return result_of(machine, make(array.shape, array.dtype, items), "abs() of data")


@raw("method:Array.__getitem__")
def get_item(machine: Machine, array: Array, key: object) -> object:
    """Return ``array[key]``."""
    return index_array(machine, array, key)


@raw("method:Array.__len__")
def length(machine: Machine, array: Array) -> object:
    """Return ``len(array)``."""
    return machine.call(machine.builtins["len"], (array,), {})


@raw("method:Array.__iter__")
def iterate(machine: Machine, array: Array) -> object:
    """Return an iterator over the rows."""
    return machine.iterate(array)


@raw("method:Array.__add__", "method:Array.__iadd__")
def add(machine: Machine, array: Array, other: object) -> object:
    """Return ``array + other``."""
    return binary_array(machine, "+", array, other)


@raw("method:Array.setflags", "method:Array.tofile", "method:Array.dump")
def nothing(machine: Machine, *_: object, **__: object) -> None:
    """Do nothing."""
    del machine
