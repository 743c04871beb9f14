"""VGG16 and VGG19: blocks of 3x3 convolutions, and three wide dense layers."""

from keras import layers

from .common import check, classified, image_input, image_shape, model_of, pooled

DEPTHS = {"VGG16": (2, 2, 3, 3, 3), "VGG19": (2, 2, 4, 4, 4)}


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
    image = image_input(input_tensor, image_shape(input_shape, include_top, weights, 224, 32))
    x = image
    for block, depth in enumerate(DEPTHS[application], 1):
        filters = min(32 * 2**block, 512)
        for i in range(1, depth + 1):
            x = layers.Conv2D(filters, 3, activation="relu", padding="same", name=f"block{block}_conv{i}")(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling)
    return model_of(image, input_tensor, x, name or application.lower())
