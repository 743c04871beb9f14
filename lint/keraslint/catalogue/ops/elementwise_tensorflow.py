"""TensorFlow's operations on each element, and those of the backend of Keras 2: dtypes are not promoted."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import (
    COMPLEX,
    FLOATS,
    SIGNED,
    UNSIGNED,
    check_dtype,
    is_integer,
    mixed,
)
from keraslint.catalogue.ops.elementwise import (
    DtypeRule,
    floating_dtype,
    register_elementwise,
    same_dtype,
    truth_dtype,
    unary,
)
from keraslint.catalogue.ops.shapes import broadcast, data_shape, refuse
from keraslint.catalogue.spec import Output, Signature

# TensorFlow, and the backend of Keras 2


def number_dtype(dtype: str) -> str:
    """Return a dtype that TensorFlow adds; truth values are refused."""
    check_dtype(dtype, "bool")
    return same_dtype(dtype)


def real_dtype(dtype: str) -> str:
    """Return a dtype that TensorFlow compares by size."""
    check_dtype(dtype, "bool", *COMPLEX)
    return same_dtype(dtype)


def _continuous(dtype: str) -> str:
    check_dtype(dtype, "bool", *SIGNED, *UNSIGNED)
    return same_dtype(dtype)


def ordered_dtype(dtype: str) -> str:
    """Return the dtype of a comparison by size."""
    check_dtype(dtype, "bool", *COMPLEX)
    return "bool"


def _truth(dtype: str) -> str:
    check_dtype(dtype, *FLOATS, *SIGNED, *UNSIGNED, *COMPLEX)
    return "bool"


def power_dtype(dtype: str) -> str:
    """Return a dtype that TensorFlow raises to a power."""
    check_dtype(dtype, "bool", *UNSIGNED)
    return same_dtype(dtype)


_COMPLEX_PART = {"complex64": "float32", "complex128": "float64"}
register_elementwise(
    "tf.",
    same_dtype,
    "acos acosh asin asinh atan atanh cos cosh exp floor sigmoid sign sin sinh sqrt square tan tanh negative round identity "
    "stop_gradient guarantee_const grad_pass_through math.bessel_i0 math.bessel_i0e math.bessel_i1 math.bessel_i1e math.ceil "
    "math.conj math.digamma math.erf math.erfc math.erfcinv math.erfinv math.expm1 math.lgamma math.log math.log1p "
    "math.log_sigmoid math.ndtri math.reciprocal math.reciprocal_no_nan math.rint math.rsqrt math.softplus math.softsign "
    "nn.elu nn.gelu nn.relu nn.relu6 nn.selu nn.silu "
    "nn.local_response_normalization nn.scale_regularization_loss bitwise.invert clip_by_norm nn.isotonic_regression "
    "random.shuffle linalg.band_part linalg.expm linalg.logm linalg.cholesky linalg.inv matrix_square_root",
)
register_elementwise(
    "tf.", lambda dtype: _COMPLEX_PART.get(dtype, same_dtype(dtype)), "abs math.imag math.real math.angle"
)
register_elementwise("tf.", floating_dtype, "nn.leaky_relu")
register_elementwise("tf.", _truth, "logical_not")
register_elementwise("tf.", truth_dtype, "math.is_finite math.is_inf math.is_nan")
register_elementwise("tf.math.special.", same_dtype, "bessel_j0 bessel_j1 bessel_k0 bessel_k0e bessel_k1 bessel_k1e bessel_y0 bessel_y1 dawsn expint fresnel_cos fresnel_sin spence")  # fmt: skip
register_elementwise(
    "keras.backend.",
    same_dtype,
    "abs cos elu exp hard_sigmoid log relu round sigmoid sign sin softplus softsign sqrt square tanh stop_gradient print_tensor clip",
)
for _name in ("tf.nn.dropout", "tf.nn.experimental.stateless_dropout", "keras.backend.dropout"):
    operation(_name)(unary(_continuous))


@operation("tf.clip_by_value")
def clip_by_value(arguments: Arguments) -> Output:
    """Keep the shape of ``t``; the limits broadcast to it."""
    value = arguments.value("t")
    shape = data_shape(value)
    for name in ("clip_value_min", "clip_value_max"):
        limit = data_shape(arguments.value(name))
        broadcast(shape, limit)
        if len(limit) > len(shape):
            refuse(f"Dimensions of {name} {limit} do not fit {shape}", contract="broadcast", shapes=(shape, limit))
    return Signature(shape, mixed(value, arguments.value("clip_value_min"), arguments.value("clip_value_max")))


def tensorflow_binary(rule: DtypeRule, first: str = "x", second: str = "y", *, leading: bool = True) -> Operation:
    """Return the function of TensorFlow's operation on two operands that broadcast and have one dtype."""

    def function(arguments: Arguments) -> Output:
        a, b = arguments.value(first), arguments.value(second)
        return Signature(broadcast(data_shape(a), data_shape(b)), rule(mixed(a, b, leading=leading)))

    return function


def true_division_dtype(dtype: str) -> str:
    """Return the dtype of a true division: integers become floats."""
    check_dtype(dtype, "bool")
    if dtype in {"int8", "uint8", "int16", "uint16"}:
        return "float32"
    return "float64" if is_integer(dtype) else dtype


def _register_tensorflow(rule: DtypeRule, names: str, first: str = "x", second: str = "y", prefix: str = "tf.") -> None:
    for name in names.split():
        operation(prefix + name)(tensorflow_binary(rule, first, second))


_register_tensorflow(number_dtype, "add subtract multiply math.floordiv realdiv truncatediv math.squared_difference")
_register_tensorflow(real_dtype, "maximum minimum math.floormod truncatemod")
_register_tensorflow(_continuous, "math.multiply_no_nan math.xdivy math.xlogy math.xlog1py")
_register_tensorflow(
    same_dtype, "bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor bitwise.left_shift bitwise.right_shift"
)
_register_tensorflow(true_division_dtype, "truediv math.divide_no_nan")
operation("tf.divide")(tensorflow_binary(true_division_dtype, leading=False))
_register_tensorflow(power_dtype, "pow")
_register_tensorflow(truth_dtype, "equal not_equal logical_and logical_or math.logical_xor")
_register_tensorflow(ordered_dtype, "greater greater_equal less less_equal")
_register_tensorflow(_continuous, "atan2", "y", "x")
_register_tensorflow(same_dtype, "math.nextafter", "x1", "x2")
_register_tensorflow(same_dtype, "math.igamma math.igammac math.polygamma", "a", "x")
_register_tensorflow(same_dtype, "math.zeta", "x", "q")
_register_tensorflow(same_dtype, "scalar_mul", "scalar", "x")
_register_tensorflow(real_dtype, "maximum minimum", prefix="keras.backend.")
_register_tensorflow(power_dtype, "pow", "x", "a", prefix="keras.backend.")
_register_tensorflow(truth_dtype, "equal not_equal", prefix="keras.backend.")
_register_tensorflow(ordered_dtype, "greater greater_equal less less_equal", prefix="keras.backend.")


@operation("tf.complex")
def complex_number(arguments: Arguments) -> Output:
    """Return complex numbers of two parts."""
    real, imaginary = arguments.value("real"), arguments.value("imag")
    dtype = "complex128" if mixed(real, imaginary) == "float64" else "complex64"
    return Signature(broadcast(data_shape(real), data_shape(imaginary)), dtype)


@operation("tf.add_n", "tf.math.accumulate_n")
def add_all(arguments: Arguments) -> Output:
    """Return the shape that all inputs have."""
    inputs = arguments.value("inputs")
    values = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    shapes = [data_shape(value) for value in values]
    if any(len(shape) != len(shapes[0]) for shape in shapes):
        refuse(f"Shapes must be equal rank, but are {shapes}", contract="merge-shapes", shapes=shapes)
    from keraslint.catalogue.ops.shapes import merge

    return Signature(tuple(merge(column) for column in zip(*shapes, strict=True)), mixed(*values))
