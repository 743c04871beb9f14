"""The methods of data sets: what each makes of the elements, and of how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays.items import reject_unknown
from keraslint.interp.overlays.tf_data import (
    INFINITE,
    Dataset,
    apply,
    as_element,
    concrete,
    leaves,
    method,
    row_of,
    transform,
    with_rows,
)
from keraslint.values.array import Array
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def whole(machine: Machine, value: object) -> int:
    """Return a number that is given as a size; raise ``Undetermined`` where it is not known."""
    reject_unknown(machine, value)
    if isinstance(value, Array) and isinstance(value.items, int):
        value = value.items
    if not isinstance(value, int):
        undetermined(Why.UNSUPPORTED, "a size of a dataset")
    return int(value)


def _size(machine: Machine, value: object) -> int | None:
    """Return a size, None where it is not known: shapes do not depend on it."""
    try:
        return whole(machine, value)
    except Undetermined:
        return None


@method("cache", "prefetch", "with_options", "ignore_errors", "snapshot", "prefetch_to_device", "copy_to_device")
def same(machine: Machine, dataset: Dataset, *_: object, **__: object) -> object:
    """Return the data set: its elements stay."""
    del machine
    return dataset


@method("shuffle", "rejection_resample")
def shuffle(machine: Machine, dataset: Dataset, *_: object, **__: object) -> object:
    """Return the elements in another order: a smaller last batch may be anywhere."""
    del machine
    return Dataset(dataset.element, dataset.count, dataset.batch if dataset.even else None, even=dataset.even)


@method("batch", "padded_batch", "dense_to_ragged_batch")
def batch(
    machine: Machine,
    dataset: Dataset,
    batch_size: object = None,
    drop_remainder: object = False,
    *_: object,
    **kwargs: object,
) -> object:
    """Return batches: the number of rows is static only where the remainder is dropped."""
    if "padded_shapes" in kwargs or isinstance(drop_remainder, list | tuple | dict):
        return machine.unknown(Why.UNSUPPORTED, "padded_batch with shapes")
    size, drop = _size(machine, batch_size), machine.truth(drop_remainder)
    count = dataset.count
    number = count
    if count is not None and count != INFINITE:
        number = None if size is None else count // size if drop else -(-count // size)
    rows = size if drop else None
    found = Dataset(transform(dataset.element, lambda value: with_rows(value, rows)), number)
    if size is not None and count is not None:
        found.batch = size if count == INFINITE or drop else min(size, count)
        found.even = drop or count == INFINITE or count % size == 0
    return found


@method("unbatch")
def unbatch(machine: Machine, dataset: Dataset) -> object:
    """Return the rows of the batches."""
    del machine
    return Dataset(transform(dataset.element, row_of))


@method("rebatch")
def rebatch(machine: Machine, dataset: Dataset, batch_size: object = None, drop_remainder: object = False) -> object:
    """Return other batches of the same rows."""
    return batch(machine, Dataset(transform(dataset.element, row_of)), batch_size, drop_remainder)


@method("map", "map_with_legacy_function")
def mapped(machine: Machine, dataset: Dataset, map_func: object = None, *_: object, **__: object) -> object:
    """Return what a function makes of the elements; batches stay batches of unknown size."""
    return Dataset(as_element(machine, apply(machine, map_func, dataset.element)), dataset.count)


@method("filter", "take_while")
def filtered(machine: Machine, dataset: Dataset, predicate: object = None, *_: object, **__: object) -> object:
    """Return some of the elements."""
    apply(machine, predicate, dataset.element)
    return Dataset(dataset.element, None, dataset.batch if dataset.even else None, even=dataset.even)


@method("flat_map", "interleave")
def flat_map(machine: Machine, dataset: Dataset, map_func: object = None, *_: object, **__: object) -> object:
    """Return the elements of the data sets that a function makes of the elements."""
    inner = apply(machine, map_func, dataset.element)
    if isinstance(inner, Dataset):
        return Dataset(inner.element)
    cause = inner if isinstance(inner, Unknown) else machine.unknown(Why.UNSUPPORTED, "what flat_map's function gives")
    return Dataset(cause)


@method("take")
def take(machine: Machine, dataset: Dataset, count: object = None, *_: object, **__: object) -> object:
    """Return the first elements: whole batches, unless they are all that there are."""
    wanted, own = _size(machine, count), dataset.count
    if wanted is None:
        return Dataset(dataset.element, None, dataset.batch if dataset.even else None, even=dataset.even)
    number = own if wanted < 0 else wanted if own == INFINITE else None if own is None else min(own, wanted)
    is_even = dataset.even or (own is not None and number is not None and number < own)
    found = Dataset(dataset.element, number, dataset.batch, even=is_even)
    found.attributes = dataset.attributes
    return found


@method("skip")
def skip(machine: Machine, dataset: Dataset, count: object = None, *_: object, **__: object) -> object:
    """Return all but the first elements."""
    left, own = _size(machine, count), dataset.count
    number = own if own is None or own == INFINITE else None if left is None else max(0, own - left)
    return Dataset(dataset.element, number, dataset.batch if dataset.even else None, even=dataset.even)


@method("repeat")
def repeat(machine: Machine, dataset: Dataset, count: object = None, *_: object, **__: object) -> object:
    """Return the elements several times, for ever where no number is given."""
    times, own = INFINITE if count is None else _size(machine, count), dataset.count
    number = INFINITE if INFINITE in {own, times} else None if own is None or times is None else own * times
    return Dataset(dataset.element, number, dataset.batch if dataset.even else None, even=dataset.even)


@method("shard")
def shard(machine: Machine, dataset: Dataset, *_: object, **__: object) -> object:
    """Return a part of the elements."""
    del machine
    return Dataset(dataset.element)


@method("enumerate")
def numbered(machine: Machine, dataset: Dataset, *_: object) -> object:
    """Return the elements with their numbers."""
    del machine
    return Dataset((Array((), "int64", origin="tensor"), dataset.element), dataset.count)


@method("window")
def window(machine: Machine, dataset: Dataset, *_: object, **__: object) -> object:
    """Return data sets of several elements each."""
    del machine
    return Dataset(transform(dataset.element, Dataset))


@method("concatenate")
def concatenate(machine: Machine, dataset: Dataset, other: object = None, *_: object) -> object:
    """Return the elements of both: where their shapes differ, nothing is known of that dimension."""
    if not isinstance(other, Dataset):
        return Dataset(machine.unknown(Why.DATA, "a dataset that is not known"))
    counts = (dataset.count, other.count)
    number = None if None in counts else INFINITE if INFINITE in counts else sum(c for c in counts if c is not None)
    return Dataset(joined(dataset.element, other.element), number)


def joined(a: object, b: object) -> object:
    """Return what elements of two kinds have in common."""
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(joined(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return {key: joined(item, b[key]) for key, item in a.items()}
    if isinstance(a, Array) and isinstance(b, Array):
        if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple) or len(a.shape) != len(b.shape):
            return Unknown(Why.DATA, "elements of different shapes")
        dims = tuple(x if x == y else None for x, y in zip(a.shape, b.shape, strict=True))
        return Array(dims, a.dtype, origin="tensor")
    return a if isinstance(a, Unknown) else Unknown(Why.DATA, "elements of different kinds")


@method("apply")
def applied(machine: Machine, dataset: Dataset, transformation: object = None) -> object:
    """Return what a function makes of the data set."""
    return machine.call(transformation, (dataset,), {})


@method("zip")
def zip_with(machine: Machine, dataset: Dataset, *others: object) -> object:
    """Return the elements of several data sets side by side."""
    return zipped(machine, (dataset, *others))


def zipped(machine: Machine, datasets: object) -> object:
    """Return ``Dataset.zip(datasets)``."""
    parts = list(leaves(datasets))
    counts = [part.count for part in parts if isinstance(part, Dataset) and part.count != INFINITE]
    known = [count for count in counts if count is not None]
    number = None if len(known) < len(counts) else min(known, default=INFINITE)

    def element(value: object) -> object:
        return value.element if isinstance(value, Dataset) else machine.unknown(Why.DATA, "a dataset")

    nest = tuple(datasets) if isinstance(datasets, list) else datasets
    return Dataset(transform(nest, element), number if all(isinstance(part, Dataset) for part in parts) else None)


@method("cardinality")
def cardinality(machine: Machine, dataset: Dataset) -> object:
    """Return the number of elements as a tensor."""
    if dataset.count is None:
        return machine.unknown(Why.DATA, "the number of elements of a dataset")
    return Array((), "int64", dataset.count, origin="tensor")


@method("__len__")
def length(machine: Machine, dataset: Dataset) -> object:
    """Return the number of elements."""
    return dataset.length(machine)


@method("__iter__", "make_one_shot_iterator", "make_initializable_iterator")
def iteration(machine: Machine, dataset: Dataset) -> object:
    """Return an iterator."""
    return dataset.iterator(machine)


@method("as_numpy_iterator")
def as_numpy(machine: Machine, dataset: Dataset) -> object:
    """Return the elements as arrays of numpy."""
    del machine

    def plain(value: object) -> object:
        return Array(value.shape, value.dtype) if isinstance(value, Array) else value

    return Dataset(transform(dataset.element, plain), dataset.count, dataset.batch, even=dataset.even)


@method("get_single_element")
def single(machine: Machine, dataset: Dataset, *_: object) -> object:
    """Return the only element."""
    del machine
    return concrete(dataset.element, dataset.batch)


@method("reduce", "scan", "bucket_by_sequence_length", "group_by_window", "unique", "ragged_batch", "sparse_batch")
def not_followed(machine: Machine, dataset: Dataset, *_: object, **__: object) -> object:
    """Return what is not followed."""
    del dataset
    return machine.unknown(Why.UNSUPPORTED, "what such a method of a dataset gives")
