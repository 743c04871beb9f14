"""What the models share: their input, their head, and what is refused of their arguments."""

from keras import Model, backend, layers, utils

from .version import certainly


def channel_axis():
    """Return the axis of the channels in a batch of images."""
    return 3 if backend.image_data_format() == "channels_last" else 1


def rows_and_columns(shape):
    """Return the height and width of an image shape without its batch dimension."""
    return shape[:2] if backend.image_data_format() == "channels_last" else shape[1:]


def check(weights, include_top, classes):
    """Refuse classes that trained weights do not have."""
    if certainly(weights == "imagenet") and certainly(include_top) and certainly(classes != 1000):
        raise ValueError(
            f"If using `weights='imagenet'` with `include_top=True`, `classes` should be 1000. Received classes={classes}"
        )


def image_shape(input_shape, include_top, weights, default_size, min_size):
    """Return the shape of one image, refused where the model cannot take it."""
    is_trained = certainly(weights == "imagenet")
    is_last = backend.image_data_format() == "channels_last"
    channels = 3
    if not is_trained and certainly(input_shape) and certainly(len(input_shape) == 3):
        channels = input_shape[-1] if is_last else input_shape[0]
    default = (default_size, default_size, channels) if is_last else (channels, default_size, default_size)
    if is_trained and include_top:
        if certainly(input_shape is not None) and certainly(input_shape != default):
            raise ValueError(
                "When setting `include_top=True` and loading `imagenet` weights, "
                f"`input_shape` should be {default}. Received: input_shape={input_shape}"
            )
        return default
    if certainly(not input_shape):
        if include_top:
            return default
        return (None, None, 3) if is_last else (3, None, None)
    if certainly(len(input_shape) != 3):
        raise ValueError("`input_shape` must be a tuple of three integers.")
    if is_trained and certainly((input_shape[-1] if is_last else input_shape[0]) != 3):
        raise ValueError(f"The input must have 3 channels; Received `input_shape={input_shape}`")
    for size in rows_and_columns(input_shape):
        if certainly(size is not None) and certainly(size < min_size):
            raise ValueError(f"Input size must be at least {min_size}x{min_size}; Received: input_shape={input_shape}")
    if include_top and certainly(None in input_shape):
        raise ValueError(
            f"If `include_top` is True, you should specify a static `input_shape`. Received: input_shape={input_shape}"
        )
    return input_shape


def image_input(input_tensor, shape):
    """Return the tensor that the model begins with."""
    if input_tensor is None:
        return layers.Input(shape=shape)
    if certainly(not backend.is_keras_tensor(input_tensor)):
        return layers.Input(tensor=input_tensor, shape=shape)
    return input_tensor


def check_activation(activation, weights):
    """Refuse an activation that trained weights were not made for."""
    is_text = certainly(weights is not None) and certainly(isinstance(activation, str))
    if is_text and certainly(activation not in ("softmax", "linear")):
        raise ValueError(
            "Only `None` and `softmax` activations are allowed for the `classifier_activation` argument when using "
            f"pretrained weights, with `include_top=True`; Received: classifier_activation={activation}"
        )


def classified(x, classes, activation, weights, name="predictions", **options):
    """Return the probabilities of the classes."""
    check_activation(activation, weights)
    return layers.Dense(classes, activation=activation, name=name, **options)(x)


def pooled(x, pooling, average=None, maximum=None):
    """Return what is left of an image where the model has no classifier."""
    if pooling == "avg":
        return layers.GlobalAveragePooling2D(name=average)(x)
    if pooling == "max":
        return layers.GlobalMaxPooling2D(name=maximum)(x)
    return x


def model_of(image, input_tensor, x, name):
    """Return the model from where the image comes in to ``x``."""
    inputs = image if input_tensor is None else utils.get_source_inputs(input_tensor)
    return Model(inputs, x, name=name)


def odd(size):
    """Return 1 for an odd size and 0 for an even one; in this form padded sizes halve to plain formulas."""
    return 2 * ((size + 1) // 2) - size


def padding_for(x, kernel):
    """Return the padding with which a convolution of stride 2 keeps to the middle."""
    rows, columns = rows_and_columns(x.shape[1:])[:2]
    half = kernel // 2
    if rows is None:
        return ((half - 1, half), (half - 1, half))
    return ((half - 1 + odd(rows), half), (half - 1 + odd(columns), half))
