"""MobileNet: depthwise convolutions, each followed by a pointwise one."""

from keras import layers

from .common import (
    channel_axis,
    check,
    check_activation,
    image_input,
    image_shape,
    model_of,
    pooled,
    rows_and_columns,
)
from .version import certainly, known

SIZES = (128, 160, 192, 224)
FILTERS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
HALVED = (2, 4, 6, 12)


def normalized(x, name):
    x = layers.BatchNormalization(axis=channel_axis(), name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def build(
    application,
    input_shape,
    alpha,
    depth_multiplier,
    dropout,
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
    if certainly(input_shape is not None):
        rows, columns = rows_and_columns(input_shape)[:2]
        size = rows if certainly(rows == columns) and certainly(rows in SIZES) else 224
    input_shape = image_shape(input_shape, include_top, weights, size, 32)
    rows, columns = rows_and_columns(input_shape)
    if certainly(weights == "imagenet"):
        if certainly(depth_multiplier != 1):
            raise ValueError(
                "If imagenet weights are being loaded, depth multiplier must be 1. "
                f"Received depth_multiplier={depth_multiplier}"
            )
        if certainly(alpha not in (0.25, 0.50, 0.75, 1.0)):
            raise ValueError(
                "If imagenet weights are being loaded, alpha can be one of `0.25`, `0.50`, `0.75` or `1.0` only. "
                f"Received alpha={alpha}"
            )
        if certainly(rows != columns) or certainly(rows not in SIZES):
            rows = 224
    image = image_input(input_tensor, input_shape)
    x = layers.Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(image)
    x = normalized(x, "conv1")
    for i, filters in enumerate(FILTERS, 1):
        if i in HALVED:
            x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{i}")(x)
        x = layers.DepthwiseConv2D(
            3,
            strides=2 if i in HALVED else 1,
            padding="valid" if i in HALVED else "same",
            depth_multiplier=depth_multiplier,
            use_bias=False,
            name=f"conv_dw_{i}",
        )(x)
        x = normalized(x, f"conv_dw_{i}")
        x = layers.Conv2D(int(filters * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{i}")(x)
        x = normalized(x, f"conv_pw_{i}")
    if include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Dropout(dropout, name="dropout")(x)
        x = layers.Conv2D(classes, 1, padding="same", name="conv_preds")(x)
        x = layers.Reshape((classes,), name="reshape_2")(x)
        check_activation(classifier_activation, weights)
        x = layers.Activation(classifier_activation, name="predictions")(x)
    else:
        x = pooled(x, pooling)
    return model_of(image, input_tensor, x, name or f"mobilenet_{alpha:0.2f}_{rows}")
