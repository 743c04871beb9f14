"""TensorFlow's operations along axes, and those of the backend of Keras 2."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import (
    FLOATS,
    SIGNED,
    UNSIGNED,
    check_dtype,
    dtype_of,
    is_integer,
)
from keraslint.catalogue.ops.reduction import DtypeRule, always_dtype, same_dtype
from keraslint.catalogue.ops.shapes import (
    axis_indices,
    data_shape,
    dtype_argument,
    integer,
    reduce,
    refuse,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.array import Array
from keraslint.values.layer import Tensor
from keraslint.values.unknown import Why, undetermined

# TensorFlow


def tensorflow_reduction(rule: DtypeRule, name: str = "input_tensor") -> Operation:
    """Return the function of TensorFlow's reduction over ``axis``, all axes where that is None."""

    def function(arguments: Arguments) -> Output:
        value, axis = arguments.value(name), arguments.value("axis")
        if isinstance(axis, Tensor):
            undetermined(Why.DATA, "axes that are a tensor")
        keepdims = bool(arguments.value("keepdims")) if "keepdims" in arguments.values else False
        return Signature(reduce(data_shape(value), axis, keepdims=keepdims), rule(dtype_of(value)))

    return function


def _mean_of_backend(dtype: str) -> str:
    return "float32" if dtype == "bool" else dtype


def _deviation(dtype: str) -> str:
    check_dtype(dtype, *SIGNED, *UNSIGNED)
    return _mean_of_backend(dtype)


def _truth(dtype: str) -> str:
    check_dtype(dtype, *FLOATS, *SIGNED, *UNSIGNED)
    return "bool"


for _name in ("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "reduce_logsumexp"):
    operation(f"tf.{_name}")(tensorflow_reduction(same_dtype))
for _name in ("reduce_std", "reduce_variance"):
    operation(f"tf.math.{_name}")(tensorflow_reduction(_deviation))
operation("tf.math.reduce_euclidean_norm")(tensorflow_reduction(same_dtype))
for _name in ("reduce_all", "reduce_any"):
    operation(f"tf.{_name}")(tensorflow_reduction(_truth))
for _name in ("sum", "max", "min", "prod"):
    operation(f"keras.backend.{_name}")(tensorflow_reduction(same_dtype, "x"))
operation("keras.backend.mean")(tensorflow_reduction(_mean_of_backend, "x"))
for _name in ("std", "var"):
    operation(f"keras.backend.{_name}")(tensorflow_reduction(_deviation, "x"))
for _name in ("all", "any"):
    operation(f"keras.backend.{_name}")(tensorflow_reduction(always_dtype("bool"), "x"))


@operation("tf.math.count_nonzero")
def count_nonzero(arguments: Arguments) -> Output:
    """Count over axes."""
    shape = reduce(
        data_shape(arguments.value("input")), arguments.value("axis"), keepdims=bool(arguments.value("keepdims"))
    )
    return Signature(shape, dtype_argument(arguments, "dtype", "int64"))


@operation("tf.argmax", "tf.argmin", "keras.backend.argmax", "keras.backend.argmin")
def argmax(arguments: Arguments) -> Output:
    """Return indices along one axis, the first where none is given."""
    value = arguments.raw("input") if "input" in arguments.values else arguments.raw("x")
    shape, axis = data_shape(value), arguments.value("axis")
    dtype = dtype_argument(arguments, "output_type", "int64")
    if len(shape) < 2:
        return Signature((), dtype)  # no check of the axis: tensorflow/core/ops/math_ops.cc, ArgOpShape
    return Signature(reduce(shape, 0 if axis is None else integer(axis, "axis"), keepdims=False), dtype)


@operation("tf.norm")
def tensorflow_norm(arguments: Arguments) -> Output:
    """Return a norm over axes."""
    value = arguments.value("tensor")
    shape, axis = data_shape(value), arguments.value("axis")
    if dtype_of(value) not in {*FLOATS, "float"}:
        undetermined(Why.UNSUPPORTED, f"the norm of {dtype_of(value)}")
    return Signature(reduce(shape, axis, keepdims=bool(arguments.value("keepdims"))), dtype_of(value))


@operation("tf.linalg.normalize")
def normalize(arguments: Arguments) -> Output:
    """Return the tensor divided by its norm, and the norm."""
    value = arguments.value("tensor")
    shape = data_shape(value)
    return [
        Signature(shape, dtype_of(value)),
        Signature(reduce(shape, arguments.value("axis"), keepdims=True), dtype_of(value)),
    ]


def keeps_shape(arguments: Arguments) -> Output:
    """Keep the shape of the first argument."""
    value = next(iter(arguments.values.values()))
    return Signature(data_shape(value), same_dtype(dtype_of(value)))


def _continuous(dtype: str) -> str:
    check_dtype(dtype, "bool", *SIGNED, *UNSIGNED)
    return same_dtype(dtype)


def tensorflow_along(rule: DtypeRule, axis: str = "axis") -> Operation:
    """Return the function of TensorFlow's operation that keeps the shape and works along axes that have to exist."""

    def function(arguments: Arguments) -> Output:
        value = next(iter(arguments.values.values()))
        shape, axes = data_shape(value), arguments.value(axis)
        if axes is not None and not isinstance(axes, Tensor):
            axis_indices(axes, len(shape))
        return Signature(shape, rule(dtype_of(value)))

    return function


for _name in ("cumsum", "math.cumprod", "math.cumulative_logsumexp"):
    operation(f"tf.{_name}")(keeps_shape)  # an axis out of range is found when the model runs
for _name in ("cumsum", "cumprod"):
    operation(f"keras.backend.{_name}")(keeps_shape)
operation("tf.roll")(keeps_shape)
for _name in ("reverse", "sort"):
    operation(f"tf.{_name}")(tensorflow_along(same_dtype))
operation("tf.math.softmax")(tensorflow_along(_continuous))
operation("tf.math.log_softmax")(tensorflow_along(_continuous))
operation("tf.linalg.l2_normalize")(tensorflow_along(_continuous))
operation("tf.argsort")(tensorflow_along(always_dtype("int32")))
operation("keras.backend.l2_normalize")(tensorflow_along(_continuous))
operation("keras.backend.reverse")(tensorflow_along(same_dtype, "axes"))


@operation("keras.backend.softmax")
def backend_softmax(arguments: Arguments) -> Output:
    """Keep the shape of more than one dimension."""
    value = arguments.value("x")
    shape = data_shape(value)
    if len(shape) < 2:
        refuse(
            f"Cannot apply softmax to a tensor that is 1D. Received input of shape {shape}",
            contract="rank",
            shape=shape,
        )
    axis_indices(arguments.value("axis"), len(shape))
    return Signature(shape, dtype_of(value))


@operation("tf.nn.l2_loss")
def l2_loss(arguments: Arguments) -> Output:
    """Return one number."""
    return Signature((), dtype_of(arguments.value("t")))


@operation("tf.math.zero_fraction")
def zero_fraction(arguments: Arguments) -> Output:
    """Return one number."""
    del arguments
    return Signature((), "float32")


@operation("tf.clip_by_global_norm")
def clip_by_global_norm(arguments: Arguments) -> Output:
    """Return the tensors, and their norm."""
    value = arguments.value("t_list")
    if not isinstance(value, list | tuple):
        refuse("t_list should be a sequence", error="TypeError")
    return [[Signature(data_shape(item), dtype_of(item)) for item in value], Signature((), dtype_of(value[0]))]


@operation("tf.linalg.global_norm")
def global_norm(arguments: Arguments) -> Output:
    """Return one number."""
    value = arguments.value("t_list")
    return Signature((), dtype_of(value[0]) if isinstance(value, list | tuple) and value else "float32")


def unsorted_segments(arguments: Arguments) -> Output:
    """Reduce the axes of the segments' numbers to a number of segments."""
    value, ids, count = arguments.value("data"), arguments.value("segment_ids"), arguments.value("num_segments")
    shape = data_shape(value)
    number = None if isinstance(count, Tensor | Array) else as_dim(count, "num_segments")
    return Signature((number, *shape[len(data_shape(ids)) :]), dtype_of(value))


def unsorted_means(arguments: Arguments) -> Output:
    """Reduce to means: integers become floats."""
    result = unsorted_segments(arguments)
    assert isinstance(result, Signature)
    return Signature(result.shape, "float64" if is_integer(result.dtype) else result.dtype)


operation("tf.math.unsorted_segment_mean")(unsorted_means)
for _name in ("max", "min", "prod", "sqrt_n", "sum"):
    operation(f"tf.math.unsorted_segment_{_name}")(unsorted_segments)


def sorted_segments(arguments: Arguments) -> Output:
    """Reduce the first axis to an open number of segments."""
    value = arguments.value("data")
    return Signature((None, *data_shape(value)[1:]), dtype_of(value))


for _name in ("max", "mean", "min", "prod", "sum"):
    operation(f"tf.math.segment_{_name}")(sorted_segments)
