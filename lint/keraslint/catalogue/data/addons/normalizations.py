"""Normalizations of ``tensorflow_addons.layers``, and the wrappers that normalize a layer's kernel."""

import tensorflow as tf
from keraslint_addons import certainly, check_integers, share_weight

registered = tf.keras.utils.register_keras_serializable(package="Addons")


@registered
class GroupNormalization(tf.keras.layers.Layer):
    def __init__(
        self,
        groups=32,
        axis=-1,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        **kwargs,
    ):
        check_integers(groups=groups, axis=axis)
        super().__init__(**kwargs)
        self.groups = groups
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        if axis == 0:
            raise ValueError("You are trying to normalize your batch axis.")

    def build(self, input_shape):
        dim = input_shape[self.axis]
        if dim is None:
            raise ValueError(f"Axis {self.axis} of input tensor should have a defined dimension.")
        if self.groups == -1:
            self.groups = dim
        if certainly(dim < self.groups):
            raise ValueError(f"Number of groups ({self.groups}) cannot be more than the number of channels ({dim}).")
        if certainly(dim % self.groups != 0):
            raise ValueError(f"Number of groups ({self.groups}) must be a multiple of the number of channels ({dim}).")
        if self.scale:
            self.gamma = self.add_weight(shape=(dim,), name="gamma")
        if self.center:
            self.beta = self.add_weight(shape=(dim,), name="beta")

    def call(self, inputs):
        return tf.identity(inputs)

    def get_config(self):
        config = {name: getattr(self, name) for name in ("groups", "axis", "epsilon", "center", "scale")}
        return {**super().get_config(), **config}


@registered
class InstanceNormalization(GroupNormalization):
    def __init__(self, **kwargs):
        kwargs["groups"] = -1
        super().__init__(**kwargs)


@registered
class FilterResponseNormalization(tf.keras.layers.Layer):
    def __init__(
        self,
        epsilon=1e-6,
        axis=[1, 2],  # noqa: B006  as it is there
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        learned_epsilon=False,
        learned_epsilon_constraint=None,
        name=None,
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        self.axis = axis
        self.learned_epsilon = learned_epsilon
        if learned_epsilon:
            self.eps_learned = self.add_weight(shape=(1,), name="learned_epsilon")
        if certainly(not isinstance(axis, list)):
            raise TypeError(f"Expected a list of values but got {type(axis)}.")
        if axis != [1, 2]:
            raise ValueError("FilterResponseNormalization operates on per-channel basis.")

    def build(self, input_shape):
        if len(input_shape) != 4:
            raise ValueError("Only 4-D tensors (CNNs) are supported as of now.")
        if input_shape[1] is None or input_shape[2] is None:
            raise ValueError(f"Axis {self.axis} of input tensor should have a defined dimension.")
        if input_shape[-1] is None:
            raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
        shape = [1, 1, 1, input_shape[-1]]
        self.gamma = self.add_weight(shape=shape, name="gamma")
        self.beta = self.add_weight(shape=shape, name="beta")

    def call(self, inputs):
        return tf.identity(inputs)

    def get_config(self):
        return {**super().get_config(), "axis": self.axis, "learned_epsilon": self.learned_epsilon}


@registered
class SpectralNormalization(tf.keras.layers.Wrapper):
    def __init__(self, layer, power_iterations=1, **kwargs):
        check_integers(power_iterations=power_iterations)
        super().__init__(layer, **kwargs)
        if certainly(power_iterations <= 0):
            raise ValueError(f"`power_iterations` should be greater than zero, got {power_iterations}")
        self.power_iterations = power_iterations

    def build(self, input_shape):
        super().build(input_shape)
        name = "embeddings" if isinstance(self.layer, tf.keras.layers.Embedding) else "kernel"
        if isinstance(self.layer, tf.keras.layers.RNN) or not hasattr(self.layer, name):
            raise AttributeError(f"{self.layer.__class__.__name__} object has no attribute 'kernel' nor 'embeddings'")
        share_weight(self, self.layer, name)
        self.u = self.add_weight(shape=(1, getattr(self.layer, name).shape[-1]), trainable=False, name="sn_u")

    def call(self, inputs, training=None):
        return self.layer(inputs)

    def get_config(self):
        return {**super().get_config(), "power_iterations": self.power_iterations}


@registered
class WeightNormalization(tf.keras.layers.Wrapper):
    def __init__(self, layer, data_init=True, **kwargs):
        super().__init__(layer, **kwargs)
        self.data_init = data_init

    def build(self, input_shape):
        if not self.layer.built:
            self.layer.build(input_shape)
        is_recurrent = isinstance(self.layer, tf.keras.layers.RNN)
        owner = self.layer.cell if is_recurrent else self.layer
        kernel = owner.recurrent_kernel if is_recurrent else owner.kernel
        self.g = self.add_weight(name="g", shape=(kernel.shape[-1],))
        share_weight(self, owner, "recurrent_kernel" if is_recurrent else "kernel")
        self.initialized = self.add_weight(name="initialized", shape=(), dtype="bool", trainable=False)
        if self.data_init:
            config = {**self.layer.get_config(), "trainable": False}
            self.naked_clone_layer = self.layer.__class__.from_config(config)
            self.naked_clone_layer.build(input_shape)

    def call(self, inputs):
        return self.layer(inputs)

    def get_config(self):
        return {**super().get_config(), "data_init": self.data_init}
