"""numpy's products of arrays, choices by condition, and questions about whole arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import named, plain_or_named
from keraslint.interp.overlays.numpy_arrays import array_of, broadcast, flat_items, fresh, make
from keraslint.interp.overlays.numpy_dtypes import dtype_name, promote
from keraslint.interp.overlays.numpy_operators import binary_array, matmul
from keraslint.interp.overlays.numpy_shapes import known
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("numpy.where")
def where(machine: Machine, condition: object, *choices: object) -> object:
    """Return one of two values by a condition; the places of what is true."""
    if len(choices) == 2 and isinstance(condition, bool | int):
        return choices[0] if condition else choices[1]
    if isinstance(condition, Unknown):
        return Unknown(condition.why, "np.where()", condition.where)
    array = array_of(machine, condition)
    if len(choices) != 2:
        rank = len(known(machine, array, "np.where()"))
        flat = flat_items(array)
        if rank == 1 and flat is not None and all(isinstance(item, int | float) for item in flat):
            places = [index for index, item in enumerate(flat) if item]
            return (make((len(places),), "int64", places),)
        length = fresh(machine, "rows")
        return tuple(Array((length,), "int64") for _ in range(rank))
    a, b = array_of(machine, choices[0]), array_of(machine, choices[1])
    shape = broadcast(machine, array.shape, broadcast(machine, a.shape, b.shape))
    x, y, tests = flat_items(a), flat_items(b), flat_items(array)
    dtype = promote(a.dtype, b.dtype)
    if tests is not None and x is not None and y is not None and shape == array.shape:
        size = len(tests)
        if {len(x), len(y)} <= {1, size} and all(isinstance(test, int | float) for test in tests):
            x, y = (x * size if len(x) == 1 else x), (y * size if len(y) == 1 else y)
            return make(shape, dtype, [p if test else q for test, p, q in zip(tests, x, y, strict=True)])
    return make(shape, dtype)


@raw("numpy.argwhere")
def argwhere(machine: Machine, a: object) -> object:
    """Return the places of what is true."""
    rank = len(known(machine, array_of(machine, a), "np.argwhere()"))
    return Array((fresh(machine, "rows"), rank), "int64")


@raw("numpy.nonzero", "numpy.flatnonzero")
def nonzero(machine: Machine, a: object) -> object:
    """Return the places of what is not zero."""
    return where(machine, a)


# products of arrays


@raw("numpy.matmul")
def matrix_product(machine: Machine, x1: object, x2: object, **_: object) -> object:
    """Return ``x1 @ x2``."""
    return matmul(machine, array_of(machine, x1), array_of(machine, x2))


@raw("numpy.dot", "numpy.inner", "numpy.vdot")
def dot(machine: Machine, a: object, b: object, **_: object) -> object:
    """Return the dot product."""
    x, y = array_of(machine, a), array_of(machine, b)
    left, right = known(machine, x, "np.dot()"), known(machine, y, "np.dot()")
    if not left or not right:
        return binary_array(machine, "*", x, y)
    if len(right) <= 2:
        return matmul(machine, x, y)
    return Array((*left[:-1], *right[:-2], right[-1]), promote(x.dtype, y.dtype))


@raw("numpy.outer")
def outer(machine: Machine, a: object, b: object, **_: object) -> object:
    """Return the outer product."""
    x, y = array_of(machine, a), array_of(machine, b)
    left, right = known(machine, x, "np.outer()"), known(machine, y, "np.outer()")
    if len(left) != 1 or len(right) != 1:
        raise Undetermined(machine.unknown(Why.UNSUPPORTED, "np.outer() of matrices"))
    return binary_array(machine, "*", _column(x), y)


def _column(array: Array) -> Array:
    items = [[item] for item in array.items] if isinstance(array.items, list) else None
    assert isinstance(array.shape, tuple)
    return Array((*array.shape, 1), array.dtype, items)


@raw("numpy.diag", "numpy.diagonal")
def diag(machine: Machine, v: object, k: object = 0) -> object:
    """Return the matrix of a diagonal, or the diagonal of a matrix."""
    array = array_of(machine, v)
    dims = known(machine, array, "np.diag()")
    if k != 0 or not dims:
        return machine.unknown(Why.UNSUPPORTED, "np.diag()")
    if len(dims) == 1:
        return Array((dims[0], dims[0]), array.dtype)
    return Array((dims[0],), array.dtype) if dims[0] == dims[1] else machine.unknown(Why.UNSUPPORTED, "np.diag()")


register(
    "numpy.linalg",
    {
        name: RawNative(
            f"numpy.linalg.{name}", lambda machine, *_args, **_kwargs: machine.unknown(Why.DATA, "np.linalg")
        )
        for name in ("norm", "det", "inv", "svd", "eig", "qr", "pinv", "solve", "lstsq")
    },
)


@raw("numpy.isscalar")
def is_scalar(machine: Machine, element: object) -> object:
    """Return whether a value is a single number or text."""
    return (
        named(machine, "np.isscalar", element)
        if isinstance(element, Unknown)
        else isinstance(element, int | float | str | Poly)
    )


@raw("numpy.array_equal", "numpy.allclose")
def array_equal(machine: Machine, a: object, b: object, **_: object) -> object:
    """Return whether two arrays are equal."""
    x, y = array_of(machine, a), array_of(machine, b)
    if isinstance(x.shape, tuple) and isinstance(y.shape, tuple) and len(x.shape) != len(y.shape):
        return False
    p, q = flat_items(x), flat_items(y)
    if p is None or q is None or x.shape != y.shape:
        return machine.unknown(Why.DATA, "np.array_equal()")
    return plain_or_named(machine, "np.array_equal", lambda left, right: left == right, p, q)


@raw("numpy.issubdtype")
def is_subdtype(machine: Machine, a: object, b: object) -> object:
    """Return whether a dtype is of a kind."""
    name = dtype_name(machine, a)
    kind = getattr(b, "name", b)
    if isinstance(kind, str):
        if kind in {"integer", "signedinteger"}:
            return "int" in name
        if kind in {"floating", "inexact"}:
            return "float" in name
        if kind == "number":
            return "int" in name or "float" in name
        return dtype_name(machine, b) == name
    return machine.unknown(Why.UNSUPPORTED, "np.issubdtype()")


@raw("numpy.nan_to_num", "numpy.real", "numpy.asarray_chkfinite")
def same_shape(machine: Machine, x: object, *_: object, **__: object) -> object:
    """Return data of the same shape."""
    array = array_of(machine, x)
    return Array(array.shape, array.dtype)
