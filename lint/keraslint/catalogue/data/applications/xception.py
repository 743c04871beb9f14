"""Xception: separable convolutions, with a shortcut around each block."""

from keras import layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, pooled


def normalized(x, name=None):
    return layers.BatchNormalization(axis=channel_axis(), name=name)(x)


def activated(x, name):
    return layers.Activation("relu", name=name)(x)


def separable(x, filters, name):
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return normalized(x, f"{name}_bn")


def narrowing(x, number, widths, is_activated=True):
    """Return half the image: two convolutions and a pooling, beside a strided convolution."""
    shortcut = normalized(layers.Conv2D(widths[1], 1, strides=2, padding="same", use_bias=False)(x))
    for i, filters in enumerate(widths, 1):
        if is_activated or i > 1:
            x = activated(x, f"block{number}_sepconv{i}_act")
        x = separable(x, filters, f"block{number}_sepconv{i}")
    x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"block{number}_pool")(x)
    return layers.add([x, shortcut])


def build(
    application,
    include_top,
    weights,
    input_tensor,
    input_shape,
    pooling,
    classes,
    classifier_activation,
    name=None,
):
    include_top = bool(include_top)
    check(weights, include_top, classes)
    image = image_input(input_tensor, image_shape(input_shape, include_top, weights, 299, 71))
    x = layers.Conv2D(32, 3, strides=2, use_bias=False, name="block1_conv1")(image)
    x = activated(normalized(x, "block1_conv1_bn"), "block1_conv1_act")
    x = layers.Conv2D(64, 3, use_bias=False, name="block1_conv2")(x)
    x = activated(normalized(x, "block1_conv2_bn"), "block1_conv2_act")
    x = narrowing(x, 2, (128, 128), is_activated=False)
    x = narrowing(x, 3, (256, 256))
    x = narrowing(x, 4, (728, 728))
    for number in range(5, 13):
        start = x
        for i in range(1, 4):
            x = activated(x, f"block{number}_sepconv{i}_act")
            x = separable(x, 728, f"block{number}_sepconv{i}")
        x = layers.add([x, start])
    x = narrowing(x, 13, (728, 1024))
    x = activated(separable(x, 1536, "block14_sepconv1"), "block14_sepconv1_act")
    x = activated(separable(x, 2048, "block14_sepconv2"), "block14_sepconv2_act")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling)
    return model_of(image, input_tensor, x, name or "xception")
