"""InceptionResNetV2: branches of convolutions, joined, scaled and added to what they began with."""

from keras import layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, pooled

# a branch is a chain of (filters, kernel)
BRANCHES = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}


class CustomScaleLayer(layers.Layer):
    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.scale


def convolved(x, filters, kernel, strides=1, padding="same", name=None):
    x = layers.Conv2D(filters, kernel, strides=strides, padding=padding, use_bias=False, name=name)(x)
    x = layers.BatchNormalization(axis=channel_axis(), scale=False, name=name and f"{name}_bn")(x)
    return layers.Activation("relu", name=name and f"{name}_ac")(x)


def chain(x, steps):
    for filters, kernel in steps:
        x = convolved(x, filters, kernel)
    return x


def halved(x, filters):
    return convolved(x, filters, 3, strides=2, padding="valid")


def joined(branches, name):
    return layers.Concatenate(axis=channel_axis(), name=name)(branches)


def block(x, kind, number, scale, is_activated=True):
    name = f"{kind}_{number}"
    mixed = joined([chain(x, steps) for steps in BRANCHES[kind]], f"{name}_mixed")
    added = layers.Conv2D(x.shape[channel_axis()], 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, added])
    return layers.Activation("relu", name=f"{name}_ac")(x) if is_activated else x


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
    x = convolved(halved(image, 32), 32, 3, padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(convolved(x, 64, 3))
    x = convolved(x, 80, 1, padding="valid")
    x = convolved(x, 192, 3, padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(x)
    branches = [chain(x, steps) for steps in (((96, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))]
    branches.append(convolved(layers.AveragePooling2D(3, strides=1, padding="same")(x), 64, 1))
    x = joined(branches, "mixed_5b")
    for number in range(1, 11):
        x = block(x, "block35", number, 0.17)
    first = halved(x, 384)
    second = halved(chain(x, ((256, 1), (256, 3))), 384)
    x = joined([first, second, layers.MaxPooling2D(3, strides=2)(x)], "mixed_6a")
    for number in range(1, 21):
        x = block(x, "block17", number, 0.1)
    first = halved(chain(x, ((256, 1),)), 384)
    second = halved(chain(x, ((256, 1),)), 288)
    third = halved(chain(x, ((256, 1), (288, 3))), 320)
    x = joined([first, second, third, layers.MaxPooling2D(3, strides=2)(x)], "mixed_7a")
    for number in range(1, 10):
        x = block(x, "block8", number, 0.2)
    x = block(x, "block8", 10, 1.0, is_activated=False)
    x = convolved(x, 1536, 1, name="conv_7b")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling)
    return model_of(image, input_tensor, x, name or "inception_resnet_v2")
