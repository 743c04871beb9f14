"""RegNet: four stages of blocks with grouped convolutions; those of the kind Y weigh their channels too."""

import tensorflow as tf
from keras import Model, backend, layers, utils

from .common import check, check_activation, image_input, image_shape, pooled

# width of a group, then blocks and filters of each stage
STAGES = {
    "X002": (8, (1, 24), (1, 56), (4, 152), (7, 368)),
    "X004": (16, (1, 32), (2, 64), (7, 160), (12, 384)),
    "X006": (24, (1, 48), (3, 96), (5, 240), (7, 528)),
    "X008": (16, (1, 64), (3, 128), (7, 288), (5, 672)),
    "X016": (24, (2, 72), (4, 168), (10, 408), (2, 912)),
    "X032": (48, (2, 96), (6, 192), (15, 432), (2, 1008)),
    "X040": (40, (2, 80), (5, 240), (14, 560), (2, 1360)),
    "X064": (56, (2, 168), (4, 392), (10, 784), (1, 1624)),
    "X080": (120, (2, 80), (5, 240), (15, 720), (1, 1920)),
    "X120": (112, (2, 224), (5, 448), (11, 896), (1, 2240)),
    "X160": (128, (2, 256), (6, 512), (13, 896), (1, 2048)),
    "X320": (168, (2, 336), (7, 672), (13, 1344), (1, 2520)),
    "Y002": (8, (1, 24), (1, 56), (4, 152), (7, 368)),
    "Y004": (8, (1, 48), (3, 104), (6, 208), (6, 440)),
    "Y006": (16, (1, 48), (3, 112), (7, 256), (4, 608)),
    "Y008": (16, (1, 64), (3, 128), (8, 320), (2, 768)),
    "Y016": (24, (2, 48), (6, 120), (17, 336), (2, 888)),
    "Y032": (24, (2, 72), (5, 216), (13, 576), (1, 1512)),
    "Y040": (64, (2, 128), (6, 192), (12, 512), (2, 1088)),
    "Y064": (72, (2, 144), (7, 288), (14, 576), (2, 1296)),
    "Y080": (56, (2, 168), (4, 448), (10, 896), (1, 2016)),
    "Y120": (112, (2, 224), (5, 448), (11, 896), (1, 2240)),
    "Y160": (112, (2, 224), (4, 448), (11, 1232), (1, 3024)),
    "Y320": (232, (2, 232), (5, 696), (12, 1392), (1, 3712)),
}


def convolved(x, filters, kernel, name, stride=1, groups=1):
    return layers.Conv2D(filters, kernel, strides=stride, padding="same", groups=groups, use_bias=False, name=name)(x)


def normalized(x, name):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(x)


def weighed(x, filters, narrow, name):
    weight = layers.GlobalAveragePooling2D(name=f"{name}_gap", keepdims=True)(x)
    weight = layers.Conv2D(narrow, 1, activation="relu", name=f"{name}_squeeze")(weight)
    weight = layers.Conv2D(filters, 1, activation="sigmoid", name=f"{name}_excite")(weight)
    return tf.math.multiply(weight, x)


def block(x, before, filters, group_width, stride, is_weighed, name):
    shortcut = x
    if stride != 1:
        shortcut = normalized(convolved(x, filters, 1, f"{name}_skip_1x1", stride), f"{name}_skip_bn")
    x = normalized(convolved(x, filters, 1, f"{name}_conv_1x1_1"), f"{name}_conv_1x1_1_bn")
    x = layers.ReLU(name=f"{name}_conv_1x1_1_relu")(x)
    x = convolved(x, filters, 3, f"{name}_conv_3x3", stride, filters // group_width)
    x = layers.ReLU(name=f"{name}_conv_3x3_relu")(normalized(x, f"{name}_conv_3x3_bn"))
    if is_weighed:
        x = weighed(x, filters, int(before * 0.25), f"{name}_squeeze_and_excite")
    x = normalized(convolved(x, filters, 1, f"{name}_conv_1x1_2"), f"{name}_conv_1x1_2_bn")
    return layers.ReLU(name=f"{name}_exit_relu")(x + shortcut)


def build(
    application,
    model_name,
    include_top,
    include_preprocessing,
    weights,
    input_tensor,
    input_shape,
    pooling,
    classes,
    classifier_activation,
):
    include_top = bool(include_top)
    check(weights, include_top, classes)
    image = image_input(input_tensor, image_shape(input_shape, include_top, weights, 224, 32))
    inputs = image if input_tensor is None else utils.get_source_inputs(input_tensor)[0]
    x = inputs
    if include_preprocessing:
        x = layers.Rescaling(scale=1.0 / 255.0, name=f"{model_name}_prestem_rescaling")(x)
    x = normalized(convolved(x, 32, 3, f"{model_name}_stem_conv", 2), f"{model_name}_stem_bn")
    x = layers.ReLU(name=f"{model_name}_stem_relu")(x)
    kind = application.removeprefix("RegNet")
    group_width, *stages = STAGES[kind]
    before = 32
    for number, (depth, filters) in enumerate(stages):
        for i in range(depth):
            name = f"{model_name}_Stage_{number}_{kind[0]}Block_{i}"
            x = block(x, before, filters, group_width, 1 if i else 2, kind[0] == "Y", name)
            before = filters
    if include_top:
        head = backend.get_uid("head")
        x = layers.GlobalAveragePooling2D(name=f"{head}_head_gap")(x)
        x = layers.Dense(classes, name=f"{head}head_dense")(x)
        check_activation(classifier_activation, weights)
    else:
        x = pooled(x, pooling)
    return Model(inputs, x, name=model_name)
