"""Operators on arrays: broadcasting, arithmetic of small known ones, indices."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays.items import work
from keraslint.interp.overlays.numpy_arrays import (
    UnknownScalar,
    array_of,
    dimension,
    flat_items,
    fresh,
    is_small,
    make,
    result_of,
)
from keraslint.interp.overlays.numpy_dtypes import cast, promote, promote_scalar
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Dim, Poly, bounds, maximum, minimum, same
from keraslint.values.program import Instance
from keraslint.values.shape import AnyShape, Shape
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_COMPARISONS: dict[str, Callable[[object, object], object]] = {
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
            return Unknown(side.why, f"`{op}` of an array and {side.symbol or side.what}"[:160], side.where or machine.span)
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
    x = _spread([cast(item, kind) for item in x], left.shape, shape)
    y = _spread([cast(item, kind) for item in y], right.shape, shape)
    work(machine, len(x))
    items = [_compute(machine, op, p, q, dtype) for p, q in zip(x, y, strict=True)]
    return result_of(machine, make(shape, dtype, items), f"`{op}` on data")


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


def broadcast(machine: Machine, a: AnyShape, b: AnyShape) -> AnyShape:
    """Return the shape that two make together."""
    if a == ():
        return b
    if b == ():
        return a
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return a if not isinstance(a, tuple) else b
    rank = max(len(a), len(b))
    dims: list[Dim | None] = []
    for x, y in zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True):
        if x == y or y == 1:
            dims.append(x)
        elif x == 1:
            dims.append(y)
        elif x is None or y is None:
            dims.append(y if x is None else x)
        elif isinstance(x, int) and isinstance(y, int):
            machine.raise_error("ValueError", f"operands could not be broadcast together with shapes {a} {b}")
        elif isinstance(x, int) or isinstance(y, int):
            dims.append(x if isinstance(x, int) else y)
        else:
            return machine.unknown(Why.INPUT, f"the shape of arrays of {x} and {y} together")
    return tuple(dims)


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
        machine.raise_error("ValueError", f"matmul: Input operand 1 has a mismatch in its core dimension 0 ({right[-2]} is different from {left[-1]})")  # noqa: E501
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
        if isinstance(rows, int) and isinstance(inner, int) and isinstance(columns, int) and rows * inner * columns <= 100_000:
            flat = [
                cast(sum(x[i * inner + k] * y[k * columns + j] for k in range(inner)), dtype)  # type: ignore[operator]
                for i in range(rows)
                for j in range(columns)
            ]
            return result_of(machine, make(shape, dtype, flat), "matmul")
    return result_of(machine, make(shape, dtype), "matmul")


# indices


def index_array(machine: Machine, array: Array, index: object) -> object:
    """Return ``array[index]``."""
    keys = list(index) if isinstance(index, tuple) else [index]
    for key in keys:
        if isinstance(key, Unknown) and formula(key) is None:
            return Unknown(key.why, f"an item of an array by {key.symbol or key.what}"[:160], key.where or machine.span)
        if isinstance(key, str):
            return machine.unknown(Why.DATA, f"the field {key!r} of data")
    if any(isinstance(key, Unknown) for key in keys):
        return machine.unknown(Why.INPUT, "an item of an array at an unknown index")
    shape = array.shape
    if not isinstance(shape, tuple):
        return _index_open(machine, array, keys)
    keys = _expanded(machine, keys, len(shape))
    if any(isinstance(key, list | Array) for key in keys):
        return _index_fancy(machine, array, keys)
    dims, axis, simple = [], 0, True
    for key in keys:
        if key is None:
            dims.append(1)
            continue
        dim = shape[axis]
        axis += 1
        if isinstance(key, slice):
            length, is_plain = _sliced(machine, key, dim)
            if isinstance(length, Unknown):
                return Array(length, array.dtype)
            dims.append(length)
            simple = simple and is_plain
        else:
            _check_index(machine, key, dim)
            simple = simple and isinstance(key, int)
    items = _pick(array.items, keys) if simple and array.items is not None else None
    result = Array(tuple(dims), array.dtype, items, origin=array.origin)
    if result.shape == shape:  # fewer rows may lack some of the classes
        result.classes, result.vocabulary = array.classes, array.vocabulary
    return result_of(machine, result, "an item of data")


def _index_open(machine: Machine, array: Array, keys: list[object]) -> object:
    if len(keys) == 1 and isinstance(keys[0], slice):
        return Array(array.shape, array.dtype)
    shape = array.shape
    cause = shape if isinstance(shape, Unknown) else machine.unknown(Why.DATA, "the shape of data")
    return Array(Unknown(cause.why, f"the shape of an item: {cause.what}"[:160], cause.where), array.dtype)


def _expanded(machine: Machine, keys: list[object], rank: int) -> list[object]:
    """Return one key for every axis: the ellipsis and what is left out become full slices."""
    keys = [_plain_key(key) for key in keys]
    taken = sum(_consumed(key) for key in keys if key is not ...)
    if taken > rank:
        machine.raise_error("IndexError", f"too many indices for array: array is {rank}-dimensional, but {taken} were indexed")
    fill = [slice(None)] * (rank - taken)
    for position, key in enumerate(keys):
        if key is ...:
            return [*keys[:position], *fill, *(k for k in keys[position + 1 :] if k is not ...)]
    return [*keys, *fill]


def _plain_key(key: object) -> object:
    if isinstance(key, Array) and key.shape == () and isinstance(key.items, int) and not isinstance(key.items, bool):
        return key.items
    return list(key) if isinstance(key, tuple | range) else key


def _consumed(key: object) -> int:
    if key is None:
        return 0
    if isinstance(key, Array) and key.dtype == "bool" and isinstance(key.shape, tuple):
        return len(key.shape)
    return 1


def _check_index(machine: Machine, key: object, dim: Dim | None) -> None:
    if isinstance(key, int) and isinstance(dim, int) and not -dim <= key < dim:
        machine.raise_error("IndexError", f"index {key} is out of bounds for axis with size {dim}")
    if not isinstance(key, int | Poly):
        machine.raise_error("IndexError", "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices")  # noqa: E501


def _sliced(machine: Machine, key: slice, dim: Dim | None) -> tuple[Dim | None | Unknown, bool]:
    """Return the length of a slice of an axis, and whether all of it is plain."""
    start, stop, step = key.start, key.stop, key.step
    if start is None and stop is None and step in {None, 1, -1}:
        return dim, True
    if isinstance(dim, int) and all(part is None or isinstance(part, int) for part in (start, stop, step)):
        return len(range(*key.indices(dim))), True
    low, high = formula(start) if start is not None else 0, formula(stop) if stop is not None else dim
    if step in {None, 1} and low is not None and high is not None and dim is not None:
        low, high = _from_front(low, dim), _from_front(high, dim)
        if low is not None and high is not None:
            return dimension(maximum(0, minimum(high, dim) - low)), False
    if any(isinstance(part, float) for part in (start, stop, step)):
        machine.raise_error("TypeError", "slice indices must be integers or None or have an __index__ method")
    return fresh(machine, "rows"), False


def _from_front(bound: Dim, dim: Dim) -> Dim | None:
    low, high = bounds(bound)
    if low is not None and low >= 0:
        return bound
    return dim + bound if high is not None and high < 0 else None


def _pick(items: object, keys: list[object]) -> object:
    if not keys:
        return items
    key, rest = keys[0], keys[1:]
    if key is None:
        return [_pick(items, rest)]
    assert isinstance(items, list)
    if isinstance(key, slice):
        return [_pick(item, rest) for item in items[key]]
    assert isinstance(key, int)
    return _pick(items[key], rest)


def _index_fancy(machine: Machine, array: Array, keys: list[object]) -> object:
    """Index with lists or arrays: their shapes together stand where the first of them stood."""
    assert isinstance(array.shape, tuple)
    dims: list[Dim | None] = []
    joint: AnyShape = ()
    place: int | None = None
    positions: list[int] = []
    axis = 0
    for position, key in enumerate(keys):
        if key is None:
            dims.append(1)
            continue
        if isinstance(key, slice):
            length, _ = _sliced(machine, key, array.shape[axis])
            dims.append(length if not isinstance(length, Unknown) else fresh(machine, "rows"))
            axis += 1
            continue
        chosen = array_of(machine, key)
        place = len(dims) if place is None else place
        positions.append(position)
        if chosen.dtype == "bool" and not isinstance(key, int):
            flat = flat_items(chosen)
            known = flat is not None and all(isinstance(item, bool) for item in flat)
            joint = broadcast(machine, joint, (sum(map(bool, flat or [])) if known else fresh(machine, "rows"),))
            axis += len(chosen.shape) if isinstance(chosen.shape, tuple) else 1
        else:
            joint = broadcast(machine, joint, chosen.shape)
            axis += 1
    if not isinstance(joint, tuple):
        return Array(joint, array.dtype)
    if positions and positions[-1] - positions[0] + 1 != len(positions):
        place = 0
    assert place is not None
    result = Array((*dims[:place], *joint, *dims[place:]), array.dtype, origin=array.origin)
    if len(keys) == 1 or all(isinstance(key, slice) and key == slice(None) for key in keys[1:]):
        result.items = _chosen(array, keys[0])
    return result


def _chosen(array: Array, key: object) -> object:
    """Return the rows that a list of numbers, or a mask, picks from known items."""
    items = array.items
    numbers = key.items if isinstance(key, Array) else key
    if not isinstance(items, list) or not isinstance(numbers, list):
        return None
    if len(numbers) == len(items) and all(isinstance(number, bool) for number in numbers):
        return [item for item, keep in zip(items, numbers, strict=True) if keep]
    if all(isinstance(number, int) and not isinstance(number, bool) and -len(items) <= number < len(items) for number in numbers):
        return [items[number] for number in numbers]
    return None
