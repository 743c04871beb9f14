"""Masks that Keras hands on by itself, from an Embedding or a Masking to a layer whose ``call`` takes ``mask``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.spec import LayerSpec
from keraslint.graph.network import flatten, tensors_in
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import Class, Function, Method
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # the machine calls
    from keraslint.interp.machine import Machine

_HAND_ON = frozenset(
    {
        "Activation",
        "BatchNormalization",
        "Dense",
        "Dropout",
        "GaussianNoise",
        "LayerNormalization",
        "ReLU",
        "SpatialDropout1D",
    }
)
"""Layers whose output has the mask of their input."""


def make_mask(machine: Machine, layer: Layer, cls: Class, inputs: object) -> None:
    """Run the program's ``compute_mask`` on symbolic tensors, as Keras 3 does after a call: it may be refused there."""
    method = cls.find("compute_mask")
    if (
        not isinstance(method, Function)
        or not tensors_in([inputs])
        or layer.attributes.get("supports_masking") is False
    ):
        return
    before = mask_of(inputs)
    if not isinstance(before, Unknown):
        machine.call(Method(method, layer), (inputs, before), {})


def mask_of(value: object) -> Tensor | Unknown | None:
    """Return the mask that comes with an input, None where none does."""
    if not isinstance(value, Tensor):
        may_have_one = any(isinstance(leaf, Tensor) and mask_of(leaf) is not None for leaf in flatten(value))
        return Unknown(Why.UNSUPPORTED, "the mask of several inputs") if may_have_one else None
    tensor, is_handed_on = value, True
    while tensor.node is not None:
        layer = tensor.node.layer
        if _makes_masks(layer):
            shape = value.shape
            if is_handed_on and isinstance(shape, tuple) and len(shape) > 2:
                return Tensor(shape[:2], "bool")
            return Unknown(Why.UNSUPPORTED, f"the mask that {layer.name} makes")
        if not tensor.node.inputs:
            break
        is_handed_on = is_handed_on and layer.class_name in _HAND_ON and layer.cls is None
        tensor = tensor.node.inputs[0]
    return None


def _makes_masks(layer: Layer) -> bool:
    if not isinstance(layer.spec, LayerSpec):
        return False
    return layer.spec.class_name == "Masking" or bool(layer.spec.arguments.get("mask_zero"))
