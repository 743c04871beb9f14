"""ConvNeXt: stages of wide depthwise convolutions, each between a normalization and two dense layers."""

from keras import Model, Sequential, backend, layers, utils

from .common import channel_axis, check, check_activation, image_input, image_shape, pooled
from .version import KERAS_2, certainly

# blocks and filters of each stage
STAGES = {
    "ConvNeXtTiny": ((3, 96), (3, 192), (9, 384), (3, 768)),
    "ConvNeXtSmall": ((3, 96), (3, 192), (27, 384), (3, 768)),
    "ConvNeXtBase": ((3, 128), (3, 256), (27, 512), (3, 1024)),
    "ConvNeXtLarge": ((3, 192), (3, 384), (27, 768), (3, 1536)),
    "ConvNeXtXLarge": ((3, 256), (3, 512), (27, 1024), (3, 2048)),
}


class LayerScale(layers.Layer):
    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, input_shape):
        self.gamma = self.add_weight(name="gamma", shape=(self.projection_dim,), trainable=True)

    def call(self, x):
        return x * self.gamma


def normalized(name=None):
    return layers.LayerNormalization(epsilon=1e-6, name=name)


def block(start, filters, name):
    x = layers.Conv2D(filters, 7, padding="same", groups=filters, name=f"{name}_depthwise_conv")(start)
    x = normalized(f"{name}_layernorm")(x)
    x = layers.Dense(4 * filters, name=f"{name}_pointwise_conv_1")(x)
    x = layers.Activation("gelu", name=f"{name}_gelu")(x)
    x = layers.Dense(filters, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(1e-6, filters, name=f"{name}_layer_scale")(x)
    return start + layers.Activation("linear", name=f"{name}_identity")(x)


def reductions(stages, name):
    """Return what stands in front of each stage: all are made before the first is called."""
    stem = [layers.Conv2D(stages[0][1], 4, strides=4, name=f"{name}_stem_conv"), normalized(f"{name}_stem_layernorm")]
    result = [Sequential(stem, name=f"{name}_stem")]
    for i, (_, filters) in enumerate(stages[1:]):
        parts = [
            normalized(f"{name}_downsampling_layernorm_{i}"),
            layers.Conv2D(filters, 2, strides=2, name=f"{name}_downsampling_conv_{i}"),
        ]
        result.append(Sequential(parts, name=f"{name}_downsampling_block_{i}"))
    return result


def build(
    application,
    include_top,
    include_preprocessing,
    weights,
    input_tensor,
    input_shape,
    pooling,
    classes,
    classifier_activation,
    model_name=None,
    name=None,
):
    name = name if model_name is None else model_name
    include_top = bool(include_top)
    if not KERAS_2 and backend.image_data_format() == "channels_first":
        raise ValueError("ConvNeXt does not support the `channels_first` image data format.")
    check(weights, include_top, classes)
    shape = image_shape(input_shape, include_top, weights, 224, 32)
    image = image_input(input_tensor, shape)
    inputs = image if input_tensor is None else utils.get_source_inputs(input_tensor)[0]
    x = inputs if KERAS_2 else image
    if include_preprocessing and shape[channel_axis() - 1] == 3:
        mean = [0.485 * 255, 0.456 * 255, 0.406 * 255]
        variance = [(0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2]
        x = layers.Normalization(mean=mean, variance=variance, name=f"{name}_prestem_normalization")(x)
    stages = STAGES[application]
    for i, reduced in enumerate(reductions(stages, name)):
        x = reduced(x)
        for j in range(stages[i][0]):
            x = block(x, stages[i][1], f"{name}_stage_{i}_block_{j}")
    if include_top:
        check_activation(classifier_activation, weights)
        x = layers.GlobalAveragePooling2D(name=f"{name}_head_gap")(x)
        x = normalized(f"{name}_head_layernorm")(x)
        x = layers.Dense(classes, activation=classifier_activation, name=f"{name}_head_dense")(x)
    else:
        x = normalized()(pooled(x, pooling))
    expected = f"convnext_{application.removeprefix('ConvNeXt').lower()}"
    if not KERAS_2 and certainly(weights == "imagenet") and certainly(expected not in name):
        raise ValueError(f'Model name "{name}" does not match weights variant "{expected}".')
    return Model(inputs, x, name=name)
