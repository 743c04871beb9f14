"""Operations that make tensors: constants, ranges, random numbers, casts; and what asks a tensor for its shape."""

from __future__ import annotations

import math

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote, strong
from keraslint.catalogue.ops.shapes import (
    axis_index,
    broadcast,
    data_shape,
    dtype_argument,
    entries,
    entry,
    refuse,
    size,
    tensors,
    text,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim, ceil_divide, maximum
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Unknown

# constants


@operation("keras.ops.zeros", "keras.ops.ones", "keras.ops.empty", "keras.ops.full", "tf.zeros", "tf.ones")
@operation("keras.backend.zeros", "keras.backend.ones")
def filled(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    return Signature(entries(arguments.value("shape"), "shape"), dtype_argument(arguments, "dtype", "float32"))


@operation("tf.fill")
def fill(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    dtype = dtype_of(arguments.raw("value")) if not isinstance(arguments.raw("value"), Unknown) else "float32"
    return Signature(entries(arguments.value("dims"), "dims"), {"int": "int32", "float": "float32"}.get(dtype, dtype))


@operation("keras.ops.zeros_like", "keras.ops.ones_like", "keras.ops.empty_like", "keras.ops.full_like")
@operation("tf.zeros_like", "tf.ones_like", "keras.backend.zeros_like", "keras.backend.ones_like")
@operation("keras.ops.array", "keras.ops.convert_to_tensor", "tf.convert_to_tensor")
def like(arguments: Arguments) -> Output:
    """Return the tensor's shape."""
    value = next(iter(arguments.values.values()))
    dtype = dtype_of(value)
    return Signature(
        data_shape(value), dtype_argument(arguments, "dtype", {"int": "int32", "float": "float32"}.get(dtype, dtype))
    )


@operation("tf.constant", "keras.backend.constant", "keras.backend.variable")
def constant(arguments: Arguments) -> Output:
    """Return the shape of a value, or the one that is asked for."""
    value, shape = arguments.value("value"), arguments.values.get("shape")
    dtype = dtype_of(value)
    return Signature(
        data_shape(value) if shape is None else entries(shape, "shape"),
        dtype_argument(arguments, "dtype", {"int": "int32", "float": "float32"}.get(dtype, dtype)),
    )


@operation("keras.ops.identity")
def identity(arguments: Arguments) -> Output:
    """Return a square matrix."""
    side = as_dim(arguments.value("n"), "n")
    return Signature((side, side), dtype_argument(arguments, "dtype", "float32"))


@operation("tf.eye")
def tensorflow_eye(arguments: Arguments) -> Output:
    """Return a matrix, behind the axes of a batch."""
    rows, columns = arguments.value("num_rows"), arguments.value("num_columns")
    height = entry(rows, "num_rows")
    width = height if columns is None else entry(columns, "num_columns")
    batch = arguments.value("batch_shape")
    lead = () if batch is None else entries(batch, "batch_shape")
    return Signature((*lead, height, width), dtype_argument(arguments, "dtype", "float32"))


@operation("keras.backend.eye")
def backend_eye(arguments: Arguments) -> Output:
    """Return a square matrix."""
    side = entry(arguments.value("size"), "size")
    return Signature((side, side), dtype_argument(arguments, "dtype", "float32"))


# ranges


@operation("keras.ops.arange", "tf.range", "keras.backend.arange")
def arange(arguments: Arguments) -> Output:
    """Return a vector of evenly spaced numbers."""
    start = arguments.value("start")
    if "limit" not in arguments.values and arguments.keras is Keras.THREE and _has_tensor(arguments):
        refuse("A KerasTensor is symbolic. You cannot convert it to a NumPy array.")
    stop = arguments.value("limit") if "limit" in arguments.values else arguments.value("stop")
    step = arguments.value("delta") if "delta" in arguments.values else arguments.value("step")
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    dtype = dtype_argument(arguments, "dtype", promote(*(dtype_of(value) for value in (start, stop, step))))
    return Signature((_count(start, stop, step),), dtype)


def _has_tensor(arguments: Arguments) -> bool:
    """Return whether an argument is a symbolic tensor; a dimension that ``ops.shape`` gives inside a call is none."""
    return any(isinstance(value, Tensor) and value.node is not None for value in arguments.values.values())


def _count(start: object, stop: object, step: object) -> Dim | None:
    numbers = [value.items if isinstance(value, Array) else value for value in (start, stop, step)]
    for index, value in enumerate(numbers):
        if isinstance(value, Tensor):
            numbers[index] = entry(value, "bound")
    if None in numbers:
        return None
    first, last, width = numbers
    if all(isinstance(value, int | float) for value in numbers):
        assert isinstance(first, int | float)
        assert isinstance(last, int | float)
        assert isinstance(width, int | float)
        if width == 0:
            refuse("step has to be different from 0", error="ZeroDivisionError")
        return max(0, math.ceil((last - first) / width))
    low, high, by = as_dim(first, "start"), as_dim(last, "stop"), as_dim(width, "step")
    return maximum(ceil_divide(high - low, by), 0) if by != 1 or low != 0 else high


@operation("keras.ops.linspace", "keras.ops.logspace", "keras.ops.geomspace")
def linspace(arguments: Arguments) -> Output:
    """Put in an axis of ``num`` numbers between two."""
    start, stop = arguments.value("start"), arguments.value("stop")
    if arguments.values.get("retstep"):
        refuse("All operation outputs must be tensors. Operation <Operation name=linspace> returned a None.")
    shape = broadcast(data_shape(start), data_shape(stop))
    axis = axis_index(arguments.value("axis"), len(shape) + 1)
    number = as_dim(arguments.value("num"), "num")
    dtype = promote(dtype_argument(arguments, "dtype", strong(dtype_of(start))), "float")
    return Signature((*shape[:axis], number, *shape[axis:]), dtype)


@operation("tf.linspace")
def tensorflow_linspace(arguments: Arguments) -> Output:
    """Put in an axis of ``num`` numbers between two."""
    start, stop, number = arguments.value("start"), arguments.value("stop"), arguments.value("num")
    shape = broadcast(data_shape(start), data_shape(stop))
    if None in shape:
        shape = tuple(None if dim == 1 else dim for dim in shape)  # both are broadcast to a shape that is a tensor
    axis = axis_index(arguments.value("axis"), len(shape) + 1)
    return Signature((*shape[:axis], entry(number, "num"), *shape[axis:]), mixed(start, stop))


@operation("keras.ops.bartlett", "keras.ops.blackman", "keras.ops.hamming", "keras.ops.hanning", "keras.ops.kaiser")
def window(arguments: Arguments) -> Output:
    """Return a window of a length, which has to be a number."""
    if isinstance(arguments.value("x"), Tensor):
        refuse("The operation does not support symbolic tensors.", error="TypeError", contract="symbolic")
    return Signature((entry(arguments.value("x"), "x"),), "float32")


@operation("keras.ops.meshgrid")
def meshgrid(arguments: Arguments) -> Output:
    """Return a grid for each coordinate."""
    values = arguments.value("x")
    assert isinstance(values, tuple)
    shape: Shape = tuple(size(data_shape(value)) for value in values)
    if text(arguments, "indexing") == "xy":
        if len(shape) < 2:
            refuse("list index out of range", error="IndexError", contract="rank")
        shape = (shape[1], shape[0], *shape[2:])
        return [Signature(shape, dtype_of(values[-1])) for _ in values]
    return [Signature(shape, "float32") for _ in values]


@operation("tf.meshgrid")
def tensorflow_meshgrid(arguments: Arguments) -> Output:
    """Return a grid for each coordinate."""
    values, options = arguments.value("args"), arguments.value("kwargs")
    assert isinstance(values, tuple)
    shape: Shape = tuple(size(data_shape(value)) for value in values)
    indexing = options.get("indexing", "xy") if isinstance(options, dict) else "xy"
    if indexing == "xy" and len(shape) > 1:
        shape = (shape[1], shape[0], *shape[2:])
    return [Signature(shape, mixed(*values)) for _ in values]


# casts


@operation("keras.ops.cast", "keras.ops.saturate_cast", "tf.cast", "tf.saturate_cast", "keras.backend.cast")
def cast(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = next(iter(arguments.values.values()))
    return Signature(data_shape(value), dtype_argument(arguments, "dtype", "float32"))


@operation("tf.image.convert_image_dtype")
def convert_image_dtype(arguments: Arguments) -> Output:
    """Keep the shape."""
    return Signature(data_shape(arguments.value("image")), dtype_argument(arguments, "dtype", "float32"))


@operation("keras.backend.cast_to_floatx")
def cast_to_floatx(arguments: Arguments) -> Output:
    """Keep the shape."""
    return Signature(data_shape(arguments.value("x")), "float32")


@operation("keras.ops.view_as_complex")
def view_as_complex(arguments: Arguments) -> Output:
    """Read the last axis as real and imaginary parts."""
    return Signature(data_shape(arguments.value("x"))[:-1], "complex64")


@operation("keras.ops.view_as_real")
def view_as_real(arguments: Arguments) -> Output:
    """Add an axis of real and imaginary parts."""
    return Signature((*data_shape(arguments.value("x")), 2), "float32")


@operation("keras.ops.polar")
def polar(arguments: Arguments) -> Output:
    """Return complex numbers of an absolute value and an angle."""
    return Signature(data_shape(arguments.value("abs_")), "float32")


# what asks for the shape


@operation("tf.shape", "keras.backend.shape")
def shape(arguments: Arguments) -> Output:
    """Return a vector of as many numbers as the tensor has axes."""
    value = next(iter(arguments.values.values()))
    return Signature((len(data_shape(value)),), dtype_argument(arguments, "out_type", "int32"))


@operation("tf.rank", "tf.size", "keras.ops.size")
def rank(arguments: Arguments) -> Output:
    """Return one number."""
    value = next(iter(arguments.values.values()))
    data_shape(value)
    return Signature((), dtype_argument(arguments, "out_type", "int32"))


@operation("keras.ops.ndim")
def ndim(arguments: Arguments) -> Output:
    """Return what Keras 3 says: a vector of as many entries as the tensor has axes."""
    return Signature((len(data_shape(arguments.value("x"))),), "float32")


@operation("tf.sequence_mask")
def sequence_mask(arguments: Arguments) -> Output:
    """Add an axis of truth values, as long as the longest sequence where no length is given."""
    longest = arguments.value("maxlen")
    lengths = data_shape(arguments.value("lengths"))
    last = None if longest is None else entry(longest, "maxlen")
    return Signature((*lengths, last), dtype_argument(arguments, "dtype", "bool"))


# random numbers


def random_numbers(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    dtype = dtype_argument(arguments, "dtype", "float32")
    return Signature(entries(arguments.value("shape"), "shape"), dtype)


for _name in (
    "normal",
    "uniform",
    "truncated_normal",
    "stateless_normal",
    "stateless_uniform",
    "stateless_truncated_normal",
):
    operation(f"tf.random.{_name}")(random_numbers)
for _name in ("random_bernoulli", "random_binomial", "random_normal", "random_uniform", "truncated_normal", "random_normal_variable", "random_uniform_variable"):  # fmt: skip
    operation(f"keras.backend.{_name}")(random_numbers)


for _name in ("normal", "uniform", "truncated_normal"):
    operation(f"keras.random.{_name}")(random_numbers)


@operation("keras.random.randint", "keras.random.beta", "keras.random.binomial", "keras.random.gamma")
def random_of_shape(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    integers = "minval" in arguments.values
    dtype = dtype_argument(arguments, "dtype", "int32" if integers else "float32")
    return Signature(entries(arguments.value("shape"), "shape"), dtype)


@operation("keras.random.dropout", "keras.random.shuffle")
def random_kept(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = next(iter(arguments.values.values()))
    return Signature(data_shape(value), dtype_of(value))


@operation("tf.random.gamma", "tf.random.poisson")
def random_of_parameters(arguments: Arguments) -> Output:
    """Return the shape that is asked for, then that of the parameters."""
    lead = entries(arguments.value("shape"), "shape")
    names = [name for name in ("alpha", "beta", "lam") if arguments.values.get(name) is not None]
    inner = broadcast(*(data_shape(arguments.value(name)) for name in names))
    return Signature((*lead, *inner), dtype_argument(arguments, "dtype", "float32"))


@operation("tf.random.categorical", "tf.random.stateless_categorical", "keras.random.categorical")
def categorical(arguments: Arguments) -> Output:
    """Return samples for each row of logits."""
    logits = data_shape(arguments.value("logits"))
    if len(logits) != 2:
        refuse(f"Shape must be rank 2 but is rank {len(logits)}", contract="rank", shape=logits)
    samples = entry(arguments.value("num_samples"), "num_samples")
    dtype = "int32" if arguments.keras is Keras.THREE else "int64"
    return Signature((logits[0], samples), dtype_argument(arguments, "dtype", dtype))


@operation("tf.identity_n", "tf.shape_n")
def each(arguments: Arguments) -> Output:
    """Return each tensor."""
    values = tensors(arguments, "input")
    if "out_type" in arguments.values:
        return [Signature((len(data_shape(value)),), "int32") for value in values]
    return [Signature(data_shape(value), dtype_of(value)) for value in values]


@operation("keras.backend.update", "keras.backend.update_add", "keras.backend.update_sub")
def update(arguments: Arguments) -> Output:
    """Return the variable's shape."""
    value = arguments.value("x")
    return Signature(data_shape(value), dtype_of(value))
