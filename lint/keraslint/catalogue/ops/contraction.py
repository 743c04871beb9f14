"""Operations that multiply and sum over common axes: matmul, dot, tensordot, cross, outer."""

from __future__ import annotations

from collections.abc import Sequence

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote, strong
from keraslint.catalogue.ops.shapes import (
    axis_index,
    axis_indices,
    broadcast,
    data_shape,
    equal_shapes,
    fits,
    flag,
    merge,
    multiply,
    refuse,
    size,
    text,
)
from keraslint.catalogue.spec import Output, Signature
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, maximum, minimum
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Unknown, Why, undetermined

# matmul


def _inner(a: Dim | None, b: Dim | None, first: Shape, second: Shape) -> None:
    if not fits(a, b):
        refuse(
            "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but received "
            f"`x1.shape={shape_text(first)}` and `x2.shape={shape_text(second)}`.",
            contract="matmul",
            shapes=(first, second),
        )


def product_shape(first: Shape, second: Shape) -> Shape:
    """Return the shape of ``first @ second``; a vector is a row on the left and a column on the right."""
    if not first or not second:
        refuse("tuple index out of range", error="IndexError", contract="rank", shapes=(first, second))
    left = (1, *first) if len(first) == 1 else first
    right = (*second, 1) if len(second) == 1 else second
    _inner(left[-1], right[-2], first, second)
    shape = [*broadcast(left[:-2], right[:-2]), left[-2], right[-1]]
    if len(first) == 1:
        del shape[-2]
    if len(second) == 1:
        del shape[-1]
    return tuple(shape)


def _product_dtype(first: str, second: str) -> str:
    return "int32" if first == second == "int8" else promote(first, second)


@operation("keras.ops.matmul")
def matmul(arguments: Arguments) -> Output:
    """Return a product of matrices, the axes before them broadcast."""
    a, b = arguments.value("x1"), arguments.value("x2")
    return Signature(product_shape(data_shape(a), data_shape(b)), _product_dtype(dtype_of(a), dtype_of(b)))


@operation("operator.matmul")
def matmul_operator(arguments: Arguments) -> Output:
    """Return a product of matrices; TensorFlow takes no vectors."""
    a, b = arguments.value("a"), arguments.value("b")
    if arguments.keras is Keras.THREE:
        return Signature(product_shape(data_shape(a), data_shape(b)), _product_dtype(dtype_of(a), dtype_of(b)))
    return Signature(_matrices(data_shape(a), data_shape(b)), mixed(a, b))


def _matrices(first: Shape, second: Shape) -> Shape:
    if len(first) < 2 or len(second) < 2:
        refuse(f"Shape must be at least rank 2: {first}, {second}", contract="rank", shapes=(first, second))
    return product_shape(first, second)


@operation("tf.matmul")
def tensorflow_matmul(arguments: Arguments) -> Output:
    """Return a product of matrices, each transposed where that is asked for."""
    a, b = arguments.value("a"), arguments.value("b")
    first, second = data_shape(a), data_shape(b)
    if len(first) < 2 or len(second) < 2:
        refuse(f"Shape must be at least rank 2: {first}, {second}", contract="rank", shapes=(first, second))
    if flag(arguments, "transpose_a") or flag(arguments, "adjoint_a"):
        first = (*first[:-2], first[-1], first[-2])
    if flag(arguments, "transpose_b") or flag(arguments, "adjoint_b"):
        second = (*second[:-2], second[-1], second[-2])
    return Signature(product_shape(first, second), mixed(a, b))


@operation("tf.linalg.matvec")
def matvec(arguments: Arguments) -> Output:
    """Return a product of a matrix and a vector."""
    a, b = arguments.value("a"), arguments.value("b")
    first, second = data_shape(a), data_shape(b)
    if flag(arguments, "transpose_a") or flag(arguments, "adjoint_a"):
        first = (*first[:-2], first[-1], first[-2])
    return Signature(_matrices(first, (*second, 1))[:-1], mixed(a, b))


# dot


@operation("keras.ops.dot")
def dot(arguments: Arguments) -> Output:
    """Sum over the last axis of one and the last but one of the other."""
    a, b = arguments.value("x1"), arguments.value("x2")
    first, second = data_shape(a), data_shape(b)
    dtype = promote(dtype_of(a), dtype_of(b))
    if not first or not second:
        return Signature(broadcast(first, second), dtype)
    if len(first) == 1 and len(second) == 1:
        return Signature((), dtype)
    if len(second) == 1:
        differ = (first[-1] is None) is not (second[0] is None) or not fits(first[-1], second[0])
        if differ:
            refuse(
                f"Shape must match on the last axis of `x1` and `x2`: {first} and {second}.",
                contract="matmul",
                shapes=(first, second),
            )
        return Signature(first[:-1], dtype)
    _inner(first[-1], second[-2], first, second)
    return Signature((*first[:-1], *second[:-2], second[-1]), dtype)


@operation("keras.backend.dot")
def backend_dot(arguments: Arguments) -> Output:
    """Sum over the last axis of one and the last but one of the other."""
    a, b = arguments.value("x"), arguments.value("y")
    first, second = data_shape(a), data_shape(b)
    if len(first) > 2 or len(second) > 2:
        if len(second) < 2 or not first:
            refuse("pop from empty list", error="IndexError", contract="rank")
        _inner(first[-1], second[-2], first, second)
        return Signature((*first[:-1], *second[:-2], second[-1]), mixed(a, b))
    return Signature(_matrices(first, second), mixed(a, b))


@operation("keras.backend.batch_dot")
def batch_dot(arguments: Arguments) -> Output:
    """Sum over one axis of each, batch by batch."""
    a, b, axes = arguments.value("x"), arguments.value("y"), arguments.value("axes")
    first, second = data_shape(a), data_shape(b)
    if len(first) < 2 or len(second) < 2:
        refuse("Cannot do batch_dot on inputs with rank < 2.", contract="rank", shapes=(first, second))
    if not fits(first[0], second[0]):
        refuse("Cannot do batch_dot on inputs with different batch sizes.", contract="shapes", shapes=(first, second))
    if axes is None:
        axes = [len(first) - 1, len(second) - 1 if len(second) == 2 else len(second) - 2]
    pair = list(axes) if isinstance(axes, list | tuple) else [axes, axes]
    left, right = axis_index(pair[0], len(first)), axis_index(pair[1], len(second))
    if left == 0 or right == 0:
        refuse("Cannot perform batch_dot over axis 0.")
    _inner(first[left], second[right], first, second)
    rest = [dim for index, dim in enumerate(first[1:], 1) if index != left]
    other = [dim for index, dim in enumerate(second[1:], 1) if index != right]
    shape = (merge((first[0], second[0])), *rest, *other)
    return Signature((*shape, 1) if len(shape) == 1 else shape, mixed(a, b))


@operation("keras.ops.inner")
def inner(arguments: Arguments) -> Output:
    """Sum over the last axis of both."""
    a, b = arguments.value("x1"), arguments.value("x2")
    first, second = data_shape(a), data_shape(b)
    dtype = promote(dtype_of(a), dtype_of(b))
    if not first or not second:
        return Signature(first or second, dtype)
    if not fits(first[-1], second[-1]):
        refuse(
            f"`inner` requires the last dimension of `x1` and `x2` to match. Received: {first}, {second}.",
            contract="matmul",
            shapes=(first, second),
        )
    return Signature((*first[:-1], *second[:-1]), dtype)


@operation("keras.ops.vdot")
def vdot(arguments: Arguments) -> Output:
    """Return one number."""
    return Signature((), promote(dtype_of(arguments.value("x1")), dtype_of(arguments.value("x2"))))


@operation("keras.ops.outer")
def outer(arguments: Arguments) -> Output:
    """Multiply each element by each."""
    a, b = arguments.value("x1"), arguments.value("x2")
    return Signature((size(data_shape(a)), size(data_shape(b))), promote(dtype_of(a), dtype_of(b)))


@operation("keras.ops.kron")
def kron(arguments: Arguments) -> Output:
    """Multiply axis by axis."""
    a, b = arguments.value("x1"), arguments.value("x2")
    pairs = zip(data_shape(a), data_shape(b), strict=False)
    return Signature(tuple(multiply(x, y) for x, y in pairs), promote(strong(dtype_of(a)), strong(dtype_of(b))))


@operation("keras.ops.cross")
def cross(arguments: Arguments) -> Output:
    """Return a cross product of vectors of 2 or 3 elements."""
    a, b, axis = arguments.value("x1"), arguments.value("x2"), arguments.value("axis")
    first, second = list(data_shape(a)), list(data_shape(b))
    places = [axis] * 3 if axis is not None else [arguments.value(name) for name in ("axisa", "axisb", "axisc")]
    left = first.pop(axis_index(places[0], len(first)))
    right = second.pop(axis_index(places[1], len(second)))
    for dim in (left, right):
        if dim is not None and dim not in {2, 3} and not isinstance(dim, Poly):
            refuse(f"the dimension of vectors must be either 2 or 3, but received: {dim}", contract="shapes")
    for dim in (left, right):
        if isinstance(dim, Poly) and 3 not in {left, right}:
            undetermined(Why.INPUT, f"whether vectors of {dim} elements have 3")
    shape = broadcast(tuple(first), tuple(second))
    if left == 3 or right == 3:
        place = axis_index(places[2], len(shape) + 1)
        shape = (*shape[:place], 3, *shape[place:])
    else:
        axis_index(places[2], len(shape))
    return Signature(shape, promote(dtype_of(a), dtype_of(b)))


@operation("tf.linalg.cross")
def tensorflow_cross(arguments: Arguments) -> Output:
    """Return a cross product over the last axis."""
    a, b = arguments.value("a"), arguments.value("b")
    shape = tuple(merge(pair) for pair in zip(data_shape(a), data_shape(b), strict=True))
    return Signature(shape, mixed(a, b))


@operation("keras.ops.correlate")
def correlate(arguments: Arguments) -> Output:
    """Return a correlation of two vectors."""
    a, b = arguments.value("x1"), arguments.value("x2")
    first, second, mode = data_shape(a), data_shape(b), text(arguments, "mode")
    if len(first) != 1 or len(second) != 1:
        refuse(f"`x1` and `x2` must be 1-dimensional tensors, but received {first} and {second}", contract="rank")
    if mode not in {"valid", "same", "full"}:
        refuse(f"`mode` must be either `valid`, `same`, or `full`, but received: {mode}")
    x, y = first[0], second[0]
    if x is None or y is None:
        refuse("'>=' not supported between instances of 'NoneType' and 'int'", error="TypeError")
    length = {"same": maximum(x, y), "full": x + y - 1, "valid": maximum(x, y) - minimum(x, y) + 1}[mode]
    dtype = promote(dtype_of(a), dtype_of(b))
    wide = "float64" if dtype == "int64" else dtype if dtype in {"bfloat16", "float16", "float64"} else "float32"
    return Signature((length,), wide)


@operation("keras.ops.cdist")
def cdist(arguments: Arguments) -> Output:
    """Return the distance of each row to each."""
    a, b = arguments.value("x"), arguments.value("y")
    first, second = data_shape(a), data_shape(b)
    if len(first) < 2 or len(second) < 2:
        refuse(f"Inputs to `cdist` must have rank >= 2: {first}, {second}", contract="rank", shapes=(first, second))
    if not fits(first[-1], second[-1]):
        refuse(f"The last dimension of inputs to `cdist` must match: {first}, {second}", contract="matmul")
    shape = (*broadcast(first[:-2], second[:-2]), first[-2], second[-2])
    return Signature(shape, promote(dtype_of(a), dtype_of(b), "float"))


# tensordot


def _numbers(axes: object) -> list[object]:
    if isinstance(axes, Array):
        axes = axes.items
    return list(axes) if isinstance(axes, list | tuple) else [axes]


@operation("keras.ops.tensordot")
def tensordot(arguments: Arguments) -> Output:
    """Sum over axes of both."""
    a, b, axes = arguments.value("x1"), arguments.value("x2"), arguments.value("axes")
    first, second = data_shape(a), data_shape(b)
    dtype = promote(dtype_of(a), dtype_of(b))
    if isinstance(axes, int):
        # no check of the dimensions: keras/src/ops/numpy.py, Tensordot.compute_output_spec
        shape = (*first, *second) if axes <= 0 else (*first[:-axes], *second[axes:])
        return Signature(shape, dtype)
    left, right = _axes_of_both(axes, first, second)
    if not equal_shapes([first[index] for index in left], [second[index] for index in right]):
        refuse(
            f"Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`: {shape_text(first)} and {shape_text(second)}.",
            contract="matmul",
            shapes=(first, second),
        )
    return Signature(_without(first, left) + _without(second, right), dtype)


@operation("tf.tensordot")
def tensorflow_tensordot(arguments: Arguments) -> Output:
    """Sum over axes of both."""
    a, b, axes = arguments.value("a"), arguments.value("b"), arguments.value("axes")
    first, second = data_shape(a), data_shape(b)
    known = None not in first and None not in second  # TensorFlow checks the product of known shapes alone
    if isinstance(axes, int):
        if not 0 <= axes <= min(len(first), len(second)):
            refuse(f"`axes` must not be larger than the number of dimensions. Received {axes}", contract="rank")
        axes = (list(range(len(first) - axes, len(first))), list(range(axes)))
    left, right = _axes_of_both(axes, first, second)
    if known and not equal_shapes([first[index] for index in left], [second[index] for index in right]):
        refuse(
            f"Dimensions must be equal: {shape_text(first)} and {shape_text(second)} over {left} and {right}",
            contract="matmul",
            shapes=(first, second),
        )
    return Signature(_without(first, left) + _without(second, right), mixed(a, b))


def _axes_of_both(axes: object, first: Shape, second: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(axes, Tensor | Unknown):
        undetermined(Why.DATA, "axes that are not known")
    pair = _numbers(axes)
    if len(pair) != 2:
        refuse(f"`axes` must be an integer or have length 2. Received {axes}.")
    return axis_indices(_numbers(pair[0]), len(first)), axis_indices(_numbers(pair[1]), len(second))


def _without(shape: Shape, axes: Sequence[int]) -> Shape:
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)
