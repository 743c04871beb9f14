"""Dtypes of operations: how Keras 3 promotes them, and what TensorFlow refuses to mix.

``dtype_of`` names a value's dtype; Python's numbers are ``int`` and ``float``, which are weak: they take the dtype of
what they meet. The lattice is that of ``keras/src/backend/common/dtypes.py``, itself JAX's.
"""

from __future__ import annotations

import functools
from typing import NoReturn

from keraslint.catalogue.spec import Refused
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Poly
from keraslint.values.layer import Tensor, Weight
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

FLOATS = ("bfloat16", "float16", "float32", "float64")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
COMPLEX = ("complex64", "complex128")
DTYPES = frozenset({*FLOATS, *SIGNED, *UNSIGNED, *COMPLEX, "bool", "string", "float8_e4m3fn", "float8_e5m2"})
SIZES = {
    **dict.fromkeys(("bool", "int8", "uint8", "float8_e4m3fn", "float8_e5m2"), 1),
    **dict.fromkeys(("int16", "uint16", "float16", "bfloat16"), 2),
    **dict.fromkeys(("int32", "uint32", "float32"), 4),
    **dict.fromkeys(("int64", "uint64", "float64", "complex64"), 8),
    "complex128": 16,
}
_LATTICE: dict[str, tuple[str, ...]] = {
    "bool": ("int",), "uint8": ("int16", "uint16"), "uint16": ("int32", "uint32"), "uint32": ("int64", "uint64"),
    "uint64": ("float",), "int": ("uint8", "int8", "complex64"), "int8": ("int16",), "int16": ("int32",),
    "int32": ("int64",), "int64": ("float",), "float": ("bfloat16", "float16"), "bfloat16": ("float32",),
    "float16": ("float32",), "float32": ("float64", "complex64"), "float64": ("complex128",),
    "complex64": ("complex128",), "complex128": (),
}  # fmt: skip
_STRONG = {"int": "int64", "float": "float32"}


def dtype_of(value: object) -> str:
    """Return a value's dtype; ``int`` and ``float`` for Python's numbers."""
    match value:
        case Tensor() | Array() | Weight():
            return value.dtype
        case bool():
            return "bool"
        case NumpyInt():
            return "int64"
        case int() | Poly():
            return "int"
        case float():
            return "float"
        case complex():
            return "complex128"
        case str():
            return "string"
        case Unknown():
            raise Undetermined(value)
        case None:  # a dimension that is not known stands for an integer
            return "int"
        case [first, *_]:
            return _STRONG.get(dtype_of(first), dtype_of(first))
        case _:
            return "float32"


def strong(dtype: str) -> str:
    """Return the dtype that a Python number has where Keras makes no weak one of it."""
    return _STRONG.get(dtype, dtype)


def promote(*dtypes: str) -> str:
    """Return the dtype that Keras 3 computes in; raise ``Refused`` where it promotes none."""
    return _promote(tuple(dict.fromkeys(dtypes)))


@functools.cache
def _promote(dtypes: tuple[str, ...]) -> str:
    weak = all(dtype in _STRONG for dtype in dtypes)
    if len(dtypes) == 1:
        result = dtypes[0]
    else:
        result = _least_upper_bound(tuple(_STRONG[dtype] for dtype in dtypes) if weak else dtypes)
    if weak or result in _STRONG:
        result = "float32" if "float" in result else "int32"
    return {"uint64": "uint32", "complex128": "complex64"}.get(result, result)


def _least_upper_bound(dtypes: tuple[str, ...]) -> str:
    common: set[str] | None = None
    for dtype in dtypes:
        if dtype not in _LATTICE:
            raise Refused(f"{dtype=} is not a valid dtype for Keras type promotion.", contract="dtype")
        above = _above(dtype)
        common = set(above) if common is None else common & above
    assert common is not None
    least = (common & set(dtypes)) or {dtype for dtype in common if common <= _above(dtype)}
    if not least:
        raise Refused(
            f"Input dtypes {dtypes} have no available implicit dtype promotion path.", contract="dtype", dtypes=dtypes
        )
    return least.pop()


@functools.cache
def _above(dtype: str) -> frozenset[str]:
    return frozenset({dtype}).union(*(_above(higher) for higher in _LATTICE[dtype]))


def is_integer(dtype: str) -> bool:
    """Return whether Keras sees an integer in a dtype's name."""
    return "int" in dtype


def is_floating(dtype: str) -> bool:
    """Return whether a dtype is a floating one."""
    return "float" in dtype


def standard(dtype: object, name: str = "dtype") -> str:
    """Return the dtype that an argument names; refuse a name that is none."""
    if isinstance(dtype, Unknown):
        raise Undetermined(dtype)
    if dtype is None:
        return "float32"
    if isinstance(dtype, str):
        if dtype in DTYPES:
            return dtype
        raise Refused(f"Invalid dtype: {dtype}", contract="dtype", dtype=dtype)
    text = getattr(dtype, "name", None)
    if isinstance(text, str):
        short = text.rpartition(".")[2].rstrip("_")
        short = {"int": "int64", "float": "float32"}.get(short, short)
        if short in DTYPES:
            return short
    if dtype in {int, float, bool}:
        return {int: "int64", float: "float32", bool: "bool"}[dtype]
    undetermined(Why.UNSUPPORTED, f"the dtype that `{name}` names")


def mixed(*values: object, leading: bool = True) -> str:
    """Return the one dtype that TensorFlow computes in; refuse symbolic tensors of different dtypes.

    ``leading``: a number that comes first has a dtype of its own (a function's, not an operator's first operand).
    """
    tensors = [value.dtype for value in values if isinstance(value, Tensor)]
    if len(set(tensors)) > 1:
        _refuse_dtypes(tensors)
    if tensors:
        if leading and isinstance(values[0], bool | int | float) and _own(values[0]) != tensors[0]:
            _refuse_dtypes([_own(values[0]), tensors[0]])
        for value in values:
            _check_convertible(value, tensors[0])
        return tensors[0]
    dtypes = [dtype_of(value) for value in values]
    known = next((dtype for dtype in dtypes if dtype not in _STRONG), None)
    return known or ("float32" if "float" in dtypes else "int32")


def _own(value: object) -> str:
    return "bool" if isinstance(value, bool) else "int32" if isinstance(value, int) else "float32"


def _refuse_dtypes(dtypes: list[str]) -> NoReturn:
    raise Refused(
        f"Input tensors have types {sorted(set(dtypes))} that do not all match.",
        error="TypeError",
        contract="dtype",
        dtypes=tuple(dtypes),
    )


def _check_convertible(value: object, dtype: str) -> None:
    if not isinstance(value, bool | int | float) or isinstance(value, NumpyInt):
        return
    if (isinstance(value, float) and dtype not in {*FLOATS, *COMPLEX}) or (
        dtype == "bool" and not isinstance(value, bool)
    ):
        raise Refused(
            f"Cannot convert {value} to EagerTensor of dtype {dtype}", error="TypeError", contract="dtype", dtype=dtype
        )


def check_dtype(dtype: str, *refused: str) -> None:
    """Refuse a dtype that an operation of TensorFlow does not compute in."""
    if dtype in refused:
        raise Refused(
            f"Value passed to parameter 'x' has DataType {dtype} not in list of allowed values",
            error="TypeError",
            contract="dtype",
            dtype=dtype,
        )
