"""``tensorflow_addons.activations`` 0.23: the operations that they leave in a model."""

import tensorflow as tf
from keraslint_addons import __getattr__

registered = tf.keras.utils.register_keras_serializable(package="Addons")


@registered
def gelu(x, approximate=True):
    return tf.nn.gelu(x, approximate)


@registered
def hardshrink(x, lower=-0.5, upper=0.5):
    x = tf.convert_to_tensor(x)
    mask = tf.logical_or(x < lower, upper < x)
    return x * tf.cast(mask, x.dtype)


@registered
def lisht(x):
    x = tf.convert_to_tensor(x)
    return x * tf.math.tanh(x)


@registered
def mish(x):
    x = tf.convert_to_tensor(x)
    return x * tf.math.tanh(tf.math.softplus(x))


@registered
def snake(x, frequency=1):
    x = tf.convert_to_tensor(x)
    return x + (1 - tf.cos(2 * frequency * x)) / (2 * frequency)


@registered
def softshrink(x, lower=-0.5, upper=0.5):
    x = tf.convert_to_tensor(x)
    below = tf.where(x < lower, x - lower, 0)
    above = tf.where(upper < x, x - upper, 0)
    return below + above


@registered
def tanhshrink(x):
    x = tf.convert_to_tensor(x)
    return x - tf.math.tanh(x)
