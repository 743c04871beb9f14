"""Operations that join and cut tensors: concatenate, stack, split, unstack."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote
from keraslint.catalogue.ops.shapes import (
    add,
    axis_index,
    data_shape,
    entry,
    fits,
    integer,
    merge,
    refuse,
    size,
    tensors,
    with_axis,
)
from keraslint.catalogue.spec import Output, Signature
from keraslint.values.array import Array
from keraslint.values.dim import Dim, floor_divide, less, same, sum_of
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Why, undetermined

# joining


def _check_alike(shapes: Sequence[Shape], axis: int | None, what: str) -> None:
    for shape in shapes:
        alike = len(shape) == len(shapes[0]) and all(
            index == axis or fits(a, b) for index, (a, b) in enumerate(zip(shape, shapes[0], strict=True))
        )
        if not alike:
            refuse(
                f"Every value in `{what}` must have the same shape except on the `axis` dim. But found element of shape "
                f"{shape}, which is different from the first element's shape {shapes[0]}.",
                contract="merge-shapes",
                shapes=list(shapes),
                axis=axis,
            )


def _list(arguments: Arguments, name: str) -> list[object]:
    if isinstance(arguments.value(name), Tensor):
        refuse(
            "Iterating over a symbolic KerasTensor is not supported.", error="NotImplementedError", contract="inputs"
        )
    values = tensors(arguments, name)
    if not values:
        refuse("list index out of range", error="IndexError", contract="inputs")
    return values


def _joined(values: Sequence[object], axis: int, what: str = "xs") -> Output:
    """Return what Keras 3 makes of values along an axis: the first one's shape but for the axis."""
    shapes = [data_shape(value) for value in values]
    _check_alike(shapes, axis, what)
    total = add(*(shape[axis] for shape in shapes))
    return Signature(with_axis(shapes[0], axis, total), promote(*(dtype_of(value) for value in values)))


@operation("keras.ops.concatenate")
def concatenate(arguments: Arguments) -> Output:
    """Join along an axis."""
    values = _list(arguments, "xs")
    return _joined(values, axis_index(arguments.value("axis"), len(data_shape(values[0]))))


def _stacking(axis: int) -> Callable[[Arguments], Output]:
    def function(arguments: Arguments) -> Output:
        values = _list(arguments, "xs")
        if any(len(data_shape(value)) <= axis for value in values):
            refuse("tuple index out of range", error="IndexError", contract="rank")
        return _joined(values, axis)

    return function


operation("keras.ops.hstack")(_stacking(1))
operation("keras.ops.vstack")(_stacking(0))


@operation("keras.ops.dstack")
def dstack(arguments: Arguments) -> Output:
    """Join along the third axis, which smaller shapes get."""
    values = _list(arguments, "xs")
    deep: list[object] = []
    for value in values:
        shape = data_shape(value)
        grown = {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}.get(len(shape), shape)
        deep.append(Tensor(grown, dtype_of(value)))
    return _joined(deep, 2)


@operation("keras.ops.append")
def append(arguments: Arguments) -> Output:
    """Join two tensors, flat where no axis is given."""
    first, second, axis = arguments.value("x1"), arguments.value("x2"), arguments.value("axis")
    dtype = promote(dtype_of(first), dtype_of(second))
    left, right = data_shape(first), data_shape(second)
    if axis is None:
        return Signature((add(size(left), size(right)),), dtype)
    index = axis_index(axis, len(left))
    _check_alike([left, right], index, "append")
    if left[index] is None or right[index] is None:
        refuse("unsupported operand type(s) for +: 'NoneType' and 'int'", error="TypeError")
    return Signature(with_axis(left, index, add(left[index], right[index])), dtype)


@operation("keras.ops.stack")
def stack(arguments: Arguments) -> Output:
    """Join along a new axis."""
    values = _list(arguments, "x")
    shapes = [data_shape(value) for value in values]
    _check_alike(shapes, None, "x")
    axis = axis_index(arguments.value("axis"), len(shapes[0]) + 1)
    shape = (*shapes[0][:axis], len(values), *shapes[0][axis:])
    return Signature(shape, promote(*(dtype_of(value) for value in values)))


@operation("tf.concat", "keras.backend.concatenate")
def concat(arguments: Arguments) -> Output:
    """Join along an axis; of a dimension that one input knows, the result knows it."""
    name = "values" if "values" in arguments.values else "tensors"
    given = arguments.value(name)
    values = [given] if isinstance(given, Tensor) else tensors(arguments, name)
    shapes = [data_shape(value) for value in values]
    if len({len(shape) for shape in shapes}) != 1:
        refuse(f"Ranks of all input tensors should match: {shapes}", contract="merge-shapes", shapes=shapes)
    place = arguments.value("axis")
    if len(values) == 1:
        return Signature(shapes[0], mixed(*values))
    if "tensors" in arguments.values and isinstance(place, int) and place < 0 and shapes[0]:
        place %= len(shapes[0])
    axis = axis_index(place, len(shapes[0]))
    shape = tuple(
        add(*column) if index == axis else merge(column) for index, column in enumerate(zip(*shapes, strict=True))
    )
    return Signature(shape, mixed(*values))


@operation("tf.stack", "keras.backend.stack", "tf.parallel_stack")
def tensorflow_stack(arguments: Arguments) -> Output:
    """Join along a new axis."""
    values = tensors(arguments, "values" if "values" in arguments.values else "x")
    shapes = [data_shape(value) for value in values]
    place = arguments.value("axis") if "axis" in arguments.values else 0
    if not values and place == 0:
        return Signature((0,), "float32")
    if len({len(shape) for shape in shapes}) != 1:
        refuse(f"Shapes must be equal rank: {shapes}", contract="merge-shapes", shapes=shapes)
    axis = axis_index(place, len(shapes[0]) + 1)
    shape = tuple(merge(column) for column in zip(*shapes, strict=True))
    return Signature((*shape[:axis], len(values), *shape[axis:]), mixed(*values))


# cutting


def _pieces(shape: Shape, axis: int, sections: object, dtype: str) -> Output:
    """Return what Keras 3 says of a split into equal sections, or at indices."""
    total = shape[axis]
    if isinstance(sections, Array) and isinstance(sections.items, list):
        sections = sections.items
    if isinstance(sections, list | tuple):
        bounds = [0, *(integer(item, "indices_or_sections") for item in sections)]
        pieces: list[Dim | None] = []
        for start, stop in zip(bounds, [*bounds[1:], None], strict=True):
            pieces.append(_piece(start, stop, total))
        if any(piece is not None and less(piece, 0) is True for piece in pieces):
            refuse(f"Cannot convert a split of {total} at {sections} to a shape.", contract="shapes", shape=shape)
        return [Signature(with_axis(shape, axis, piece), dtype) for piece in pieces]
    count = integer(sections, "indices_or_sections")
    if total is not None and (count == 0 or same(total % count, 0) is False):
        refuse(
            f"`x` size on given `axis` must be divisible by `indices_or_sections` when `indices_or_sections` is an int. "
            f"But received {total} and {count}.",
            contract="shapes",
            shape=shape,
        )
    piece = None if total is None else floor_divide(total, count)
    return [Signature(with_axis(shape, axis, piece), dtype) for _ in range(count)]


def _piece(start: int, stop: int | None, total: Dim | None) -> Dim | None:
    if stop is not None and total is None:
        return stop - start
    if total is None:
        return None
    return (total if stop is None else stop) - start


@operation("keras.ops.split")
def split(arguments: Arguments) -> Output:
    """Cut along an axis."""
    value = arguments.value("x")
    shape = data_shape(value)
    axis = axis_index(arguments.value("axis"), len(shape))
    return _pieces(shape, axis, arguments.value("indices_or_sections"), dtype_of(value))


def _cutting(least: int, axis: int) -> Callable[[Arguments], Output]:
    def function(arguments: Arguments) -> Output:
        value = arguments.value("x")
        shape = data_shape(value)
        if len(shape) < least:
            refuse(
                f"works on arrays of at least {least} dimensions. Received array with shape {shape}.", contract="rank"
            )
        at = 0 if len(shape) == 1 else axis
        return _pieces(shape, at, arguments.value("indices_or_sections"), dtype_of(value))

    return function


operation("keras.ops.hsplit")(_cutting(1, 1))
operation("keras.ops.vsplit")(_cutting(2, 0))
operation("keras.ops.dsplit")(_cutting(3, 2))


@operation("keras.ops.array_split")
def array_split(arguments: Arguments) -> Output:
    """Cut along an axis into sections that are as equal as can be."""
    value = arguments.value("x")
    shape = data_shape(value)
    axis = integer(arguments.value("axis"), "axis")
    axis = axis + len(shape) if axis < 0 else axis
    if not -len(shape) <= axis < len(shape):
        refuse("tuple index out of range", error="IndexError", contract="rank", shape=shape, axis=axis)
    count = integer(arguments.value("indices_or_sections"), "indices_or_sections")
    total = shape[axis]
    if total is None:
        return [Signature(shape, dtype_of(value)) for _ in range(count)]
    return [
        Signature(with_axis(shape, axis, floor_divide(total + count - 1 - index, count)), dtype_of(value))
        for index in range(count)
    ]


@operation("keras.ops.unstack", "tf.unstack")
def unstack(arguments: Arguments) -> Output:
    """Cut along an axis into tensors without it."""
    value = next(iter(arguments.values.values()))
    shape = data_shape(value)
    axis = axis_index(arguments.value("axis"), len(shape))
    number: object = arguments.value("num")
    if number is None:
        number = shape[axis]
    if number is None:
        refuse(f"Cannot infer argument `num` from shape {shape}.", contract="undefined-dim", shape=shape)
    count = integer(number, "num")
    if "value" in arguments.values and not fits(shape[axis], count):
        refuse(f"Dimension must be {count} but is {shape[axis]}", contract="shapes", shape=shape)
    return [Signature(shape[:axis] + shape[axis + 1 :], dtype_of(value)) for _ in range(count)]


@operation("tf.split")
def tensorflow_split(arguments: Arguments) -> Output:
    """Cut along an axis into a number of equal sections, or sections of given sizes."""
    value, sections = arguments.value("value"), arguments.value("num_or_size_splits")
    shape = data_shape(value)
    axis = axis_index(arguments.value("axis"), len(shape))
    total = shape[axis]
    if isinstance(sections, list | tuple):
        sizes = [entry(item, "num_or_size_splits") for item in sections]
        known = [item for item in sizes if item is not None and item != -1]
        rest = total - sum_of(known) if total is not None else None
        if -1 not in sizes and None not in sizes and rest is not None and same(rest, 0) is False:
            refuse(f"can't split axis of size {total} into pieces of size {sizes}", contract="shapes", shape=shape)
        if rest is not None and less(rest, 0) is True:
            refuse(f"can't split axis of size {total} into pieces of size {sizes}", contract="shapes", shape=shape)
        pieces = [rest if item == -1 and None not in sizes else None if item == -1 else item for item in sizes]
        return [Signature(with_axis(shape, axis, piece), dtype_of(value)) for piece in pieces]
    if isinstance(sections, Tensor):
        undetermined(Why.DATA, "a number of sections that is a tensor")
    count = integer(sections, "num_or_size_splits")
    if total is not None and (count <= 0 or same(total % count, 0) is False):
        refuse(f"Dimension size must be evenly divisible by {count} but is {total}", contract="shapes", shape=shape)
    piece = None if total is None else floor_divide(total, count)
    return [Signature(with_axis(shape, axis, piece), dtype_of(value)) for _ in range(count)]
