"""Linear algebra: decompositions, determinants, inverses, solvers, diagonals of stacks of matrices."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote
from keraslint.catalogue.ops.shapes import add, broadcast, data_shape, fits, flag, refuse, text
from keraslint.catalogue.spec import Output, Signature
from keraslint.values.dim import Dim, minimum
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined


def _matrix(shape: Shape) -> tuple[Shape, Dim | None, Dim | None]:
    if len(shape) < 2:
        refuse(
            f"Expected input to have rank >= 2. Received input with shape {shape_text(shape)}.",
            contract="rank",
            shape=shape,
        )
    return shape[:-2], shape[-2], shape[-1]


def _square(shape: Shape) -> None:
    if len(shape) < 2:
        # unpacking of `a.shape[-2:]`, before the rank is looked at
        refuse(f"Expected a square matrix. Received {shape_text(shape)}", contract="rank", shape=shape)
    rows, columns = shape[-2:]
    if (rows is None) is not (columns is None) or not fits(rows, columns):
        refuse(
            f"Expected a square matrix. Received non-square input with shape {shape_text(shape)}",
            contract="shapes",
            shape=shape,
        )


def _least(a: Dim | None, b: Dim | None) -> Dim:
    if a is None or b is None:
        refuse(
            "'<' not supported between instances of 'int' and 'NoneType'", error="TypeError", contract="undefined-dim"
        )
    return minimum(a, b)


def square_matrix(kind: str) -> Operation:
    """Return the function of an operation on square matrices: ``same``, ``scalar`` or ``eigen``."""

    def function(arguments: Arguments) -> Output:
        value = arguments.value("x")
        shape, dtype = data_shape(value), dtype_of(value)
        _square(shape)
        if kind == "same":
            return Signature(shape, dtype)
        if kind == "scalar":
            return Signature(shape[:-2], dtype)
        return [Signature(shape[:-1], dtype), Signature(shape, dtype)]

    return function


for _names, _kind in (("cholesky cholesky_inverse inv", "same"), ("det", "scalar"), ("eig eigh", "eigen")):
    for _name in _names.split():
        operation(f"keras.ops.{_name}")(square_matrix(_kind))


@operation("keras.ops.logdet")
def logdet(arguments: Arguments) -> Output:
    """Return one number a matrix."""
    value = arguments.value("x")
    return Signature(data_shape(value)[:-2], dtype_of(value))


@operation("keras.ops.slogdet")
def slogdet(arguments: Arguments) -> Output:
    """Return a sign and a logarithm."""
    value = arguments.value("x")
    return [Signature((), dtype_of(value)), Signature(data_shape(value)[:-2], dtype_of(value))]


@operation("keras.ops.matrix_rank")
def matrix_rank(arguments: Arguments) -> Output:
    """Return one number a matrix."""
    batch, _, _ = _matrix(data_shape(arguments.value("x")))
    return Signature(batch, "int32")


@operation("keras.ops.pinv")
def pinv(arguments: Arguments) -> Output:
    """Swap rows and columns."""
    value = arguments.value("x")
    batch, rows, columns = _matrix(data_shape(value))
    return Signature((*batch, columns, rows), dtype_of(value))


@operation("keras.ops.lu_factor")
def lu_factor(arguments: Arguments) -> Output:
    """Return a matrix and its pivots."""
    value = arguments.value("x")
    shape, dtype = data_shape(value), dtype_of(value)
    batch, rows, columns = _matrix(shape)
    return [Signature(shape, dtype), Signature((*batch, _least(rows, columns)), dtype)]


@operation("keras.ops.qr")
def qr(arguments: Arguments) -> Output:
    """Return an orthogonal and a triangular matrix."""
    value, mode = arguments.value("x"), text(arguments, "mode")
    if mode not in {"reduced", "complete"}:
        refuse(f"`mode` argument value not supported. Expected one of {{'reduced', 'complete'}}. Received: mode={mode}")
    batch, rows, columns = _matrix(data_shape(value))
    if rows is None or columns is None:
        refuse("Input should have its last 2 dimensions fully-defined.", contract="undefined-dim")
    inner = minimum(rows, columns) if mode == "reduced" else rows
    dtype = dtype_of(value)
    return [Signature((*batch, rows, inner), dtype), Signature((*batch, inner, columns), dtype)]


@operation("keras.ops.svd")
def svd(arguments: Arguments) -> Output:
    """Return left vectors, singular values and right vectors."""
    value, full = arguments.value("x"), flag(arguments, "full_matrices")
    batch, rows, columns = _matrix(data_shape(value))
    least, dtype = _least(rows, columns), dtype_of(value)
    values = Signature((*batch, least), dtype)
    if not flag(arguments, "compute_uv"):
        return values
    left = (*batch, rows, rows if full else least)
    right = (*batch, columns if full else least, columns)
    return [Signature(left, dtype), values, Signature(right, dtype)]


@operation("keras.ops.solve", "keras.ops.solve_triangular")
def solve(arguments: Arguments) -> Output:
    """Return the right side's shape."""
    matrix, side = data_shape(arguments.value("a")), data_shape(arguments.value("b"))
    _matrix(matrix)
    _square(matrix)
    if not side:
        refuse("Expected input to have rank >= 1. Received scalar input.", contract="rank")
    if len(matrix) == len(side):
        _check_rows(matrix[-2], side[-2], matrix, side)
    elif len(matrix) == len(side) - 1:
        _check_rows(matrix[-1], side[-1], matrix, side)
    return Signature(side, dtype_of(arguments.value("b")))


def _check_rows(a: Dim | None, b: Dim | None, matrix: Shape, side: Shape) -> None:
    if (a is None) is not (b is None) or not fits(a, b):
        refuse(
            f"Incompatible shapes between `a` and `b`. Received: a.shape={matrix}, b.shape={side}",
            contract="shapes",
            shapes=(matrix, side),
        )


@operation("keras.ops.lstsq")
def lstsq(arguments: Arguments) -> Output:
    """Return as many rows as the matrix has columns."""
    value = arguments.value("a")
    matrix, side = data_shape(value), data_shape(arguments.value("b"))
    if len(matrix) != 2 or len(side) not in {1, 2}:
        refuse(f"Expected a to have rank 2 and b rank 1 or 2. Received: {matrix}, {side}", contract="rank")
    if (matrix[0] is None) is not (side[0] is None) or not fits(matrix[0], side[0]):
        refuse(f"Expected b.shape[0] to be equal to a.shape[0]. Received: {matrix}, {side}", contract="shapes")
    return Signature((matrix[1], *side[1:]), dtype_of(value))


@operation("keras.ops.corrcoef")
def corrcoef(arguments: Arguments) -> Output:
    """Keep the shape, as Keras 3 says."""
    value = arguments.value("x")
    dtype = dtype_of(value)
    return Signature(data_shape(value), "float64" if dtype == "int64" else promote(dtype, "float"))


# TensorFlow


@operation("tf.linalg.matrix_transpose", "tf.linalg.adjoint")
def matrix_transpose(arguments: Arguments) -> Output:
    """Swap the last two axes."""
    value = next(iter(arguments.values.values()))
    batch, rows, columns = _matrix(data_shape(value))
    return Signature((*batch, columns, rows), dtype_of(value))


@operation("tf.linalg.det", "tf.linalg.trace", "tf.linalg.logdet", "tf.linalg.matrix_rank")
def of_matrix(arguments: Arguments) -> Output:
    """Return one number a matrix."""
    value = next(iter(arguments.values.values()))
    batch, _, _ = _matrix(data_shape(value))
    return Signature(batch, "int32" if "a" in arguments.values else dtype_of(value))


@operation("tf.linalg.diag_part", "tf.linalg.tensor_diag_part")
def diag_part(arguments: Arguments) -> Output:
    """Return the main diagonal."""
    value = arguments.value("input")
    shape = data_shape(value)
    if arguments.values.get("k", 0) != 0 or "k" not in arguments.values:
        undetermined(Why.UNSUPPORTED, "a diagonal other than the main one")
    batch, rows, columns = _matrix(shape)
    return Signature((*batch, None if rows is None or columns is None else minimum(rows, columns)), dtype_of(value))


@operation("tf.linalg.diag")
def diag(arguments: Arguments) -> Output:
    """Make matrices of diagonals."""
    value, offset = arguments.value("diagonal"), arguments.value("k")
    shape = data_shape(value)
    if not isinstance(offset, int) or arguments.value("num_rows") != -1 or arguments.value("num_cols") != -1:
        undetermined(Why.UNSUPPORTED, "a diagonal with a size of its own")
    if not shape:
        refuse("Shape must be at least rank 1 but is rank 0", contract="rank")
    side = add(shape[-1], abs(offset))
    return Signature((*shape[:-1], side, side), dtype_of(value))


@operation("tf.linalg.set_diag")
def set_diag(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = arguments.value("input")
    return Signature(data_shape(value), dtype_of(value))


@operation("tf.linalg.svd")
def tensorflow_svd(arguments: Arguments) -> Output:
    """Return singular values, left and right vectors."""
    value, full = arguments.value("tensor"), flag(arguments, "full_matrices")
    batch, rows, columns = _matrix(data_shape(value))
    least = None if rows is None or columns is None else minimum(rows, columns)
    dtype = dtype_of(value)
    values = Signature((*batch, least), dtype)
    if not flag(arguments, "compute_uv"):
        return values
    left = Signature((*batch, rows, rows if full else least), dtype)
    right = Signature((*batch, columns, columns if full else least), dtype)
    return [values, left, right]


@operation("tf.linalg.qr")
def tensorflow_qr(arguments: Arguments) -> Output:
    """Return an orthogonal and a triangular matrix."""
    value, full = arguments.value("input"), flag(arguments, "full_matrices")
    batch, rows, columns = _matrix(data_shape(value))
    least = None if rows is None or columns is None else minimum(rows, columns)
    inner, dtype = rows if full else least, dtype_of(value)
    return [Signature((*batch, rows, inner), dtype), Signature((*batch, inner, columns), dtype)]


@operation("tf.linalg.eigh")
def tensorflow_eigh(arguments: Arguments) -> Output:
    """Return eigenvalues and eigenvectors."""
    value = arguments.value("tensor")
    batch, rows, columns = _matrix(data_shape(value))
    side = rows if columns is None else columns
    return [Signature((*batch, side), dtype_of(value)), Signature((*batch, side, side), dtype_of(value))]


@operation("tf.linalg.solve", "tf.linalg.triangular_solve")
def tensorflow_solve(arguments: Arguments) -> Output:
    """Return the right side's shape."""
    matrix, side = arguments.value("matrix"), arguments.value("rhs")
    first, second = data_shape(matrix), data_shape(side)
    batch, rows, columns = _matrix(first)
    if not fits(rows, columns) or len(second) < 2 or not fits(rows, second[-2]):
        refuse(f"Dimensions must be equal: {first}, {second}", contract="shapes", shapes=(first, second))
    lead = broadcast(batch, second[:-2])
    return Signature((*lead, columns if rows is None else rows, second[-1]), mixed(matrix, side))


@operation("tf.linalg.pinv")
def tensorflow_pinv(arguments: Arguments) -> Output:
    """Swap rows and columns."""
    value = arguments.value("a")
    batch, rows, columns = _matrix(data_shape(value))
    return Signature((*batch, columns, rows), dtype_of(value))
