"""Operations that choose by condition or by value: where, masks, unique, search."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote
from keraslint.catalogue.ops.shapes import (
    axis_index,
    broadcast,
    data_shape,
    dtype_argument,
    entries,
    entry,
    equal_shapes,
    fits,
    flag,
    refuse,
    with_axis,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.array import Array
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined

# where and masks


@operation("keras.ops.where")
def where(arguments: Arguments) -> Output:
    """Return the shape that condition and both values broadcast to; indices where there are no values."""
    condition, first, second = arguments.value("condition"), arguments.value("x1"), arguments.value("x2")
    if (first is None) is not (second is None):
        refuse("`x1` and `x2` either both should be `None` or both should have non-None value.")
    if first is None:
        return Signature(data_shape(condition), "int64")
    shape = broadcast(data_shape(condition), data_shape(first), data_shape(second))
    return Signature(shape, promote(dtype_of(first), dtype_of(second)))


@operation("tf.where")
def tensorflow_where(arguments: Arguments) -> Output:
    """Return the shape that condition and both values broadcast to; indices where there are no values."""
    condition, first, second = arguments.value("condition"), arguments.value("x"), arguments.value("y")
    shape = data_shape(condition)
    if first is None and second is None:
        return Signature((None, len(shape)), "int64")
    if first is None or second is None:
        refuse("x and y must both be non-None or both be None.")
    if dtype_of(condition) != "bool":
        refuse(
            f"Input 'condition' has type {dtype_of(condition)} that is not bool", error="TypeError", contract="dtype"
        )
    return Signature(broadcast(shape, data_shape(first), data_shape(second)), mixed(first, second))


@operation("keras.ops.select")
def select(arguments: Arguments) -> Output:
    """Return the first choice's shape."""
    choices = arguments.value("choicelist")
    if not isinstance(choices, list | tuple) or not choices:
        refuse("`choicelist` should be a list")
    return Signature(data_shape(choices[0]), dtype_of(choices[0]))


@operation("keras.backend.switch")
def switch(arguments: Arguments) -> Output:
    """Return the shape of both alternatives."""
    first, second = arguments.value("then_expression"), arguments.value("else_expression")
    if not isinstance(first, Tensor | Array | int | float) or not isinstance(second, Tensor | Array | int | float):
        undetermined(Why.UNSUPPORTED, "alternatives that are functions")
    condition = data_shape(arguments.value("condition"))
    left, right = data_shape(first), data_shape(second)
    if not condition and not equal_shapes(left, right):
        undetermined(Why.DATA, "alternatives of different shapes")
    if not condition:
        return Signature(left, dtype_of(first))
    shape = broadcast(left, right) if len(condition) > 1 else broadcast(condition, left, right)
    if len(condition) > 1:
        # the condition is tiled by a tensor: of what has length 1 nothing is known
        shape = tuple(None if dim == 1 else dim for dim in shape)
    return Signature(shape, dtype_of(first))


def masked(shape: Shape, mask: Shape, axis: int) -> Shape:
    """Return the shape of what a mask leaves: the masked axes become one of open length."""
    if not mask:
        refuse("mask cannot be scalar.", contract="rank")
    inner = shape[axis : axis + len(mask)]
    if len(inner) != len(mask) or not all(fits(a, b) for a, b in zip(inner, mask, strict=True)):
        refuse(
            f"Shapes {shape_text(inner)} and {shape_text(mask)} are incompatible",
            contract="shapes",
            shapes=(shape, mask),
        )
    return (*shape[:axis], None, *shape[axis + len(mask) :])


@operation("tf.boolean_mask")
def boolean_mask(arguments: Arguments) -> Output:
    """Return what a mask leaves."""
    value, axis = arguments.value("tensor"), arguments.value("axis")
    shape = data_shape(value)
    index = 0 if axis is None else axis_index(axis, len(shape))
    return Signature(masked(shape, data_shape(arguments.value("mask")), index), dtype_of(value))


@operation("keras.ops.nonzero")
def nonzero(arguments: Arguments) -> Output:
    """Return an open number of indices for each axis."""
    return [Signature((None,), "int32") for _ in data_shape(arguments.value("x"))]


@operation("keras.ops.unique")
def unique(arguments: Arguments) -> Output:
    """Return an open number of values, or as many as are asked for, and what else is asked for."""
    value, axis, number = arguments.value("x"), arguments.value("axis"), arguments.value("size")
    shape = data_shape(value)
    count = None if number is None else as_dim(number, "size")
    index = None if axis is None else axis_index(axis, len(shape))
    values = (count,) if index is None else with_axis(shape, index, count)
    outputs: list[Output] = [Signature(values, dtype_of(value))]
    if flag(arguments, "return_index"):
        outputs.append(Signature((count,), "int32"))
    if flag(arguments, "return_inverse"):
        outputs.append(Signature(shape if index is None else (shape[index],), "int32"))
    if flag(arguments, "return_counts"):
        outputs.append(Signature((count,), "int32"))
    return outputs[0] if len(outputs) == 1 else outputs


@operation("tf.unique", "tf.unique_with_counts")
def tensorflow_unique(arguments: Arguments) -> Output:
    """Return an open number of values, and the index of each element."""
    value = arguments.value("x")
    shape = data_shape(value)
    if len(shape) != 1:
        refuse(f"Shape must be rank 1 but is rank {len(shape)}", contract="rank", shape=shape)
    return [Signature((None,), dtype_of(value)), Signature(shape, "int32")]


@operation("keras.ops.searchsorted", "tf.searchsorted")
def searchsorted(arguments: Arguments) -> Output:
    """Return an index for each value."""
    sequence = data_shape(arguments.value("sorted_sequence"))
    values = data_shape(arguments.value("values"))
    if "out_type" in arguments.values:
        return Signature(values, dtype_argument(arguments, "out_type", "int32"))
    if len(sequence) != 1:
        refuse("searchsorted only supports 1-D sorted sequences.", contract="rank", shape=sequence)
    return Signature(values, "int32" if sequence[0] is not None else "int64")


@operation("keras.ops.unravel_index")
def unravel_index(arguments: Arguments) -> Output:
    """Return the indices' shape for each axis."""
    indices, wanted = arguments.value("indices"), entries(arguments.value("shape"), "shape")
    shape: Shape = (None,) if None in wanted else (1,) if isinstance(indices, int) else data_shape(indices)
    return [Signature(shape, dtype_of(indices)) for _ in wanted]


@operation("tf.math.bincount")
def bincount(arguments: Arguments) -> Output:
    """Count into an open number of bins."""
    shape, axis = data_shape(arguments.value("arr")), arguments.value("axis")
    if axis not in {None, 0} and len(shape) == 2:
        return Signature((shape[0], None), dtype_argument(arguments, "dtype", "int32"))
    return Signature((None,), dtype_argument(arguments, "dtype", "int32"))


@operation("tf.math.confusion_matrix")
def confusion_matrix(arguments: Arguments) -> Output:
    """Return a square matrix of classes."""
    classes = arguments.value("num_classes")
    side = None if classes is None else entry(classes, "num_classes")
    return Signature((side, side), dtype_argument(arguments, "dtype", "int32"))
