"""Images in Keras 3: resizing, cropping, padding, patches, colours, transformations."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import dtype_of, is_floating
from keraslint.catalogue.ops.shapes import data_shape, entries, fits, flag, pair, refuse, text
from keraslint.catalogue.ops.windows import windows
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.dim import Dim, less, product
from keraslint.values.shape import Shape, shape_text


def check_image_rank(shape: Shape, *ranks: int) -> None:
    """Refuse images of another rank."""
    if len(shape) not in ranks:
        refuse(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received: "
            f"images.shape={shape_text(shape)}",
            contract="rank",
            shape=shape,
        )


def image_axes(arguments: Arguments) -> tuple[int, int, int]:
    """Return the axes of height, width and channels, counted from the end."""
    value = arguments.value("data_format")
    if value not in {None, "channels_last", "channels_first"}:
        refuse(f"The `data_format` argument must be one of {{'channels_first', 'channels_last'}}. Received: {value}")
    return (-2, -1, -3) if value == "channels_first" else (-3, -2, -1)


def sized(shape: Shape, axes: tuple[int, int, int], height: Dim | None, width: Dim | None) -> Shape:
    """Return a shape with another height and width."""
    result = list(shape)
    result[axes[0]], result[axes[1]] = height, width
    return tuple(result)


def _equal(first: Shape, second: Shape) -> bool:
    """Return whether shapes can be equal; None equals None alone."""
    return len(first) == len(second) and all(
        (a is None) is (b is None) and fits(a, b) for a, b in zip(first, second, strict=True)
    )


def images(*ranks: int, name: str = "images") -> Operation:
    """Return the function of an operation that keeps the shape of images of some rank."""

    def function(arguments: Arguments) -> Output:
        value = arguments.value(name)
        check_image_rank(data_shape(value), *ranks)
        return Signature(data_shape(value), dtype_of(value))

    return function


# Keras 3


for _name in ("gaussian_blur", "elastic_transform"):
    operation(f"keras.ops.image.{_name}")(images(3, 4))


@operation("keras.ops.image.resize")
def resize(arguments: Arguments) -> Output:
    """Give images another height and width."""
    value, size = arguments.value("images"), arguments.value("size")
    shape = data_shape(value)
    if not isinstance(size, list | tuple):
        refuse("object of type 'int' has no len()", error="TypeError")
    if len(size) != 2:
        refuse(f"Expected `size` to be a tuple of 2 integers. Received: size={size}")
    height, width = (as_dim(item, "size") for item in size)
    if less(height, 1) is True or less(width, 1) is True:
        refuse(f"`size` must have positive height and width. Received: size={size}")
    check_image_rank(shape, 3, 4)
    if flag(arguments, "crop_to_aspect_ratio") and flag(arguments, "pad_to_aspect_ratio"):
        refuse("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.")
    return Signature(sized(shape, image_axes(arguments), height, width), dtype_of(value))


@operation("keras.ops.image.rgb_to_grayscale")
def rgb_to_grayscale(arguments: Arguments) -> Output:
    """Make one channel of three."""
    value = arguments.value("images")
    shape, axis = data_shape(value), image_axes(arguments)[2]
    check_image_rank(shape, 3, 4)
    if isinstance(shape[axis], int) and shape[axis] not in {1, 3}:
        refuse(f"Invalid channel size: expected 3 (RGB) or 1 (Grayscale): {shape}", contract="channels", shape=shape)
    result = list(shape)
    result[axis] = 1
    return Signature(tuple(result), dtype_of(value))


@operation("keras.ops.image.rgb_to_hsv", "keras.ops.image.hsv_to_rgb")
def rgb_to_hsv(arguments: Arguments) -> Output:
    """Keep the shape of images with three channels."""
    value = arguments.value("images")
    shape, axis = data_shape(value), image_axes(arguments)[2]
    check_image_rank(shape, 3, 4)
    if not is_floating(dtype_of(value)):
        refuse(
            f"Invalid images dtype: expected float dtype. Received: images.dtype={dtype_of(value)}", contract="dtype"
        )
    if isinstance(shape[axis], int) and shape[axis] != 3:
        refuse(f"Input images must have 3 channels, but received {shape}.", contract="channels", shape=shape)
    return Signature(shape, dtype_of(value))


@operation("keras.ops.image.affine_transform")
def affine_transform(arguments: Arguments) -> Output:
    """Keep the shape; a transform is a vector, or one an image."""
    value = arguments.value("images")
    check_image_rank(data_shape(value), 3, 4)
    transform = data_shape(arguments.value("transform"))
    if len(transform) not in {1, 2}:
        refuse(f"Invalid transform rank: expected rank 1 or rank 2: {transform}", contract="rank", shape=transform)
    return Signature(data_shape(value), dtype_of(value))


@operation("keras.ops.image.perspective_transform")
def perspective_transform(arguments: Arguments) -> Output:
    """Keep the shape; points are four pairs, or four an image."""
    value = arguments.value("images")
    check_image_rank(data_shape(value), 3, 4)
    start, end = data_shape(arguments.value("start_points")), data_shape(arguments.value("end_points"))
    for points in (start, end):
        if not _equal(points[-2:], (4, 2)) or len(points) not in {2, 3}:
            refuse(f"Invalid points shape: expected (4,2) or (N,4,2). Received shape: {points}", contract="shapes")
    if not _equal(start, end):
        refuse(f"start_points and end_points must have the same shape: {start}, {end}", contract="shapes")
    return Signature(data_shape(value), dtype_of(value))


@operation("keras.ops.image.extract_patches", "keras.ops.image.extract_patches_3d")
def extract_patches(arguments: Arguments) -> Output:
    """Lay out the patches of images as channels."""
    name = "volumes" if "volumes" in arguments.values else "images"
    value, given = arguments.value(name), arguments.value("size")
    if not isinstance(given, int) and (not isinstance(given, list | tuple) or len(given) not in {2, 3}):
        refuse(f"Invalid `size` argument. Expected an int or a tuple of length 2 or 3. Received: size={given}")
    rank = len(given) if isinstance(given, list | tuple) else 3 if name == "volumes" else 2
    sizes, shape = pair(given, "size", rank), data_shape(value)
    single = len(shape) == rank + 1
    full = (1, *shape) if single else shape
    if len(full) != rank + 2:
        refuse(f"Kernel shape must have the same length as input, but received {shape}.", contract="rank", shape=shape)
    first = arguments.value("data_format") == "channels_first"
    channels, spatial = (full[1], full[2:]) if first else (full[-1], full[1:-1])
    if channels is None:
        refuse("unsupported operand type(s) for *: 'int' and 'NoneType'", error="TypeError", contract="undefined-dim")
    steps = arguments.value("strides")
    strides = sizes if steps is None else pair(steps, "strides", rank)
    dilation = pair(arguments.value("dilation_rate"), "dilation_rate", rank)
    padding = text(arguments, "padding")
    lengths = [windows(*item[:3], padding, item[3]) for item in zip(spatial, sizes, strides, dilation, strict=True)]
    depth = product(sizes) * channels
    result: Shape = (full[0], depth, *lengths) if first else (full[0], *lengths, depth)
    return Signature(result[1:] if single else result, dtype_of(value))


@operation("keras.ops.image.map_coordinates")
def map_coordinates(arguments: Arguments) -> Output:
    """Return one value a coordinate."""
    value = arguments.value("inputs")
    shape, places = data_shape(value), data_shape(arguments.value("coordinates"))
    if not places or not _equal(places[:1], (len(shape),)):
        refuse(
            f"First dim of `coordinates` must be the same as the rank of `inputs`: {shape}, {places}", contract="rank"
        )
    if len(places) < 2:
        refuse(f"Invalid coordinates rank: expected at least rank 2: {places}", contract="rank", shape=places)
    return Signature(places[1:], dtype_of(value))


def _given(arguments: Arguments, name: str) -> Dim | None:
    value = arguments.value(name)
    dim = None if value is None else as_dim(value, name)
    if dim is not None and less(dim, 0) is True:
        refuse(f"{name} must be >= 0. Received: {name}={dim}")
    return dim


def _side(arguments: Arguments, length: Dim | None, before: str, after: str, target: str, sign: int) -> Dim | None:
    """Return the length that two of three arguments give."""
    first, last, wanted = (_given(arguments, name) for name in (before, after, target))
    if (first, last, wanted).count(None) != 1:
        refuse(f"Must specify exactly two of {before}, {after}, {target}.")
    if wanted is None:
        if length is None:
            if sign < 0:
                refuse(
                    f"When the size of the images is unknown, `{target}` must be specified.", contract="undefined-dim"
                )
            return None
        assert first is not None
        assert last is not None
        result = length + sign * (first + last)
        if less(result, 0) is True:
            refuse(f"{target} must be >= 0. Received: {target}={result}", contract="nonpositive-output")
        return result
    if length is not None:
        rest = sign * (wanted - length) - ((first or 0) + (last or 0))
        if less(rest, 0) is True:
            refuse(
                f"{before if first is None else after} must be >= 0. Received: {rest}", contract="nonpositive-output"
            )
    return wanted


@operation("keras.ops.image.pad_images")
def pad_images(arguments: Arguments) -> Output:
    """Pad images to a size."""
    return _framed(arguments, "padding", 1)


@operation("keras.ops.image.crop_images")
def crop_images(arguments: Arguments) -> Output:
    """Crop images to a size."""
    return _framed(arguments, "cropping", -1)


def _framed(arguments: Arguments, what: str, sign: int) -> Output:
    value, axes = arguments.value("images"), image_axes(arguments)
    shape = data_shape(value)
    check_image_rank(shape, 3, 4)
    height = _side(arguments, shape[axes[0]], f"top_{what}", f"bottom_{what}", "target_height", sign)
    width = _side(arguments, shape[axes[1]], f"left_{what}", f"right_{what}", "target_width", sign)
    return Signature(sized(shape, axes, height, width), dtype_of(value))


@operation("keras.ops.image.scale_and_translate")
def scale_and_translate(arguments: Arguments) -> Output:
    """Return the shape that is asked for."""
    return Signature(entries(arguments.value("output_shape"), "output_shape"), dtype_of(arguments.value("images")))


@operation("keras.ops.image.sobel_edges")
def sobel_edges(arguments: Arguments) -> Output:
    """Add an axis of two directions."""
    value = arguments.value("images")
    check_image_rank(data_shape(value), 4)
    return Signature((*data_shape(value), 2), dtype_of(value))


@operation("keras.ops.image.ssim")
def ssim(arguments: Arguments) -> Output:
    """Return one number an image."""
    value = arguments.value("image1")
    shape = data_shape(value)
    check_image_rank(shape, 3, 4)
    check_image_rank(data_shape(arguments.value("image2")), 3, 4)
    return Signature(() if len(shape) == 3 else (shape[0],), dtype_of(value))
