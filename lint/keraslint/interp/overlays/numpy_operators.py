"""Operators on arrays: broadcasting, arithmetic of small known ones."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.overlays.items import spend
from keraslint.interp.overlays.numpy_arrays import (
    UnknownScalar,
    array_of,
    broadcast,
    flat_items,
    is_small,
    make,
    result_of,
)
from keraslint.interp.overlays.numpy_dtypes import cast, promote, promote_scalar
from keraslint.interp.overlays.numpy_indices import index_array
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Poly, same
from keraslint.values.program import Instance
from keraslint.values.shape import AnyShape, Shape
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

__all__ = ["binary_array", "index_array", "matmul"]

_QUICK: dict[str, Callable[..., object]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARISONS: dict[str, Callable[..., object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def binary_array(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b`` where one of them is an array."""
    for side in (a, b):
        if isinstance(side, Unknown) and not isinstance(side, UnknownScalar):
            return Unknown(
                side.why, f"`{op}` of an array and {side.symbol or side.what}"[:160], side.where or machine.span
            )
        if side is None or isinstance(side, dict | set | Instance):
            return machine.unknown(Why.UNSUPPORTED, f"`{op}` on an array")
    try:
        left, right = array_of(machine, a), array_of(machine, b)
    except Undetermined as problem:
        return problem.unknown
    if op == "@":
        return matmul(machine, left, right)
    dtype = _result_dtype(op, a, b, left, right)
    shape = broadcast(machine, left.shape, right.shape)
    x, y = flat_items(left), flat_items(right)
    if x is None or y is None or not is_small(shape) or not isinstance(shape, tuple):
        result = make(shape, dtype)
        return result_of(machine, result, f"`{op}` on data")
    kind = _operand_dtype(a, b, left, right) if op in _COMPARISONS else dtype
    x = _spread(x if left.dtype == kind else [cast(item, kind) for item in x], left.shape, shape)
    y = _spread(y if right.dtype == kind else [cast(item, kind) for item in y], right.shape, shape)
    quick = _quick(op, x, y, dtype)
    if quick is not None:
        spend(machine, len(x) >> 3)
        return result_of(machine, make(shape, dtype, quick), f"`{op}` on data")
    spend(machine, len(x))
    items = [_compute(machine, op, p, q, dtype) for p, q in zip(x, y, strict=True)]
    return result_of(machine, make(shape, dtype, items), f"`{op}` on data")


def _quick(op: str, x: list[object], y: list[object], dtype: str) -> list[object] | None:
    """Return the results for plain numbers of 64 bits, at the speed of Python's own functions."""
    function = _QUICK.get(op)
    if function is None or dtype not in {"int64", "float64"}:
        return None
    kind = int if dtype == "int64" else float
    if set(map(type, x)) != {kind} or set(map(type, y)) != {kind}:
        return None
    found: list[object] = list(map(function, x, y))
    if not all(-(1 << 63) <= item < 1 << 63 for item in found if isinstance(item, int)):
        return None
    return found


def _operand_dtype(a: object, b: object, left: Array, right: Array) -> str:
    if not isinstance(a, Array) and not isinstance(a, list | tuple | NumpyInt):
        return promote_scalar(right.dtype, a)
    if not isinstance(b, Array) and not isinstance(b, list | tuple | NumpyInt):
        return promote_scalar(left.dtype, b)
    return promote(left.dtype, right.dtype)


def _result_dtype(op: str, a: object, b: object, left: Array, right: Array) -> str:
    if op in _COMPARISONS:
        return "bool"
    dtype = _operand_dtype(a, b, left, right)
    if op == "/" and ("int" in dtype or dtype == "bool"):
        return "float64" if dtype not in {"int8", "uint8"} else "float16"
    if dtype == "bool" and op not in {"&", "|", "^", "+", "*"}:
        return "int8"
    return dtype


def _compute(machine: Machine, op: str, a: object, b: object, dtype: str) -> object:
    """Return one element of the result; None where it is not known exactly."""
    if a is None or b is None:
        return None
    if isinstance(a, Poly | Unknown) or isinstance(b, Poly | Unknown):
        return machine.compare(op, a, b) if op in _COMPARISONS else machine.binary(op, a, b)
    if op in _COMPARISONS:
        return _COMPARISONS[op](a, b)
    if dtype == "str" or not isinstance(a, int | float) or not isinstance(b, int | float):
        return None
    return cast(_number(op, a, b), dtype)


def _number(op: str, a: float, b: float) -> object:
    try:
        match op:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                return a / b if b else _over_zero(a, b)
            case "//" | "%":
                return _divided(op, a, b)
            case "**":
                return _power(a, b)
            case _ if isinstance(a, int) and isinstance(b, int) and 0 <= b < 64:
                return {"&": a & b, "|": a | b, "^": a ^ b, "<<": a << b, ">>": a >> b}.get(op)
            case "&" | "|" | "^" if isinstance(a, int) and isinstance(b, int):
                return {"&": a & b, "|": a | b, "^": a ^ b}[op]
            case _:
                return None
    except (OverflowError, ZeroDivisionError, ValueError):
        return None


def _divided(op: str, a: float, b: float) -> float | None:
    if not b:
        return 0 if isinstance(a, int) and isinstance(b, int) else None
    return a // b if op == "//" else a % b


def _over_zero(a: float, b: float) -> float:
    if not a or a != a:  # noqa: PLR0124  nan
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _power(a: float, b: float) -> object:
    if isinstance(a, int) and isinstance(b, int):
        return a**b if 0 <= b <= 64 else None
    return a**b if a > 0 or (a == 0 and b > 0) or float(b).is_integer() else None


def _spread(flat: list[object], shape: AnyShape, target: Shape) -> list[object]:
    """Return flat items of one shape as those of the shape that they are broadcast to."""
    if shape == target:
        return flat
    if len(flat) == 1:
        size = 1
        for dim in target:
            assert isinstance(dim, int)
            size *= dim
        return flat * size
    assert isinstance(shape, tuple)
    own = (1,) * (len(target) - len(shape)) + shape
    result = [0]
    stride = 1
    for dim, wanted in zip(reversed(own), reversed(target), strict=True):
        assert isinstance(dim, int)
        assert isinstance(wanted, int)
        step = stride if dim != 1 else 0
        result = [index * step + inner for index in range(wanted) for inner in result]
        stride *= dim
    return [flat[index] for index in result]


def matmul(machine: Machine, a: Array, b: Array) -> object:
    """Return ``a @ b``."""
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return Array(a.shape if not isinstance(a.shape, tuple) else b.shape, promote(a.dtype, b.dtype))
    if not a.shape or not b.shape:
        return machine.raise_error("ValueError", "matmul: Input operand does not have enough dimensions")
    left = a.shape if len(a.shape) > 1 else (1, *a.shape)
    right = b.shape if len(b.shape) > 1 else (*b.shape, 1)
    if left[-1] is not None and right[-2] is not None and same(left[-1], right[-2]) is False:
        machine.raise_error(
            "ValueError",
            f"matmul: operand 1 has a mismatch in its core dimension 0 ({right[-2]} is different from {left[-1]})",
        )
    lead = broadcast(machine, left[:-2], right[:-2])
    if not isinstance(lead, tuple):
        return Array(lead, promote(a.dtype, b.dtype))
    tail = ((left[-2],) if len(a.shape) > 1 else ()) + ((right[-1],) if len(b.shape) > 1 else ())
    shape = (*lead, *tail)
    dtype = promote(a.dtype, b.dtype)
    x, y = flat_items(a), flat_items(b)
    exact = "int" in dtype and x is not None and y is not None and len(a.shape) <= 2 and len(b.shape) <= 2
    if exact and x is not None and y is not None and all(isinstance(item, int) for item in (*x, *y)):
        rows, inner, columns = left[-2], left[-1], right[-1]
        if (
            isinstance(rows, int)
            and isinstance(inner, int)
            and isinstance(columns, int)
            and rows * inner * columns <= 100_000
        ):
            flat = [
                cast(sum(x[i * inner + k] * y[k * columns + j] for k in range(inner)), dtype)  # type: ignore[operator]
                for i in range(rows)
                for j in range(columns)
            ]
            return result_of(machine, make(shape, dtype, flat), "matmul")
    return result_of(machine, make(shape, dtype), "matmul")
