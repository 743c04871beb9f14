"""Tensors: symbolic ones that a graph is made of, and arrays of data whose shape is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.values.shape import AnyShape, OpenShape, Shape, known_shape
from keraslint.values.unknown import Span

if TYPE_CHECKING:  # a tensor and the node that makes it refer to each other; one room, no cycle between rooms
    from keraslint.values.layer import Layer


class Tensor:
    """A symbolic tensor: the output number ``index`` of ``node``; identity is what makes it that tensor."""

    __slots__ = ("_shape", "dtype", "index", "name", "node", "sparse")

    def __init__(self, shape: AnyShape, dtype: str = "float32", node: Node | None = None, index: int = 0) -> None:
        self._shape = shape
        self.dtype = dtype
        self.node = node
        self.index = index
        self.name = ""
        self.sparse = False

    @property
    def shape(self) -> AnyShape:
        """The shape, as far as it is known by now."""
        shape = self._shape
        return shape.shape() if isinstance(shape, OpenShape) and shape.rank is not None else shape

    def known_shape(self, rank: int | None = None) -> Shape:
        """Return the shape with its rank known, or raise ``Undetermined``; an open rank becomes ``rank``."""
        return known_shape(self._shape, rank)

    def __repr__(self) -> str:
        return f"Tensor({self.shape}, {self.dtype})"


class Node:
    """One call of a layer or operation on tensors."""

    __slots__ = ("args", "inputs", "kwargs", "layer", "order", "outputs", "span")

    def __init__(
        self,
        layer: Layer,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        inputs: list[Tensor],
        span: Span | None,
    ) -> None:
        self.layer = layer
        self.args = args
        self.kwargs = kwargs
        self.inputs = inputs
        self.outputs: list[Tensor] = []
        self.span = span
        self.order = 0


class Array:
    """Data of known shape, as of numpy or an eager tensor; ``items`` (nested lists) only where small and known."""

    __slots__ = ("classes", "dtype", "items", "origin", "shape", "vocabulary")

    def __init__(
        self, shape: AnyShape, dtype: str = "float32", items: object = None, *, origin: str = "numpy"
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.items = items
        self.origin = origin
        self.classes: int | None = None
        self.vocabulary: int | None = None

    def __repr__(self) -> str:
        return f"Array({self.shape}, {self.dtype})"


class NumpyInt(int):
    """An integer that is numpy's: Keras 3 refuses it where it wants a Python one. Arithmetic keeps the type."""

    __slots__ = ()

    def __add__(self, other: int) -> int:
        return _kept(int.__add__(self, other))

    def __sub__(self, other: int) -> int:
        return _kept(int.__sub__(self, other))

    def __mul__(self, other: int) -> int:
        return _kept(int.__mul__(self, other))

    def __floordiv__(self, other: int) -> int:
        return _kept(int.__floordiv__(self, other))

    def __mod__(self, other: int) -> int:
        return _kept(int.__mod__(self, other))

    __radd__ = __add__
    __rmul__ = __mul__


def _kept(value: int) -> int:
    return value if value is NotImplemented else NumpyInt(value)
