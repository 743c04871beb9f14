"""MobileNetV3: blocks that widen, convolve depthwise, weigh their channels, and narrow again."""

from keras import backend, layers

from .common import (
    channel_axis,
    check,
    check_activation,
    image_input,
    model_of,
    padding_for,
    pooled,
    rows_and_columns,
)
from .mobilenet_v2 import check_tensor, divisible
from .version import KERAS_2, certainly, known

# expansion, filters, whether the kernel is the wide one, stride, whether channels are weighed, whether ReLU is kept
SMALL = (
    (1, 16, False, 2, True, True),
    (72 / 16, 24, False, 2, False, True),
    (88 / 24, 24, False, 1, False, True),
    (4, 40, True, 2, True, False),
    (6, 40, True, 1, True, False),
    (6, 40, True, 1, True, False),
    (3, 48, True, 1, True, False),
    (3, 48, True, 1, True, False),
    (6, 96, True, 2, True, False),
    (6, 96, True, 1, True, False),
    (6, 96, True, 1, True, False),
)
LARGE = (
    (1, 16, False, 1, False, True),
    (4, 24, False, 2, False, True),
    (3, 24, False, 1, False, True),
    (3, 40, True, 2, True, True),
    (3, 40, True, 1, True, True),
    (3, 40, True, 1, True, True),
    (6, 80, False, 2, False, False),
    (2.5, 80, False, 1, False, False),
    (2.3, 80, False, 1, False, False),
    (2.3, 80, False, 1, False, False),
    (6, 112, False, 1, True, False),
    (6, 112, False, 1, True, False),
    (6, 160, True, 2, True, False),
    (6, 160, True, 1, True, False),
    (6, 160, True, 1, True, False),
)
OLD_ENDS = {
    "_bn": "/BatchNorm",
    "_squeeze_excite_avg_pool": "/squeeze_excite/AvgPool",
    "_squeeze_excite_conv": "/squeeze_excite/Conv",
    "_squeeze_excite_relu": "/squeeze_excite/Relu",
    "_squeeze_excite_conv_1": "/squeeze_excite/Conv_1",
    "_squeeze_excite_mul": "/squeeze_excite/Mul",
    "_depthwise_pad": "/depthwise/pad",
    "_add": "/Add",
}


def named(stem, end):
    """Return a layer's name: Keras 2 has slashes in it."""
    if not KERAS_2:
        return f"{stem}{end}"
    return f"{stem}{OLD_ENDS.get(end) or '/' + end[1:]}"


def relu(x):
    return layers.ReLU()(x)


def hard_sigmoid(x):
    return layers.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)


def hard_swish(x):
    return layers.Multiply()([x, hard_sigmoid(x)]) if KERAS_2 else layers.Activation("hard_swish")(x)


def normalized(x, name):
    return layers.BatchNormalization(axis=channel_axis(), epsilon=1e-3, momentum=0.999, name=named(name, "_bn"))(x)


def weighed(x, filters, name):
    start = x
    x = layers.GlobalAveragePooling2D(keepdims=True, name=named(name, "_squeeze_excite_avg_pool"))(x)
    x = layers.Conv2D(divisible(filters * 0.25), 1, padding="same", name=named(name, "_squeeze_excite_conv"))(x)
    x = layers.ReLU(name=named(name, "_squeeze_excite_relu"))(x)
    x = layers.Conv2D(filters, 1, padding="same", name=named(name, "_squeeze_excite_conv_1"))(x)
    return layers.Multiply(name=named(name, "_squeeze_excite_mul"))([start, hard_sigmoid(x)])


def block(x, number, expansion, filters, kernel, stride, is_weighed, activation):
    start = x
    name = f"expanded_conv_{number}" if number else "expanded_conv"
    width = x.shape[channel_axis()]
    wide = divisible(width * expansion)
    if number:
        x = layers.Conv2D(wide, 1, padding="same", use_bias=False, name=named(name, "_expand"))(x)
        x = activation(normalized(x, named(name, "_expand")))
    if stride == 2:
        x = layers.ZeroPadding2D(padding_for(x, kernel), name=named(name, "_depthwise_pad"))(x)
    x = layers.DepthwiseConv2D(
        kernel,
        strides=stride,
        padding="same" if stride == 1 else "valid",
        use_bias=False,
        name=named(name, "_depthwise"),
    )(x)
    x = activation(normalized(x, named(name, "_depthwise")))
    if is_weighed:
        x = weighed(x, wide, name)
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=named(name, "_project"))(x)
    x = normalized(x, named(name, "_project"))
    return layers.Add(name=named(name, "_add"))([start, x]) if stride == 1 and width == filters else x


def shape_of(input_shape, input_tensor):
    is_last = backend.image_data_format() == "channels_last"
    if input_shape is not None:
        if input_tensor is not None:
            check_tensor(input_tensor, input_shape)
        return input_shape
    rows = columns = None
    if input_tensor is not None:
        rows, columns = rows_and_columns(input_tensor.shape[1:])
    return (columns, rows, 3) if is_last else (3, columns, rows)


def build(
    application,
    input_shape,
    alpha,
    minimalistic,
    include_top,
    weights,
    input_tensor,
    classes,
    pooling,
    dropout_rate,
    classifier_activation,
    include_preprocessing,
    name=None,
):
    alpha = known(alpha)
    check(weights, include_top, classes)
    input_shape = shape_of(input_shape, input_tensor)
    rows, columns = rows_and_columns(input_shape)[:2]
    if certainly(rows) and certainly(columns) and (certainly(rows < 32) or certainly(columns < 32)):
        raise ValueError(f"Input size must be at least 32x32; Received `input_shape={input_shape}`")
    minimalistic = bool(minimalistic)
    if certainly(weights == "imagenet") and certainly(alpha not in ((1.0,) if minimalistic else (0.75, 1.0))):
        raise ValueError(
            "If imagenet weights are being loaded, alpha can be one of `0.75`, `1.0` for non minimalistic or `1.0` for "
            "minimalistic only."
        )
    image = image_input(input_tensor, input_shape)
    activation = relu if minimalistic else hard_swish
    x = image
    if include_preprocessing:
        x = layers.Rescaling(scale=1.0 / 127.5, offset=-1.0)(x)
    begin, end, head = ("Conv", "Conv_1", "Conv_2") if KERAS_2 else ("conv", "conv_1", "conv_2")
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False, name=begin)(x)
    x = activation(normalized(x, begin))
    is_small = application == "MobileNetV3Small"
    for number, (expansion, filters, is_wide, stride, is_weighed, keeps_relu) in enumerate(
        SMALL if is_small else LARGE
    ):
        x = block(
            x,
            number,
            expansion,
            divisible(filters * alpha),
            5 if is_wide and not minimalistic else 3,
            stride,
            is_weighed and not minimalistic,
            relu if keeps_relu else activation,
        )
    x = layers.Conv2D(divisible(x.shape[channel_axis()] * 6), 1, padding="same", use_bias=False, name=end)(x)
    x = activation(normalized(x, end))
    if include_top:
        width = 1024 if is_small else 1280
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Conv2D(divisible(width * alpha) if alpha > 1.0 else width, 1, padding="same", name=head)(x)
        x = activation(x)
        if dropout_rate > 0:
            x = layers.Dropout(dropout_rate)(x)
        x = layers.Conv2D(classes, 1, padding="same", name="Logits" if KERAS_2 else "logits")(x)
        x = layers.Flatten()(x)
        check_activation(classifier_activation, weights)
        x = layers.Activation(classifier_activation, name="Predictions" if KERAS_2 else "predictions")(x)
    else:
        x = pooled(x, pooling, "avg_pool", "max_pool")
    return model_of(image, input_tensor, x, f"MobilenetV3{'small' if is_small else 'large'}" if KERAS_2 else name)
