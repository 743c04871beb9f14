"""Neural networks: normalization, attention, biases, patches as columns, blocks of pixels as channels."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote
from keraslint.catalogue.ops.shapes import (
    axis_index,
    broadcast,
    data_shape,
    equal_shapes,
    merge,
    multiply,
    pair,
    refuse,
)
from keraslint.catalogue.ops.windows import data_format_of, join_channels, layout_of, split_channels
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.dim import Dim, floor_divide, same
from keraslint.values.unknown import Why, undetermined


@operation("keras.ops.batch_normalization")
def batch_normalization(arguments: Arguments) -> Output:
    """Keep the shape; statistics are vectors of one axis."""
    value = arguments.value("x")
    shape = data_shape(value)
    expected = (shape[axis_index(arguments.value("axis"), len(shape))],)
    offset, scale = arguments.value("offset"), arguments.value("scale")
    checked = [("mean", arguments.value("mean")), ("variance", arguments.value("variance"))]
    checked += [("offset", offset)] if offset is not None else []
    if offset is not scale:
        if scale is None:
            refuse("'NoneType' object has no attribute 'shape'", error="AttributeError")
        checked.append(("scale", scale))
    for name, item in checked:
        own = data_shape(item)
        if len(own) != 1 or (own[0] is None) is not (expected[0] is None) or not equal_shapes(own, expected):
            refuse(
                f"Arguments `{name}` must be a vector of length `x.shape[axis]`. Expected: `{expected}`. Received: `{own}`.",
                contract="channels",
                shapes=(shape, own),
            )
    return Signature(shape, dtype_of(value))


@operation("keras.ops.dot_product_attention")
def dot_product_attention(arguments: Arguments) -> Output:
    """Return the query's shape."""
    if arguments.value("attn_logits_soft_cap") is not None:
        refuse("attn_logits_soft_cap is only supported for JAX on TPU.")
    names = ("query", "key", "value")
    shape = data_shape(arguments.value("query"))
    for name in names[1:]:
        data_shape(arguments.value(name))
    return Signature(shape, promote(*(dtype_of(arguments.value(name)) for name in names)))


@operation("keras.ops.unfold")
def unfold(arguments: Arguments) -> Output:
    """Lay out the patches of an image as columns."""
    value = arguments.value("x")
    shape = data_shape(value)
    if len(shape) != 4:
        refuse(f"Input must be a 4D tensor. Received: input.shape={shape}", contract="rank", shape=shape)
    batch, channels, height, width = shape
    options = [pair(arguments.value(name), name) for name in ("kernel_size", "dilation", "padding", "stride")]
    lengths: list[Dim] = []
    for index, length in enumerate((height, width)):
        size, dilation, padding, stride = (option[index] for option in options)
        if length is None:
            refuse(
                "unsupported operand type(s) for +: 'NoneType' and 'int'", error="TypeError", contract="undefined-dim"
            )
        lengths.append(floor_divide(length + 2 * padding - dilation * (size - 1) - 1, stride) + 1)
    if channels is None:
        refuse("unsupported operand type(s) for *: 'NoneType' and 'int'", error="TypeError", contract="undefined-dim")
    rows, columns = options[0]
    return Signature((batch, channels * rows * columns, lengths[0] * lengths[1]), dtype_of(value))


@operation("keras.ops.fold")
def fold(arguments: Arguments) -> Output:
    """Put columns of patches together to an image."""
    value = arguments.value("x")
    shape = data_shape(value)
    if len(shape) != 3:
        refuse(f"Input must be a 3D tensor. Received: input.shape={shape}", contract="rank", shape=shape)
    area = multiply(*pair(arguments.value("kernel_size"), "kernel_size"))
    size = pair(arguments.value("output_size"), "output_size")
    channels = shape[1]
    assert area is not None
    if channels is not None and same(channels % area, 0) is False:
        refuse(
            f"The second dimension of the input ({channels}) must be divisible by kernel_size product ({area}).",
            contract="channels",
            shape=shape,
        )
    return Signature((shape[0], None if channels is None else floor_divide(channels, area), *size), dtype_of(value))


def _blocks(arguments: Arguments, name: str, data_format: str, *, to_depth: bool) -> Output:
    value = arguments.value(name)
    shape, block = data_shape(value), as_dim(arguments.value("block_size"), "block_size")
    if len(shape) != 4:
        refuse(f"requires a 4D input tensor. Received: x.shape={shape}", contract="rank", shape=shape)
    batch, spatial, channels = split_channels(shape, data_format)
    area = block * block
    if to_depth:
        for length in spatial:
            if length is not None and same(length % block, 0) is False:
                refuse(f"Height or width ({length}) must be divisible by block_size ({block}).", contract="shapes")
        deep = multiply(channels, area)
        sides = [None if length is None else floor_divide(length, block) for length in spatial]
        return Signature(join_channels(batch, sides, deep, data_format), dtype_of(value))
    if channels is not None and same(channels % area, 0) is False:
        refuse(f"The number of channels ({channels}) must be divisible by block_size**2 ({area}).", contract="channels")
    flat = None if channels is None else floor_divide(channels, area)
    return Signature(
        join_channels(batch, [multiply(length, block) for length in spatial], flat, data_format), dtype_of(value)
    )


@operation("keras.ops.depth_to_space")
def depth_to_space(arguments: Arguments) -> Output:
    """Make blocks of pixels of channels."""
    return _blocks(arguments, "x", data_format_of(arguments), to_depth=False)


@operation("keras.ops.space_to_depth")
def space_to_depth(arguments: Arguments) -> Output:
    """Make channels of blocks of pixels."""
    return _blocks(arguments, "x", data_format_of(arguments), to_depth=True)


@operation("tf.nn.depth_to_space")
def tensorflow_depth_to_space(arguments: Arguments) -> Output:
    """Make blocks of pixels of channels."""
    return _blocks(arguments, "input", layout_of(arguments), to_depth=False)


@operation("tf.nn.space_to_depth")
def tensorflow_space_to_depth(arguments: Arguments) -> Output:
    """Make channels of blocks of pixels."""
    return _blocks(arguments, "input", layout_of(arguments), to_depth=True)


@operation("tf.nn.batch_normalization")
def tensorflow_batch_normalization(arguments: Arguments) -> Output:
    """Return the shape that input, statistics and parameters broadcast to."""
    names = ("x", "mean", "variance", "offset", "scale")
    given = [arguments.value(name) for name in names]
    return Signature(broadcast(*(data_shape(item) for item in given if item is not None)), dtype_of(given[0]))


@operation("tf.nn.bias_add", "keras.backend.bias_add")
def bias_add(arguments: Arguments) -> Output:
    """Keep the shape; the bias has one entry a channel."""
    value = arguments.raw("value") if "value" in arguments.values else arguments.raw("x")
    bias = arguments.value("bias")
    shape, own = data_shape(value), data_shape(bias)
    if "x" in arguments.values and len(own) != 1:
        undetermined(Why.UNSUPPORTED, "a bias of several axes")
    if len(shape) < 2 or len(own) != 1:
        refuse(
            f"Shape must be at least rank 2, the bias of rank 1: {shape}, {own}", contract="rank", shapes=(shape, own)
        )
    axis = 1 if layout_of(arguments) == "channels_first" else len(shape) - 1
    channels = merge((shape[axis], own[0]))
    return Signature((*shape[:axis], channels, *shape[axis + 1 :]), mixed(value, bias))


@operation("tf.nn.crelu")
def crelu(arguments: Arguments) -> Output:
    """Double one axis."""
    value = arguments.value("features")
    shape = data_shape(value)
    axis = axis_index(arguments.value("axis"), len(shape))
    return Signature((*shape[:axis], multiply(shape[axis], 2), *shape[axis + 1 :]), dtype_of(value))


@operation("keras.backend.batch_normalization")
def backend_batch_normalization(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = arguments.value("x")
    return Signature(data_shape(value), dtype_of(value))
