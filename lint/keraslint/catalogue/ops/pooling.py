"""Poolings of Keras 3, of TensorFlow and of the backend of Keras 2."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.shapes import (
    data_shape,
    entries,
    pair,
    refuse,
    text,
)
from keraslint.catalogue.ops.windows import (
    data_format_of,
    join_channels,
    layout_of,
    per_axis,
    split_channels,
    tensorflow_windows,
    windows,
)
from keraslint.catalogue.spec import Output, Signature


@operation("keras.ops.max_pool", "keras.ops.average_pool")
def pool(arguments: Arguments) -> Output:
    """Pool."""
    value, data_format = arguments.value("inputs"), data_format_of(arguments)
    batch, spatial, channels = split_channels(data_shape(value), data_format)
    sizes = pair(arguments.value("pool_size"), "pool_size", len(spatial))
    given = arguments.value("strides")
    strides = sizes if given is None else pair(given, "strides", len(spatial))
    padding = text(arguments, "padding").lower()
    if padding not in {"valid", "same"}:
        refuse(f"Argument `padding` must be either 'valid' or 'same'. Received: padding={padding}")
    result = [windows(*item, padding) for item in zip(spatial, sizes, strides, strict=True)]
    return Signature(join_channels(batch, result, channels, data_format), dtype_of(value))


@operation("keras.ops.adaptive_max_pool", "keras.ops.adaptive_average_pool")
def adaptive_pool(arguments: Arguments) -> Output:
    """Pool to a given size."""
    value, given = arguments.value("inputs"), arguments.value("output_size")
    shape = data_shape(value)
    if not isinstance(given, tuple):
        if isinstance(given, list):
            refuse('can only concatenate tuple (not "list") to tuple', error="TypeError")
        refuse("object of type 'int' has no len()", error="TypeError")
    sizes = entries(given, "output_size")
    if data_format_of(arguments) == "channels_last":
        return Signature((*shape[: -len(sizes)], *sizes, shape[-1]), dtype_of(value))
    return Signature((shape[0], shape[1], *sizes), dtype_of(value))


def tensorflow_pooling(rank: int) -> Operation:
    """Return the function of a pooling over ``rank`` axes."""

    def function(arguments: Arguments) -> Output:
        value, data_format = arguments.value("input"), layout_of(arguments)
        shape = data_shape(value)
        axes = rank or len(shape) - 2
        if len(shape) != axes + 2:
            refuse(f"Shape must be rank {axes + 2} but is rank {len(shape)}", contract="rank", shape=shape)
        batch, spatial, channels = split_channels(shape, data_format)
        sizes = per_axis(arguments.value("ksize"), "ksize", axes, data_format)
        strides = per_axis(arguments.value("strides"), "strides", axes, data_format)
        result = tensorflow_windows(spatial, sizes, strides, (1,) * axes, arguments.value("padding"), 1)
        return Signature(join_channels(batch, result, channels, data_format), dtype_of(value))

    return function


for _kind in ("avg", "max"):
    operation(f"tf.nn.{_kind}_pool")(tensorflow_pooling(0))
    for _rank in (1, 2, 3):
        operation(f"tf.nn.{_kind}_pool{_rank}d")(tensorflow_pooling(_rank))


@operation("tf.nn.pool")
def tensorflow_pool(arguments: Arguments) -> Output:
    """Pool over as many axes as the window has."""
    value, data_format = arguments.value("input"), layout_of(arguments)
    batch, spatial, channels = split_channels(data_shape(value), data_format)
    rank = len(spatial)
    sizes = pair(arguments.value("window_shape"), "window_shape", rank)
    given, dilated = arguments.value("strides"), arguments.value("dilations")
    strides = (1,) * rank if given is None else pair(given, "strides", rank)
    dilation = (1,) * rank if dilated is None else pair(dilated, "dilations", rank)
    result = tensorflow_windows(spatial, sizes, strides, dilation, arguments.value("padding"), 1)
    return Signature(join_channels(batch, result, channels, data_format), dtype_of(value))


@operation("keras.backend.pool2d", "keras.backend.pool3d")
def backend_pool(arguments: Arguments) -> Output:
    """Pool."""
    value, data_format = arguments.value("x"), data_format_of(arguments)
    batch, spatial, channels = split_channels(data_shape(value), data_format)
    sizes = pair(arguments.value("pool_size"), "pool_size", len(spatial))
    strides = pair(arguments.value("strides"), "strides", len(spatial))
    padding = text(arguments, "padding").lower()
    result = [windows(*item, padding) for item in zip(spatial, sizes, strides, strict=True)]
    return Signature(join_channels(batch, result, channels, data_format), dtype_of(value))
