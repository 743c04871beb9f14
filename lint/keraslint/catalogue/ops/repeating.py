"""Operations that make tensors larger: tile, repeat, pad."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.shapes import (
    add,
    axis_index,
    data_shape,
    entries,
    entry,
    fits,
    multiply,
    refuse,
    size,
    with_axis,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.array import Array
from keraslint.values.dim import Dim, same
from keraslint.values.layer import Tensor
from keraslint.values.unknown import Unknown, Why, undetermined

# repeating


@operation("keras.ops.tile")
def tile(arguments: Arguments) -> Output:
    """Repeat along each axis; axes are put in front where there are more repeats."""
    value, repeats = arguments.value("x"), arguments.value("repeats")
    shape = data_shape(value)
    times = list(entries(repeats, "repeats"))
    times = [*(1,) * (len(shape) - len(times)), *times]
    shape = (1,) * (len(times) - len(shape)) + shape
    return Signature(tuple(multiply(dim, count) for dim, count in zip(shape, times, strict=True)), dtype_of(value))


@operation("tf.tile", "keras.backend.tile")
def tensorflow_tile(arguments: Arguments) -> Output:
    """Repeat along each axis; there are as many repeats as axes."""
    value = next(iter(arguments.values.values()))
    shape = data_shape(value)
    times = entries(arguments.value("multiples" if "multiples" in arguments.values else "n"), "multiples")
    if len(times) != len(shape):
        refuse(f"Expected multiples of length {len(shape)}, received {times}", contract="rank", shape=shape)
    return Signature(tuple(multiply(dim, count) for dim, count in zip(shape, times, strict=True)), dtype_of(value))


@operation("keras.ops.repeat")
def repeat(arguments: Arguments) -> Output:
    """Repeat each element along an axis, of the flat array where none is given."""
    value, repeats, axis = arguments.value("x"), arguments.value("repeats"), arguments.value("axis")
    shape = data_shape(value)
    if isinstance(repeats, Array) and isinstance(repeats.items, list):
        repeats = repeats.items
    if isinstance(repeats, Tensor) and (data_shape(repeats) or repeats.node is not None):
        refuse("object of type 'KerasTensor' has no len()", error="TypeError")
    if isinstance(repeats, Array):
        undetermined(Why.DATA, "a number of repeats that is data")
    times = [entry(item, "repeats") for item in (repeats if isinstance(repeats, list | tuple) else [repeats])]
    if None in times:
        # the batch of a layer's `call`, where it is a tensor; outside of one Keras refuses it
        if isinstance(value, Tensor):
            undetermined(Why.DATA, "a number of repeats that is not known")
        return Signature(
            (None,) if axis is None else with_axis(shape, axis_index(axis, len(shape)), None), dtype_of(value)
        )
    if axis is None:
        shape, index = (size(shape),), 0
    else:
        index = axis_index(axis, len(shape))
    length = shape[index]
    if length is None:
        return Signature(shape, dtype_of(value))
    if len(times) == 1:
        return Signature(with_axis(shape, index, multiply(length, times[0])), dtype_of(value))
    if same(length, len(times)) is False:
        refuse(
            f"Size of `repeats` and dimensions of `axis {axis} of x` should be compatible. Received: {len(times)} and "
            f"{shape}",
            contract="shapes",
            shape=shape,
        )
    return Signature(with_axis(shape, index, add(*times)), dtype_of(value))


@operation("tf.repeat")
def tensorflow_repeat(arguments: Arguments) -> Output:
    """Repeat each element along an axis, of the flat array where none is given."""
    value, repeats, axis = arguments.value("input"), arguments.value("repeats"), arguments.value("axis")
    shape = data_shape(value)
    if axis is None:
        shape, index = (size(shape),), 0
    else:
        index = axis_index(axis, len(shape))
    if isinstance(repeats, list | tuple | Tensor | Array):
        counts = [entry(item, "repeats") for item in repeats] if isinstance(repeats, list | tuple) else [None]
        if len(counts) > 1 and not fits(shape[index], len(counts)):
            refuse(f"repeats {counts} do not fit axis {index} of {shape}", contract="shapes", shape=shape)
        return Signature(with_axis(shape, index, None), dtype_of(value))
    return Signature(with_axis(shape, index, multiply(shape[index], as_dim(repeats, "repeats"))), dtype_of(value))


@operation("keras.backend.repeat")
def repeat_vector(arguments: Arguments) -> Output:
    """Put an axis of ``n`` copies behind the first."""
    value = arguments.value("x")
    shape = data_shape(value)
    if len(shape) != 2:
        refuse(f"repeat expects a tensor of rank 2, received {shape}", error="AssertionError", contract="rank")
    return Signature((shape[0], as_dim(arguments.value("n"), "n"), shape[1]), dtype_of(value))


@operation("keras.backend.repeat_elements")
def repeat_elements(arguments: Arguments) -> Output:
    """Repeat each element along an axis."""
    value = arguments.value("x")
    shape = data_shape(value)
    axis = axis_index(arguments.value("axis"), len(shape))
    return Signature(
        with_axis(shape, axis, multiply(shape[axis], as_dim(arguments.value("rep"), "rep"))), dtype_of(value)
    )


# padding


def _padding(value: object, name: str) -> list[tuple[Dim | None, Dim | None]]:
    if isinstance(value, Unknown | Tensor):
        undetermined(Why.DATA, f"`{name}` is not known")
    if isinstance(value, Array):
        value = value.items
    if not isinstance(value, list | tuple):
        both = entry(value, name)
        return [(both, both)]
    items = list(value)
    if items and not isinstance(items[0], list | tuple):
        before, after = items[0], items[1] if len(items) > 1 else items[0]
        return [(entry(before, name), entry(after, name))]
    if len({len(item) for item in value}) > 1:
        refuse(f"`{name}` should be a list of tuples of length 1 or 2. Received: {name}={value}")
    return [(entry(item[0], name), entry(item[-1], name)) for item in value]


@operation("keras.ops.pad")
def pad(arguments: Arguments) -> Output:
    """Pad each axis; a None dimension stays."""
    value = arguments.value("x")
    shape, widths = data_shape(value), _padding(arguments.value("pad_width"), "pad_width")
    if len(widths) == 1:
        widths = widths * len(shape)
    if len(widths) != len(shape):
        refuse(
            f"`pad_width` must have the same length as `x.shape`. Received: pad_width={widths} (of length {len(widths)}) "
            f"and x.shape={shape} (of length {len(shape)})",
            contract="rank",
            shape=shape,
        )
    return Signature(tuple(add(dim, *width) for dim, width in zip(shape, widths, strict=True)), dtype_of(value))


@operation("tf.pad")
def tensorflow_pad(arguments: Arguments) -> Output:
    """Pad each axis; a None dimension stays."""
    value, paddings = arguments.value("tensor"), arguments.value("paddings")
    shape = data_shape(value)
    if isinstance(paddings, Tensor) or (isinstance(paddings, Array) and paddings.items is None):
        return Signature((None,) * len(shape), dtype_of(value))
    widths = _padding(paddings, "paddings")
    if len(widths) != len(shape):
        refuse(f"Shape must be rank {len(widths)} but is rank {len(shape)}", contract="rank", shape=shape)
    return Signature(tuple(add(dim, *width) for dim, width in zip(shape, widths, strict=True)), dtype_of(value))


def padded_axes(arguments: Arguments, rank: int) -> Output:
    """Pad the spatial axes of a tensor with a batch and channels."""
    value = arguments.value("x")
    shape = data_shape(value)
    if len(shape) != rank + 2:
        refuse(f"expects a tensor of rank {rank + 2}, received {shape}", contract="rank", shape=shape)
    padding = arguments.value("padding")
    widths = _padding(padding, "padding")
    first = arguments.values.get("data_format") == "channels_first"
    offset = 2 if first else 1
    grown = list(shape)
    for index, width in enumerate(widths):
        grown[offset + index] = add(shape[offset + index], *width)
    return Signature(tuple(grown), dtype_of(value))


operation("keras.backend.temporal_padding")(lambda arguments: padded_axes(arguments, 1))
operation("keras.backend.spatial_2d_padding")(lambda arguments: padded_axes(arguments, 2))
operation("keras.backend.spatial_3d_padding")(lambda arguments: padded_axes(arguments, 3))
