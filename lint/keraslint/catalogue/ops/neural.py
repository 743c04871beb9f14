"""Operations of networks: pooling, resizing, blocks of depth and space."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.shapes import dims_of, times
from keraslint.catalogue.spec import Output, Refused, each_axis
from keraslint.values.dim import Dim, ceil_divide, floor_divide, product
from keraslint.values.unknown import Why, undetermined


@operation(
    "keras.ops.average_pool(inputs, pool_size, strides, padding, data_format)",
    "keras.ops.max_pool(inputs, pool_size, strides, padding, data_format)",
)
def pool(arguments: Arguments) -> Output:
    """Return a shape with its spatial axes pooled."""
    shape = arguments.shape("inputs")
    rank = len(shape) - 2
    sizes = each_axis(arguments.value("pool_size"), rank, "pool_size")
    strides = sizes if arguments.value("strides") is None else each_axis(arguments.value("strides"), rank, "strides")
    first = 2 if arguments.value("data_format") == "channels_first" else 1
    is_same = str(arguments.value("padding", "valid")).lower() == "same"
    result = list(shape)
    for index, (window, stride) in enumerate(zip(sizes, strides, strict=True)):
        dim = shape[first + index]
        if dim is None:
            continue
        length = ceil_divide(dim, stride) if is_same else floor_divide(dim - window, stride) + 1
        if isinstance(length, int) and length <= 0:
            raise Refused(
                f"Computed output size would be negative. Received: inputs.shape={shape}, pool_size={sizes}",
                contract="nonpositive-output",
                input_shape=shape,
            )
        result[first + index] = length
    return tuple(result)


@operation(
    "keras.ops.resize(images:x, size, interpolation, antialias, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode, fill_value, data_format)",
    "tf.resize(images:x, size, method)",
)  # fmt: skip
def resize(arguments: Arguments) -> Output:
    """Return images of another height and width."""
    shape = arguments.shape("x")
    height, width = dims_of(arguments.value("size"))
    if arguments.value("data_format") == "channels_first":
        return (*shape[:-2], height, width)
    return (*shape[:-3], height, width, shape[-1])


@operation("keras.backend.resize_images(x, height_factor, width_factor, data_format, interpolation)")
def resize_images(arguments: Arguments) -> Output:
    """Return images with height and width multiplied."""
    shape = list(arguments.shape("x"))
    first = 2 if arguments.value("data_format") == "channels_first" else 1
    shape[first] = times(shape[first], arguments.integer("height_factor", 1))
    shape[first + 1] = times(shape[first + 1], arguments.integer("width_factor", 1))
    return tuple(shape)


@operation("tf.depth_to_space(input:x, block_size, data_format)")
def depth_to_space(arguments: Arguments) -> Output:
    """Return blocks of the depth laid out in space."""
    shape, block = arguments.shape("x"), arguments.integer("block_size", 1)
    depth = shape[-1]
    if isinstance(depth, int) and depth % (block * block):
        raise Refused(f"Dimension size {depth} must be evenly divisible by {block * block}", contract="channels")
    channels: Dim | None = None if depth is None else floor_divide(depth, block * block)
    return (shape[0], times(shape[1], block), times(shape[2], block), channels)


@operation("tf.space_to_depth(input:x, block_size, data_format)")
def space_to_depth(arguments: Arguments) -> Output:
    """Return blocks of space laid out in the depth."""
    shape, block = arguments.shape("x"), arguments.integer("block_size", 1)
    sides = [None if dim is None else floor_divide(dim, block) for dim in shape[1:3]]
    depth = shape[-1]
    return (shape[0], *sides, None if depth is None else product((depth, block * block)))


@operation("keras.backend.bias_add(x, bias, data_format)", "tf.bias_add(value:x, bias)")
def bias_add(arguments: Arguments) -> Output:
    """Return the shape of the input."""
    return arguments.shape("x")


@operation("keras.ops.glu(x, axis)")
def glu(arguments: Arguments) -> Output:
    """Return half of an axis."""
    shape = list(arguments.shape("x"))
    axis = arguments.integer("axis", -1)
    dim = shape[axis]
    if isinstance(dim, int) and dim % 2:
        raise Refused("axis size must be divisible by 2", contract="axis")
    shape[axis] = None if dim is None else floor_divide(dim, 2)
    return tuple(shape)


@operation("tf.map_fn(fn, elems)", "tf.while_loop(cond, body)", "tf.scan(fn, elems)", "tf.cond(pred, true_fn, false_fn)", "keras.ops.map(f, xs)", "keras.ops.scan(f, init, xs)", "keras.ops.cond(pred, true_fn, false_fn)", "keras.ops.while_loop(cond, body, loop_vars)", "keras.ops.vectorized_map(function, elements)", "tf.vectorized_map(fn, elems)", "keras.backend.map_fn(fn, elems)", "keras.backend.rnn(step_function, inputs)")  # fmt: skip
def control_flow(arguments: Arguments) -> Output:
    """Raise ``Undetermined``: the shape follows from a function that is not traced."""
    del arguments
    undetermined(Why.UNSUPPORTED, "a shape that follows from a function of the program")
