"""Operations that answer with values of the program rather than with tensors: static shapes, dtypes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.interp.overlays import raw
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Tensor

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("keras.ops.shape", "keras.ops.core.shape")
def shape(machine: Machine, x: object) -> object:
    """Return a tensor's shape; what is not known before the data is None, inside a layer's ``call`` a tensor."""
    value = machine.get_attribute(x, "shape")
    if not isinstance(value, tuple):
        return value
    if machine.callers and isinstance(x, Tensor):
        return tuple(Tensor((), "int32") if dim is None else dim for dim in value)
    return tuple(value)


def refuse_symbolic(machine: Machine, name: str, tensors: Sequence[Tensor]) -> NoReturn:
    """Refuse symbolic tensors of Keras 3 to a function of TensorFlow."""
    refused = Refused(
        "A KerasTensor cannot be used as input to a TensorFlow function.", error="ValueError", contract="symbolic"
    )
    machine.builder.refuse(refused, Layer(name, "", None, machine.span), machine.span, tensors)
    raise refused


@raw("tf.shape")
def tf_shape(machine: Machine, input: object, *args: object, **kwargs: object) -> object:  # noqa: A002  TensorFlow's name
    """Return a tensor's shape as a tensor; of a symbolic one, Keras 3 refuses."""
    if machine.keras is Keras.THREE and isinstance(input, Tensor) and not machine.callers:
        refuse_symbolic(machine, "tf.shape", [input])
    if machine.keras is Keras.THREE:
        return shape(machine, input)
    if isinstance(input, Array) and isinstance(input.shape, tuple) and not any(dim is None for dim in input.shape):
        return Array((len(input.shape),), "int32", list(input.shape), origin="tensor")
    return machine.operate("tf.shape", (input, *args), kwargs)


@raw("keras.ops.dtype", "keras.backend.dtype")
def dtype(machine: Machine, x: object) -> object:
    """Return a tensor's dtype."""
    return machine.get_attribute(x, "dtype")


@raw("keras.ops.is_tensor", "keras.backend.is_tensor", "tf.is_tensor")
def is_tensor(machine: Machine, x: object) -> object:
    """Return whether a value is a tensor."""
    del machine
    return isinstance(x, Tensor) or getattr(x, "origin", "") in {"tensor", "variable"}
