"""How many windows of convolutions and poolings fit, and where batch, space and channels stand in a shape."""

from __future__ import annotations

from collections.abc import Sequence

from keraslint.catalogue.operations import Arguments
from keraslint.catalogue.ops.shapes import (
    fits,
    pair,
    refuse,
)
from keraslint.catalogue.spec import as_dim
from keraslint.values.dim import Dim, floor_divide, less, same
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined

# shapes of windows


def data_format_of(arguments: Arguments) -> str:
    """Return the argument `data_format`, by default channels last."""
    value = arguments.value("data_format")
    if value is None:
        return "channels_last"
    if not isinstance(value, str) or value.lower() not in {"channels_last", "channels_first"}:
        refuse(
            f"The `data_format` argument must be one of {{'channels_first', 'channels_last'}}. Received: data_format={value}"
        )
    return value.lower()


def split_channels(shape: Shape, data_format: str) -> tuple[Dim | None, Shape, Dim | None]:
    """Return batch, spatial axes and channels."""
    if len(shape) < 2:
        refuse(
            f"expects a batch and channels, received {shape_text(shape)}",
            contract="rank",
            error="IndexError",
            shape=shape,
        )
    if data_format == "channels_first":
        return shape[0], shape[2:], shape[1]
    return shape[0], shape[1:-1], shape[-1]


def join_channels(batch: Dim | None, spatial: Sequence[Dim | None], channels: Dim | None, data_format: str) -> Shape:
    """Return a shape of batch, spatial axes and channels."""
    return (batch, channels, *spatial) if data_format == "channels_first" else (batch, *spatial, channels)


def windows(length: Dim | None, size: Dim, stride: Dim, padding: str, dilation: Dim = 1) -> Dim | None:
    """Return how many windows fit; refuse none at all."""
    if same(stride, 0) is True:
        refuse("division by zero", error="ZeroDivisionError")
    if length is None:
        return None
    if padding in {"same", "causal"}:
        return floor_divide(length - 1, stride) + 1
    if padding != "valid":
        refuse(f"`padding` must be either `'valid'` or `'same'`. Received {padding}.")
    count = floor_divide(length - dilation * (size - 1) - 1, stride) + 1
    if less(count, 1) is True:
        refuse(
            f"Computed output size would be zero or negative: length {length}, window {size}, strides {stride}.",
            contract="nonpositive-output",
            length=length,
            window=size,
        )
    return count


def check_channels(shape: Shape, kernel: Shape, channels: Dim | None, expected: Dim | None) -> None:
    """Refuse channels that a kernel does not fit."""
    if not fits(channels, expected):
        refuse(
            "The number of input channels must match the kernel's input channels. Received: "
            f"input channels={channels}, kernel input channels={expected}.",
            contract="channels",
            shapes=(shape, kernel),
        )


def known_size(dim: Dim | None) -> Dim:
    """Return the size of a kernel, which has to be known."""
    if dim is None:
        undetermined(Why.DATA, "the size of a kernel")
    return dim


def kernel_of(shape: Shape) -> Shape:
    """Return the shape of a kernel, which has input and output channels."""
    if len(shape) < 2:
        refuse("tuple index out of range", error="IndexError", contract="rank", shape=shape)
    return shape


# TensorFlow


_CHANNELS_FIRST = {"NCW", "NCHW", "NCDHW", "channels_first"}


def layout_of(arguments: Arguments) -> str:
    """Return TensorFlow's data format in Keras' words."""
    value = arguments.values.get("data_format")
    return "channels_first" if value in _CHANNELS_FIRST else "channels_last"


def per_axis(value: object, name: str, rank: int, data_format: str) -> tuple[Dim, ...]:
    """Return an integer, a list for the spatial axes, or a list for all axes, as one entry a spatial axis."""
    if isinstance(value, list | tuple) and len(value) == rank + 2:
        dims = tuple(as_dim(item, name) for item in value)
        return dims[2:] if data_format == "channels_first" else dims[1:-1]
    return pair(value, name, rank)


def tensorflow_windows(
    spatial: Shape, sizes: Sequence[Dim], strides: Sequence[Dim], dilation: Sequence[Dim], padding: object, offset: int
) -> list[Dim | None]:
    """Return how many windows fit along each axis; padding may be given by numbers."""
    if isinstance(padding, list | tuple):
        pads = [tuple(as_dim(item, "padding") for item in width) for width in padding]
        wide = pads[offset : offset + len(spatial)]
        spatial = tuple(
            None if length is None else length + before + after
            for length, (before, after) in zip(spatial, wide, strict=True)
        )
        kind = "valid"
    elif isinstance(padding, str) and padding in {"SAME", "VALID"}:
        kind = padding.lower()
    else:
        refuse(f"`padding` has to be SAME or VALID, received {padding!r}")
    return [windows(*item[:3], kind, item[3]) for item in zip(spatial, sizes, strides, dilation, strict=True)]
