"""What an operation on tensors is: a function from bound arguments to output shapes, registered by dotted name.

An operation is known under its canonical public name: ``keras.ops.matmul``, ``tf.reduce_sum``, ``keras.backend.sum``.
It may raise what a layer may: ``Undetermined`` and ``Refused``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from keraslint.catalogue.spec import Output, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Unknown


class Arguments:
    """The arguments of one operation, bound to its parameter names; tensors among them are symbolic or arrays."""

    __slots__ = ("keras", "values")

    def __init__(self, values: Mapping[str, object], keras: Keras) -> None:
        self.values = values
        self.keras = keras

    def raw(self, name: str) -> object:
        """Return an argument as it is."""
        return self.values.get(name)

    def value(self, name: str) -> object:
        """Return an argument that must be known."""
        value = self.values.get(name)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return value

    def shape(self, name: str) -> Shape:
        """Return the shape of a tensor argument."""
        return shape_of(self.values.get(name))


Operation = Callable[[Arguments], Output]

_OPERATIONS: dict[str, Operation] = {}


def operation(*names: str) -> Callable[[Operation], Operation]:
    """Register a function as one or more operations, by canonical dotted names."""

    def register(function: Operation) -> Operation:
        for name in names:
            if name in _OPERATIONS:
                message = f"operation {name} is registered twice"
                raise ValueError(message)
            _OPERATIONS[name] = function
        return function

    return register


def operations() -> Mapping[str, Operation]:
    """Return every operation registered so far; importing ``catalogue.ops`` registers all."""
    return _OPERATIONS
