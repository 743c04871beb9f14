"""Python's operators on symbolic tensors."""

from __future__ import annotations

from collections.abc import Callable

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import (
    COMPLEX,
    FLOATS,
    check_dtype,
    dtype_of,
    mixed,
    promote,
)
from keraslint.catalogue.ops.elementwise import DtypeRule, binary, counted_dtype, same_dtype, truth_dtype, unary
from keraslint.catalogue.ops.elementwise_tensorflow import (
    number_dtype,
    ordered_dtype,
    power_dtype,
    real_dtype,
    tensorflow_binary,
    true_division_dtype,
)
from keraslint.catalogue.ops.shapes import data_shape
from keraslint.catalogue.spec import Output, Signature
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, same
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined

# Python's operators


def python_operator(keras3: Callable[[str, str], str], keras2: DtypeRule) -> Operation:
    """Return the function of a binary operator, which Keras 3 promotes and TensorFlow does not."""
    three, two = binary(keras3, "a", "b"), tensorflow_binary(keras2, "a", "b", leading=False)

    def function(arguments: Arguments) -> Output:
        return three(arguments) if arguments.keras is Keras.THREE else two(arguments)

    return function


for _names, _three, _two in (
    ("add sub mul floordiv", promote, number_dtype),
    ("pow", promote, power_dtype),
    ("mod", lambda a, b: counted_dtype(promote(a, b)), real_dtype),
    ("truediv", lambda a, b: promote(a, b, "float"), true_division_dtype),
    ("lt le gt ge", lambda _a, _b: "bool", ordered_dtype),
    ("and_ or_ xor", lambda _a, _b: "bool", truth_dtype),
):
    for _name in _names.split():
        operation(f"operator.{_name}")(python_operator(_three, _two))


@operation("operator.eq", "operator.ne")
def equals(arguments: Arguments) -> Output:
    """Compare elements; in Keras 2 shapes that do not fit are no error."""
    a, b = arguments.value("a"), arguments.value("b")
    if arguments.keras is Keras.THREE:
        # `!=` is an operation; `==` compares identity there, which evaluation answers
        return binary(lambda _a, _b: "bool", "a", "b")(arguments)
    mixed(a, b, leading=False)
    return Signature(_compared(data_shape(a), data_shape(b)), "bool")


def _compared(first: Shape, second: Shape) -> Shape:
    """Return what TensorFlow infers where unequal shapes are allowed: a scalar, or nothing where a None may not fit."""
    rank = max(len(first), len(second))
    pairs = zip((1,) * (rank - len(first)) + first, (1,) * (rank - len(second)) + second, strict=True)
    result: list[Dim | None] = []
    for a, b in pairs:
        other = b if a is None else a
        if (a is None) is not (b is None) and other is not None and same(other, 1) is not True:
            undetermined(Why.DATA, f"the rank of a comparison of {shape_text(first)} and {shape_text(second)}")
        if a is not None and b is not None and a != 1 and b != 1 and same(a, b) is False:
            return ()
        result.append(b if a == 1 else a)
    return tuple(result)


for _name, _rule in (("neg", same_dtype), ("abs", same_dtype)):
    operation(f"operator.{_name}")(unary(_rule))


@operation("operator.invert")
def invert(arguments: Arguments) -> Output:
    """Negate truth values; integers bit by bit in Keras 2."""
    value = arguments.value("a")
    dtype = dtype_of(value)
    if arguments.keras is Keras.THREE:
        return Signature(data_shape(value), "bool")
    check_dtype(dtype, *FLOATS, *COMPLEX)
    return Signature(data_shape(value), dtype)
