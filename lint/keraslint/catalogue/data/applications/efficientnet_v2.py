"""EfficientNetV2: as EfficientNet, with one full convolution in place of two where the image is large."""

import math

from keras import layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, pooled
from .efficientnet import weighed
from .version import KERAS_2

# width, depth, size of the image
SCALES = {
    "EfficientNetV2B0": (1.0, 1.0, 224),
    "EfficientNetV2B1": (1.0, 1.1, 240),
    "EfficientNetV2B2": (1.1, 1.2, 260),
    "EfficientNetV2B3": (1.2, 1.4, 300),
    "EfficientNetV2S": (1.0, 1.0, 384),
    "EfficientNetV2M": (1.0, 1.0, 480),
    "EfficientNetV2L": (1.0, 1.0, 480),
}
# blocks, filters in, filters out, expansion, stride, whether the convolution is full
STAGES = {
    "b": (
        (1, 32, 16, 1, 1, True),
        (2, 16, 32, 4, 2, True),
        (2, 32, 48, 4, 2, True),
        (3, 48, 96, 4, 2, False),
        (5, 96, 112, 6, 1, False),
        (8, 112, 192, 6, 2, False),
    ),
    "s": (
        (2, 24, 24, 1, 1, True),
        (4, 24, 48, 4, 2, True),
        (4, 48, 64, 4, 2, True),
        (6, 64, 128, 4, 2, False),
        (9, 128, 160, 6, 1, False),
        (15, 160, 256, 6, 2, False),
    ),
    "m": (
        (3, 24, 24, 1, 1, True),
        (5, 24, 48, 4, 2, True),
        (5, 48, 80, 4, 2, True),
        (7, 80, 160, 4, 2, False),
        (14, 160, 176, 6, 1, False),
        (18, 176, 304, 6, 2, False),
        (5, 304, 512, 6, 1, False),
    ),
    "l": (
        (4, 32, 32, 1, 1, True),
        (7, 32, 64, 4, 2, True),
        (7, 64, 96, 4, 2, True),
        (10, 96, 192, 4, 2, False),
        (19, 192, 224, 6, 1, False),
        (25, 224, 384, 6, 2, False),
        (7, 384, 640, 6, 1, False),
    ),
}


def rounded(filters, width):
    return max(8, int(filters * width + 4) // 8 * 8)


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), momentum=0.9, name=name)(x)


def activated(x, name):
    return layers.Activation("swish", name=name)(x)


def convolved(x, filters, kernel, stride, name):
    return layers.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False, name=name)(x)


def block(x, narrow, filters, expansion, stride, is_full, drop_rate, name):
    start = x
    wide = narrow * expansion
    if expansion != 1:
        x = convolved(x, wide, 3 if is_full else 1, stride if is_full else 1, f"{name}expand_conv")
        x = activated(normalized(x, f"{name}expand_bn"), f"{name}expand_activation")
    if not is_full:
        depthwise = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False, name=f"{name}dwconv2")
        x = activated(normalized(depthwise(x), f"{name}bn"), f"{name}activation")
        x = weighed(x, wide, max(1, int(narrow * 0.25)), "swish", name)
    is_only = is_full and expansion == 1
    x = convolved(x, filters, 3 if is_only else 1, stride if is_only else 1, f"{name}project_conv")
    x = normalized(x, f"{name}project_bn")
    if is_only:
        x = activated(x, f"{name}project_activation")
    if stride == 1 and narrow == filters:
        if drop_rate:
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
        x = layers.add([x, start], name=f"{name}add")
    return x


def preprocessed(x, is_first_kind):
    if is_first_kind:
        x = layers.Rescaling(1.0 / 255)(x)
        variance = [0.229**2, 0.224**2, 0.225**2]
        return layers.Normalization(mean=[0.485, 0.456, 0.406], variance=variance, axis=channel_axis())(x)
    return layers.Rescaling(1.0 / 128.0, offset=-1)(x)


def build(
    application,
    include_top,
    weights,
    input_tensor,
    input_shape,
    pooling,
    classes,
    classifier_activation,
    include_preprocessing,
    name=None,
):
    width, depth, size = SCALES[application]
    names = {f"efficientnetv2-{one.removeprefix('EfficientNetV2').lower()}": one for one in SCALES}
    if KERAS_2:
        name = next(own for own in names if names[own] == application)
    if name not in names:
        # Keras looks the blocks up by the name that the model is given
        raise KeyError(name)
    kind = name.removeprefix("efficientnetv2-")[0]
    include_top = bool(include_top)
    check(weights, include_top, classes)
    shape = image_shape(input_shape, include_top, weights, size, 32)
    image = image_input(input_tensor, shape)
    x = image
    if include_preprocessing:
        x = preprocessed(x, kind == "b" and shape[channel_axis() - 1] == 3)
    stages = STAGES[kind]
    x = convolved(x, rounded(stages[0][1], width), 3, 2, "stem_conv")
    x = activated(normalized(x, "stem_bn"), "stem_activation")
    blocks = sum(stage[0] for stage in stages)
    done = 0
    for number, (repeats, before, after, expansion, stride, is_full) in enumerate(stages, 1):
        filters = rounded(after, width)
        for i in range(math.ceil(depth * repeats)):
            narrow = filters if i else rounded(before, width)
            prefix = f"block{number}{chr(i + 97)}_"
            x = block(x, narrow, filters, expansion, 1 if i else stride, is_full, 0.2 * done / blocks, prefix)
            done += 1
    x = convolved(x, rounded(1280, width), 1, 1, "top_conv")
    x = activated(normalized(x, "top_bn"), "top_activation")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = layers.Dropout(0.2, name="top_dropout")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, "avg_pool", "max_pool")
    return model_of(image, input_tensor, x, name)
