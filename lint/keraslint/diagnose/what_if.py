"""What a layer would give for another input: the catalogue's knowledge, for rules that look for a size that fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from keraslint.catalogue.spec import Call, Refused, layer_specs
from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import LayerRecord
from keraslint.values.layer import Layer, Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Why, undetermined


def output_shape(layer: LayerRecord, inputs: Sequence[Shape], keras: str) -> Shape | None:
    """Return the shape that a layer of Keras makes of inputs; None where it refuses them or is not known well enough.

    The layer's own arguments hold; its weights play no part, so for a layer on other channels the answer is that of
    a fresh layer.
    """
    from keraslint.catalogue import layers as _families  # noqa: F401  registers every layer, when it is needed

    spec_class = layer_specs().get(layer.class_name)
    if spec_class is None or layer.is_custom or layer.is_operation or not inputs:
        return None
    tensors = [Tensor(shape, layer.dtype) for shape in inputs]
    call = Call((tensors if len(tensors) > 1 else tensors[0],), {})
    try:
        output = spec_class(layer.class_name, layer.arguments, _Alone(Keras(keras))).output(call)
    except (Refused, Undetermined):
        return None
    return output if isinstance(output, tuple) else None


class _Alone:
    """The host of a layer that stands alone: it can make no others."""

    data_format = "channels_last"

    weights_made = 0
    is_inside = False

    def __init__(self, keras: Keras) -> None:
        self.keras = keras
        self.custom_objects: dict[object, object] = {}

    def dtypes(self, dtype: object) -> tuple[str, str]:
        """Return the variable dtype and the compute dtype of a ``dtype`` argument."""
        name = dtype if isinstance(dtype, str) else "float32"
        return ("float32", name.removeprefix("mixed_")) if name.startswith("mixed_") else (name, name)

    def make(self, class_name: str, /, **arguments: object) -> Layer:
        """Raise ``Undetermined``."""
        _no_others(class_name, arguments)

    def use_up(self, class_name: str) -> None:
        """Raise ``Undetermined``."""
        _no_others(class_name, {})

    def clone(self, layer: Layer, **changes: object) -> Layer:
        """Raise ``Undetermined``."""
        _no_others(layer.name, changes)

    def apply(self, layer: Layer, *args: object, **kwargs: object) -> object:
        """Raise ``Undetermined``."""
        _no_others(layer.name, args, kwargs)

    def build(self, layer: Layer, shape: Shape) -> None:
        """Raise ``Undetermined``."""
        _no_others(layer.name, shape)

    def attribute(self, layer: Layer, name: str) -> object:
        """Raise ``Undetermined``."""
        _no_others(layer.name, name)

    def call(self, function: object, *args: object, **kwargs: object) -> object:
        """Raise ``Undetermined``."""
        _no_others("a function", function, args, kwargs)


def _no_others(name: str, *_: object) -> NoReturn:
    undetermined(Why.UNSUPPORTED, f"{name} outside of its model")
