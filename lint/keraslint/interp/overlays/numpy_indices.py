"""Indices of arrays: numbers, slices, lists, masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays.numpy_arrays import (
    array_of,
    broadcast,
    dimension,
    flat_items,
    fresh,
    result_of,
)
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, bounds, maximum, minimum
from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# indices


def index_array(machine: Machine, array: Array, index: object) -> object:
    """Return ``array[index]``."""
    keys = list(index) if isinstance(index, tuple) else [index]
    for key in keys:
        if isinstance(key, Unknown) and formula(key) is None:
            return Unknown(key.why, f"an item of an array by {key.symbol or key.what}"[:160], key.where or machine.span)
        if isinstance(key, str):
            return machine.unknown(Why.DATA, f"the field {key!r} of data")
    if any(isinstance(key, Unknown) for key in keys):
        return machine.unknown(Why.INPUT, "an item of an array at an unknown index")
    shape = array.shape
    if not isinstance(shape, tuple):
        return _index_open(machine, array, keys)
    keys = _expanded(machine, keys, len(shape))
    if any(isinstance(key, list | Array) for key in keys):
        return _index_fancy(machine, array, keys)
    dims: list[Dim | None] = []
    axis, simple = 0, True
    for key in keys:
        if key is None:
            dims.append(1)
            continue
        dim = shape[axis]
        axis += 1
        if isinstance(key, slice):
            length, is_plain = _sliced(machine, key, dim)
            if isinstance(length, Unknown):
                return Array(length, array.dtype)
            dims.append(length)
            simple = simple and is_plain
        else:
            _check_index(machine, key, dim)
            simple = simple and isinstance(key, int)
    items = _pick(array.items, keys) if simple and array.items is not None else None
    result = Array(tuple(dims), array.dtype, items, origin=array.origin)
    if result.shape == shape:  # fewer rows may lack some of the classes
        result.classes, result.vocabulary = array.classes, array.vocabulary
    return result_of(machine, result, "an item of data")


def _index_open(machine: Machine, array: Array, keys: list[object]) -> object:
    if len(keys) == 1 and isinstance(keys[0], slice):
        return Array(array.shape, array.dtype)
    shape = array.shape
    cause = shape if isinstance(shape, Unknown) else machine.unknown(Why.DATA, "the shape of data")
    return Array(Unknown(cause.why, f"the shape of an item: {cause.what}"[:160], cause.where), array.dtype)


def _expanded(machine: Machine, keys: list[object], rank: int) -> list[object]:
    """Return one key for every axis: the ellipsis and what is left out become full slices."""
    keys = [_plain_key(key) for key in keys]
    taken = sum(_consumed(key) for key in keys if key is not ...)
    if taken > rank:
        machine.raise_error(
            "IndexError", f"too many indices for array: array is {rank}-dimensional, but {taken} were indexed"
        )
    fill = [slice(None)] * (rank - taken)
    for position, key in enumerate(keys):
        if key is ...:
            return [*keys[:position], *fill, *(k for k in keys[position + 1 :] if k is not ...)]
    return [*keys, *fill]


def _plain_key(key: object) -> object:
    if isinstance(key, Array) and key.shape == () and isinstance(key.items, int) and not isinstance(key.items, bool):
        return key.items
    return list(key) if isinstance(key, tuple | range) else key


def _consumed(key: object) -> int:
    if key is None:
        return 0
    if isinstance(key, Array) and key.dtype == "bool" and isinstance(key.shape, tuple):
        return len(key.shape)
    return 1


def _check_index(machine: Machine, key: object, dim: Dim | None) -> None:
    if isinstance(key, int) and isinstance(dim, int) and not -dim <= key < dim:
        machine.raise_error("IndexError", f"index {key} is out of bounds for axis with size {dim}")
    if not isinstance(key, int | Poly):
        machine.raise_error(
            "IndexError",
            "only integers, slices, ellipsis, numpy.newaxis and integer or boolean arrays are valid indices",
        )


def _sliced(machine: Machine, key: slice, dim: Dim | None) -> tuple[Dim | Unknown | None, bool]:
    """Return the length of a slice of an axis, and whether all of it is plain."""
    start, stop, step = key.start, key.stop, key.step
    if start is None and stop is None and step in {None, 1, -1}:
        return dim, True
    if isinstance(dim, int) and all(part is None or isinstance(part, int) for part in (start, stop, step)):
        return len(range(*key.indices(dim))), True
    low, high = formula(start) if start is not None else 0, formula(stop) if stop is not None else dim
    if step in {None, 1} and low is not None and high is not None and dim is not None:
        low, high = _from_front(low, dim), _from_front(high, dim)
        if low is not None and high is not None:
            return dimension(maximum(0, minimum(high, dim) - low)), False
    if any(isinstance(part, float) for part in (start, stop, step)):
        machine.raise_error("TypeError", "slice indices must be integers or None or have an __index__ method")
    return fresh(machine, "rows"), False


def _from_front(bound: Dim, dim: Dim) -> Dim | None:
    low, high = bounds(bound)
    if low is not None and low >= 0:
        return bound
    return dim + bound if high is not None and high < 0 else None


def _pick(items: object, keys: list[object]) -> object:
    if not keys:
        return items
    key, rest = keys[0], keys[1:]
    if key is None:
        return [_pick(items, rest)]
    assert isinstance(items, list)
    if isinstance(key, slice):
        return [_pick(item, rest) for item in items[key]]
    assert isinstance(key, int)
    return _pick(items[key], rest)


def _index_fancy(machine: Machine, array: Array, keys: list[object]) -> object:
    """Index with lists or arrays: their shapes together stand where the first of them stood."""
    assert isinstance(array.shape, tuple)
    dims: list[Dim | None] = []
    joint: AnyShape = ()
    place: int | None = None
    positions: list[int] = []
    axis = 0
    for position, key in enumerate(keys):
        if key is None:
            dims.append(1)
            continue
        if isinstance(key, slice):
            length, _ = _sliced(machine, key, array.shape[axis])
            dims.append(length if not isinstance(length, Unknown) else fresh(machine, "rows"))
            axis += 1
            continue
        chosen = array_of(machine, key)
        place = len(dims) if place is None else place
        positions.append(position)
        if chosen.dtype == "bool" and not isinstance(key, int):
            flat = flat_items(chosen)
            known = flat is not None and all(isinstance(item, bool) for item in flat)
            joint = broadcast(machine, joint, (sum(map(bool, flat or [])) if known else fresh(machine, "rows"),))
            axis += len(chosen.shape) if isinstance(chosen.shape, tuple) else 1
        else:
            joint = broadcast(machine, joint, chosen.shape)
            axis += 1
    if not isinstance(joint, tuple):
        return Array(joint, array.dtype)
    if positions and positions[-1] - positions[0] + 1 != len(positions):
        place = 0
    assert place is not None
    result = Array((*dims[:place], *joint, *dims[place:]), array.dtype, origin=array.origin)
    if len(keys) == 1 or all(isinstance(key, slice) and key == slice(None) for key in keys[1:]):
        result.items = _chosen(array, keys[0])
    return result


def _chosen(array: Array, key: object) -> object:
    """Return the rows that a list of numbers, or a mask, picks from known items."""
    items = array.items
    numbers = key.items if isinstance(key, Array) else key
    if not isinstance(items, list) or not isinstance(numbers, list):
        return None
    if len(numbers) == len(items) and all(isinstance(number, bool) for number in numbers):
        return [item for item, keep in zip(items, numbers, strict=True) if keep]
    if all(
        isinstance(number, int) and not isinstance(number, bool) and -len(items) <= number < len(items)
        for number in numbers
    ):
        return [items[number] for number in numbers]
    return None
