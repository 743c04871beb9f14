"""Methods that change a layer after its construction: ``enable_lora``, ``quantize``, ``adapt``, vocabularies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.graph import quantize
from keraslint.interp.overlays import RawNative, raw
from keraslint.values.layer import Layer, Model
from keraslint.values.program import Method
from keraslint.values.unknown import Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _enable_lora(machine: Machine, layer: Layer, rank: object = None, *_: object, **__: object) -> None:
    quantize.enable_lora(machine.builder, layer, rank, machine.span)


_LORA = RawNative("Layer.enable_lora", _enable_lora, inert=False)


@raw("get:Layer.enable_lora")
def layer_enable_lora(machine: Machine, layer: Layer) -> object:
    """Return the method where the class has it."""
    if not quantize.has_low_rank(layer):
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'enable_lora'")
    return Method(_LORA, layer)


@raw("method:Layer.quantize", inert=False)
def layer_quantize(machine: Machine, layer: Layer, mode: object = None, *, config: object = None, **_: object) -> None:
    """Store a layer's kernel in fewer bits."""
    quantize.quantize_layer(machine.builder, layer, mode, config, machine.span)


@raw("method:Model.quantize", inert=False)
def model_quantize(
    machine: Machine, model: Model, mode: object = None, config: object = None, filters: object = None, **_: object
) -> None:
    """Store the kernels of a model's layers in fewer bits."""
    quantize.quantize_model(
        machine.builder, model, mode, config, is_chosen=_filter(machine, filters), span=machine.span
    )


def _filter(machine: Machine, filters: object) -> Callable[[Layer], bool]:
    """Return which layers a regular expression, a list of them, or a function of the program chooses."""
    if filters is None:
        return lambda _layer: True
    if isinstance(filters, str):
        filters = [filters]
    if isinstance(filters, list | tuple):
        try:
            patterns = [re.compile(str(pattern)) for pattern in filters]
        except re.error as error:
            undetermined(Why.UNSUPPORTED, f"the pattern of a filter: {error}")
        return lambda layer: any(pattern.search(layer.name) for pattern in patterns)
    return lambda layer: machine.truth(machine.call(filters, (layer,), {}))
