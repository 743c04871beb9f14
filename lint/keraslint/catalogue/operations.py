"""What an operation on tensors is: a function from bound arguments to output shapes, registered by dotted name.

Names, parameters and node classes are recorded (``ops.lookup``). It may raise what a layer may: ``Undetermined`` and
``Refused``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from keraslint.catalogue.spec import Output
from keraslint.catalogue.versions import Keras
from keraslint.values.unknown import Undetermined, Unknown


class Arguments:
    """The arguments of one operation, bound to its parameter names; tensors among them are symbolic or arrays."""

    __slots__ = ("keras", "values")

    def __init__(self, values: Mapping[str, object], keras: Keras) -> None:
        self.values = values
        self.keras = keras

    def raw(self, name: str) -> object:
        """Return an argument as it is, None where it was not given."""
        return self.values.get(name)

    def value(self, name: str) -> object:
        """Return an argument that must be known."""
        value = self.values.get(name)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return value


Operation = Callable[[Arguments], Output]


_FUNCTIONS: dict[str, Operation] = {}


def operation(*names: str) -> Callable[[Operation], Operation]:
    """Register a function as operations: ``@operation("keras.ops.squeeze", "tf.squeeze")``."""

    def register(function: Operation) -> Operation:
        for name in names:
            if name in _FUNCTIONS:
                message = f"operation {name} is registered twice"
                raise ValueError(message)
            _FUNCTIONS[name] = function
        return function

    return register


def functions() -> Mapping[str, Operation]:
    """Return the function of every operation registered so far; ``catalogue.ops.load`` registers all."""
    return _FUNCTIONS
