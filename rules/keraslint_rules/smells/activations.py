"""What a layer does with its input beyond a linear map: its activation."""

from __future__ import annotations

from keraslint import LayerRecord

_LAYERS = {"Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "PReLU": "prelu"}


def activation_of(layer: LayerRecord) -> str | None:
    """Return the name of a layer's activation, ``linear`` for none; None where it is not known or has none to speak of.

    A ``ReLU`` or ``Softmax`` with arguments of its own is another function, so not known either.
    """
    if layer.is_custom:
        return None
    if layer.class_name in _LAYERS:
        return _LAYERS[layer.class_name] if _is_usual(layer) else None
    if "activation" not in layer.arguments:
        return None
    value = layer.arguments["activation"]
    return "linear" if value is None else str(value)


def is_linear(layer: LayerRecord) -> bool:
    """Return whether a layer is known to be a linear map with weights: a convolution or ``Dense`` with no activation."""
    return layer.class_name in LINEAR and not layer.is_custom and activation_of(layer) == "linear"


LINEAR = {"Dense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
          "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "EinsumDense"}  # fmt: skip


def _is_usual(layer: LayerRecord) -> bool:
    get = layer.arguments.get
    return (
        get("max_value") is None
        and get("negative_slope", 0) in {0, 0.3}
        and get("threshold", 0) == 0
        and get("axis", -1) == -1
    )
