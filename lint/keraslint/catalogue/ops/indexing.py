"""Operations that pick and place by indices: take, gather, scatter, one-hot."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import FLOATS, check_dtype, dtype_of
from keraslint.catalogue.ops.shapes import (
    axis_index,
    broadcast,
    data_shape,
    dtype_argument,
    entries,
    entry,
    integer,
    merge,
    refuse,
    size,
    with_axis,
)
from keraslint.catalogue.spec import Output, Signature
from keraslint.values.shape import Shape
from keraslint.values.unknown import Why, undetermined

# gather


def _indices_shape(indices: object) -> Shape:
    return data_shape(indices)


@operation("keras.ops.take")
def take(arguments: Arguments) -> Output:
    """Pick along an axis, of the flat array where none is given."""
    value, indices, axis = arguments.value("x"), arguments.value("indices"), arguments.value("axis")
    shape, picked = data_shape(value), _indices_shape(indices)
    if axis is None:
        return Signature(picked, dtype_of(value))
    index = axis_index(axis, len(shape))
    return Signature((*shape[:index], *picked, *shape[index + 1 :]), dtype_of(value))


@operation("keras.ops.take_along_axis")
def take_along_axis(arguments: Arguments) -> Output:
    """Pick along an axis by indices of the same rank."""
    value, indices, axis = arguments.value("x"), arguments.value("indices"), arguments.value("axis")
    shape, picked = data_shape(value), data_shape(indices)
    if axis is None:
        shape = (size(shape),)
    if len(shape) != len(picked):
        refuse(
            f"`x` and `indices` must have the same number of dimensions, but receive shape {shape} and {picked}.",
            contract="rank",
            shapes=(shape, picked),
        )
    index = 0 if axis is None else axis_index(axis, len(shape))
    return Signature(broadcast(with_axis(shape, index, picked[index]), picked), dtype_of(value))


@operation("tf.gather")
def gather(arguments: Arguments) -> Output:
    """Pick along an axis, with the first ``batch_dims`` axes in common."""
    value, indices = arguments.value("params"), arguments.value("indices")
    batch = integer(arguments.value("batch_dims"), "batch_dims")
    shape, picked = data_shape(value), data_shape(indices)
    batch = batch + len(picked) if batch < 0 else batch
    axis = arguments.value("axis")
    index = batch if axis is None else axis_index(axis, len(shape))
    if not shape:
        refuse("Shape must be at least rank 1 but is rank 0", contract="rank", shape=shape)
    if batch > len(picked) or batch > index or batch >= len(shape):
        refuse(f"batch_dims = {batch} must be at most the rank of indices and the axis", contract="rank")
    lead = tuple(merge(pair) for pair in zip(shape[:batch], picked[:batch], strict=True))
    return Signature((*lead, *shape[batch:index], *picked[batch:], *shape[index + 1 :]), dtype_of(value))


@operation("keras.backend.gather")
def backend_gather(arguments: Arguments) -> Output:
    """Pick along the first axis."""
    value, indices = arguments.value("reference"), arguments.value("indices")
    return Signature((*data_shape(indices), *data_shape(value)[1:]), dtype_of(value))


@operation("tf.nn.embedding_lookup")
def embedding_lookup(arguments: Arguments) -> Output:
    """Pick rows."""
    value, ids = arguments.value("params"), arguments.value("ids")
    return Signature((*data_shape(ids), *data_shape(value)[1:]), dtype_of(value))


@operation("tf.gather_nd")
def gather_nd(arguments: Arguments) -> Output:
    """Pick by tuples of indices in the last axis."""
    value, indices = arguments.value("params"), arguments.value("indices")
    batch = integer(arguments.value("batch_dims"), "batch_dims")
    shape, picked = data_shape(value), data_shape(indices)
    if batch:
        undetermined(Why.UNSUPPORTED, "gather_nd with batch dimensions")
    if not picked or not isinstance(picked[-1], int):
        undetermined(Why.DATA, "the depth of indices")
    if picked[-1] > len(shape):
        refuse(f"index innermost dimension length must be <= params rank; saw: {picked[-1]} vs. {len(shape)}")
    return Signature((*picked[:-1], *shape[picked[-1] :]), dtype_of(value))


# scatter


@operation("keras.ops.scatter")
def scatter(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    return Signature(entries(arguments.value("shape"), "shape"), dtype_of(arguments.value("values")))


@operation("tf.scatter_nd")
def scatter_nd(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    return Signature(entries(arguments.value("shape"), "shape"), dtype_of(arguments.value("updates")))


def scatter_into(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = arguments.value("tensor")
    return Signature(data_shape(value), dtype_of(value))


for _name in ("add", "max", "min", "sub", "update"):
    operation(f"tf.tensor_scatter_nd_{_name}")(scatter_into)


# one-hot


@operation("keras.ops.one_hot")
def one_hot(arguments: Arguments) -> Output:
    """Add an axis of classes."""
    shape = _with_classes(arguments, "x")
    return Signature(shape, dtype_argument(arguments, "dtype", "float32"))


def _with_classes(arguments: Arguments, name: str) -> Shape:
    shape, axis = data_shape(arguments.value(name)), integer(arguments.value("axis"), "axis")
    classes = entry(arguments.value("num_classes"), "num_classes")
    if axis == -1:
        return (*shape, classes)
    if not 0 <= axis < len(shape):
        refuse(f"axis must be -1 or between [0, {len(shape)}), but received {axis}.", contract="rank", axis=axis)
    return (*shape[:axis], classes, *shape[axis:])


@operation("keras.ops.multi_hot")
def multi_hot(arguments: Arguments) -> Output:
    """Replace the axis behind the batch by one of classes."""
    value = arguments.value("inputs")
    if arguments.value("num_classes") is None:
        refuse("Argument `num_classes` must be specified.")
    shape = _with_classes(arguments, "inputs")
    result: Shape = (shape[-1],) if len(shape) == 2 else (shape[0], *shape[2:])
    return Signature(result, dtype_of(value))


@operation("tf.one_hot")
def tensorflow_one_hot(arguments: Arguments) -> Output:
    """Add an axis of classes."""
    shape, axis = data_shape(arguments.value("indices")), arguments.value("axis")
    check_dtype(dtype_of(arguments.value("indices")), "bool", *FLOATS)
    place = integer(-1 if axis is None else axis, "axis")
    if place < -1:
        refuse(f"axis must be >= -1, received {axis}")
    index = place % (len(shape) + 1)
    depth = entry(arguments.value("depth"), "depth")
    dtype = dtype_argument(arguments, "dtype", "float32")
    for name in ("on_value", "off_value"):
        given = arguments.value(name)
        if given is not None and arguments.value("dtype") is None:
            dtype = {"int": "int32", "float": "float32"}.get(dtype_of(given), dtype_of(given))
    return Signature((*shape[:index], depth, *shape[index:]), dtype)


@operation("keras.backend.one_hot")
def backend_one_hot(arguments: Arguments) -> Output:
    """Add an axis of classes at the end."""
    check_dtype(dtype_of(arguments.value("indices")), "bool", *FLOATS)
    return Signature(
        (*data_shape(arguments.value("indices")), entry(arguments.value("num_classes"), "num_classes")), "float32"
    )
