"""MobileNetV2: blocks that widen, convolve depthwise, and narrow again."""

from keras import backend, layers

from .common import (
    channel_axis,
    check,
    classified,
    image_input,
    image_shape,
    model_of,
    padding_for,
    pooled,
    rows_and_columns,
)
from .version import certainly, known

SIZES = (96, 128, 160, 192, 224)
# filters, how many blocks, stride of the first
STAGES = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))


def divisible(width):
    """Return the multiple of 8 next to a width that is not less than nine tenths of it."""
    nearest = max(8, int(width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * width else nearest


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), epsilon=1e-3, momentum=0.999, name=name)(x)


def block(x, filters, stride, number):
    start = x
    name = f"block_{number}" if number else "expanded_conv"
    width = x.shape[channel_axis()]
    if number:
        x = layers.Conv2D(6 * width, 1, padding="same", use_bias=False, name=f"{name}_expand")(x)
        x = layers.ReLU(6.0, name=f"{name}_expand_relu")(normalized(x, f"{name}_expand_BN"))
    if stride == 2:
        x = layers.ZeroPadding2D(padding_for(x, 3), name=f"{name}_pad")(x)
    x = layers.DepthwiseConv2D(
        3, strides=stride, use_bias=False, padding="same" if stride == 1 else "valid", name=f"{name}_depthwise"
    )(x)
    x = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(normalized(x, f"{name}_depthwise_BN"))
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}_project")(x)
    x = normalized(x, f"{name}_project_BN")
    return layers.Add(name=f"{name}_add")([start, x]) if width == filters and stride == 1 else x


def check_tensor(input_tensor, input_shape):
    if certainly(not backend.is_keras_tensor(input_tensor)):
        raise ValueError("input_tensor is not a Keras tensor")
    # Keras compares the width of the one with the second entry of the other, whatever the format
    axis = 2 if backend.image_data_format() == "channels_last" else 1
    if certainly(input_tensor.shape[axis] != input_shape[1]):
        raise ValueError(
            f"input_tensor.shape[{axis}] must equal input_shape[1]; Received `input_tensor.shape={input_tensor.shape}`, "
            f"`input_shape={input_shape}`"
        )


def build(
    application,
    input_shape,
    alpha,
    include_top,
    weights,
    input_tensor,
    pooling,
    classes,
    classifier_activation,
    name=None,
):
    include_top = bool(include_top)
    alpha = known(alpha)
    check(weights, include_top, classes)
    size = 224
    given = input_shape
    if input_shape is not None and input_tensor is not None:
        check_tensor(input_tensor, input_shape)
    elif input_tensor is not None and certainly(backend.is_keras_tensor(input_tensor)):
        given = input_tensor.shape[1:]
    if given is not None:
        rows, columns = rows_and_columns(given)[:2]
        size = rows if certainly(rows == columns) and certainly(rows in SIZES) else 224
    input_shape = image_shape(input_shape, include_top, weights, size, 32)
    rows, columns = rows_and_columns(input_shape)
    if certainly(weights == "imagenet"):
        if certainly(alpha not in (0.35, 0.50, 0.75, 1.0, 1.3, 1.4)):
            raise ValueError(
                "If imagenet weights are being loaded, alpha must be one of `0.35`, `0.50`, `0.75`, `1.0`, `1.3` or "
                f"`1.4` only; Received `alpha={alpha}`"
            )
        if certainly(rows != columns) or certainly(rows not in SIZES):
            rows = 224
    image = image_input(input_tensor, input_shape)
    x = layers.Conv2D(divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(image)
    x = layers.ReLU(6.0, name="Conv1_relu")(normalized(x, "bn_Conv1"))
    number = 0
    for filters, depth, stride in STAGES:
        for i in range(depth):
            x = block(x, divisible(int(filters * alpha)), stride if i == 0 else 1, number)
            number += 1
    width = divisible(1280 * alpha) if alpha > 1.0 else 1280
    x = layers.Conv2D(width, 1, use_bias=False, name="Conv_1")(x)
    x = layers.ReLU(6.0, name="out_relu")(normalized(x, "Conv_1_bn"))
    if include_top:
        x = layers.GlobalAveragePooling2D()(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling)
    return model_of(image, input_tensor, x, name or f"mobilenetv2_{alpha:0.2f}_{rows}")
