"""Convolutions: plain, depthwise, separable, transposed; of Keras 3, of TensorFlow and of the backend of Keras 2."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.shapes import (
    data_shape,
    entries,
    multiply,
    pair,
    refuse,
    text,
)
from keraslint.catalogue.ops.windows import (
    check_channels,
    data_format_of,
    join_channels,
    kernel_of,
    known_size,
    layout_of,
    per_axis,
    split_channels,
    tensorflow_windows,
    windows,
)
from keraslint.catalogue.spec import Output, Signature
from keraslint.values.dim import Dim, maximum, same
from keraslint.values.shape import Shape


def _convolved(arguments: Arguments, shape: Shape, kernel: Shape, filters: Dim | None) -> Shape:
    """Return what Keras 3 says of a convolution (``compute_conv_output_shape``)."""
    data_format = data_format_of(arguments)
    batch, spatial, channels = split_channels(shape, data_format)
    check_channels(shape, kernel, channels, kernel[-2])
    if len(kernel) != len(shape):
        refuse(
            f"Kernel shape must have the same length as input, but received kernel of shape {kernel} and input of shape "
            f"{shape}.",
            contract="rank",
            shapes=(shape, kernel),
        )
    rank = len(spatial)
    strides = pair(arguments.value("strides"), "strides", rank)
    dilation = pair(arguments.value("dilation_rate"), "dilation_rate", rank)
    padding = text(arguments, "padding").lower()
    sizes = [known_size(dim) for dim in kernel[:-2]]
    result = [
        windows(length, size, stride, padding, by)
        for length, size, stride, by in zip(spatial, sizes, strides, dilation, strict=True)
    ]
    return join_channels(batch, result, filters, data_format)


# Keras 3


@operation("keras.ops.conv")
def conv(arguments: Arguments) -> Output:
    """Convolve."""
    value = arguments.value("inputs")
    kernel = kernel_of(data_shape(arguments.value("kernel")))
    return Signature(_convolved(arguments, data_shape(value), kernel, kernel[-1]), dtype_of(value))


@operation("keras.ops.depthwise_conv")
def depthwise_conv(arguments: Arguments) -> Output:
    """Convolve each channel by itself."""
    value = arguments.value("inputs")
    kernel = kernel_of(data_shape(arguments.value("kernel")))
    filters = multiply(kernel[-1], kernel[-2])
    return Signature(_convolved(arguments, data_shape(value), kernel, filters), dtype_of(value))


@operation("keras.ops.separable_conv")
def separable_conv(arguments: Arguments) -> Output:
    """Convolve each channel by itself, then mix them."""
    value = arguments.value("inputs")
    kernel = kernel_of(data_shape(arguments.value("depthwise_kernel")))
    filters = data_shape(arguments.value("pointwise_kernel"))[-1]
    return Signature(_convolved(arguments, data_shape(value), kernel, filters), dtype_of(value))


@operation("keras.ops.conv_transpose")
def conv_transpose(arguments: Arguments) -> Output:
    """Convolve backwards."""
    value, data_format = arguments.value("inputs"), data_format_of(arguments)
    kernel = kernel_of(data_shape(arguments.value("kernel")))
    shape = data_shape(value)
    batch, spatial, channels = split_channels(shape, data_format)
    check_channels(shape, kernel, channels, kernel[-1])
    rank, padding = len(spatial), text(arguments, "padding").lower()
    strides = pair(arguments.value("strides"), "strides", rank)
    dilation = pair(arguments.value("dilation_rate"), "dilation_rate", rank)
    extra = arguments.value("output_padding")
    extras = (None,) * rank if extra is None else pair(extra, "output_padding", rank)
    if len(kernel) - 2 < rank:
        refuse("tuple index out of range", error="IndexError", contract="rank", shapes=(shape, kernel))
    result = [
        transposed(*item, padding=padding)
        for item in zip(spatial, map(known_size, kernel), strides, dilation, extras, strict=False)
    ]
    return Signature(join_channels(batch, result, kernel[-2], data_format), dtype_of(value))


def transposed(
    length: Dim | None, size: Dim, stride: Dim, dilation: Dim, extra: Dim | None, *, padding: str
) -> Dim | None:
    """Return the length that a transposed convolution gives (``_get_output_shape_given_tf_padding``)."""
    if length is None:
        return None
    if padding not in {"valid", "same"}:
        refuse(f"The `padding` argument must be one of 'valid', 'same'. Received: padding={padding}")
    reach = (size - 1) * dilation + 1
    if padding == "valid":
        more = maximum(reach, stride) - reach if extra is None else extra
        return (length - 1) * stride + reach + more
    return length * stride if extra is None else (length - 1) * stride + reach % 2 + extra


def tensorflow_convolution(rank: int, filters: str = "filters", strides: str = "strides") -> Operation:
    """Return the function of a convolution over ``rank`` axes."""

    def function(arguments: Arguments) -> Output:
        value, kernel = arguments.value("input"), data_shape(arguments.value(filters))
        shape, data_format = data_shape(value), layout_of(arguments)
        lead = shape[: len(shape) - rank - 2]
        batch, spatial, channels = split_channels(shape[len(lead) :], data_format)
        if len(shape) < rank + 2 or len(kernel) != rank + 2:
            refuse(f"Shape must be rank {rank + 2}: {shape}, {kernel}", contract="rank", shapes=(shape, kernel))
        if channels is not None and kernel[-2] is not None and same(channels % kernel[-2], 0) is False:
            refuse(
                f"The depth of the input {channels} is no multiple of the filter's {kernel[-2]}",
                contract="channels",
                shapes=(shape, kernel),
            )
        steps = per_axis(arguments.value(strides), "strides", rank, data_format)
        given = arguments.value("dilations")
        dilation = (1,) * rank if given is None else per_axis(given, "dilations", rank, data_format)
        result = tensorflow_windows(
            spatial, [known_size(dim) for dim in kernel[:-2]], steps, dilation, arguments.value("padding"),
            2 if data_format == "channels_first" else 1,
        )  # fmt: skip
        return Signature((*lead, *join_channels(batch, result, kernel[-1], data_format)), dtype_of(value))

    return function


operation("tf.nn.conv1d")(tensorflow_convolution(1, strides="stride"))
operation("tf.nn.conv2d")(tensorflow_convolution(2))
operation("tf.nn.conv3d")(tensorflow_convolution(3))


@operation("tf.nn.convolution")
def convolution(arguments: Arguments) -> Output:
    """Convolve over as many axes as the filter has."""
    rank = len(data_shape(arguments.value("filters"))) - 2
    values = {**arguments.values, "strides": 1 if arguments.value("strides") is None else arguments.value("strides")}
    return tensorflow_convolution(rank)(Arguments(values, arguments.keras))


@operation("tf.nn.depthwise_conv2d")
def tensorflow_depthwise(arguments: Arguments) -> Output:
    """Convolve each channel by itself."""
    value, kernel = arguments.value("input"), data_shape(arguments.value("filter"))
    return Signature(
        _depthwise(arguments, data_shape(value), kernel, multiply(kernel[-1], kernel[-2])), dtype_of(value)
    )


@operation("tf.nn.separable_conv2d")
def tensorflow_separable(arguments: Arguments) -> Output:
    """Convolve each channel by itself, then mix them."""
    value, kernel = arguments.value("input"), data_shape(arguments.value("depthwise_filter"))
    filters = data_shape(arguments.value("pointwise_filter"))[-1]
    return Signature(_depthwise(arguments, data_shape(value), kernel, filters), dtype_of(value))


def _depthwise(arguments: Arguments, shape: Shape, kernel: Shape, filters: Dim | None) -> Shape:
    data_format = layout_of(arguments)
    if len(shape) != 4 or len(kernel) != 4:
        refuse(f"Shape must be rank 4: {shape}, {kernel}", contract="rank", shapes=(shape, kernel))
    batch, spatial, channels = split_channels(shape, data_format)
    check_channels(shape, kernel, channels, kernel[-2])
    strides = per_axis(arguments.value("strides"), "strides", 2, data_format)
    given = arguments.value("dilations")
    dilation = (1, 1) if given is None else per_axis(given, "dilations", 2, data_format)
    result = tensorflow_windows(
        spatial, [known_size(dim) for dim in kernel[:2]], strides, dilation, arguments.value("padding"), 1
    )
    return join_channels(batch, result, filters, data_format)


@operation("tf.nn.conv1d_transpose", "tf.nn.conv2d_transpose", "tf.nn.conv3d_transpose", "tf.nn.conv_transpose")
def tensorflow_transpose(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    target = arguments.value("output_shape")
    return Signature(entries(target, "output_shape"), dtype_of(arguments.value("input")))


# the backend of Keras 2


def backend_convolution(rank: int, kernel_name: str = "kernel") -> Operation:
    """Return the function of a convolution of the backend over ``rank`` axes."""

    def function(arguments: Arguments) -> Output:
        value, kernel = arguments.value("x"), data_shape(arguments.value(kernel_name))
        shape, data_format = data_shape(value), data_format_of(arguments)
        if len(shape) != rank + 2 or len(kernel) != rank + 2:
            refuse(f"Shape must be rank {rank + 2}: {shape}, {kernel}", contract="rank", shapes=(shape, kernel))
        batch, spatial, channels = split_channels(shape, data_format)
        filters = kernel[-1]
        if kernel_name == "depthwise_kernel":
            check_channels(shape, kernel, channels, kernel[-2])
            point = arguments.values.get("pointwise_kernel")
            filters = multiply(kernel[-1], kernel[-2]) if point is None else data_shape(point)[-1]
        elif channels is not None and kernel[-2] is not None and same(channels % kernel[-2], 0) is False:
            check_channels(shape, kernel, channels, kernel[-2])
        strides = pair(arguments.value("strides"), "strides", rank)
        dilation = pair(arguments.value("dilation_rate"), "dilation_rate", rank)
        padding = text(arguments, "padding").lower()
        if padding not in {"valid", "same"} and not (padding == "causal" and rank == 1):
            refuse(f"Invalid padding: {padding}")
        result = [
            windows(length, known_size(size), stride, padding, by)
            for length, size, stride, by in zip(spatial, kernel[:-2], strides, dilation, strict=True)
        ]
        return Signature(join_channels(batch, result, filters, data_format), dtype_of(value))

    return function


for _rank in (1, 2, 3):
    operation(f"keras.backend.conv{_rank}d")(backend_convolution(_rank))
for _name in ("depthwise_conv2d", "separable_conv2d"):
    operation(f"keras.backend.{_name}")(backend_convolution(2, "depthwise_kernel"))


@operation("keras.backend.conv2d_transpose")
def backend_transpose(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    return Signature(entries(arguments.value("output_shape"), "output_shape"), dtype_of(arguments.value("x")))
