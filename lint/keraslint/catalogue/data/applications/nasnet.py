"""NASNet: cells that were found by search, each fed by the two before it."""

from keras import backend, layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, padding_for, pooled
from .version import KERAS_2, certainly

# filters of the last cell, cells of one size, filters of the stem, whether a smaller image skips its own cell, size
SIZES = {"NASNetMobile": (1056, 4, 32, False, 224), "NASNetLarge": (4032, 6, 96, True, 331)}


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), momentum=0.9997, epsilon=1e-3, name=name)(x)


def convolved(x, filters, name):
    return layers.Conv2D(filters, 1, padding="same", use_bias=False, name=name)(x)


def separable(x, filters, kernel, name, stride=1):
    x = layers.Activation("relu")(x)
    if stride == 2:
        x = layers.ZeroPadding2D(padding_for(x, kernel), name=f"separable_conv_1_pad_{name}")(x)
    padding = "valid" if stride == 2 else "same"
    first = f"separable_conv_1_{name}"
    x = layers.SeparableConv2D(filters, kernel, strides=stride, padding=padding, use_bias=False, name=first)(x)
    x = layers.Activation("relu")(normalized(x, f"separable_conv_1_bn_{name}"))
    x = layers.SeparableConv2D(filters, kernel, padding="same", use_bias=False, name=f"separable_conv_2_{name}")(x)
    return normalized(x, f"separable_conv_2_bn_{name}")


def adjusted(before, x, filters, name):
    """Return what the cell before made, in the size of what the last one made and with the filters of this one."""
    if before is None:
        return x
    columns = 2 if backend.image_data_format() == "channels_first" else -2
    if not certainly(before.shape[columns] == x.shape[columns]):
        before = layers.Activation("relu", name=f"adjust_relu_1_{name}")(before)
        first = layers.AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_1_{name}")(before)
        first = convolved(first, filters // 2, f"adjust_conv_1_{name}")
        second = layers.ZeroPadding2D(((0, 1), (0, 1)))(before)
        second = layers.Cropping2D(((1, 0), (1, 0)))(second)
        second = layers.AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_2_{name}")(second)
        second = convolved(second, filters // 2, f"adjust_conv_2_{name}")
        both = layers.Concatenate(axis=channel_axis())([first, second])
        return normalized(both, f"adjust_bn_{name}")
    if before.shape[channel_axis()] != filters:
        before = layers.Activation("relu")(before)
        return normalized(convolved(before, filters, f"adjust_conv_projection_{name}"), f"adjust_bn_{name}")
    return before


def average(x, name):
    return layers.AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def cell(x, before, filters, number):
    """Return the output of a cell that keeps the size."""
    p = adjusted(before, x, filters, number)
    h = layers.Activation("relu")(x)
    h = normalized(convolved(h, filters, f"normal_conv_1_{number}"), f"normal_bn_1_{number}")
    left = separable(h, filters, 5, f"normal_left1_{number}")
    right = separable(p, filters, 3, f"normal_right1_{number}")
    first = layers.add([left, right], name=f"normal_add_1_{number}")
    left = separable(p, filters, 5, f"normal_left2_{number}")
    right = separable(p, filters, 3, f"normal_right2_{number}")
    second = layers.add([left, right], name=f"normal_add_2_{number}")
    third = layers.add([average(h, f"normal_left3_{number}"), p], name=f"normal_add_3_{number}")
    fourth = [average(p, f"normal_left4_{number}"), average(p, f"normal_right4_{number}")]
    fourth = layers.add(fourth, name=f"normal_add_4_{number}")
    fifth = layers.add([separable(h, filters, 3, f"normal_left5_{number}"), h], name=f"normal_add_5_{number}")
    branches = [p, first, second, third, fourth, fifth]
    return layers.Concatenate(axis=channel_axis(), name=f"normal_concat_{number}")(branches)


def halving_cell(x, before, filters, number):
    """Return the output of a cell that halves the size."""
    p = adjusted(before, x, filters, number)
    h = layers.Activation("relu")(x)
    h = normalized(convolved(h, filters, f"reduction_conv_1_{number}"), f"reduction_bn_1_{number}")
    wide = layers.ZeroPadding2D(padding_for(h, 3), name=f"reduction_pad_1_{number}")(h)
    left = separable(h, filters, 5, f"reduction_left1_{number}", 2)
    right = separable(p, filters, 7, f"reduction_right1_{number}", 2)
    first = layers.add([left, right], name=f"reduction_add_1_{number}")
    left = layers.MaxPooling2D(3, strides=2, name=f"reduction_left2_{number}")(wide)
    right = separable(p, filters, 7, f"reduction_right2_{number}", 2)
    second = layers.add([left, right], name=f"reduction_add_2_{number}")
    left = layers.AveragePooling2D(3, strides=2, name=f"reduction_left3_{number}")(wide)
    right = separable(p, filters, 5, f"reduction_right3_{number}", 2)
    third = layers.add([left, right], name=f"reduction_add3_{number}")
    fourth = layers.add([second, average(first, f"reduction_left4_{number}")])
    left = separable(first, filters, 3, f"reduction_left4_{number}")
    right = layers.MaxPooling2D(3, strides=2, name=f"reduction_right5_{number}")(wide)
    fifth = layers.add([left, right], name=f"reduction_add4_{number}")
    return layers.Concatenate(axis=channel_axis(), name=f"reduction_concat_{number}")([second, third, fourth, fifth])


def network(image, last_filters, depth, stem_filters, skips):
    filters = last_filters // 24
    x = layers.Conv2D(stem_filters, 3, strides=2, use_bias=False, name="stem_conv1")(image)
    x = normalized(x, "stem_bn1")
    x, before = halving_cell(x, None, filters // 4, "stem_1"), x
    x, before = halving_cell(x, before, filters // 2, "stem_2"), x
    for stage in range(3):
        if stage:
            smaller = halving_cell(x, before, filters * 2**stage, f"reduce_{stage * depth}")
            x, before = smaller, before if skips else x
        for i in range(depth):
            x, before = cell(x, before, filters * 2**stage, f"{stage * depth + i + (stage > 0)}"), x
    return layers.Activation("relu")(x)


def build(
    application,
    input_shape,
    include_top,
    weights,
    input_tensor,
    pooling,
    classes,
    classifier_activation,
    name=None,
):
    last_filters, depth, stem_filters, skips, size = SIZES[application]
    include_top = bool(include_top)
    if not KERAS_2 and backend.image_data_format() == "channels_first":
        raise ValueError("NASNet does not support the `channels_first` image data format.")
    check(weights, include_top, classes)
    is_small = not KERAS_2 and application == "NASNetMobile"
    if is_small and not include_top and input_shape is None:
        input_shape = (224, 224, 3)
    is_tuple = certainly(isinstance(input_shape, tuple)) and certainly(None in input_shape)
    if is_tuple and certainly(weights == "imagenet"):
        raise ValueError(
            "When specifying the input shape of a NASNet and loading `ImageNet` weights, the input_shape argument must be "
            f"static (no None entries). Got: `input_shape={input_shape}`."
        )
    shape = image_shape(input_shape, include_top, weights, size, 32)
    data_format = backend.image_data_format()
    backend.set_image_data_format("channels_last")
    image = image_input(input_tensor, shape)
    x = network(image, last_filters, depth, stem_filters, skips)
    if include_top:
        x = layers.GlobalAveragePooling2D()(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling)
    backend.set_image_data_format(data_format)
    return model_of(image, input_tensor, x, "NASNet" if KERAS_2 else name)
