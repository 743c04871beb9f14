"""DenseNet: each block adds its channels to all that came before it."""

from keras import backend, layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, pooled
from .version import KERAS_2

DEPTHS = {"DenseNet121": (6, 12, 24, 16), "DenseNet169": (6, 12, 32, 32), "DenseNet201": (6, 12, 48, 32)}


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), epsilon=1.001e-5, name=name)(x)


def activated(x, name):
    return layers.Activation("relu", name=name)(x)


def convolved(x, filters, name):
    more = activated(normalized(x, f"{name}_0_bn"), f"{name}_0_relu")
    more = layers.Conv2D(4 * filters, 1, use_bias=False, name=f"{name}_1_conv")(more)
    more = activated(normalized(more, f"{name}_1_bn"), f"{name}_1_relu")
    more = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(more)
    return layers.Concatenate(axis=channel_axis(), name=f"{name}_concat")([x, more])


def halved(x, name):
    x = activated(normalized(x, f"{name}_bn"), f"{name}_relu")
    x = layers.Conv2D(int(x.shape[channel_axis()] * 0.5), 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


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
    if not KERAS_2 and backend.image_data_format() == "channels_first":
        raise ValueError("DenseNet does not support the `channels_first` image data format.")
    check(weights, include_top, classes)
    image = image_input(input_tensor, image_shape(input_shape, include_top, weights, 224, 32))
    stem = "conv1/" if KERAS_2 else "conv1_"
    x = layers.ZeroPadding2D(3)(image)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name=f"{stem}conv")(x)
    x = activated(normalized(x, f"{stem}bn"), f"{stem}relu")
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for number, depth in enumerate(DEPTHS[application], 2):
        for i in range(1, depth + 1):
            x = convolved(x, 32, f"conv{number}_block{i}")
        if number < 5:
            x = halved(x, f"pool{number}")
    x = activated(normalized(x, "bn"), "relu")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, "avg_pool", "max_pool")
    return model_of(image, input_tensor, x, name or application.lower())
