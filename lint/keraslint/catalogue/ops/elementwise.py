"""Operations of Keras 3 on each element, of one operand or two that broadcast; activations of both versions."""

from __future__ import annotations

from collections.abc import Callable

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import (
    FLOATS,
    dtype_of,
    is_integer,
    promote,
    strong,
)
from keraslint.catalogue.ops.shapes import axis_indices, broadcast, data_shape, only_tensor, refuse, with_axis
from keraslint.catalogue.spec import Output, Signature
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import floor_divide, same
from keraslint.values.layer import Tensor
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

DtypeRule = Callable[[str], str]
SMALL = ("bool", "int8", "int16", "int32", "uint8", "uint16", "uint32")


def same_dtype(dtype: str) -> str:
    """Return the dtype itself; of a number, what Keras makes of it."""
    return {"int": "int32", "float": "float32"}.get(dtype, dtype)


def _floating(dtype: str) -> str:
    return "float32" if dtype == "int64" else promote(dtype, "float")


def floating_dtype(dtype: str) -> str:
    """Return a dtype that is no integer: those become floats."""
    return "float32" if is_integer(dtype) or dtype == "bool" else dtype


def counted_dtype(dtype: str) -> str:
    """Return a dtype that is no truth value: those become integers."""
    return "int32" if dtype == "bool" else dtype


def _no_small(dtype: str) -> str:
    return "float32" if dtype in SMALL else "float64" if dtype == "int64" else dtype


def _angle(dtype: str) -> str:
    return "float64" if dtype in {"int64", "float64"} else dtype if dtype in {"bfloat16", "float16"} else "float32"


def _float32(dtype: str) -> str:
    del dtype
    return "float32"


def truth_dtype(dtype: str) -> str:
    """Return the dtype of truth values."""
    del dtype
    return "bool"


def _counted(dtype: str) -> str:
    return "float32" if dtype in {"int", "float"} else dtype


def unary(rule: DtypeRule) -> Operation:
    """Return the function of an operation on each element of its first argument."""

    def function(arguments: Arguments) -> Output:
        value = only_tensor(next(iter(arguments.values.values())))
        return Signature(data_shape(value), rule(dtype_of(value)))

    return function


def register_elementwise(
    prefix: str, rule: DtypeRule, names: str, kind: Callable[[DtypeRule], Operation] = unary
) -> None:
    """Register operations by a prefix and their names."""
    for name in names.split():
        operation(prefix + name)(kind(rule))


register_elementwise(
    "keras.ops.",
    same_dtype,
    "abs absolute conj conjugate copy imag real round sign negative bitwise_invert bitwise_not nan_to_num tril triu trunc "
    "relu relu6 sigmoid sparse_sigmoid softplus softsign soft_shrink sparse_plus silu squareplus log_sigmoid leaky_relu "
    "hard_sigmoid hard_silu elu selu gelu celu tanh_shrink hard_tanh hard_shrink threshold rsqrt erf erfinv "
    "stop_gradient rms_normalization layer_normalization",
)
register_elementwise(
    "keras.ops.",
    _floating,
    "angle arccos arccosh cos cosh sinc arcsin arcsinh arctan arctanh sin sinh tan tanh log log10 log2 log1p sqrt ceil floor",
)
register_elementwise("keras.ops.", lambda dtype: promote(dtype, "float"), "erfc")
register_elementwise("keras.ops.", floating_dtype, "exp exp2 expm1")
register_elementwise("keras.ops.", counted_dtype, "clip square")
register_elementwise("keras.ops.", _no_small, "cbrt")
register_elementwise("keras.ops.", _angle, "deg2rad rad2deg i0")
register_elementwise("keras.ops.", _float32, "reciprocal")
register_elementwise(
    "keras.ops.", truth_dtype, "isfinite isinf isnan isneginf isposinf isreal logical_not signbit isin"
)


@operation("keras.ops.fabs")
def fabs(arguments: Arguments) -> Output:
    """Keep the shape; integers become floats."""
    dtype = dtype_of(arguments.value("x"))
    if "complex" in dtype:
        refuse(f"fabs does not support complex inputs. Received: dtype={dtype}", error="TypeError", contract="dtype")
    return Signature(data_shape(arguments.value("x")), floating_dtype(dtype))


@operation("keras.ops.digitize")
def digitize(arguments: Arguments) -> Output:
    """Keep the shape of ``x``; the bins have one dimension."""
    bins = data_shape(arguments.value("bins"))
    if len(bins) > 1:
        refuse(f"`bins` must be a 1D array. Received: bins of shape {bins}", contract="rank", shape=bins)
    return Signature(data_shape(arguments.value("x")), "int32")


def along_axis(rule: DtypeRule) -> Operation:
    """Return the function of an operation that keeps the shape and works along ``axis``, which has to exist."""

    def function(arguments: Arguments) -> Output:
        value = next(iter(arguments.values.values()))
        shape = data_shape(value)
        axis = arguments.value("axis")
        if axis is not None:
            axis_indices(axis, len(shape))
        return Signature(shape, rule(dtype_of(value)))

    return function


register_elementwise("keras.ops.", same_dtype, "flip roll softmax log_softmax sparsemax", along_axis)
register_elementwise("keras.ops.", _float32, "normalize", along_axis)


def _operand(value: object) -> object:
    """Return an operand; Keras 3 takes a tensor, an array or a number where another operand is symbolic."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def _keras_shape(value: object) -> object:
    """Return what has a shape; a list has none in Keras 3."""
    value = _operand(value)
    if isinstance(value, list | tuple) or value is None:
        refuse(f"Invalid dtype: {type(value).__name__}", contract="dtype")
    return value


def binary(rule: Callable[[str, str], str], first: str = "x1", second: str = "x2") -> Operation:
    """Return the function of an operation of Keras 3 on two operands that broadcast."""

    def function(arguments: Arguments) -> Output:
        a, b = arguments.value(first), arguments.value(second)
        if isinstance(a, Tensor) or isinstance(b, Tensor):
            a, b = _keras_shape(a), _keras_shape(b)
        return Signature(broadcast(data_shape(a), data_shape(b)), rule(dtype_of(a), dtype_of(b)))

    return function


def _register_binary(rule: Callable[[str, str], str], names: str) -> None:
    for name in names.split():
        operation(f"keras.ops.{name}")(binary(rule))


_register_binary(promote, "add subtract multiply maximum fmax minimum fmin power floor_divide")
_register_binary(lambda a, b: promote(strong(a), strong(b)), "gcd lcm")
_register_binary(lambda a, b: promote(a, b, "float"), "divide divide_no_nan true_divide logaddexp logaddexp2")
_register_binary(lambda a, b: promote(strong(a), strong(b), "float"), "ldexp nextafter")
# a number counts as a float of the global dtype: keras/src/ops/numpy.py, Arctan2.compute_output_spec
_register_binary(lambda a, b: promote(_counted(a), _counted(b), "float"), "arctan2")
_register_binary(
    lambda _a, _b: "bool",
    "equal not_equal greater greater_equal less less_equal logical_and logical_or logical_xor isclose",
)
_register_binary(lambda a, b: counted_dtype(promote(a, b)), "mod fmod")
_register_binary(lambda a, b: "bool" if promote(a, b) == "bool" else _no_small(promote(a, b)), "heaviside hypot")


def bits(arguments: Arguments) -> Output:
    """Keep the shape of the first operand, as Keras 3 does for operations on bits."""
    a, b = arguments.value("x"), arguments.value("y")
    return Signature(data_shape(a), promote(dtype_of(a), dtype_of(b)))


for _name in ("and", "or", "xor"):
    operation(f"keras.ops.bitwise_{_name}")(bits)


def shifted(arguments: Arguments) -> Output:
    """Keep the shape of the first operand; a number has no say in the dtype."""
    a, b = arguments.value("x"), arguments.value("y")
    dtype = dtype_of(a) if isinstance(b, int) else promote(dtype_of(a), dtype_of(b))
    return Signature(data_shape(a), dtype)


for _name in ("bitwise_left_shift", "left_shift", "bitwise_right_shift", "right_shift"):
    operation(f"keras.ops.{_name}")(shifted)


@operation("keras.ops.allclose")
def allclose(arguments: Arguments) -> Output:
    """Return one truth value."""
    del arguments
    return Signature((), "bool")


@operation("keras.ops.glu", "keras.activations.glu")
def glu(arguments: Arguments) -> Output:
    """Halve one axis."""
    value = arguments.value("x")
    shape = data_shape(value)
    (axis,) = axis_indices(arguments.value("axis"), len(shape))
    width = shape[axis]
    if width is None:
        return Signature(shape, dtype_of(value))
    if same(width % 2, 0) is False:
        refuse(
            f"axis size must be divisible by 2. Received: x.shape={shape} with axis={axis}",
            contract="channels",
            shape=shape,
        )
    return Signature(with_axis(shape, axis, floor_divide(width, 2)), dtype_of(value))


# activations: both versions


def activation(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = arguments.value("x")
    dtype = dtype_of(value)
    if arguments.keras is Keras.TWO and dtype not in {*FLOATS, "int", "float"}:
        undetermined(Why.UNSUPPORTED, f"an activation on {dtype}")
    return Signature(data_shape(value), dtype)


for _name in [
    "celu",
    "elu",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "tanh",
    "tanh_shrink",
    "threshold",
    "exponential",
]:
    operation(f"keras.activations.{_name}")(activation)


@operation("keras.activations.softmax", "keras.activations.log_softmax", "keras.activations.sparsemax")
def softmax_activation(arguments: Arguments) -> Output:
    """Keep the shape; in Keras 2 the input has more than one dimension."""
    value = arguments.value("x")
    shape = data_shape(value)
    axis_indices(arguments.value("axis"), len(shape))
    if arguments.keras is Keras.TWO and len(shape) < 2:
        refuse(
            f"Cannot apply softmax to a tensor that is 1D. Received input of shape {shape}",
            contract="rank",
            shape=shape,
        )
    return Signature(shape, dtype_of(value))
