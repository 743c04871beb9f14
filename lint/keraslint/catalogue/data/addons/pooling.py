"""Adaptive pooling of ``tensorflow_addons.layers``: the input is cut into as many bins as the output has places."""

import tensorflow as tf
from keraslint_addons import tensor_of

registered = tf.keras.utils.register_keras_serializable(package="Addons")


def _tuple(value, n, name):
    if isinstance(value, int):
        return (value,) * n
    value = tuple(value)
    if len(value) != n:
        raise ValueError(f"The `{name}` argument must be a tuple of {n} integers. Received: {value}")
    return value


def _data_format(value):
    if value is None:
        value = tf.keras.backend.image_data_format()
    value = value.lower()
    if value not in ("channels_first", "channels_last"):
        raise ValueError(f'The `data_format` argument must be one of "channels_first", "channels_last". Got {value}')
    return value


class _AdaptivePooling(tf.keras.layers.Layer):
    def __init__(self, reduce_function, output_size, data_format=None, **kwargs):
        self.data_format = _data_format(data_format)
        self.reduce_function = reduce_function
        self.output_size = _tuple(output_size, self.rank, "output_size")
        super().__init__(**kwargs)

    def call(self, inputs, *args):
        first = 1 if self.data_format == "channels_last" else 2
        for place, bins in enumerate(self.output_size):
            axis = first + 2 * place
            inputs = tf.stack(tf.split(inputs, bins, axis=axis), axis=axis)
        return self.reduce_function(inputs, axis=[first + 1 + 2 * place for place in range(self.rank)])

    def get_config(self):
        return {**super().get_config(), "output_size": self.output_size, "data_format": self.data_format}


@registered
class AdaptiveAveragePooling1D(_AdaptivePooling):
    rank = 1

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(tf.reduce_mean, output_size, data_format, **kwargs)


@registered
class AdaptiveAveragePooling2D(_AdaptivePooling):
    rank = 2

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(tf.reduce_mean, output_size, data_format, **kwargs)


@registered
class AdaptiveAveragePooling3D(_AdaptivePooling):
    rank = 3

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(tf.reduce_mean, output_size, data_format, **kwargs)


@registered
class AdaptiveMaxPooling1D(_AdaptivePooling):
    rank = 1

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(tf.reduce_max, output_size, data_format, **kwargs)


@registered
class AdaptiveMaxPooling2D(_AdaptivePooling):
    rank = 2

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(tf.reduce_max, output_size, data_format, **kwargs)


@registered
class AdaptiveMaxPooling3D(_AdaptivePooling):
    rank = 3

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(tf.reduce_max, output_size, data_format, **kwargs)


@registered
class SpatialPyramidPooling2D(tf.keras.layers.Layer):
    def __init__(self, bins, data_format=None, *args, **kwargs):
        self.bins = [_tuple(size, 2, "bin") for size in bins]
        self.data_format = _data_format(data_format)
        super().__init__(*args, **kwargs)

    def call(self, inputs, **kwargs):
        total = sum(rows * columns for rows, columns in self.bins)
        batch = inputs.shape[0]
        if self.data_format == "channels_last":
            return tensor_of([batch, total, inputs.shape[-1]], inputs)
        return tensor_of([batch, inputs.shape[1], total], inputs)

    def get_config(self):
        return {**super().get_config(), "bins": self.bins, "data_format": self.data_format}


@registered
class MaxUnpooling2D(tf.keras.layers.Layer):
    def __init__(self, pool_size=(2, 2), strides=(2, 2), padding="SAME", **kwargs):
        super().__init__(**kwargs)
        if padding not in ("SAME", "VALID"):
            raise ValueError('Padding must be a string from: "SAME", "VALID"')
        self.pool_size = _tuple(pool_size, 2, "pool_size")
        self.strides = _tuple(strides, 2, "strides")
        self.padding = padding

    def call(self, updates, mask):
        sizes = []
        for size, stride, pool in zip(updates.shape[1:3], self.strides, self.pool_size, strict=True):
            if size is None:
                sizes.append(None)
            else:
                sizes.append(size * stride if self.padding == "SAME" else (size - 1) * stride + pool)
        return tensor_of([updates.shape[0], *sizes, updates.shape[3]], updates)


@registered
class MaxUnpooling2DV2(tf.keras.layers.Layer):
    def __init__(self, output_size, **kwargs):
        super().__init__(**kwargs)
        self.output_size = _tuple(output_size, 4, "output_size")

    def call(self, updates, mask):
        return tensor_of(self.output_size, updates)
