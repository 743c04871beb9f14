"""Heads that act on every place of an image, where one answer an image is meant."""

from __future__ import annotations

from keraslint import ModelRecord
from keraslint_rules.shape.trainings import single
from keraslint_rules.wiring import HARMLESS, Wiring


def is_unflattened(model: ModelRecord) -> bool:
    """Return whether a model of images ends in ``Dense`` over places that are not those of the input.

    A model that labels every place gives as many as it got, or makes them larger on the way.
    """
    inputs, outputs = single(model.inputs), single(model.outputs)
    if inputs is None or outputs is None or len(outputs) not in {4, 5} or len(inputs) != len(outputs):
        return False
    if model.kind == "subclassed" or not model.layers or outputs[1:-1] == inputs[1:-1]:
        return False
    if not all(isinstance(size, int) and size > 1 for size in outputs[1:-1]):
        return False
    classes = {layer.class_name for layer in model.layers}
    if any("UpSampling" in name or "Transpose" in name for name in classes):
        return False
    last = model.layers[-1]
    if last.class_name in {"Activation", "Softmax"} | HARMLESS:
        source = Wiring(model).source(last, {"Activation", "Softmax"} | HARMLESS)
        if source is None:
            return False
        last = source
    return last.class_name == "Dense" and not last.is_custom
