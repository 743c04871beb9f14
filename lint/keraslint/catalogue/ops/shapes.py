"""What operations do with shapes: axes, broadcasting, entries of shapes given as arguments, nests of tensors.

A question that the symbols leave open is answered for those values for which Keras builds the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

from keraslint.catalogue.operations import Arguments
from keraslint.catalogue.ops.dtypes import standard
from keraslint.catalogue.ops.static_values import static_value
from keraslint.catalogue.spec import Refused, as_dim
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, less, maximum, product, same
from keraslint.values.layer import Tensor, Weight
from keraslint.values.shape import Shape, known_shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined


def refuse(message: str, *, error: str = "ValueError", contract: str = "argument", **facts: object) -> NoReturn:
    """Raise ``Refused``."""
    raise Refused(message, error=error, contract=contract, **facts)


def data_shape(value: object) -> Shape:
    """Return the shape of a tensor, an array, a number, or nested lists of them."""
    match value:
        case Tensor():
            return value.known_shape()
        case Array() | Weight():
            return known_shape(value.shape)
        case Unknown():
            raise Undetermined(value)
        case bool() | int() | float() | complex() | str() | Poly():
            return ()
        case [] | ():
            return (0,)
        case list() | tuple():
            inner = [data_shape(item) for item in value]
            if any(len(shape) != len(inner[0]) for shape in inner):
                refuse("Can't convert non-rectangular Python sequence to Tensor.")
            return (len(value), *(merge(column) for column in zip(*inner, strict=True)))
        case None:
            refuse("None values not supported.")
        case _:
            undetermined(Why.UNSUPPORTED, f"an input of type {type(value).__name__}")


def merge(dims: Sequence[Dim | None]) -> Dim | None:
    """Return the dimension that equal ones have: the first that is not None."""
    known = [dim for dim in dims if dim is not None]
    for dim in known[1:]:
        if same(known[0], dim) is False:
            refuse(f"Dimension {known[0]} and {dim} do not match.", contract="shapes", dims=tuple(known))
    return known[0] if known else None


def rank_of(value: object) -> int:
    """Return the rank of a tensor or of data."""
    return len(data_shape(value))


def axis_index(axis: object, rank: int) -> int:
    """Return an axis counted from the front; refuse one out of range."""
    index = integer(axis, "axis")
    if not -rank <= index < rank:
        refuse(f"axis {index} is out of bounds for array of dimension {rank}", contract="rank", axis=index, rank=rank)
    return index % rank


def axis_indices(axes: object, rank: int) -> tuple[int, ...]:
    """Return axes counted from the front; refuse one that is given twice."""
    if isinstance(axes, Array):
        axes = axes.items
        if axes is None:
            undetermined(Why.DATA, "an axis that is data")
    given = list(axes) if isinstance(axes, list | tuple) else [axes]
    return tuple(axis_index(axis, rank) for axis in given)


def integer(value: object, name: str) -> int:
    """Return an argument that has to be an integer of known value."""
    match value:
        case bool() | int():
            return int(value)
        case Unknown():
            raise Undetermined(value)
        case Poly():
            undetermined(Why.INPUT, f"`{name}` = {value}")
        case Array():
            if isinstance(value.items, int):
                return value.items
            undetermined(Why.DATA, f"`{name}` is data")
        case Tensor():
            undetermined(Why.DATA, f"`{name}` is a tensor")
        case _:
            refuse(f"`{name}` has to be an integer, received {value!r}", error="TypeError", received=value)


def entries(value: object, name: str) -> tuple[Dim | None, ...]:
    """Return a shape given as an argument: None where an entry is None or known only when the model runs."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, Array) and isinstance(value.items, list):
        value = value.items
    if isinstance(value, Tensor):
        known = static_value(value)
        if known is not None:
            return known
    if isinstance(value, Array | Tensor):
        shape = data_shape(value)
        if len(shape) != 1 or not isinstance(shape[0], int):
            undetermined(Why.DATA, f"`{name}` is a tensor")
        return (None,) * shape[0]
    if isinstance(value, list | tuple):
        return tuple(entry(item, name) for item in value)
    return (entry(value, name),)


def entry(value: object, name: str) -> Dim | None:
    """Return one entry of a shape given as an argument."""
    if value is None:
        return None
    if isinstance(value, Tensor):
        known = static_value(value)
        return known[0] if known is not None and not data_shape(value) else None
    if isinstance(value, Array):
        return value.items if isinstance(value.items, int) else None
    return as_dim(value, name)


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape that shapes broadcast to."""
    result: Shape = ()
    for shape in shapes:
        result = _broadcast(result, shape)
    return result


def _broadcast(first: Shape, second: Shape) -> Shape:
    rank = max(len(first), len(second))
    left = (1,) * (rank - len(first)) + first
    right = (1,) * (rank - len(second)) + second
    return tuple(_broadcast_dim(a, b, first, second) for a, b in zip(left, right, strict=True))


def _broadcast_dim(a: Dim | None, b: Dim | None, first: Shape, second: Shape) -> Dim | None:
    if a == 1:
        return b
    if b == 1:
        return a
    if a is None or b is None:
        return b if a is None else a
    if a == b:
        return a
    if same(a, b) is False and same(a, 1) is False and same(b, 1) is False:
        refuse(
            f"Cannot broadcast shape, the failure dim has value {a}, which cannot be broadcasted to {b}. "
            f"Input shapes are: {shape_text(first)} and {shape_text(second)}.",
            contract="broadcast",
            shapes=(first, second),
        )
    if isinstance(a, int) or (same(b, 1) is None and same(a, 1) is False):
        return a
    return b if isinstance(b, int) else maximum(a, b)


def equal_shapes(first: Sequence[Dim | None], second: Sequence[Dim | None]) -> bool:
    """Return whether shapes can be equal: None equals anything."""
    return len(first) == len(second) and all(fits(a, b) for a, b in zip(first, second, strict=True))


def fits(a: Dim | None, b: Dim | None) -> bool:
    """Return whether dimensions can be equal."""
    return a is None or b is None or same(a, b) is not False


def size(shape: Shape) -> Dim | None:
    """Return the number of elements, None where a dimension is None."""
    return None if None in shape else product(dim for dim in shape if dim is not None)


def reduce(shape: Shape, axis: object, *, keepdims: bool) -> Shape:
    """Return a shape without the axes that are reduced; all are where ``axis`` is None."""
    if axis is None:
        return (1,) * len(shape) if keepdims else ()
    axes = axis_indices(axis, len(shape))
    if keepdims:
        return tuple(1 if index in axes else dim for index, dim in enumerate(shape))
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)


def reduce_each(shape: Shape, axis: object, *, keepdims: bool) -> Shape:
    """Return what Keras 3 makes of a reduction: one axis after the other goes, so an axis named twice takes another."""
    if axis is None or keepdims:
        return reduce(shape, axis, keepdims=keepdims)
    rest = list(shape)
    for index in sorted(axis_indices(axis, len(shape)), reverse=True):
        if index >= len(rest):
            refuse("list assignment index out of range", error="IndexError", contract="rank", shape=shape, axis=axis)
        del rest[index]
    return tuple(rest)


def only_tensor(value: object) -> object:
    """Return a value that has a shape of its own; Keras 3 finds none on a list of symbolic tensors."""
    if isinstance(value, list | tuple) and any(isinstance(item, Tensor) for item in value):
        refuse(f"'{type(value).__name__}' object has no attribute 'shape'", error="AttributeError", contract="inputs")
    return value


def add(*dims: Dim | None) -> Dim | None:
    """Return a sum, None where one is None."""
    total: Dim = 0
    for dim in dims:
        if dim is None:
            return None
        total = total + dim
    return total


def multiply(*dims: Dim | None) -> Dim | None:
    """Return a product, None where one is None."""
    return None if None in dims else product(dim for dim in dims if dim is not None)


def positive_part(dim: Dim) -> Dim:
    """Return a dimension, or 0 where it would be negative."""
    return maximum(dim, 0) if less(dim, 0) is not False else dim


def tensors(arguments: Arguments, name: str) -> list[object]:
    """Return an argument that is a list of tensors."""
    value = arguments.value(name)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Tensor | Array):
        shape = data_shape(value)
        if shape and isinstance(shape[0], int):
            return [Tensor(shape[1:], value.dtype) for _ in range(shape[0])]
    undetermined(Why.UNSUPPORTED, f"`{name}` is no list of tensors")


def flag(arguments: Arguments, name: str) -> bool:
    """Return an argument used as a condition."""
    return bool(arguments.value(name))


def text(arguments: Arguments, name: str) -> str:
    """Return an argument that has to be a string."""
    value = arguments.value(name)
    if not isinstance(value, str):
        refuse(f"`{name}` has to be a string, received {value!r}")
    return value


def dtype_argument(arguments: Arguments, name: str, default: str) -> str:
    """Return the dtype that an argument names, ``default`` where it names none or one that is not known."""
    value = arguments.raw(name)
    if value is None:
        return default
    try:
        return standard(value, name)
    except Undetermined:
        return default


def pair(value: object, name: str, rank: int = 2) -> tuple[Dim, ...]:
    """Return an integer, or a sequence of ``rank`` integers, as a tuple."""
    if isinstance(value, list | tuple):
        if len(value) == 1:
            value = list(value) * rank
        if len(value) != rank and rank == 1:
            undetermined(Why.UNSUPPORTED, f"`{name}` of several axes on one")
        if len(value) != rank:
            refuse(f"`{name}` has to be an integer or {rank} of them, received {value!r}")
        return tuple(as_dim(item, name) for item in value)
    return (as_dim(value, name),) * rank


def with_axis(shape: Iterable[Dim | None], axis: int, dim: Dim | None) -> Shape:
    """Return a shape with one entry replaced."""
    result = list(shape)
    result[axis] = dim
    return tuple(result)
