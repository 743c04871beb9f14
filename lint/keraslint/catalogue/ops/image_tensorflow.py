"""Images in TensorFlow and in the backend of Keras 2."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.image import (
    check_image_rank,
    image_axes,
    images,
    sized,
)
from keraslint.catalogue.ops.shapes import data_shape, entries, entry, flag, multiply, refuse, text
from keraslint.catalogue.ops.windows import windows
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.unknown import Why, undetermined

# TensorFlow


_NEAREST = {"nearest", "nearest_neighbor"}


@operation("tf.image.resize")
def tensorflow_resize(arguments: Arguments) -> Output:
    """Give images another height and width; all but the nearest neighbour give floats."""
    value, size = arguments.value("images"), arguments.value("size")
    shape, method = data_shape(value), arguments.value("method")
    check_image_rank(shape, 3, 4)
    target = entries(size, "size")
    if len(target) != 2:
        refuse("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    if flag(arguments, "preserve_aspect_ratio"):
        if None in shape[-3:-1]:
            return Signature(
                sized(shape, (-3, -2, -1), None, None), "float32" if method not in _NEAREST else dtype_of(value)
            )
        undetermined(Why.UNSUPPORTED, "resizing that preserves the aspect ratio")
    dtype = dtype_of(value) if method in _NEAREST else "float32"
    if target == shape[-3:-1] and None not in target:
        dtype = "float32" if method not in _NEAREST else dtype_of(value)
    return Signature(sized(shape, (-3, -2, -1), *target), dtype)


@operation("tf.image.resize_with_pad", "tf.image.resize_with_crop_or_pad")
def resize_with_pad(arguments: Arguments) -> Output:
    """Give images another height and width."""
    value = arguments.values.get("image")
    shape = data_shape(value)
    check_image_rank(shape, 3, 4)
    height, width = (entry(arguments.value(name), name) for name in ("target_height", "target_width"))
    dtype = "float32" if "method" in arguments.values else dtype_of(value)
    return Signature(sized(shape, (-3, -2, -1), height, width), dtype)


@operation("tf.image.crop_to_bounding_box", "tf.image.pad_to_bounding_box")
def bounding_box(arguments: Arguments) -> Output:
    """Give images another height and width."""
    value = arguments.value("image")
    shape = data_shape(value)
    check_image_rank(shape, 3, 4)
    height, width = (entry(arguments.value(name), name) for name in ("target_height", "target_width"))
    return Signature(sized(shape, (-3, -2, -1), height, width), dtype_of(value))


@operation("tf.image.crop_and_resize")
def crop_and_resize(arguments: Arguments) -> Output:
    """Return one crop a box."""
    shape, boxes = data_shape(arguments.value("image")), data_shape(arguments.value("boxes"))
    check_image_rank(shape, 4)
    height, width = entries(arguments.value("crop_size"), "crop_size")
    return Signature((boxes[0], height, width, shape[-1]), "float32")


@operation("tf.image.extract_patches")
def tensorflow_patches(arguments: Arguments) -> Output:
    """Lay out the patches of images as channels."""
    value = arguments.value("images")
    shape = data_shape(value)
    if len(shape) != 4:
        refuse(f"Shape must be rank 4 but is rank {len(shape)}", contract="rank", shape=shape)
    options = []
    for name in ("sizes", "strides", "rates"):
        given = arguments.value(name)
        if not isinstance(given, list | tuple) or len(given) != 4:
            refuse(f"`{name}` has to be a list of 4 integers, received {given!r}")
        options.append(tuple(as_dim(item, name) for item in given[1:3]))
    sizes, strides, rates = options
    padding = text(arguments, "padding").lower()
    spatial = shape[1:3] if None not in shape[1:3] else (None, None)
    lengths = [windows(*item[:3], padding, item[3]) for item in zip(spatial, sizes, strides, rates, strict=True)]
    return Signature((shape[0], *lengths, multiply(shape[3], *sizes)), dtype_of(value))


for _name in [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "flip_left_right",
    "flip_up_down",
    "random_brightness",
    "random_contrast",
    "random_flip_left_right",
    "random_flip_up_down",
    "random_hue",
    "random_saturation",
    "stateless_random_brightness",
    "stateless_random_contrast",
    "stateless_random_flip_left_right",
    "stateless_random_flip_up_down",
    "stateless_random_hue",
    "stateless_random_saturation",
]:
    operation(f"tf.image.{_name}")(images(3, 4, name="images" if _name == "adjust_contrast" else "image"))


@operation("tf.image.per_image_standardization")
def standardized(arguments: Arguments) -> Output:
    """Keep the shape; the result is a float."""
    value = arguments.value("image")
    check_image_rank(data_shape(value), 3, 4)
    return Signature(data_shape(value), "float32")


@operation("tf.image.rgb_to_yiq", "tf.image.yiq_to_rgb", "tf.image.rgb_to_yuv", "tf.image.yuv_to_rgb")
def mixed_colours(arguments: Arguments) -> Output:
    """Multiply the channels by a matrix; nothing is checked where another dimension is open."""
    value = arguments.value("images")
    shape = data_shape(value)
    if not shape or (isinstance(shape[-1], int) and shape[-1] != 3 and None not in shape):
        refuse(f"the last dimension has to be 3: {shape}", contract="channels", shape=shape)
    return Signature((*shape[:-1], 3), dtype_of(value))


@operation("tf.image.rgb_to_hsv", "tf.image.hsv_to_rgb")
def colours(arguments: Arguments) -> Output:
    """Keep the shape of images with three channels."""
    value = arguments.value("images")
    shape = data_shape(value)
    if not shape or (isinstance(shape[-1], int) and shape[-1] != 3):
        refuse(f"the last dimension has to be 3: {shape}", contract="channels", shape=shape)
    return Signature((*shape[:-1], 3), dtype_of(value))


@operation("tf.image.rgb_to_grayscale")
def tensorflow_grayscale(arguments: Arguments) -> Output:
    """Make one channel of three; nothing is checked where another dimension is open."""
    value = arguments.value("images")
    shape = data_shape(value)
    if not shape or (isinstance(shape[-1], int) and shape[-1] != 3 and None not in shape):
        refuse(f"the last dimension has to be 3: {shape}", contract="channels", shape=shape)
    return Signature((*shape[:-1], 1), dtype_of(value))


@operation("tf.image.grayscale_to_rgb")
def grayscale_to_rgb(arguments: Arguments) -> Output:
    """Make three channels of one."""
    value = arguments.value("images")
    shape = data_shape(value)
    if not shape or (isinstance(shape[-1], int) and shape[-1] != 1):
        refuse(f"the last dimension has to be 1: {shape}", contract="channels", shape=shape)
    return Signature((*shape[:-1], 3), dtype_of(value))


@operation("tf.image.transpose")
def transpose(arguments: Arguments) -> Output:
    """Swap height and width."""
    value = arguments.value("image")
    shape = data_shape(value)
    check_image_rank(shape, 3, 4)
    return Signature(sized(shape, (-3, -2, -1), shape[-2], shape[-3]), dtype_of(value))


@operation("tf.image.rot90")
def rot90(arguments: Arguments) -> Output:
    """Swap height and width at odd numbers of turns."""
    value, turns = arguments.value("image"), arguments.value("k")
    shape = data_shape(value)
    check_image_rank(shape, 3, 4)
    if not isinstance(turns, int) or shape[-3] != shape[-2]:
        undetermined(Why.UNSUPPORTED, "a rotation of an image that is no square")
    return Signature(shape, dtype_of(value))


@operation("tf.image.sobel_edges")
def tensorflow_sobel(arguments: Arguments) -> Output:
    """Add an axis of two directions."""
    value = arguments.value("image")
    if len(data_shape(value)) != 4:
        refuse(f"Shape must be rank 4 but is rank {len(data_shape(value))}", contract="rank")
    return Signature((*data_shape(value), 2), dtype_of(value))


@operation("tf.image.image_gradients")
def gradients(arguments: Arguments) -> Output:
    """Return one tensor a direction."""
    value = arguments.value("image")
    check_image_rank(data_shape(value), 4)
    return [Signature(data_shape(value), dtype_of(value)) for _ in range(2)]


@operation("tf.image.random_crop", "tf.image.stateless_random_crop")
def random_crop(arguments: Arguments) -> Output:
    """Return the size that is asked for."""
    return Signature(entries(arguments.value("size"), "size"), dtype_of(arguments.value("value")))


@operation("keras.backend.resize_images")
def resize_images(arguments: Arguments) -> Output:
    """Multiply height and width."""
    value, axes = arguments.value("x"), image_axes(arguments)
    shape = data_shape(value)
    if len(shape) != 4:
        refuse(f"expects a tensor of rank 4, received {shape}", contract="rank", shape=shape)
    factors = [as_dim(arguments.value(name), name) for name in ("height_factor", "width_factor")]
    dtype = dtype_of(value) if arguments.value("interpolation") in _NEAREST else "float32"
    if shape[axes[0]] is None or shape[axes[1]] is None:
        # the size is then a tensor, of which nothing is known
        return Signature(sized(shape, axes, None, None), dtype)
    height, width = (multiply(shape[axis], factor) for axis, factor in zip(axes[:2], factors, strict=True))
    return Signature(sized(shape, axes, height, width), dtype)


@operation("keras.backend.resize_volumes")
def resize_volumes(arguments: Arguments) -> Output:
    """Multiply depth, height and width."""
    value = arguments.value("x")
    shape = data_shape(value)
    if len(shape) != 5:
        refuse(f"expects a tensor of rank 5, received {shape}", contract="rank", shape=shape)
    start = 2 if arguments.value("data_format") == "channels_first" else 1
    factors = [as_dim(arguments.value(name), name) for name in ("depth_factor", "height_factor", "width_factor")]
    result = list(shape)
    for index, factor in enumerate(factors):
        result[start + index] = multiply(shape[start + index], factor)
    return Signature(tuple(result), dtype_of(value))
