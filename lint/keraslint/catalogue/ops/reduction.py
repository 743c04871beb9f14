"""Operations of Keras 3 along axes: sums, means, extremes, cumulative ones, sorting, norms, moments."""

from __future__ import annotations

from collections.abc import Callable

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import (
    dtype_of,
    is_integer,
    promote,
)
from keraslint.catalogue.ops.shapes import (
    add,
    axis_index,
    data_shape,
    dtype_argument,
    equal_shapes,
    flag,
    integer,
    only_tensor,
    positive_part,
    reduce_each,
    refuse,
    size,
    with_axis,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.array import Array
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape

DtypeRule = Callable[[str], str]


def same_dtype(dtype: str) -> str:
    """Return the dtype itself; of a number, what Keras makes of it."""
    return {"int": "int32", "float": "float32"}.get(dtype, dtype)


def always_dtype(dtype: str) -> DtypeRule:
    """Return a rule that always gives one dtype."""
    return lambda _: dtype


def _wide(dtype: str) -> str:
    """Return the dtype of a sum: small integers grow."""
    dtype = promote(dtype)
    return "int32" if dtype in {"bool", "int8", "int16"} else "uint32" if dtype in {"uint8", "uint16"} else dtype


def _real(dtype: str) -> str:
    return promote(dtype, "float")


def _not_integer(dtype: str) -> str:
    return "float32" if is_integer(dtype) or dtype == "bool" else dtype


def _mean(dtype: str) -> str:
    return promote(dtype, "float32") if is_integer(dtype) or dtype == "bool" else dtype


def _quantile(dtype: str) -> str:
    return "float32" if dtype == "int64" else promote(dtype, "float")


def reduction(rule: DtypeRule, name: str = "x", axis: str = "axis") -> Operation:
    """Return the function of a reduction over ``axis``, all axes where that is None."""

    def function(arguments: Arguments) -> Output:
        value = only_tensor(arguments.value(name))
        keepdims = bool(arguments.value("keepdims")) if "keepdims" in arguments.values else False
        shape = reduce_each(data_shape(value), arguments.value(axis), keepdims=keepdims)
        return Signature(shape, rule(dtype_of(value)))

    return function


for _names, _rule in (
    ("all any", always_dtype("bool")),
    ("amax amin max min ptp", same_dtype),
    ("argmax argmin nanargmax nanargmin count_nonzero", always_dtype("int32")),
    ("nanmax nanmin", promote),
    ("nanmean nanmedian nanstd nanvar var", _real),
    ("nansum sum nanprod", _wide),
    ("mean", _mean),
    ("std", _not_integer),
    ("median", _quantile),
    ("logsumexp", always_dtype("float32")),
):
    for _name in _names.split():
        operation(f"keras.ops.{_name}")(reduction(_rule))


@operation("keras.ops.prod")
def prod(arguments: Arguments) -> Output:
    """Return a product over axes."""
    value = arguments.value("x")
    dtype = dtype_argument(arguments, "dtype", _wide(dtype_of(value)))
    return Signature(
        reduce_each(data_shape(value), arguments.value("axis"), keepdims=flag(arguments, "keepdims")), dtype
    )


@operation("keras.ops.quantile", "keras.ops.nanquantile", "keras.ops.percentile", "keras.ops.nanpercentile")
def quantile(arguments: Arguments) -> Output:
    """Return quantiles over axes; several of them come first."""
    value, q = arguments.value("x"), arguments.value("q")
    shape = reduce_each(data_shape(value), arguments.value("axis"), keepdims=flag(arguments, "keepdims"))
    dtype = dtype_of(value)
    if isinstance(q, Tensor | Array):
        shape = (*data_shape(q)[:1], *shape)
    elif isinstance(q, list | tuple):
        shape = (len(q), *shape)
    return Signature(shape, _quantile(dtype))


@operation("keras.ops.average")
def average(arguments: Arguments) -> Output:
    """Return a weighted mean over one axis or all."""
    value, weights = arguments.value("x"), arguments.value("weights")
    shape, axis = data_shape(value), arguments.value("axis")
    dtypes = [dtype_of(value), "float"]
    if axis is not None:
        axis = axis_index(axis, len(shape))
    if weights is not None:
        if isinstance(weights, list | tuple) and isinstance(value, Tensor):
            refuse("'list' object has no attribute 'shape'", error="AttributeError")
        given = data_shape(weights)
        dtypes.append(dtype_of(weights))
        along = axis is not None and equal_shapes((shape[axis],), given)
        if not along and not equal_shapes(shape, given):
            refuse(
                f"`weights` must have the same shape as `x`, but received `weights.shape={given}` and `x.shape={shape}`.",
                contract="shapes",
                shapes=(shape, given),
            )
    return Signature(reduce_each(shape, axis, keepdims=False), promote(*dtypes))


@operation("keras.ops.moments", "tf.nn.moments", "tf.nn.weighted_moments")
def moments(arguments: Arguments) -> Output:
    """Return mean and variance over axes."""
    value = arguments.value("x")
    shape = reduce_each(data_shape(value), arguments.value("axes"), keepdims=flag(arguments, "keepdims"))
    return [Signature(shape, dtype_of(value)), Signature(shape, dtype_of(value))]


@operation("keras.ops.norm")
def norm(arguments: Arguments) -> Output:
    """Return a vector's or matrix' norm."""
    value = arguments.value("x")
    shape, axis, order = data_shape(value), arguments.value("axis"), arguments.value("ord")
    count = len(shape) if axis is None else len(axis) if isinstance(axis, list | tuple) else 1
    if isinstance(order, str) and order not in {"fro", "nuc"}:
        refuse(f"Invalid `ord` argument. Expected one of {{'fro', 'nuc'}} when using string. Received: ord={order}")
    if count == 1 and isinstance(order, str):
        refuse(f"Invalid `ord` argument for vector norm. Received: ord={order}")
    if count == 2 and order not in {None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2}:
        refuse(f"Invalid `ord` argument for matrix norm. Received: ord={order}")
    return Signature(reduce_each(shape, axis, keepdims=flag(arguments, "keepdims")), _not_integer(dtype_of(value)))


# cumulative, sorting, differences: the shape stays, or becomes flat where there is no axis


def _flat(shape: Shape) -> Shape:
    return (size(shape),)


def cumulative(rule: DtypeRule, *, checks: bool = True) -> Operation:
    """Return the function of an operation along ``axis``, of the flat array where that is None."""

    def function(arguments: Arguments) -> Output:
        value = next(iter(arguments.values.values()))
        shape, axis = data_shape(value), arguments.value("axis")
        if axis is not None and checks:
            axis_index(axis, len(shape))
        dtype = rule(dtype_of(value))
        if "dtype" in arguments.values:
            dtype = dtype_argument(arguments, "dtype", dtype)
        return Signature(_flat(shape) if axis is None else shape, dtype)

    return function


def _no_bool(dtype: str) -> str:
    return "int32" if dtype == "bool" else dtype


for _name in ("cumsum", "cumprod"):
    operation(f"keras.ops.{_name}")(cumulative(_no_bool))
for _name in ("nancumsum", "nancumprod"):
    operation(f"keras.ops.{_name}")(cumulative(_no_bool, checks=False))
operation("keras.ops.sort")(cumulative(same_dtype))
operation("keras.ops.argsort")(cumulative(always_dtype("int32")))
operation("keras.ops.argpartition")(cumulative(always_dtype("int32"), checks=False))


@operation("keras.ops.diff")
def diff(arguments: Arguments) -> Output:
    """Shorten one axis by ``n``."""
    value = arguments.value("a")
    shape = data_shape(value)
    axis = axis_index(arguments.value("axis"), len(shape))
    length = add(shape[axis], -as_dim(arguments.value("n"), "n"))
    return Signature(with_axis(shape, axis, None if length is None else positive_part(length)), dtype_of(value))


@operation("keras.ops.trapezoid")
def trapezoid(arguments: Arguments) -> Output:
    """Integrate along one axis."""
    value = arguments.value("y")
    shape, axis = data_shape(value), arguments.value("axis")
    if axis is not None and shape:
        index = integer(axis, "axis") % len(shape)
        shape = shape[:index] + shape[index + 1 :]
    return Signature(shape, promote(dtype_of(value), "float"))


@operation("keras.ops.top_k", "tf.math.top_k")
def top_k(arguments: Arguments) -> Output:
    """Return the greatest values of the last axis, and their indices."""
    value = arguments.raw("x") if "x" in arguments.values else arguments.raw("input")
    shape = data_shape(value)
    if not shape:
        refuse("input must have at least 1 dimension", contract="rank", error="IndexError", shape=shape)
    count = as_dim(arguments.value("k"), "k")
    if "input" in arguments.values and isinstance(shape[-1], int) and isinstance(count, int) and shape[-1] < count:
        refuse(f"input must have last dimension >= k = {count} but is {shape[-1]}", contract="shapes", shape=shape)
    return [Signature((*shape[:-1], count), dtype_of(value)), Signature((*shape[:-1], count), "int32")]


@operation("keras.ops.in_top_k", "tf.math.in_top_k", "keras.backend.in_top_k")
def in_top_k(arguments: Arguments) -> Output:
    """Return one truth value a target."""
    return Signature(data_shape(arguments.value("targets")), "bool")


@operation("keras.ops.bincount")
def bincount(arguments: Arguments) -> Output:
    """Count along the last axis into an open number of bins."""
    value, weights = arguments.value("x"), arguments.value("weights")
    dtype = "int32" if weights is None else promote(dtype_of(value), dtype_of(weights))
    return Signature((*data_shape(value)[:-1], None), dtype)


@operation("keras.ops.histogram")
def histogram(arguments: Arguments) -> Output:
    """Return counts and the edges of the bins."""
    value = arguments.value("x")
    bins = as_dim(arguments.value("bins"), "bins")
    return [Signature((bins,), dtype_of(value)), Signature((bins + 1,), dtype_of(value))]


# segments


@operation("keras.ops.segment_sum", "keras.ops.segment_max", "keras.ops.segment_min", "keras.ops.segment_prod")
def segments(arguments: Arguments) -> Output:
    """Reduce the first axis to a number of segments, open where none is given."""
    value, count = arguments.value("data"), arguments.value("num_segments")
    shape = data_shape(value)
    return Signature((None if count is None else as_dim(count, "num_segments"), *shape[1:]), dtype_of(value))
