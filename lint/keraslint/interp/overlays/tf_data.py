"""``tf.data``: data sets by what their elements are, as far as shapes flow through them.

An element is a nest (tuples and dicts) of arrays whose shapes are TensorFlow's static ones, None where they vary. The
number of elements is known, infinite (-1) or not known. The functions of ``map`` and ``filter`` run once, on the element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from keraslint.interp.objects import TensorShape
from keraslint.interp.overlays import RawNative
from keraslint.interp.overlays.numpy_arrays import array_of
from keraslint.values.array import Array
from keraslint.values.dim import Dim
from keraslint.values.layer import Tensor
from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

INFINITE = -1
_FEW = 4
"""A loop over more elements than these runs once; what it changes is not known afterwards."""
_MANY = 64
"""Elements that a program may draw one by one."""


class Dataset:
    """A data set. Its elements but the last have ``batch`` rows, where they are batches; all of them if ``even``."""

    def __init__(
        self, element: object, count: int | None = None, batch: int | None = None, *, even: bool = False
    ) -> None:
        self.element = element
        self.count = count
        self.batch = batch
        self.even = even
        self.attributes: dict[str, object] = {}
        """What Keras adds to data sets of directories."""

    def get_member(self, machine: Machine, name: str) -> object:
        """Return an attribute or method."""
        if name in self.attributes:
            return self.attributes[name]
        if name == "element_spec":
            return spec_of(self.element)
        found = METHODS.get(name)
        if found is None:
            return machine.unknown(Why.UNSUPPORTED, f"Dataset.{name}")

        def call(own: Machine, *args: object, **kwargs: object) -> object:
            return found(own, self, *args, **kwargs)

        return RawNative(f"tf.data.Dataset.{name}", call)

    def length(self, machine: Machine) -> object:
        """Return ``len(dataset)``."""
        if self.count == INFINITE:
            machine.raise_error("TypeError", "The dataset is infinite.")
        return machine.unknown(Why.DATA, "the number of elements of a dataset") if self.count is None else self.count

    def iterate(self, machine: Machine) -> Iterator[object]:
        """Return an iterator over all elements where they are few; else over the first, and no more is known."""
        is_few = self.count is not None and 0 <= self.count <= _FEW
        return Elements(machine, self, self.count, _FEW) if is_few else Elements(machine, self, None, 1)

    def iterator(self, machine: Machine) -> Iterator[object]:
        """Return ``iter(dataset)``, of which the program takes as many elements as it wants."""
        return Elements(machine, self, None if self.count == INFINITE else self.count, _MANY)

    def number(self, index: int) -> object:
        """Return an element as it comes out: whole batches have their rows."""
        is_last = self.count is None or index == self.count - 1
        is_whole = self.even or not is_last or self.count == 1
        return concrete(self.element, self.batch if is_whole else None)


class Elements(Iterator[object]):
    """The elements one by one: ``count`` of them where that is known, of which the first ``limit`` are."""

    def __init__(self, machine: Machine, dataset: Dataset, count: int | None, limit: int) -> None:
        if isinstance(dataset.element, Unknown):
            raise Undetermined(dataset.element)
        self.machine = machine
        self.dataset = dataset
        self.count = count
        self.limit = limit
        self.index = 0

    def __next__(self) -> object:
        if self.count is not None and self.index >= self.count:
            raise StopIteration
        if self.index >= self.limit:
            raise Undetermined(self.machine.unknown(Why.DATA, "the elements of a dataset"))
        self.index += 1
        return self.dataset.number(self.index - 1)

    def get_member(self, machine: Machine, name: str) -> object:
        """Return ``get_next`` and the like."""
        if name in {"next", "get_next", "__next__"}:
            return RawNative(name, lambda own: own.call(own.builtins["next"], (self,), {}))
        return self.dataset.get_member(machine, name)


# nests


def transform(value: object, function: Callable[[object], object]) -> object:
    """Return a nest with a function applied to its leaves."""
    match value:
        case tuple() if not isinstance(value, TensorShape):
            return tuple(transform(item, function) for item in value)
        case list():
            return [transform(item, function) for item in value]
        case dict():
            return {key: transform(item, function) for key, item in value.items()}
        case _:
            return function(value)


def leaves(value: object) -> Iterator[object]:
    """Yield the leaves of a nest."""
    match value:
        case tuple() | list():
            for item in value:
                yield from leaves(item)
        case dict():
            for item in value.values():
                yield from leaves(item)
        case _:
            yield value


def concrete(element: object, batch: int | None) -> object:
    """Return an element as it comes out: whole batches have their rows."""

    def fill(value: object) -> object:
        if isinstance(value, Array) and isinstance(value.shape, tuple) and value.shape and value.shape[0] is None:
            return Array((batch, *value.shape[1:]), value.dtype, origin="tensor")
        return value

    return element if batch is None else transform(element, fill)


def spec_of(element: object) -> object:
    """Return the ``TensorSpec`` of every part of an element."""
    return transform(
        element, lambda value: Spec(value.shape, value.dtype) if isinstance(value, Array) else _spec_unknown(value)
    )


def _spec_unknown(value: object) -> object:
    if isinstance(value, Dataset):
        return Unknown(Why.UNSUPPORTED, "the spec of a dataset of datasets")
    return value if isinstance(value, Unknown) else Unknown(Why.UNSUPPORTED, "the spec of an element")


class Spec:
    """A ``tf.TensorSpec``."""

    def __init__(self, shape: AnyShape, dtype: str) -> None:
        self.shape = shape
        self.dtype = dtype

    def get_member(self, machine: Machine, name: str) -> object:
        """Return the shape or the dtype."""
        if name == "shape":
            return machine.shape_value(self.shape, is_tensor=True)
        if name == "dtype":
            return self.dtype
        return None if name == "name" else machine.unknown(Why.UNSUPPORTED, f"TensorSpec.{name}")


def with_rows(value: object, rows: Dim | None) -> object:
    """Return what a batch of a value is."""
    if isinstance(value, Array):
        shape = (rows, *value.shape) if isinstance(value.shape, tuple) else value.shape
        return Array(shape, value.dtype, origin="tensor")
    return value


def row_of(value: object) -> object:
    """Return what one row of a value is."""
    if isinstance(value, Array) and isinstance(value.shape, tuple):
        if not value.shape:
            return Unknown(Why.ERROR, "a row of a scalar")
        return Array(value.shape[1:], value.dtype, origin="tensor")
    return value


def as_element(machine: Machine, value: object) -> object:
    """Return what a function gives as an element: lists become tensors."""
    match value:
        case tuple() if not isinstance(value, TensorShape):
            return tuple(as_element(machine, item) for item in value)
        case dict():
            return {key: as_element(machine, item) for key, item in value.items()}
        case Dataset() | Unknown():
            return value
        case Tensor():
            return Array(value.shape, value.dtype, origin="tensor")
        case None:
            return value
        case _:
            try:
                found = array_of(machine, value)
            except Undetermined as problem:
                return problem.unknown
            dtype = {"int64": "int32", "float64": "float32", "str": "string"}.get(found.dtype, found.dtype)
            return Array(found.shape, found.dtype if isinstance(value, Array) else dtype, origin="tensor")


def apply(machine: Machine, function: object, element: object) -> object:
    """Return what a function of the program makes of an element: a tuple is spread over its parameters."""
    args = element if isinstance(element, tuple) and not isinstance(element, TensorShape) else (element,)
    try:
        return machine.call(function, args, {})
    except Undetermined as problem:
        return problem.unknown


# methods

Method = Callable[..., object]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Register a method of data sets."""

    def register(function: Method) -> Method:
        METHODS.update(dict.fromkeys(names, function))
        return function

    return register
