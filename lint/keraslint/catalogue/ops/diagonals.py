"""Diagonals of matrices, and matrices made of them."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.shapes import (
    add,
    axis_index,
    data_shape,
    dtype_argument,
    integer,
    positive_part,
    refuse,
    size,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.dim import Dim, minimum

# diagonals


@operation("keras.ops.diag")
def diag(arguments: Arguments) -> Output:
    """Make a matrix of a vector, or take a matrix' diagonal."""
    value, offset = arguments.value("x"), integer(arguments.value("k"), "k")
    shape = data_shape(value)
    if len(shape) == 1:
        return Signature((add(shape[0], abs(offset)),) * 2, dtype_of(value))
    if len(shape) != 2:
        refuse(f"`x` must be 1-D or 2-D, but received shape {shape}.", contract="rank", shape=shape)
    return Signature((_diagonal_length(shape[0], shape[1], offset),), dtype_of(value))


def _diagonal_length(rows: Dim | None, columns: Dim | None, offset: int) -> Dim | None:
    if rows is None or columns is None:
        return None
    remaining = columns - offset if offset > 0 else rows + offset
    return positive_part(minimum(remaining, minimum(rows, columns)))


@operation("keras.ops.diagflat")
def diagflat(arguments: Arguments) -> Output:
    """Make a matrix of all elements on its diagonal."""
    value, offset = arguments.value("x"), integer(arguments.value("k"), "k")
    return Signature((add(size(data_shape(value)), abs(offset)),) * 2, dtype_of(value))


@operation("keras.ops.diagonal")
def diagonal(arguments: Arguments) -> Output:
    """Take the diagonal of two axes; it comes last."""
    value, offset = arguments.value("x"), integer(arguments.value("offset"), "offset")
    shape = data_shape(value)
    first = axis_index(arguments.value("axis1"), len(shape))
    second = axis_index(arguments.value("axis2"), len(shape))
    if first == second:
        refuse(f"`axis1` and `axis2` cannot be the same. Received: axis1={first}, axis2={second}")
    rest = tuple(dim for i, dim in enumerate(shape) if i not in {first, second})
    return Signature((*rest, _diagonal_length(shape[first], shape[second], offset)), dtype_of(value))


@operation("keras.ops.trace")
def trace(arguments: Arguments) -> Output:
    """Sum the diagonal of two axes."""
    value = arguments.value("x")
    shape = data_shape(value)
    first = axis_index(arguments.value("axis1"), len(shape))
    second = axis_index(arguments.value("axis2"), len(shape))
    if first == second:
        refuse(f"`axis1` and `axis2` must be different. Received: axis1={first}, axis2={second}")
    dtype = dtype_of(value)
    wide = "int32" if dtype in {"bool", "int8", "int16"} else "uint32" if dtype in {"uint8", "uint16"} else dtype
    return Signature(tuple(dim for i, dim in enumerate(shape) if i not in {first, second}), wide)


@operation("keras.ops.tri", "keras.ops.eye")
def eye(arguments: Arguments) -> Output:
    """Return a matrix."""
    rows, columns = arguments.value("N"), arguments.value("M")
    height = as_dim(rows, "N")
    width = height if columns is None else as_dim(columns, "M")
    return Signature((height, width), dtype_argument(arguments, "dtype", "float32"))


@operation("keras.ops.vander")
def vander(arguments: Arguments) -> Output:
    """Add an axis of powers."""
    value, count = arguments.value("x"), arguments.value("N")
    shape = data_shape(value)
    width = shape[0] if count is None and shape else as_dim(count, "N")
    return Signature((*shape, width), dtype_of(value))
