"""ResNet in both of its versions: stacks of bottlenecks, normalized behind each convolution or in front of it."""

from keras import layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, pooled

DEPTHS = {"ResNet50": (3, 4, 6, 3), "ResNet101": (3, 4, 23, 3), "ResNet152": (3, 8, 36, 3)}


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), epsilon=1.001e-5, name=name)(x)


def activated(x, name, end="_relu"):
    return layers.Activation("relu", name=f"{name}{end}")(x)


def first_version(x, filters, stride, is_first, name):
    shortcut = x
    if is_first:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = normalized(shortcut, f"{name}_0_bn")
    x = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = activated(normalized(x, f"{name}_1_bn"), f"{name}_1")
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = activated(normalized(x, f"{name}_2_bn"), f"{name}_2")
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = normalized(x, f"{name}_3_bn")
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return activated(x, name, "_out")


def second_version(x, filters, stride, is_first, name):
    before = activated(normalized(x, f"{name}_preact_bn"), f"{name}_preact")
    shortcut = x
    if is_first:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(before)
    elif stride > 1:
        shortcut = layers.MaxPooling2D(1, strides=stride)(x)
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(before)
    x = activated(normalized(x, f"{name}_1_bn"), f"{name}_1")
    x = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = activated(normalized(x, f"{name}_2_bn"), f"{name}_2")
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return layers.Add(name=f"{name}_out")([shortcut, x])


def build(
    application,
    include_top,
    weights,
    input_tensor,
    input_shape,
    pooling,
    classes,
    classifier_activation="softmax",
    name=None,
):
    include_top = bool(include_top)
    check(weights, include_top, classes)
    is_second = application.endswith("V2")
    block = second_version if is_second else first_version
    image = image_input(input_tensor, image_shape(input_shape, include_top, weights, 224, 32))
    x = layers.ZeroPadding2D(3, name="conv1_pad")(image)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    if not is_second:
        x = activated(normalized(x, "conv1_bn"), "conv1")
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stack, depth in enumerate(DEPTHS[application.removesuffix("V2")], 2):
        # the first version halves the image where a stack begins, the second where it ends
        halved = 1 if not is_second else depth
        for i in range(1, depth + 1):
            keeps = i != halved or stack == (5 if is_second else 2)
            x = block(x, 16 * 2**stack, 1 if keeps else 2, i == 1, f"conv{stack}_block{i}")
    if is_second:
        x = activated(normalized(x, "post_bn"), "post")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, "avg_pool", "max_pool")
    return model_of(image, input_tensor, x, name or application.lower())
