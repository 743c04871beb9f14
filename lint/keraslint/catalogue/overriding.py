"""What Keras' own layers do by themselves, whatever a class that derives from one overrides; Keras 3's where not said."""

from __future__ import annotations

from collections.abc import Mapping

from keraslint.catalogue.versions import Keras

TRACED = frozenset(
    [
        "AbstractRNNCell",
        "FlaxLayer",
        "GRUCell",
        "InputLayer",
        "JaxLayer",
        "LSTMCell",
        "Layer",
        "Pipeline",
        "SimpleRNNCell",
        "StackedRNNCells",
        "TFSMLayer",
        "Wrapper",
    ]
)
"""Layers that say nothing of their output: their ``call`` is traced. All others have ``compute_output_shape``."""

COMPLETE_AT_ONCE = frozenset(
    [
        "Activation",
        "ActivityRegularization",
        "AlphaDropout",
        "AveragePooling1D",
        "AveragePooling2D",
        "AveragePooling3D",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalAveragePooling3D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "GlobalMaxPooling3D",
        "Identity",
        "LeakyReLU",
        "Masking",
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
        "ReLU",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "UnitNormalization",
    ]
)
"""Layers that are built once constructed, if the class has no ``build``: they take no sublayers any more."""

BUILT_WITHOUT_SHAPE = COMPLETE_AT_ONCE | frozenset(
    [
        "AdaptiveAveragePooling1D",
        "AdaptiveAveragePooling2D",
        "AdaptiveAveragePooling3D",
        "AdaptiveMaxPooling1D",
        "AdaptiveMaxPooling2D",
        "AdaptiveMaxPooling3D",
        "AutoContrast",
        "CategoryEncoding",
        "CenterCrop",
        "ContrastLimitedAdaptiveHistogramEqualization",
        "Cropping1D",
        "Cropping2D",
        "Cropping3D",
        "CutMix",
        "Discretization",
        "Equalization",
        "Flatten",
        "HashedCrossing",
        "Hashing",
        "InputLayer",
        "IntegerLookup",
        "Lambda",
        "Layer",
        "MaxNumBoundingBoxes",
        "MelSpectrogram",
        "MixUp",
        "Permute",
        "Pipeline",
        "RandomBrightness",
        "RandomColorDegeneration",
        "RandomContrast",
        "RandomCrop",
        "RandomElasticTransform",
        "RandomErasing",
        "RandomFlip",
        "RandomGaussianBlur",
        "RandomGrayscale",
        "RandomHue",
        "RandomInvert",
        "RandomPerspective",
        "RandomPosterization",
        "RandomRotation",
        "RandomSaturation",
        "RandomSharpness",
        "RandomShear",
        "RandomTranslation",
        "RandomZoom",
        "RepeatVector",
        "Rescaling",
        "Reshape",
        "Resizing",
        "Solarization",
        "StringLookup",
        "TFSMLayer",
        "TorchModuleWrapper",
        "UpSampling1D",
        "UpSampling2D",
        "UpSampling3D",
        "ZeroPadding1D",
        "ZeroPadding2D",
        "ZeroPadding3D",
    ]
)
"""Layers with no ``build`` of their own: sublayers of a class that derives from one are built by tracing its ``call``."""

_RECURRENT = """units activation use_bias kernel_initializer recurrent_initializer bias_initializer kernel_regularizer
    recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout
    recurrent_dropout"""

READ_ONLY: Mapping[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in {
        "Conv1D": "kernel",
        "Conv2D": "kernel",
        "Conv3D": "kernel",
        "Dense": "kernel",
        "EinsumDense": "kernel",
        "Embedding": "embeddings",
        "GRU": f"{_RECURRENT} recurrent_activation reset_after",
        "LSTM": f"{_RECURRENT} recurrent_activation unit_forget_bias",
        "MultiHeadAttention": "num_heads key_dim value_dim dropout use_bias attention_axes query_dense key_dense value_dense output_dense",
        "SimpleRNN": _RECURRENT,
    }.items()
}
"""Attributes that are properties without a setter: giving one a value raises."""

_OF_ALL = """compute_dtype dtype input losses metrics non_trainable_variables non_trainable_weights output trainable_variables
    trainable_weights variable_dtype variables weights"""

READ_ONLY_OF_LAYERS: Mapping[Keras, frozenset[str]] = {
    Keras.TWO: frozenset(
        f"""{_OF_ALL} dtype_policy dynamic inbound_nodes input_mask input_shape name name_scope outbound_nodes output_mask
        output_shape submodules updates""".split()
    ),
    Keras.THREE: frozenset(f"{_OF_ALL} input_dtype metrics_variables path quantization_mode".split()),
}
"""Properties of every layer that have no setter: setting one is an ``AttributeError``."""

READ_ONLY_OF_MODELS: Mapping[Keras, frozenset[str]] = {
    Keras.TWO: frozenset(["distribute_strategy", "layers", "metrics_names", "state_updates"]),
    Keras.THREE: frozenset(["compiled_metrics", "distribute_strategy", "layers", "metrics_names"]),
}
"""Those of models besides."""
