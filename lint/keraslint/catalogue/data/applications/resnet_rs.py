"""ResNet-RS: bottlenecks that weigh their channels, behind a stem of four convolutions."""

from keras import backend, layers

from .common import channel_axis, check, classified, image_input, image_shape, model_of, pooled
from .version import certainly

# blocks of each group, dropout of the first group's blocks in fifths, dropout before the classifier, sizes of weights
MODELS = {
    "ResNetRS50": ((3, 4, 6, 3), 0.0, 0.25, (160,)),
    "ResNetRS101": ((3, 4, 23, 3), 0.0, 0.25, (160, 192)),
    "ResNetRS152": ((3, 8, 36, 3), 0.0, 0.25, (192, 224, 256)),
    "ResNetRS200": ((3, 24, 36, 3), 0.1, 0.25, (256,)),
    "ResNetRS270": ((4, 29, 53, 4), 0.1, 0.25, (256,)),
    "ResNetRS350": ((4, 36, 72, 4), 0.1, 0.4, (256, 320)),
    "ResNetRS420": ((4, 44, 87, 4), 0.1, 0.4, (320,)),
}


def convolved(x, filters, kernel, stride, name):
    if stride > 1:
        x = layers.ZeroPadding2D(kernel // 2)(x)
    padding = "same" if stride == 1 else "valid"
    return layers.Conv2D(filters, kernel, strides=stride, padding=padding, use_bias=False, name=name)(x)


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), momentum=0.0, epsilon=1e-5, name=name)(x)


def activated(x, name):
    return layers.Activation("relu", name=name)(x)


def weighed(x, filters, name):
    weight = layers.GlobalAveragePooling2D(name=f"{name}_se_squeeze")(x)
    width = weight.shape[-1]
    shape = (width, 1, 1) if channel_axis() == 1 else (1, 1, width)
    weight = layers.Reshape(shape, name=f"{name}_se_reshape")(weight)
    weight = layers.Conv2D(filters, 1, padding="same", activation="relu", name=f"{name}_se_reduce")(weight)
    weight = layers.Conv2D(4 * filters, 1, padding="same", activation="sigmoid", name=f"{name}_se_expand")(weight)
    return layers.multiply([x, weight], name=f"{name}_se_excite")


def block(x, filters, stride, is_first, drop_rate, name):
    shortcut = x
    if is_first:
        if stride == 2:
            pooling = layers.AveragePooling2D(2, strides=2, padding="same", name=f"{name}_projection_pooling")
            shortcut = pooling(shortcut)
        shortcut = convolved(shortcut, 4 * filters, 1, 1, f"{name}_projection_conv")
        shortcut = normalized(shortcut, f"{name}_projection_batch_norm")
    x = normalized(convolved(x, filters, 1, 1, f"{name}_conv_1"), f"{name}batch_norm_1")
    x = activated(x, f"{name}_act_1")
    x = normalized(convolved(x, filters, 3, stride, f"{name}_conv_2"), f"{name}_batch_norm_2")
    x = activated(x, f"{name}_act_2")
    x = normalized(convolved(x, 4 * filters, 1, 1, f"{name}_conv_3"), f"{name}_batch_norm_3")
    x = weighed(x, filters, f"{name}_se")
    if drop_rate:
        x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}_drop")(x)
    return activated(layers.Add()([x, shortcut]), f"{name}_output_act")


def stem(x):
    name = f"stem_{backend.get_uid('stem_')}_stem"
    for i, (filters, stride) in enumerate(((32, 2), (32, 1), (64, 1), (64, 2)), 1):
        x = normalized(convolved(x, filters, 3, stride, f"{name}_conv_{i}"), f"{name}_batch_norm_{i}")
        x = activated(x, f"{name}_act_{i}")
    return x


def build(
    application,
    include_top,
    weights,
    classes,
    input_shape,
    input_tensor,
    pooling,
    classifier_activation,
    include_preprocessing,
):
    depths, drop_rate, dropout_rate, sizes = MODELS[application]
    include_top = bool(include_top)
    names = [f"imagenet-i{size}" for size in sizes]
    is_trained = certainly(weights == "imagenet") or certainly(weights in names)
    is_named = certainly(isinstance(weights, str)) and certainly(weights.startswith("imagenet-i"))
    if is_named and not is_trained:
        raise ValueError(f"The `weights` argument should be one of {names}. Received weights={weights}")
    check("imagenet" if is_trained else weights, include_top, classes)
    # trained weights are named by a size, so that the shape is free
    shape = image_shape(input_shape, include_top, None, 224, 32)
    image = image_input(input_tensor, shape)
    x = image
    if include_preprocessing:
        x = layers.Rescaling(1.0 / 255)(x)
        if shape[channel_axis() - 1] == 3:
            variance = [0.229**2, 0.224**2, 0.225**2]
            x = layers.Normalization(mean=[0.485, 0.456, 0.406], variance=variance, axis=channel_axis())(x)
    x = stem(x)
    for number, depth in enumerate(depths, 2):
        for i in range(depth):
            stride = 2 if number > 2 and i == 0 else 1
            x = block(x, 16 * 2**number, stride, i == 0, drop_rate * number / 5, f"BlockGroup{number}__block_{i}_")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = layers.Dropout(dropout_rate, name="top_dropout")(x)
        x = classified(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, "avg_pool", "max_pool")
    return model_of(image, input_tensor, x, f"resnet-rs-{application.removeprefix('ResNetRS')}")
