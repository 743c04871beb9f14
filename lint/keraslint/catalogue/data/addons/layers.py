"""``tensorflow_addons.layers`` 0.23: constructors, weights and shapes of its layers, for tf.keras of Keras 2."""

import tensorflow as tf
from keraslint_addons import __getattr__, certainly, check_integers

from .normalizations import (
    FilterResponseNormalization,
    GroupNormalization,
    InstanceNormalization,
    SpectralNormalization,
    WeightNormalization,
)
from .pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
    MaxUnpooling2D,
    MaxUnpooling2DV2,
    SpatialPyramidPooling2D,
)
from .rnn import ESNCell

registered = tf.keras.utils.register_keras_serializable(package="Addons")


@registered
class NoisyDense(tf.keras.layers.Dense):
    def __init__(
        self,
        units,
        sigma=0.5,
        use_factorised=True,
        activation=None,
        use_bias=True,
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        check_integers(units=units)
        super().__init__(units=units, activation=activation, use_bias=use_bias, **kwargs)
        self.sigma = sigma
        self.use_factorised = use_factorised

    def build(self, input_shape):
        width = input_shape[-1]
        if width is None:
            raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
        for name, is_trained in (("sigma", True), ("mu", True), ("eps", False)):
            self.add_weight(f"{name}_kernel", shape=[width, self.units], trainable=is_trained)
        if not self.use_bias:
            raise AttributeError("'NoneType' object has no attribute 'assign'")  # its noise is reset all the same
        for name, is_trained in (("sigma", True), ("mu", True), ("eps", False)):
            self.add_weight(f"{name}_bias", shape=[self.units], trainable=is_trained)

    def reset_noise(self):
        pass

    def remove_noise(self):
        pass

    def call(self, inputs):
        return super().call(inputs)


@registered
class PolynomialCrossing(tf.keras.layers.Layer):
    def __init__(
        self,
        projection_dim=None,
        diag_scale=0.0,
        use_bias=True,
        kernel_initializer="truncated_normal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        **kwargs,
    ):
        if projection_dim is not None:
            check_integers(projection_dim=projection_dim)
        super().__init__(**kwargs)
        self.projection_dim = projection_dim
        self.use_bias = use_bias

    def build(self, input_shape):
        if not isinstance(input_shape, list) or len(input_shape) != 2:
            raise ValueError(f"Input shapes must be a tuple or list of size 2, got {input_shape}")
        width = input_shape[-1][-1]
        if self.projection_dim is None:
            self.kernel = self.add_weight("kernel", shape=[width, width])
        else:
            if certainly(self.projection_dim < 0 or self.projection_dim > width / 2):
                raise ValueError("`projection_dim` should be positive and at most half of the input's last dimension.")
            self.kernel_u = self.add_weight("kernel_u", shape=[width, self.projection_dim])
            self.kernel_v = self.add_weight("kernel_v", shape=[self.projection_dim, width])
        if self.use_bias:
            self.bias = self.add_weight("bias", shape=[width])

    def call(self, inputs):
        return inputs[0] * inputs[1]


@registered
class Maxout(tf.keras.layers.Layer):
    def __init__(self, num_units, axis=-1, **kwargs):
        check_integers(num_units=num_units, axis=axis)
        super().__init__(**kwargs)
        self.num_units = num_units
        self.axis = axis

    def call(self, inputs):
        shape = list(inputs.shape)
        channels = shape[self.axis]
        if channels is not None and certainly(channels % self.num_units != 0):
            raise ValueError(f"number of features({channels}) is not a multiple of num_units({self.num_units})")
        wanted = [tf.shape(inputs)[i] if dim is None else dim for i, dim in enumerate(shape)]
        axis = self.axis + len(shape) if self.axis < 0 else self.axis
        wanted.insert(axis, wanted[axis] // self.num_units)
        wanted[axis + 1] = self.num_units
        return tf.math.reduce_max(tf.reshape(inputs, wanted), axis)

    def get_config(self):
        return {**super().get_config(), "num_units": self.num_units, "axis": self.axis}


@registered
class GELU(tf.keras.layers.Layer):
    def __init__(self, approximate=True, **kwargs):
        super().__init__(**kwargs)
        self.approximate = approximate

    def call(self, inputs):
        return tf.identity(inputs)

    def get_config(self):
        return {**super().get_config(), "approximate": self.approximate}


@registered
class TLU(tf.keras.layers.Layer):
    def __init__(
        self,
        affine=False,
        tau_initializer="zeros",
        tau_regularizer=None,
        tau_constraint=None,
        alpha_initializer="zeros",
        alpha_regularizer=None,
        alpha_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.affine = affine

    def build(self, input_shape):
        if None in list(input_shape[1:]):
            raise ValueError(
                "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor."
            )
        self.tau = self.add_weight(shape=list(input_shape[1:]), name="tau")
        if self.affine:
            self.alpha = self.add_weight(shape=list(input_shape[1:]), name="alpha")

    def call(self, inputs):
        return tf.identity(inputs)

    def get_config(self):
        return {**super().get_config(), "affine": self.affine}


@registered
class Snake(tf.keras.layers.Layer):
    def __init__(self, frequency_initializer="ones", **kwargs):
        super().__init__(**kwargs)
        self.frequency = self.add_weight(shape=())

    def call(self, inputs):
        return tf.identity(inputs)


@registered
class Sparsemax(tf.keras.layers.Layer):
    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        return tf.identity(inputs)


@registered
class PoincareNormalize(tf.keras.layers.Layer):
    def __init__(self, axis=1, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        return inputs * tf.math.reduce_sum(inputs, self.axis, keepdims=True)


@registered
class StochasticDepth(tf.keras.layers.Layer):
    def __init__(self, survival_probability=0.5, **kwargs):
        super().__init__(**kwargs)
        self.survival_probability = survival_probability

    def call(self, x, training=None):
        if not isinstance(x, list) or len(x) != 2:
            raise ValueError("input must be a list of length 2.")
        return x[0] + x[1]

    def get_config(self):
        return {**super().get_config(), "survival_probability": self.survival_probability}


@registered
class MultiHeadAttention(tf.keras.layers.Layer):
    def __init__(
        self,
        head_size,
        num_heads,
        output_size=None,
        dropout=0.0,
        use_projection_bias=True,
        return_attn_coef=False,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        kernel_constraint=None,
        bias_initializer="zeros",
        bias_regularizer=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if output_size is not None and certainly(output_size < 1):
            raise ValueError("output_size must be a positive number")
        self.head_size = head_size
        self.num_heads = num_heads
        self.output_size = output_size
        self.use_projection_bias = use_projection_bias
        self.return_attn_coef = return_attn_coef
        self.dropout = tf.keras.layers.Dropout(dropout)

    def build(self, input_shape):
        query, key = input_shape[0][-1], input_shape[1][-1]
        value = input_shape[2][-1] if len(input_shape) > 2 else key
        width = self.output_size if self.output_size is not None else value
        self.query_kernel = self.add_weight("query_kernel", shape=[self.num_heads, query, self.head_size])
        self.key_kernel = self.add_weight("key_kernel", shape=[self.num_heads, key, self.head_size])
        self.value_kernel = self.add_weight("value_kernel", shape=[self.num_heads, value, self.head_size])
        self.projection_kernel = self.add_weight("projection_kernel", shape=[self.num_heads, self.head_size, width])
        if self.use_projection_bias:
            self.projection_bias = self.add_weight("projection_bias", shape=[width])

    def call(self, inputs, training=None, mask=None):
        query, key = inputs[0], inputs[1]
        value = inputs[2] if len(inputs) > 2 else key
        if key.shape[-2] != value.shape[-2]:
            raise ValueError(
                "the number of elements in 'key' must be equal to the same as the number of elements in 'value'"
            )
        query = tf.einsum("...NI,HIO->...NHO", query, self.query_kernel)
        key = tf.einsum("...MI,HIO->...MHO", key, self.key_kernel)
        value = tf.einsum("...MI,HIO->...MHO", value, self.value_kernel)
        weights = tf.nn.softmax(tf.einsum("...NHO,...MHO->...HNM", query, key))
        heads = tf.einsum("...HNM,...MHI->...NHI", self.dropout(weights, training=training), value)
        output = tf.einsum("...NHI,HIO->...NO", heads, self.projection_kernel)
        return (output, weights) if self.return_attn_coef else output


@registered
class EmbeddingBag(tf.keras.layers.Layer):
    def __init__(
        self,
        input_dim,
        output_dim,
        embeddings_initializer="uniform",
        embeddings_regularizer=None,
        embeddings_constraint=None,
        mask_zero=False,
        combiner="sum",
        **kwargs,
    ):
        check_integers(input_dim=input_dim, output_dim=output_dim)
        super().__init__(**kwargs)
        if certainly(input_dim <= 0 or output_dim <= 0):
            raise ValueError(
                f"Both `input_dim` and `output_dim` should be positive, found {input_dim} and {output_dim}"
            )
        self.input_dim = input_dim
        self.output_dim = output_dim

    def build(self, input_shape):
        self.embeddings = self.add_weight(shape=(self.input_dim, self.output_dim), name="embeddings")

    def call(self, indices, weights=None):
        return tf.reduce_sum(tf.gather(self.embeddings, indices), axis=-2)  # as its own operation's shape function says


@registered
class CRF(tf.keras.layers.Layer):
    def __init__(
        self,
        units,
        chain_initializer="orthogonal",
        use_boundary=True,
        boundary_initializer="zeros",
        use_kernel=True,
        **kwargs,
    ):
        check_integers(units=units)
        super().__init__(**kwargs)
        self.units = units
        self.use_boundary = use_boundary
        self.use_kernel = use_kernel
        self.chain_kernel = self.add_weight(shape=(units, units), name="chain_kernel")
        if use_boundary:
            self.left_boundary = self.add_weight(shape=(units,), name="left_boundary")
            self.right_boundary = self.add_weight(shape=(units,), name="right_boundary")
        if use_kernel:
            self.dense_layer = tf.keras.layers.Dense(units=units, dtype=self.dtype)

    def call(self, inputs, mask=None):
        potentials = self.dense_layer(inputs) if self.use_kernel else tf.cast(inputs, self.dtype)
        tags = tf.argmax(potentials, axis=2, output_type=tf.int32)
        lengths = tf.reduce_sum(tf.cast(tags, tf.int64), 1)
        return [tags, potentials, lengths, self.chain_kernel]


@registered
class ESN(tf.keras.layers.RNN):
    def __init__(
        self,
        units,
        connectivity=0.1,
        leaky=1,
        spectral_radius=0.9,
        use_norm2=False,
        use_bias=True,
        activation="tanh",
        kernel_initializer="glorot_uniform",
        recurrent_initializer="glorot_uniform",
        bias_initializer="zeros",
        return_sequences=False,
        go_backwards=False,
        unroll=False,
        **kwargs,
    ):
        cell = ESNCell(units, use_bias=use_bias, activation=activation, dtype=kwargs.get("dtype"))
        super().__init__(cell, return_sequences=return_sequences, go_backwards=go_backwards, unroll=unroll, **kwargs)
