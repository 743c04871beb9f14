"""Operations on axes: transpose, move, swap, expand, squeeze."""

from __future__ import annotations

from collections.abc import Sequence

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.shapes import (
    axis_index,
    axis_indices,
    data_shape,
    reduce_each,
    refuse,
)
from keraslint.catalogue.spec import Output, Signature
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, same
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

# axes


@operation("keras.ops.transpose")
def transpose(arguments: Arguments) -> Output:
    """Permute the axes, by default into reverse order."""
    value = arguments.value("x")
    return Signature(permuted(data_shape(value), arguments.value("axes")), dtype_of(value))


@operation("tf.transpose")
def tensorflow_transpose(arguments: Arguments) -> Output:
    """Permute the axes, by default into reverse order."""
    value = arguments.value("a")
    return Signature(permuted(data_shape(value), arguments.value("perm"), unique=False), dtype_of(value))


@operation("keras.backend.permute_dimensions")
def permute_dimensions(arguments: Arguments) -> Output:
    """Permute the axes."""
    value = arguments.value("x")
    return Signature(permuted(data_shape(value), arguments.value("pattern"), unique=False), dtype_of(value))


@operation("keras.backend.transpose")
def reverse_axes(arguments: Arguments) -> Output:
    """Reverse the axes."""
    value = arguments.value("x")
    return Signature(data_shape(value)[::-1], dtype_of(value))


def permuted(shape: Shape, axes: object, *, unique: bool = True) -> Shape:
    """Return a shape with its axes permuted; TensorFlow's inference does not ask whether an axis is named twice."""
    if axes is None:
        return shape[::-1]
    if isinstance(axes, Tensor):
        return (None,) * len(shape)
    if isinstance(axes, Array):
        axes = axes.items
    if not isinstance(axes, list | tuple):
        undetermined(Why.UNSUPPORTED, "a permutation that is no list")
    if len(axes) != len(shape):
        refuse(
            f"axis must be a list of the same length as the input shape, expected {len(shape)}, but received "
            f"{len(axes)}.",
            contract="rank",
            shape=shape,
        )
    order = axis_indices(axes, len(shape))
    if unique and len(set(order)) != len(shape):
        refuse(f"`axes` must be a valid permutation of the input dimensions (no duplicates). Received: axes={axes}")
    return tuple(shape[index] for index in order)


@operation("keras.ops.swapaxes")
def swapaxes(arguments: Arguments) -> Output:
    """Swap two axes."""
    value = arguments.value("x")
    shape = list(data_shape(value))
    first = axis_index(arguments.value("axis1"), len(shape))
    second = axis_index(arguments.value("axis2"), len(shape))
    shape[first], shape[second] = shape[second], shape[first]
    return Signature(tuple(shape), dtype_of(value))


@operation("keras.ops.moveaxis")
def moveaxis(arguments: Arguments) -> Output:
    """Move axes to other places; the rest keep their order."""
    value = arguments.value("x")
    shape = data_shape(value)
    sources = axis_indices(arguments.value("source"), len(shape))
    places = axis_indices(arguments.value("destination"), len(shape))
    if len(sources) != len(places):
        refuse(
            f"`source` and `destination` arguments must have the same number of elements, but received "
            f"`source={sources}` and `destination={places}`."
        )
    return Signature(_moved(shape, sources, places), dtype_of(value))


def _moved(shape: Shape, sources: Sequence[int], places: Sequence[int]) -> Shape:
    """Return a shape with axes moved, as Keras 3 does it: what is left fills the free places in order."""
    left: list[tuple[Dim | None] | None] = [(dim,) for dim in shape]
    filled: list[tuple[Dim | None] | None] = [None] * len(shape)
    for source, place in zip(sources, places, strict=True):
        filled[place] = left[source]
        left[source] = None
    rest = [dim for dim in left if dim is not None]
    free = [index for index, dim in enumerate(filled) if dim is None]
    if len(rest) < len(free):
        refuse("list index out of range", error="IndexError", contract="rank", shape=shape)
    for index, dim in zip(free, rest, strict=False):
        filled[index] = dim
    return tuple(dim[0] for dim in filled if dim is not None)


@operation("keras.ops.rot90")
def rot90(arguments: Arguments) -> Output:
    """Swap two axes, whatever the number of turns."""
    value, axes = arguments.value("array"), arguments.value("axes")
    shape = list(data_shape(value))
    if len(shape) < 2:
        refuse(f"Input array must have at least 2 dimensions. Received: array.shape={shape}", contract="rank")
    if not isinstance(axes, list | tuple) or len(axes) != 2 or axes[0] == axes[1]:
        refuse(f"Invalid axes: {axes}. Axes must be a tuple of two different dimensions.")
    first, second = axis_indices(axes, len(shape))
    shape[first], shape[second] = shape[second], shape[first]
    return Signature(tuple(shape), dtype_of(value))


@operation("keras.ops.fliplr")
def fliplr(arguments: Arguments) -> Output:
    """Keep a shape of two dimensions or more."""
    value = arguments.value("x")
    if len(data_shape(value)) < 2:
        refuse("`fliplr` requires input with 2 or more dimensions.", contract="rank")
    return Signature(data_shape(value), dtype_of(value))


@operation("keras.ops.flipud")
def flipud(arguments: Arguments) -> Output:
    """Keep a shape of one dimension or more."""
    value = arguments.value("x")
    if not data_shape(value):
        refuse("`flipud` requires input with 1 or more dimensions.", contract="rank")
    return Signature(data_shape(value), dtype_of(value))


@operation("keras.ops.expand_dims", "tf.expand_dims", "keras.backend.expand_dims")
def expand_dims(arguments: Arguments) -> Output:
    """Put in axes of length 1."""
    value = next(iter(arguments.values.values()))
    shape, axis = data_shape(value), arguments.value("axis")
    if axis is None:
        refuse("The `axis` argument to `expand_dims` should be an integer, tuple or list. Received axis=None")
    given = list(axis) if isinstance(axis, list | tuple) else [axis]
    rank = len(shape) + len(given)
    places = axis_indices(given, rank)
    if len(set(places)) < len(places) or (len(given) != 1 and not _takes_several_axes(arguments)):
        refuse(f"axes {axis} cannot all be put in", error="StopIteration", axis=axis)
    rest = iter(shape)
    return Signature(tuple(1 if i in places else next(rest) for i in range(rank)), dtype_of(value))


def _takes_several_axes(arguments: Arguments) -> bool:
    """Return whether it is the function of Keras 3, which alone has no ``name`` and no default axis."""
    return "x" in arguments.values and arguments.keras is Keras.THREE


@operation("keras.ops.squeeze")
def squeeze(arguments: Arguments) -> Output:
    """Take out axes of length 1; a None dimension is no such axis."""
    value, axis = arguments.value("x"), arguments.value("axis")
    shape = data_shape(value)
    if axis is None:
        return Signature(_without_ones(shape), dtype_of(value))
    axes = axis_indices(axis, len(shape))
    for index in axes:
        dim = shape[index]
        if dim is None or same(dim, 1) is False:
            refuse(f"Cannot squeeze axis {index}, because the dimension is not 1.", contract="shapes", shape=shape)
    return Signature(reduce_each(shape, axes, keepdims=False), dtype_of(value))


def _without_ones(shape: Shape) -> Shape:
    for dim in shape:
        if isinstance(dim, Poly) and same(dim, 1) is None:
            undetermined(Why.INPUT, f"whether {dim} is 1")
    return tuple(dim for dim in shape if dim != 1)


@operation("tf.squeeze", "keras.backend.squeeze")
def tensorflow_squeeze(arguments: Arguments) -> Output:
    """Take out axes of length 1; of a shape with a None dimension and no axis given the rank is open."""
    value, axis = next(iter(arguments.values.values())), arguments.value("axis")
    shape = data_shape(value)
    if "x" in arguments.values and not isinstance(axis, int):
        refuse(f"Expected int for argument 'axis' not {axis}.", error="TypeError")
    if axis is None or axis == []:
        if None in shape:
            raise Undetermined(Unknown(Why.DATA, f"the rank of a squeezed {shape_text(shape)}"))
        return Signature(_without_ones(shape), dtype_of(value))
    axes = axis_indices(axis, len(shape))
    for index in axes:
        dim = shape[index]
        if dim is not None and same(dim, 1) is False:
            refuse(
                f"Can not squeeze dim[{index}], expected a dimension of 1, got {dim}", contract="shapes", shape=shape
            )
    return Signature(tuple(dim for i, dim in enumerate(shape) if i not in axes), dtype_of(value))
