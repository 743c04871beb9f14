"""EfficientNet: blocks that widen, convolve depthwise, weigh their channels and narrow, more and wider from B0 to B7."""

import math

import tensorflow as tf
from keras import layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, padding_for, pooled
from .version import KERAS_2

# width, depth, size of the image, dropout before the classifier
SCALES = {
    "EfficientNetB0": (1.0, 1.0, 224, 0.2),
    "EfficientNetB1": (1.0, 1.1, 240, 0.2),
    "EfficientNetB2": (1.1, 1.2, 260, 0.3),
    "EfficientNetB3": (1.2, 1.4, 300, 0.3),
    "EfficientNetB4": (1.4, 1.8, 380, 0.4),
    "EfficientNetB5": (1.6, 2.2, 456, 0.4),
    "EfficientNetB6": (1.8, 2.6, 528, 0.5),
    "EfficientNetB7": (2.0, 3.1, 600, 0.5),
}
# kernel, blocks, filters in, filters out, expansion, stride
STAGES = (
    (3, 1, 32, 16, 1, 1),
    (3, 2, 16, 24, 6, 2),
    (5, 2, 24, 40, 6, 2),
    (3, 3, 40, 80, 6, 2),
    (5, 3, 80, 112, 6, 1),
    (5, 4, 112, 192, 6, 2),
    (3, 1, 192, 320, 6, 1),
)
DEVIATION = (0.229, 0.224, 0.225)


def rounded(filters, width, divisor):
    filters *= width
    nearest = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return int(nearest + divisor) if nearest < 0.9 * filters else int(nearest)


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), name=name)(x)


def convolved(x, filters, name):
    return layers.Conv2D(filters, 1, padding="same", use_bias=False, name=name)(x)


def weighed(x, filters, narrow, activation, name):
    weight = layers.GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    shape = (filters, 1, 1) if channel_axis() == 1 else (1, 1, filters)
    weight = layers.Reshape(shape, name=f"{name}se_reshape")(weight)
    weight = layers.Conv2D(narrow, 1, padding="same", activation=activation, name=f"{name}se_reduce")(weight)
    weight = layers.Conv2D(filters, 1, padding="same", activation="sigmoid", name=f"{name}se_expand")(weight)
    return layers.multiply([x, weight], name=f"{name}se_excite")


def block(x, kernel, narrow, filters, expansion, stride, activation, drop_rate, name):
    start = x
    if expansion != 1:
        x = normalized(convolved(x, narrow * expansion, f"{name}expand_conv"), f"{name}expand_bn")
        x = layers.Activation(activation, name=f"{name}expand_activation")(x)
    if stride == 2:
        x = layers.ZeroPadding2D(padding_for(x, kernel), name=f"{name}dwconv_pad")(x)
    padding = "valid" if stride == 2 else "same"
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding=padding, use_bias=False, name=f"{name}dwconv")(x)
    x = layers.Activation(activation, name=f"{name}activation")(normalized(x, f"{name}bn"))
    x = weighed(x, narrow * expansion, max(1, int(narrow * 0.25)), activation, name)
    x = normalized(convolved(x, filters, f"{name}project_conv"), f"{name}project_bn")
    if stride == 1 and narrow == filters:
        if drop_rate > 0:
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
        x = layers.add([x, start], name=f"{name}add")
    return x


def preprocessed(x, weights):
    x = layers.Normalization(axis=channel_axis())(layers.Rescaling(1.0 / 255.0)(x))
    if weights == "imagenet":
        scales = [1.0 / math.sqrt(deviation) for deviation in DEVIATION]
        if not KERAS_2:
            return layers.Rescaling(scales)(x)
        return tf.math.multiply(x, tf.reshape(scales, [1, 3, 1, 1] if channel_axis() == 1 else [1, 1, 1, 3]))
    return x


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
    drop_connect_rate=0.2,
    depth_divisor=8,
    activation="swish",
):
    width, depth, size, dropout_rate = SCALES[application]
    include_top = bool(include_top)
    check(weights, include_top, classes)
    image = image_input(input_tensor, image_shape(input_shape, include_top, weights, size, 32))
    x = preprocessed(image, weights)
    x = layers.ZeroPadding2D(padding_for(x, 3), name="stem_conv_pad")(x)
    x = layers.Conv2D(rounded(32, width, depth_divisor), 3, strides=2, use_bias=False, name="stem_conv")(x)
    x = layers.Activation(activation, name="stem_activation")(normalized(x, "stem_bn"))
    depths = [math.ceil(depth * stage[1]) for stage in STAGES]
    done = 0
    for number, (kernel, _, before, after, expansion, stride) in enumerate(STAGES, 1):
        filters = rounded(after, width, depth_divisor)
        for i in range(depths[number - 1]):
            narrow = filters if i else rounded(before, width, depth_divisor)
            drop_rate = drop_connect_rate * done / sum(depths)
            prefix = f"block{number}{chr(i + 97)}_"
            x = block(x, kernel, narrow, filters, expansion, 1 if i else stride, activation, drop_rate, prefix)
            done += 1
    x = normalized(convolved(x, rounded(1280, width, depth_divisor), "top_conv"), "top_bn")
    x = layers.Activation(activation, name="top_activation")(x)
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = layers.Dropout(dropout_rate, name="top_dropout")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, "avg_pool", "max_pool")
    return model_of(image, input_tensor, x, name or application.lower())
