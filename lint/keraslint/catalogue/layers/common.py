"""What the constructor of every layer refuses: of name, flag, dtype and seed, and of objects given by name."""

from __future__ import annotations

import re
from collections.abc import Callable

from keraslint.catalogue.signatures import takes_any_string, understood
from keraslint.catalogue.spec import LayerSpec, Refused
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Poly
from keraslint.values.program import KerasObject
from keraslint.values.unknown import Unknown, Why, undetermined

FLOATS = frozenset({"bfloat16", "float16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"})
DTYPES = FLOATS | {
    "uint8", "uint16", "uint32", "uint64", "int4", "int8", "int16", "int32", "int64", "bool", "string",
    "complex64", "complex128",
}  # fmt: skip
POLICIES = frozenset({"mixed_float16", "mixed_bfloat16"})
QUANTIZATIONS = ("int8", "int4", "float8", "gptq", "awq")


def dtypes_of(dtype: object, policy: str) -> tuple[str, str]:
    """Return the variable dtype and the compute dtype of a ``dtype`` argument (a name, a policy, or None)."""
    if isinstance(dtype, KerasObject):
        dtype = dtype.arguments.get("name")
    name = policy if dtype is None else str(dtype) if isinstance(dtype, str) else "float32"
    name = name.rpartition("_from_")[2]
    name = _NUMPY_NAMES.get(name, name)
    if name.startswith("mixed_"):
        return "float32", name.removeprefix("mixed_")
    return name, name


_NUMPY_NAMES = {"double": "float64", "float": "float32", "half": "float16", "single": "float32"}
"""Names of dtypes that Keras 2 takes from numpy."""


def check_common(spec: LayerSpec) -> None:
    """Refuse what every layer's constructor refuses of name, flag, dtype, and named objects."""
    for name, value in spec.arguments.items():
        if isinstance(value, Unknown) or (value is None and name != "trainable"):
            continue
        family = _family(name)
        if (spec.class_name, name) in (_UNCHECKED_2 if spec.keras is Keras.TWO else _UNCHECKED_3):
            continue
        if family:
            if not _is_registered(spec, family, value):
                check_object(family, name, value, spec.keras)
        elif name in _COMMON:
            _COMMON[name](spec, value)


def _is_registered(spec: LayerSpec, family: str, value: object) -> bool:
    """Return whether a name is one of the program's own, perhaps of a package that is not read: ``package>name``."""
    if not isinstance(value, str) or (spec.keras is Keras.THREE and family != "initializers"):
        return False
    return value in spec.host.custom_objects or ">" in value


_UNCHECKED_2 = frozenset(
    {
        ("BatchNormalization", "trainable"),
        ("EinsumDense", "activity_regularizer"),
        ("RandomFourierFeatures", "kernel_initializer"),
        ("SyncBatchNormalization", "trainable"),
    }
)
"""Arguments that constructors of Keras 2 keep from the base layer's."""
_UNCHECKED_3 = frozenset(
    {
        ("HashedCrossing", "trainable"),
        ("IntegerLookup", "trainable"),
        ("SimpleRNN", "activity_regularizer"),
        ("StringLookup", "trainable"),
    }
)


def check_object(family: str, name: str, value: object, keras: Keras) -> None:
    """Refuse a string or plain value that Keras does not take for an activation, initializer and so on."""
    if isinstance(value, str):
        if value in understood(family, keras):
            return
        if takes_any_string(family, keras) and name != "activity_regularizer":
            return
    elif not isinstance(value, bool | int | float | list | tuple) and not _is_no_object(family, value, keras):
        return
    what = family.removesuffix("s")
    known = tuple(sorted(understood(family, keras)))
    raise Refused(f"Could not interpret {what} identifier: {value!r}", argument=name, received=value, known=known)


def _is_no_object(family: str, value: object, keras: Keras) -> bool:
    if isinstance(value, Array):  # Keras 3 takes one for what an initializer gives
        return family != "initializers" or keras is Keras.TWO
    return value == {}


def _family(name: str) -> str:
    if name in {"activation", "recurrent_activation"}:
        return "activations"
    last = name.rpartition("_")[2]
    return f"{last}s" if last in {"initializer", "regularizer", "constraint"} else ""


def _check_name(spec: LayerSpec, value: object) -> None:
    if spec.keras is Keras.TWO:
        if not isinstance(value, str):
            raise Refused(f"Expected `name` argument to be a string, but got: {value}", error="TypeError")
        if not _SCOPE_NAME.fullmatch(value):
            raise Refused(
                f"'{value}/' is not a valid root scope name. A root scope name has to match the following pattern: "
                "^[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*$"
            )
        return
    if not isinstance(value, str) or "/" in value:
        raise Refused(
            f"Argument `name` must be a string and cannot contain character `/`. Received: name={value} "
            f"(of type <class '{type(value).__name__}'>)"
        )


_SCOPE_NAME = re.compile(r"[A-Za-z0-9_.\\/>-]*")


def _check_trainable(spec: LayerSpec, value: object) -> None:
    if isinstance(value, bool):
        return
    if spec.keras is Keras.TWO:
        raise Refused(f"Expected `trainable` argument to be a boolean, but got: {value}", error="TypeError")
    raise Refused(f"Expected `trainable` to be a boolean. Received: trainable={value} (of type {type(value)})")


def _check_dtype(spec: LayerSpec, value: object) -> None:
    if not isinstance(value, str):
        is_none = isinstance(value, float | list | dict) or (isinstance(value, tuple) and value)
        if is_none or (spec.keras is Keras.THREE and isinstance(value, int | tuple | Array)):
            raise Refused(
                "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. Received: "
                f"dtype={value}",
                error="ValueError" if spec.keras is Keras.THREE else "TypeError",
                received=value,
            )
        return
    if spec.keras is Keras.THREE and value.startswith(QUANTIZATIONS):
        _check_quantized(value)
        return
    if value in DTYPES or value in POLICIES:
        return
    if spec.keras is Keras.TWO:
        if value in _NUMPY_DTYPES:
            return
        raise Refused(
            f"Cannot convert value {value} to a mixed precision Policy. Valid policies include 'mixed_float16', "
            "'mixed_bfloat16', and the name of any dtype such as 'float32'."
        )
    raise Refused(
        f"Cannot convert '{value}' to a mixed precision DTypePolicy. Valid policies include 'mixed_float16', "
        "'mixed_bfloat16', and the name of any float dtype such as 'float32'."
    )


def _check_quantized(value: str) -> None:
    """Refuse the name of a quantized policy that has not the form ``mode_from_policy``."""
    mode, separator, source = value.partition("_from_")
    name, _, rest = mode.partition("/")
    parts = {"int4": (0, 1), "gptq": (2,), "awq": (2,)}.get(name, (0,))
    is_whole = name in QUANTIZATIONS and len(rest.split("/") if rest else ()) in parts
    if not separator or not is_whole or source not in DTYPES | POLICIES:
        raise Refused(
            "Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate `QuantizedDTypePolicy`. "
            f"Received: policy={value}"
        )


def _check_seed(spec: LayerSpec, value: object) -> None:
    """Refuse a seed from which Keras 3 makes no generator; where nothing is dropped, it makes none."""
    if spec.keras is Keras.TWO or isinstance(value, Unknown | Poly):
        return
    if isinstance(value, int) and not isinstance(value, NumpyInt):
        return
    names = ("rate", "stddev", *(("dropout",) if "Attention" in spec.class_name else ()))
    shares = [spec.arguments[name] for name in names if name in spec.arguments]
    if any(isinstance(share, Unknown) or (isinstance(share, int | float) and share <= 0) for share in shares):
        return
    raise Refused(f"Argument `seed` must be an integer. Received: seed={value!r}", received=value)


_NUMPY_DTYPES = frozenset({"float", "int", "half", "double", "single", "str", "object", "qint8", "quint8", "qint32"})


def _check_dynamic(spec: LayerSpec, value: object) -> None:
    if value and spec.keras is Keras.TWO:
        undetermined(Why.UNSUPPORTED, f"{spec.name} is dynamic: it makes its weights when it sees data")


def _check_input_shape(spec: LayerSpec, value: object) -> None:
    del spec
    if isinstance(value, int | float | Poly):
        raise Refused(f"'{type(value).__name__}' object is not iterable", error="TypeError", received=value)


_COMMON: dict[str, Callable[[LayerSpec, object], None]] = {
    "name": _check_name,
    "trainable": _check_trainable,
    "dtype": _check_dtype,
    "dynamic": _check_dynamic,
    "seed": _check_seed,
    "input_shape": _check_input_shape,
    "batch_input_shape": _check_input_shape,
}
