"""What evaluation answers for layers that the analysed program defines itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from keraslint.catalogue.spec import Call
from keraslint.values.layer import Layer
from keraslint.values.shape import AnyShape


class Program(Protocol):
    """What evaluation answers for layers whose class the program defines."""

    @property
    def is_tracing(self) -> bool:
        """Whether a ``call`` of the program is being run, where Keras runs layers on TensorFlow's own tensors."""
        ...

    def build_custom(self, layer: Layer, call: Call) -> None:
        """Run the class's ``build`` where it has one, before its first call."""
        ...

    def call_custom(self, layer: Layer, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Run the class's ``call`` on tensors and return what it returns."""
        ...

    def call_function(self, function: object, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Call a function value of the program."""
        ...

    def attribute(self, layer: Layer, name: str) -> object:
        """Return an attribute of a layer whose class the program defines."""
        ...

    def as_shape(self, value: object, lead: tuple[object, ...]) -> AnyShape:
        """Return a shape from what the program gives as one."""
        ...

    def clone_custom(self, layer: Layer, changes: Mapping[str, object]) -> Layer:
        """Return ``type(layer).from_config(layer.get_config())`` of a layer whose class the program defines."""
        ...

    def is_like_functional(self, model: Layer) -> bool:
        """Return whether the class of a model is made of inputs and outputs, as ``keras.Model`` is."""
        ...
