"""Data of known shape, and numpy's integers."""

from __future__ import annotations

from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Span


class Array:
    """Data of known shape, as of numpy or an eager tensor; ``items`` (nested lists) only where small and known."""

    __slots__ = ("classes", "dtype", "items", "made_at", "made_by", "origin", "shape", "vocabulary")

    def __init__(self, shape: AnyShape, dtype: str = "float32", items: object = None, *, origin: str = "numpy") -> None:
        self.shape = shape
        self.dtype = dtype
        self.items = items
        self.origin = origin
        self.classes: int | None = None
        self.vocabulary: int | None = None
        self.made_at: Span | None = None
        """For a ``tf.Variable``: where it is made."""
        self.made_by: object = None
        """The layer that returned it, called on data."""

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
