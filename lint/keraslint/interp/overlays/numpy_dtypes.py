"""numpy's dtypes: names that can be called, promotion, and what storing a number in one does to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keraslint.interp.classes import builtin_class
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.builtins_new import new_bool, new_float, new_int, new_str
from keraslint.interp.overlays.items import make_class, nothing, shared_class
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Poly
from keraslint.values.program import Class
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class DType(str):
    """A dtype: its own name, which is also what ``np.float32`` is. It can be called, and has members."""

    __slots__ = ()

    def call_with(self, machine: Machine, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Return a scalar of the dtype."""
        del kwargs
        value = args[0] if args else 0
        if isinstance(value, list | tuple | Array):
            from keraslint.interp.overlays.numpy_arrays import array_of, cast_array

            return cast_array(machine, array_of(machine, value), str(self))
        maker = {"f": new_float, "i": new_int, "u": new_int, "b": new_bool, "U": new_str}.get(self.kind)
        if maker is None:
            return machine.unknown(Why.UNSUPPORTED, f"np.{self}()")
        stored = cast(maker(machine, value), str(self))
        return Array((), self, stored) if self in {"float16", "float32", "bfloat16"} else scalar(stored)

    @property
    def kind(self) -> str:
        """The dtype's kind as one letter."""
        if self in {"bool", "object", "str", "bytes"}:
            return {"bool": "b", "object": "O", "str": "U", "bytes": "S"}[str(self)]
        return "f" if "float" in self else self[0]

    def get_member(self, machine: Machine, name: str) -> object:
        """Return an attribute."""
        if name in {"name", "__name__", "base_name"}:
            return str(self)
        if name in {"type", "as_numpy_dtype", "base", "base_dtype"}:
            return self
        if name == "kind":
            return self.kind
        if name in {"itemsize", "size"}:
            return _WIDTHS.get(str(self), 64) // 8
        if name in {"is_floating", "is_integer", "is_bool"}:
            return self.kind in {"is_floating": "f", "is_integer": "iu", "is_bool": "b"}[name]
        return machine.unknown(Why.UNSUPPORTED, f"np.{self}.{name}")


_WIDTHS = {f"{kind}{width}": width for kind in ("int", "uint") for width in (8, 16, 32, 64)}
_WIDTHS.update(
    {"float16": 16, "float32": 32, "float64": 64, "bool": 8, "bfloat16": 16, "complex64": 64, "complex128": 128}
)
DTYPES = {name: DType(name) for name in (*_WIDTHS, "str", "object", "bytes")}
_ALIASES = {
    "float": "float64",
    "int": "int64",
    "double": "float64",
    "single": "float32",
    "half": "float16",
    "float_": "float64",
    "int_": "int64",
    "intp": "int64",
    "intc": "int32",
    "uint": "uint64",
    "uintp": "uint64",
    "byte": "int8",
    "ubyte": "uint8",
    "short": "int16",
    "long": "int64",
    "longlong": "int64",
    "bool_": "bool",
    "bool8": "bool",
    "str_": "str",
    "unicode_": "str",
    "string_": "bytes",
    "bytes_": "bytes",
    "object_": "object",
    "complex": "complex128",
    "f4": "float32",
    "f8": "float64",
    "i4": "int32",
    "i8": "int64",
    "u1": "uint8",
    "f": "float32",
    "d": "float64",
    "i": "int32",
    "uint8": "uint8",
}
_SHORT = {"f4", "f8", "i4", "i8", "u1", "f", "d", "i"}
register(
    "numpy",
    {**DTYPES, **{name: DTYPES[real] for name, real in _ALIASES.items() if name not in DTYPES and name not in _SHORT}},
)


def dtype_name(machine: Machine, value: object, default: str = "float64") -> str:
    """Return the name of what is given as a dtype; of an unknown one the default."""
    if isinstance(value, Class):
        value = value.name
    if isinstance(value, str):
        name = str(value).lstrip("<>=|")
        name = _ALIASES.get(name, name)
        if name in DTYPES:
            return name
        if name.startswith(("U", "S")):
            return "str"
    del machine
    return default


def scalar(value: object) -> object:
    """Return a number as numpy's scalar."""
    return NumpyInt(value) if isinstance(value, int) and not isinstance(value, bool | NumpyInt) else value


def cast(value: object, dtype: str) -> object:
    """Return a number as the dtype stores it; None where that is not exact here."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Poly):
        return value if "int" in dtype or dtype in {"float64", "object"} else None
    if dtype == "bool":
        return bool(value)
    if dtype in {"str", "object", "bytes"}:
        return value if dtype == "object" or isinstance(value, str) else str(value)
    if not isinstance(value, int | float):
        return None
    if "int" in dtype:
        return _whole(value, dtype)
    if dtype == "float64":
        return float(value)
    return narrow(float(value), dtype)


def _whole(value: float, dtype: str) -> int | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    number, width = int(value), _WIDTHS.get(dtype)
    if width is None:  # `int`, whose width is the framework's affair, and the narrow ones of quantized weights
        return None
    low = 0 if dtype[0] == "u" else -(1 << (width - 1))
    if low <= number < low + (1 << width):
        return number
    if isinstance(value, float) or width == 64:  # what C leaves undefined, or what overflows
        return None
    return (number - low) % (1 << width) + low


def narrow(value: float, dtype: str) -> float | None:
    """Return a float as a narrower one stores it."""
    import struct

    code = {"float32": "f", "float16": "e"}.get(dtype)
    if code is None:
        return None
    if not math.isfinite(value):
        return value
    try:
        return float(struct.unpack(code, struct.pack(code, value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


_ORDER = (
    "bool",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "uint32",
    "int32",
    "uint64",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
)


def promote(a: str, b: str) -> str:
    """Return the dtype that two make together, as numpy has it."""
    if a == b:
        return a
    if a not in _ORDER or b not in _ORDER:
        return "object" if "object" in {a, b} else "str"
    low, high = sorted((a, b), key=_ORDER.index)
    if low[0] == "u" and high.startswith("int") and _WIDTHS[low] >= _WIDTHS[high]:
        return f"int{_WIDTHS[low] * 2}" if _WIDTHS[low] < 64 else "float64"
    if high.startswith("u") and low.startswith("int"):
        return f"int{_WIDTHS[high] * 2}" if _WIDTHS[high] < 64 else "float64"
    if "int" in low and high in {"float16", "float32", "bfloat16"}:
        width = _WIDTHS[low]
        needed = "float64" if width > 16 else "float32" if width > 8 else "float16"
        return max(high, needed, key=_ORDER.index)
    return high


def promote_scalar(dtype: str, value: object) -> str:
    """Return the dtype of an array of ``dtype`` together with a number of Python, which is weak."""
    if isinstance(value, bool | str):
        return dtype if isinstance(value, bool) else promote(dtype, "str")
    if isinstance(value, float):
        return dtype if "float" in dtype else "float64"
    return "int64" if dtype == "bool" else dtype


@raw("numpy.dtype")
def make_dtype(machine: Machine, value: object, *_: object, **__: object) -> object:
    """Return a dtype."""
    if isinstance(value, Unknown):
        return Unknown(value.why, f"np.dtype({value.symbol or value.what})", value.where)
    name = dtype_name(machine, value, "")
    return DTYPES[name] if name else machine.unknown(Why.UNSUPPORTED, "np.dtype()")


@raw("numpy.result_type", "numpy.promote_types")
def result_type(machine: Machine, *values: object) -> object:
    """Return the dtype that several make together."""
    name = "bool"
    for value in values:
        name = promote(name, value.dtype if isinstance(value, Array) else dtype_name(machine, value))
    return DTYPES[name]


# abstract classes of scalars

_KINDS: dict[str, tuple[type, ...]] = {
    "integer": (NumpyInt, Poly),
    "signedinteger": (NumpyInt, Poly),
    "floating": (),
    "generic": (NumpyInt,),
    "number": (NumpyInt, Poly),
}


def _kind_class(name: str) -> Lazy:
    return Lazy(shared_class(f"numpy.{name}", lambda machine: make_class(machine, name, {})))


register("numpy", {name: _kind_class(name) for name in _KINDS})
register(
    "isinstance",
    {name: RawNative(name, lambda machine, value, name=name: _is_kind(machine, name, value)) for name in _KINDS},
)


def _is_kind(machine: Machine, name: str, value: object) -> object:
    if isinstance(value, _KINDS[name]):
        return True
    if isinstance(value, float) and name in {"floating", "generic", "number"}:
        return machine.unknown(Why.UNSUPPORTED, "whether a float is numpy's")
    return False


register("numpy", {"ndarray": Lazy(lambda machine: builtin_class(machine, "ndarray"))})
register(
    "numpy",
    {
        **{
            name: nothing(f"numpy.{name}")
            for name in ("set_printoptions", "seterr", "save", "savez", "savez_compressed", "savetxt", "errstate")
        },
        "pi": math.pi,
        "e": math.e,
        "inf": math.inf,
        "Inf": math.inf,
        "nan": math.nan,
        "NaN": math.nan,
        "euler_gamma": 0.5772156649015329,
        "newaxis": None,
        "__version__": "2.0.0",
    },
)


class Limits:
    """What ``np.iinfo`` and ``np.finfo`` give."""

    def __init__(self, members: dict[str, object]) -> None:
        self.members = members

    def get_member(self, machine: Machine, name: str) -> object:
        """Return a limit."""
        return self.members[name] if name in self.members else machine.unknown(Why.UNSUPPORTED, f"limits.{name}")


@raw("numpy.iinfo")
def integer_limits(machine: Machine, dtype: object) -> object:
    """Return the limits of an integer dtype."""
    name = dtype_name(machine, dtype, "int64")
    width = _WIDTHS[name]
    low = 0 if name[0] == "u" else -(1 << (width - 1))
    return Limits({"min": low, "max": low + (1 << width) - 1, "bits": width, "dtype": DTYPES[name]})


@raw("numpy.finfo")
def float_limits(machine: Machine, dtype: object) -> object:
    """Return the limits of a float dtype."""
    name = dtype_name(machine, dtype)
    digits, largest = {"float16": (10, 65504.0), "float32": (23, (2 - 2**-23) * 2.0**127)}.get(
        name, (52, 1.7976931348623157e308)
    )
    return Limits({"eps": 2.0**-digits, "max": largest, "min": -largest, "bits": _WIDTHS[name], "dtype": DTYPES[name]})
