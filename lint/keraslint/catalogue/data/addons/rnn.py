"""``tensorflow_addons.rnn`` 0.23: constructors and weights of its cells, for tf.keras of Keras 2."""

import tensorflow as tf
from keraslint_addons import __getattr__, check_integers

registered = tf.keras.utils.register_keras_serializable(package="Addons")


@registered
class ESNCell(tf.keras.layers.Layer):
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
        **kwargs,
    ):
        check_integers(units=units)
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias
        self.state_size = units
        self.output_size = units

    def build(self, inputs_shape):
        if inputs_shape[-1] is None:
            raise ValueError(
                f"Could not infer input size from inputs.get_shape()[-1]. Shape received is {inputs_shape}"
            )
        self.recurrent_kernel = self.add_weight("recurrent_kernel", shape=[self.units, self.units], trainable=False)
        self.kernel = self.add_weight("kernel", shape=[inputs_shape[-1], self.units], trainable=False)
        if self.use_bias:
            self.bias = self.add_weight("bias", shape=[self.units], trainable=False)

    def call(self, inputs, state):
        output = tf.matmul(inputs, self.kernel)
        return output, output


@registered
class NASCell(tf.keras.layers.Layer):
    def __init__(
        self,
        units,
        projection=None,
        use_bias=False,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="glorot_uniform",
        projection_initializer="glorot_uniform",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.projection = projection
        self.use_bias = use_bias
        self.output_size = units if projection is None else projection
        self.state_size = [units, self.output_size]

    def build(self, inputs_shape):
        if inputs_shape[1] is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        width = 8 * self.units
        self.recurrent_kernel = self.add_weight("recurrent_kernel", shape=[self.output_size, width])
        self.kernel = self.add_weight("kernel", shape=[inputs_shape[1], width])
        if self.use_bias:
            self.bias = self.add_weight("bias", shape=[width])
        if self.projection is not None:
            self.projection_weights = self.add_weight("projection_weights", shape=[self.units, self.projection])

    def call(self, inputs, state):
        memory = state[0] + tf.matmul(inputs, self.kernel)[:, : self.units]
        output = memory if self.projection is None else tf.matmul(memory, self.projection_weights)
        return output, [memory, output]


@registered
class LayerNormSimpleRNNCell(tf.keras.layers.SimpleRNNCell):
    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        layernorm_epsilon=1e-05,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        gamma_initializer="ones",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        gamma_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        gamma_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        **kwargs,
    ):
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)
        self.layernorm = tf.keras.layers.LayerNormalization(center=False, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        self.layernorm.build((None, self.units))


@registered
class LayerNormLSTMCell(tf.keras.layers.LSTMCell):
    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        norm_gamma_initializer="ones",
        norm_beta_initializer="zeros",
        norm_epsilon=1e-3,
        **kwargs,
    ):
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)
        self.kernel_norm = tf.keras.layers.LayerNormalization(name="kernel_norm")
        self.recurrent_norm = tf.keras.layers.LayerNormalization(name="recurrent_norm")
        self.state_norm = tf.keras.layers.LayerNormalization(name="state_norm")

    def build(self, input_shape):
        super().build(input_shape)
        self.kernel_norm.build([input_shape[0], self.units * 4])
        self.recurrent_norm.build([input_shape[0], self.units * 4])
        self.state_norm.build([input_shape[0], self.units])


@registered
class PeepholeLSTMCell(tf.keras.layers.LSTMCell):
    def build(self, input_shape):
        super().build(input_shape)
        for gate in ("input", "forget", "output"):
            self.add_weight(shape=(self.units,), name=f"{gate}_gate_peephole_weights")
