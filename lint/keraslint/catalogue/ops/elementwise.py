"""Operations entry by entry: activations, arithmetic, comparisons, casts."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.shapes import broadcast, broadcast_all
from keraslint.catalogue.spec import Output, Refused, Signature
from keraslint.values.unknown import Why, undetermined

_UNARY_3 = [
    "abs",
    "absolute",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctanh",
    "ceil",
    "conj",
    "conjugate",
    "cos",
    "cosh",
    "deg2rad",
    "rad2deg",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "imag",
    "log",
    "log10",
    "log1p",
    "log2",
    "logical_not",
    "negative",
    "real",
    "reciprocal",
    "rint",
    "round",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "rsqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
    "celu",
    "elu",
    "erf",
    "erfinv",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
    "nan_to_num",
    "copy",
    "flip",
    "stop_gradient",
    "normalize",
    "cumsum",
    "cumprod",
    "sort",
    "roll",
    "bitwise_not",
    "invert",
    "positive",
]
_UNARY_TF = [
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "identity",
    "log",
    "log1p",
    "logical_not",
    "negative",
    "reciprocal",
    "round",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "rsqrt",
    "square",
    "tan",
    "tanh",
    "sigmoid",
    "relu",
    "relu6",
    "elu",
    "selu",
    "gelu",
    "leaky_relu",
    "softmax",
    "log_softmax",
    "softplus",
    "softsign",
    "swish",
    "silu",
    "erf",
    "digamma",
    "lgamma",
    "stop_gradient",
    "zeros_like",
    "ones_like",
    "l2_normalize",
    "cumsum",
    "cumprod",
    "sort",
    "reverse",
    "roll",
    "clip_by_norm",
    "erfinv",
    "conj",
    "log_sigmoid",
    "dropout",
    "local_response_normalization",
    "lrn",
]
_UNARY_K = [
    "abs",
    "exp",
    "log",
    "round",
    "sign",
    "sin",
    "cos",
    "sqrt",
    "square",
    "sigmoid",
    "hard_sigmoid",
    "tanh",
    "relu",
    "elu",
    "softmax",
    "softplus",
    "softsign",
    "stop_gradient",
    "l2_normalize",
    "zeros_like",
    "ones_like",
    "cumsum",
    "cumprod",
    "reverse",
    "dropout",
    "identity",
    "in_train_phase",
]
_UNARY_ACTIVATIONS = "exponential linear mish hard_sigmoid hard_silu hard_swish".split()  # noqa: SIM905  reads as a list
_BINARY_3 = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "true_divide",
    "divide_no_nan",
    "floor_divide",
    "mod",
    "power",
    "maximum",
    "minimum",
    "arctan2",
    "hypot",
    "logaddexp",
    "logical_and",
    "logical_or",
    "logical_xor",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "copysign",
    "heaviside",
    "fmod",
]
_COMPARING_3 = "equal not_equal greater greater_equal less less_equal isclose".split()  # noqa: SIM905  reads as a list
_BINARY_TF = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "truediv",
    "divide_no_nan",
    "floordiv",
    "floormod",
    "mod",
    "pow",
    "maximum",
    "minimum",
    "atan2",
    "logical_and",
    "logical_or",
    "logical_xor",
    "squared_difference",
]
_COMPARING_TF = "equal not_equal greater greater_equal less less_equal".split()  # noqa: SIM905  reads as a list
_BINARY_K = "maximum minimum pow".split()  # noqa: SIM905  reads as a list
_OPERATORS = "add sub mul truediv floordiv mod pow and_ or_ xor".split()  # noqa: SIM905  reads as a list
_COMPARING = "lt le gt ge eq ne".split()  # noqa: SIM905  reads as a list


@operation(
    *(f"keras.ops.{name}(x, axis, order, negative_slope, alpha, approximate, shift, threshold)" for name in _UNARY_3),
    *(
        f"tf.{name}(x, axis, alpha, beta, exclusive, rate, noise_shape, seed)"
        for name in _UNARY_TF
        if name != "leaky_relu"
    ),
    "tf.leaky_relu(features:x, alpha)",
    *(f"keras.backend.{name}(x, axis, level, noise_shape, seed)" for name in _UNARY_K),
    "operator.neg(x)",
    "operator.invert(x)",
    "operator.pos(x)",
    "operator.abs(x)",
)
def same_shape(arguments: Arguments) -> Output:
    """Return the shape of the input; a softmax's axis has to be one of its axes."""
    given = arguments.raw("x")
    shape = arguments.shape("x")
    axis = arguments.raw("axis")
    if isinstance(axis, int) and not -len(shape) <= axis < len(shape):
        raise Refused(f"axis {axis} is out of bounds for an array with dimension {len(shape)}.", contract="axis")
    return Signature(shape, arguments.dtype("x")) if given is not None else shape


@operation("keras.ops.isnan(x)", "keras.ops.isinf(x)", "keras.ops.isfinite(x)", "tf.is_nan(x)", "tf.is_inf(x)")
def predicate(arguments: Arguments) -> Output:
    """Return the shape of the input, of bools."""
    return Signature(arguments.shape("x"), "bool")


@operation(
    "keras.ops.clip(x, x_min, x_max)",
    "tf.clip_by_value(t:x, clip_value_min, clip_value_max)",
    "keras.backend.clip(x, min_value, max_value)",
)
def clip(arguments: Arguments) -> Output:
    """Return the shape of the input."""
    return Signature(arguments.shape("x"), arguments.dtype("x"))


@operation(
    *(f"keras.ops.{name}(x1, x2)" for name in _BINARY_3),
    *(f"tf.{name}(x:x1, y:x2)" for name in _BINARY_TF),
    *(f"keras.backend.{name}(x:x1, y:x2)" for name in _BINARY_K),
    *(f"operator.{name}(x1, x2)" for name in _OPERATORS),
    "keras.ops.bitwise_left_shift(x:x1, y:x2)",
    "keras.ops.bitwise_right_shift(x:x1, y:x2)",
)
def binary(arguments: Arguments) -> Output:
    """Return the shape that two operands broadcast to."""
    dtype = arguments.dtype("x1" if arguments.shape("x1") else "x2")
    return Signature(broadcast(arguments.shape("x1"), arguments.shape("x2")), dtype)


@operation(
    *(f"keras.ops.{name}(x1, x2)" for name in _COMPARING_3),
    *(f"tf.{name}(x:x1, y:x2)" for name in _COMPARING_TF),
    *(f"keras.backend.{name}(x:x1, y:x2)" for name in _COMPARING_TF),
    *(f"operator.{name}(x1, x2)" for name in _COMPARING),
)
def comparison(arguments: Arguments) -> Output:
    """Return the shape that two operands broadcast to, of bools."""
    return Signature(broadcast(arguments.shape("x1"), arguments.shape("x2")), "bool")


@operation(
    "keras.ops.where(condition, x1, x2)",
    "tf.where(condition, x:x1, y:x2)",
    "keras.backend.switch(condition, then_expression:x1, else_expression:x2)",
)
def where(arguments: Arguments) -> Output:
    """Return the shape that condition and operands broadcast to."""
    if arguments.raw("x1") is None:
        undetermined(Why.DATA, "the number of entries that are true")
    shapes = [arguments.shape(name) for name in ("condition", "x1", "x2")]
    return Signature(broadcast_all(shapes), arguments.dtype("x1" if shapes[1] else "x2"))


@operation(
    "keras.ops.cast(x, dtype)", "tf.cast(x, dtype)", "keras.backend.cast(x, dtype)", "tf.saturate_cast(x, dtype)"
)
def cast(arguments: Arguments) -> Output:
    """Return the shape of the input, of another dtype."""
    dtype = arguments.value("dtype")
    return Signature(arguments.shape("x"), dtype if isinstance(dtype, str) else "float32")


@operation("tf.add_n(inputs)")
def add_n(arguments: Arguments) -> Output:
    """Return the shape that the summands share."""
    inputs = arguments.value("inputs")
    items = inputs if isinstance(inputs, list | tuple) else [inputs]
    return broadcast_all(Arguments({"x": item}, arguments.keras).shape("x") for item in items)
