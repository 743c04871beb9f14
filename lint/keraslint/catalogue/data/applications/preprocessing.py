"""``preprocess_input`` on a symbolic tensor: the operations that it adds to the graph."""

import keras
import numpy as np
import tensorflow as tf
from keras import backend

from .version import KERAS_2, certainly

MEANS = {"caffe": (103.939, 116.779, 123.68), "torch": (0.485, 0.456, 0.406)}
DEVIATION = (0.229, 0.224, 0.225)


def along_channels(values, x, is_first):
    """Return one number a channel, in a shape that is broadcast over images."""
    if not is_first:
        return np.reshape(values, (1,) * (len(x.shape) - 1) + (3,))
    return np.reshape(values, (3, 1, 1) if len(x.shape) == 3 else (1, 3) + (1,) * (len(x.shape) - 2))


def turned(x, is_first):
    """Return images with their channels in the opposite order."""
    if KERAS_2:
        if not is_first:
            return x[..., ::-1]
        return x[::-1, ...] if len(x.shape) == 3 else x[:, ::-1, ...]
    if not is_first:
        return keras.ops.stack([x[..., i] for i in (2, 1, 0)], axis=-1)
    if len(x.shape) == 3:
        return keras.ops.stack([x[i, ...] for i in (2, 1, 0)], axis=0)
    return keras.ops.stack([x[:, i, :] for i in (2, 1, 0)], axis=1)


def preprocess(x, data_format, mode):
    if certainly(mode not in ("caffe", "tf", "torch")):
        raise ValueError(f"Expected mode to be one of `caffe`, `tf` or `torch`. Received: mode={mode}")
    data_format = backend.image_data_format() if data_format is None else data_format
    if certainly(data_format not in ("channels_first", "channels_last")):
        raise ValueError(
            f"Expected data_format to be one of `channels_first` or `channels_last`. Received: data_format={data_format}"
        )
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    is_first = data_format == "channels_first"
    if mode == "torch":
        x /= 255.0
    else:
        x = turned(x, is_first)
    means = [-mean for mean in MEANS[mode]]
    if KERAS_2:
        x = tf.nn.bias_add(x, np.array(means), "NCHW" if is_first else "NHWC")
    else:
        x += along_channels(means, x, is_first)
    if mode == "torch":
        x /= along_channels(DEVIATION, x, is_first)
    return x
