"""Rules of shapes that several families share: axes, broadcasting, reductions, reshaping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keraslint.catalogue.spec import Refused
from keraslint.values.dim import Dim, Poly, floor_divide, product, same, symbol
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, elements
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined


def axis_of(axis: int, rank: int) -> int:
    """Return an axis counted from the front; raise ``Refused`` where the shape has no such axis."""
    if not -rank <= axis < rank:
        raise Refused(f"axis {axis} is out of bounds for an array with dimension {rank}.", contract="axis", axis=axis)
    return axis % rank


def axes_of(value: object, rank: int) -> list[int]:
    """Return axes given as None (all), an integer or several."""
    if value is None:
        return list(range(rank))
    if isinstance(value, Unknown):
        raise Undetermined(value)
    items = value if isinstance(value, list | tuple) else [value]
    axes = []
    for item in items:
        if not isinstance(item, int):
            undetermined(Why.UNSUPPORTED, f"axis={value!r}")
        axes.append(axis_of(item, rank))
    return axes


def broadcast(first: Shape, second: Shape) -> Shape:
    """Return the shape that two shapes broadcast to; a known dimension wins over None."""
    rank = max(len(first), len(second))
    a = (1,) * (rank - len(first)) + tuple(first)
    b = (1,) * (rank - len(second)) + tuple(second)
    return tuple(_together(x, y, first, second) for x, y in zip(a, b, strict=True))


def _together(a: Dim | None, b: Dim | None, first: Shape, second: Shape) -> Dim | None:
    if a == 1:
        return b
    if b == 1:
        return a
    if a is None or b is None:
        return a if b is None else b
    equal = same(a, b)
    if equal is False and not (isinstance(a, Poly) and isinstance(b, Poly)):
        raise Refused(
            f"Cannot broadcast shape, the failure dim is {a} != {b}. {first} and {second}",
            contract="merge-shapes",
            shapes=[first, second],
        )
    if equal is None and isinstance(a, Poly) and isinstance(b, Poly):
        undetermined(Why.INPUT, f"whether {a} and {b} are equal")
    return a if isinstance(a, int) else b


def broadcast_all(shapes: Iterable[Shape]) -> Shape:
    """Return the shape that several shapes broadcast to."""
    result: Shape = ()
    for shape in shapes:
        result = broadcast(result, shape)
    return result


def reduced(shape: Shape, axis: object, *, keepdims: bool) -> Shape:
    """Return a shape without the reduced axes, or with 1 in their place."""
    named = axes_of(axis, len(shape))
    axes = set(named)
    if len(axes) != len(named):
        raise Refused(f"duplicate axes in {axis}", error="IndexError", contract="axis")
    if keepdims:
        return tuple(1 if index in axes else dim for index, dim in enumerate(shape))
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)


def dims_of(value: object) -> list[Dim | None]:
    """Return a target shape: integers, formulas, names; None and scalar tensors are dimensions of unknown size."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    items = value if isinstance(value, list | tuple) else [value]
    dims: list[Dim | None] = []
    for item in items:
        match item:
            case None | Tensor():
                dims.append(None)
            case int() | Poly():
                dims.append(item)
            case Unknown() if item.symbol:
                dims.append(symbol(item.symbol))
            case Unknown():
                raise Undetermined(item)
            case _:
                undetermined(Why.UNSUPPORTED, f"a dimension {item!r}")
    return dims


def reshaped(shape: Shape, target: Sequence[Dim | None]) -> Shape:
    """Return the shape after a reshape; one entry may be -1."""
    if list(target).count(-1) > 1:
        raise Refused(f"There must be at most one unknown dimension (-1) in the shape {tuple(target)}")
    size = elements(shape)
    rest = [dim for dim in target if dim != -1]
    known = elements(rest)
    if size is None or known is None:
        return tuple(None if dim == -1 else dim for dim in target)
    if len(rest) == len(target):
        if same(size, known) is False:
            raise Refused(
                f"The total size of the tensor must be unchanged. Received: input_shape={shape}, target={tuple(target)}",
                contract="reshape-size",
                shape=shape,
                target=tuple(target),
            )
        return tuple(target)
    if isinstance(size, int) and isinstance(known, int) and (known == 0 or size % known):
        raise Refused(
            f"The total size of the tensor must be unchanged. Received: input_shape={shape}, target={tuple(target)}",
            contract="reshape-size",
            shape=shape,
            target=tuple(target),
        )
    return tuple(floor_divide(size, known) if dim == -1 else dim for dim in target)


def joined(dims: Iterable[Dim | None]) -> Dim | None:
    """Return the sum of dimensions, None where one is."""
    total: Dim = 0
    for dim in dims:
        if dim is None:
            return None
        total = total + dim
    return total


def times(dim: Dim | None, factor: Dim | None) -> Dim | None:
    """Return the product of two dimensions, None where one is."""
    return None if dim is None or factor is None else product((dim, factor))
