"""InceptionV3: branches of convolutions beside each other, joined along the channels."""

from keras import layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, pooled


def convolved(x, filters, rows, columns, strides=1, padding="same"):
    x = layers.Conv2D(filters, (rows, columns), strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(axis=channel_axis(), scale=False)(x)
    return layers.Activation("relu")(x)


def chain(x, *steps):
    """Return what convolutions (filters, rows, columns) make of ``x``, one after the other."""
    for filters, rows, columns in steps:
        x = convolved(x, filters, rows, columns)
    return x


def halved(x, filters):
    """Return what a convolution of stride 2 makes of ``x``."""
    return convolved(x, filters, 3, 3, strides=2, padding="valid")


def averaged(x, filters):
    return convolved(layers.AveragePooling2D(3, strides=1, padding="same")(x), filters, 1, 1)


def joined(branches, name=None):
    return layers.Concatenate(axis=channel_axis(), name=name)(branches)


def squares(x, filters, name):
    branches = [
        chain(x, (64, 1, 1)),
        chain(x, (48, 1, 1), (64, 5, 5)),
        chain(x, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
        averaged(x, filters),
    ]
    return joined(branches, name)


def stripes(x, width, name):
    branches = [
        chain(x, (192, 1, 1)),
        chain(x, (width, 1, 1), (width, 1, 7), (192, 7, 1)),
        chain(x, (width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)),
        averaged(x, 192),
    ]
    return joined(branches, name)


def forks(x, number):
    first = chain(x, (320, 1, 1))
    second = chain(x, (384, 1, 1))
    second = joined([chain(second, (384, 1, 3)), chain(second, (384, 3, 1))], f"mixed9_{number}")
    third = chain(x, (448, 1, 1), (384, 3, 3))
    third = joined([chain(third, (384, 1, 3)), chain(third, (384, 3, 1))])
    return joined([first, second, third, averaged(x, 192)], f"mixed{9 + number}")


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
    image = image_input(input_tensor, image_shape(input_shape, include_top, weights, 299, 75))
    x = convolved(halved(image, 32), 32, 3, 3, padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(chain(x, (64, 3, 3)))
    x = convolved(x, 80, 1, 1, padding="valid")
    x = convolved(x, 192, 3, 3, padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(x)
    for number, filters in enumerate((32, 64, 64)):
        x = squares(x, filters, f"mixed{number}")
    first = halved(x, 384)
    second = halved(chain(x, (64, 1, 1), (96, 3, 3)), 96)
    x = joined([first, second, layers.MaxPooling2D(3, strides=2)(x)], "mixed3")
    for number, width in enumerate((128, 160, 160, 192), 4):
        x = stripes(x, width, f"mixed{number}")
    first = halved(chain(x, (192, 1, 1)), 320)
    second = halved(chain(x, (192, 1, 1), (192, 1, 7), (192, 7, 1)), 192)
    x = joined([first, second, layers.MaxPooling2D(3, strides=2)(x)], "mixed8")
    x = forks(forks(x, 0), 1)
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling)
    return model_of(image, input_tensor, x, name or "inception_v3")
