"""What the packages have at their top, which programs ask for to tell one version from another."""

from __future__ import annotations

from keraslint.catalogue.versions import Keras

_TWO = """
Input Model Sequential activations applications backend callbacks constraints datasets dtensor estimator experimental
export initializers layers losses metrics mixed_precision models optimizers preprocessing protobuf regularizers saving
src utils
"""
_THREE = """
DTypePolicy FloatDTypePolicy Function Initializer Input InputSpec KerasTensor Layer Loss Metric Model Operation
Optimizer Quantizer Regularizer RematScope Sequential StatelessScope SymbolicScope Variable activations applications
backend callbacks config constraints datasets device distillation distribution dtype_policies export initializers
layers legacy losses metrics mixed_precision models name_scope ops optimizers preprocessing quantizers random
regularizers remat saving src tree utils version visualization wrappers
"""
_TENSORFLOW_1 = """
ConfigProto GPUOptions Session app contrib flags get_default_graph get_default_session get_variable
global_variables_initializer layers placeholder reset_default_graph set_random_seed to_float to_int32
"""
PUBLIC = {Keras.TWO: frozenset(_TWO.split()), Keras.THREE: frozenset(_THREE.split())}
"""Names that do not begin with an underscore, as ``dir`` of ``tf_keras`` 2.21 and of ``keras`` 3.15 gives them."""
ONLY_TENSORFLOW_1 = frozenset(_TENSORFLOW_1.split())
"""Names that ``tensorflow`` had before its version 2."""
