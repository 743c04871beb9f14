"""Operations that run functions of the program, and those that say nothing of a shape: the result is not known.

Only what does not need the function is answered: a loop keeps the shapes of its variables.
"""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.shapes import data_shape
from keraslint.catalogue.spec import Output, Signature
from keraslint.values.array import Array
from keraslint.values.layer import Tensor
from keraslint.values.unknown import Unknown, Why, undetermined


@operation("keras.ops.while_loop")
def while_loop(arguments: Arguments) -> Output:
    """Return the loop's variables."""
    return _each(arguments.value("loop_vars"))


@operation("keras.ops.fori_loop")
def fori_loop(arguments: Arguments) -> Output:
    """Return the loop's variable."""
    return _each(arguments.value("init_val"))


def _each(value: object) -> Output:
    if isinstance(value, list | tuple):
        return [_each(item) for item in value]
    if isinstance(value, Tensor | Array | int | float):
        return Signature(data_shape(value), dtype_of(value))
    undetermined(Why.UNSUPPORTED, "a loop over what is no tensor")


def function_of_program(arguments: Arguments) -> Output:
    """Say that the result depends on a function of the program."""
    del arguments
    undetermined(Why.UNSUPPORTED, "an operation that calls a function of the program")


for _name in [
    "keras.ops.map",
    "keras.ops.scan",
    "keras.ops.associative_scan",
    "keras.ops.switch",
    "keras.ops.cond",
    "keras.ops.vectorized_map",
    "keras.ops.vectorize",
    "keras.ops.jvp",
    "keras.ops.custom_gradient",
    "tf.cond",
    "tf.case",
    "tf.switch_case",
    "tf.while_loop",
    "tf.map_fn",
    "tf.scan",
    "tf.foldl",
    "tf.foldr",
    "tf.vectorized_map",
    "tf.py_function",
    "tf.numpy_function",
    "keras.backend.map_fn",
    "keras.backend.foldl",
    "keras.backend.foldr",
    "keras.backend.rnn",
]:
    operation(_name)(function_of_program)


@operation("keras.backend.in_train_phase", "keras.backend.in_test_phase")
def phase(arguments: Arguments) -> Output:
    """Return the shape of the alternative, which both have."""
    value = arguments.raw("x")
    if not isinstance(value, Tensor | Array):
        undetermined(Why.UNSUPPORTED, "alternatives that are functions")
    return Signature(data_shape(value), dtype_of(value))


@operation("keras.ops.shape", "keras.ops.dtype", "keras.ops.is_tensor", "keras.ops.convert_to_numpy")
def no_tensor(arguments: Arguments) -> Output:
    """Say that the result is no tensor: evaluation answers these itself."""
    value = next(iter(arguments.values.values()))
    if isinstance(value, Unknown):
        undetermined(value.why, value.what)
    undetermined(Why.UNSUPPORTED, "a result that is no tensor")
