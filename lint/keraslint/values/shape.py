"""Shapes: tuples of dimensions, with None where Keras itself has None, and shapes whose rank is still open."""

from __future__ import annotations

from collections.abc import Sequence

from keraslint.values.dim import Dim, symbol
from keraslint.values.unknown import Unknown, Why, undetermined

Shape = tuple[Dim | None, ...]
"""A shape of known rank; the first entry is the batch (None for a symbolic input)."""


class OpenShape:
    """A shape that is a name in the source, such as ``input_shape``: its rank is open until a layer needs one.

    Mutable on purpose: every tensor that shares the name takes its rank at the same moment.
    """

    __slots__ = ("lead", "name", "rank")

    def __init__(self, name: str, lead: Shape = ()) -> None:
        self.name = name
        self.lead = lead
        self.rank: int | None = None

    def fix(self, rank: int) -> Shape:
        """Fix the rank (of the whole shape, leading dimensions included) and return the shape."""
        if self.rank is None:
            self.rank = rank - len(self.lead)
        return self.shape()

    def shape(self) -> Shape:
        """Return the shape of a fixed rank: entries are symbols ``name[i]``."""
        if self.rank is None:
            undetermined(Why.INPUT, f"the rank of {self.name} is not known")
        return (*self.lead, *(symbol(f"{self.name}[{i}]") for i in range(self.rank)))


AnyShape = Shape | OpenShape | Unknown
"""What a tensor's shape can be."""


_RANK = 1_000
"""A shape of more dimensions is not multiplied out: the product's length would grow with the square of the time."""


def known_shape(shape: AnyShape, rank: int | None = None) -> Shape:
    """Return a shape of known rank or raise ``Undetermined``; an open one takes ``rank`` where that is given."""
    if isinstance(shape, tuple):
        return shape
    if isinstance(shape, OpenShape):
        return shape.fix(rank) if rank is not None else shape.shape()
    undetermined(shape.why, shape.what)


def elements(shape: Sequence[Dim | None]) -> Dim | None:
    """Return the number of elements, None where a dimension is None."""
    if len(shape) > _RANK:
        undetermined(Why.FUEL, f"a shape of {len(shape):,} dimensions is too large to evaluate")
    result: Dim = 1
    for dim in shape:
        if dim is None:
            return None
        result = result * dim
    return result


def shape_text(shape: AnyShape) -> str:
    """Return a shape as Keras prints it: ``(None, 64, 64, 3)``."""
    if isinstance(shape, tuple):
        inside = ", ".join(str(dim) for dim in shape)
        return f"({inside},)" if len(shape) == 1 else f"({inside})"
    return "?" if isinstance(shape, Unknown) or shape.rank is None else shape_text(shape.shape())
