"""Methods that change a layer after its construction: ``enable_lora``, ``quantize``, ``adapt``, vocabularies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.catalogue.layers.attention_heads import ProjectedAttention
from keraslint.catalogue.layers.preprocessing import Normalization, shape_of_data
from keraslint.catalogue.layers.preprocessing_categories import Discretization
from keraslint.catalogue.layers.preprocessing_lookup import Lookup, TextVectorization
from keraslint.catalogue.layers.recurrent import UnitLayer
from keraslint.catalogue.layers.recurrent_cells import RNN
from keraslint.catalogue.spec import Call, Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph import quantize
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.tf_data import Dataset
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import Method
from keraslint.values.unknown import Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _enable_lora(machine: Machine, layer: Layer, rank: object = None, *_: object, **__: object) -> None:
    quantize.enable_lora(machine.builder, layer, rank, machine.span)


_LORA = RawNative("Layer.enable_lora", _enable_lora, inert=False)


@raw("get:Layer.enable_lora")
def layer_enable_lora(machine: Machine, layer: Layer) -> object:
    """Return the method where the class has it."""
    if machine.keras is Keras.TWO or not quantize.has_low_rank(layer):
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'enable_lora'")
    return Method(_LORA, layer)


@raw("get:Layer.quantize")
def quantize_method(machine: Machine, layer: Layer) -> object:
    """Return the method, which Keras 3 has."""
    if machine.keras is Keras.TWO:
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'quantize'")
    return Method(_QUANTIZE_MODEL if isinstance(layer, Model) else _QUANTIZE, layer)


def _quantize_layer(machine: Machine, layer: Layer, mode: object = None, *, config: object = None, **_: object) -> None:
    quantize.quantize_layer(machine.builder, layer, mode, config, machine.span)


def _quantize_model(
    machine: Machine, model: Model, mode: object = None, config: object = None, filters: object = None, **_: object
) -> None:
    quantize.quantize_model(
        machine.builder, model, mode, config, is_chosen=_filter(machine, filters), span=machine.span
    )


_QUANTIZE = RawNative("Layer.quantize", _quantize_layer, inert=False)
_QUANTIZE_MODEL = RawNative("Model.quantize", _quantize_model, inert=False)


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


# what layers learn from data


@raw("method:Layer.adapt", inert=False)
def layer_adapt(machine: Machine, layer: Layer, data: object = None, *_: object, **__: object) -> object:
    """Learn from data: a vocabulary, or mean and variance."""
    spec = layer.spec
    if isinstance(layer, Model) or not isinstance(spec, Lookup | TextVectorization | Discretization | Normalization):
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'adapt'")
    if isinstance(spec, Normalization):
        _adapt_statistics(machine, layer, data)
        return None
    items = _items(data)
    if isinstance(spec, Discretization):
        spec.learn(Unknown(Why.DATA, f"the bins of {layer.name}, which adapt() finds in data", machine.span))
    elif items is None:
        spec.learn(Unknown(Why.DATA, f"the vocabulary of {layer.name}, which adapt() finds in data", machine.span))
    else:
        spec.learn_from(items)
    return None


def _adapt_statistics(machine: Machine, layer: Layer, data: object) -> None:
    """Make mean and variance for the shape of data."""
    shape = shape_of_data(data.element if isinstance(data, Dataset) else data)
    if layer.built or shape is None:
        return
    if isinstance(data, Dataset) and len(shape) == 1:
        shape = (None, *shape)
    lead = shape[:1] if machine.keras is Keras.THREE else (None,)
    layer.built = True
    try:
        machine.builder.build_layer(layer, Call((Tensor((*lead, *shape[1:])),), {}))
    except Refused as refused:
        machine.builder.refuse(refused, layer, machine.span)
        raise


def _items(data: object) -> list[object] | None:
    """Return the values in data, None where they are not known."""
    if isinstance(data, Array):
        data = data.items
    if not isinstance(data, list | tuple):
        return None
    found: list[object] = []
    for item in data:
        if isinstance(item, list | tuple):
            inner = _items(item)
            if inner is None:
                return None
            found += inner
        elif isinstance(item, str | int | float):
            found.append(item)
        else:
            return None
    return found


@raw("method:Layer.set_vocabulary", inert=False)
def layer_set_vocabulary(machine: Machine, layer: Layer, vocabulary: object = None, *_: object, **__: object) -> None:
    """Take over a vocabulary."""
    spec = layer.spec
    if isinstance(spec, Lookup | TextVectorization):
        items = _items(vocabulary)
        if items is None:
            spec.learn(Unknown(Why.DATA, f"the vocabulary of {layer.name}", machine.span))
        else:
            spec.set_tokens(items)


@raw("method:Layer.vocabulary_size", "method:Layer.vocab_size")
def layer_vocabulary_size(machine: Machine, layer: Layer) -> object:
    """Return the size of a vocabulary with its special tokens."""
    spec = layer.spec
    if not isinstance(spec, Lookup | TextVectorization):
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'vocabulary_size'")
    size = spec.vocabulary_size()
    return spec.first_token() if size is None else size


@raw("method:Layer.get_vocabulary")
def layer_get_vocabulary(machine: Machine, layer: Layer, include_special_tokens: object = True) -> object:
    """Return a vocabulary: as many tokens as there are, of which not all need be known."""
    spec = layer.spec
    if not isinstance(spec, Lookup | TextVectorization):
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'get_vocabulary'")
    tokens = spec.tokens()
    if tokens is None:
        return machine.unknown(Why.DATA, f"the vocabulary of {layer.name}")
    special = spec.special_tokens() if include_special_tokens else []
    return [*special, *tokens]


# layers inside of layers


def _inner(attribute: str, child: str) -> RawNative:
    def get(machine: Machine, layer: Layer) -> object:
        for inner in layer.spec.children if isinstance(layer.spec, ProjectedAttention) else ():
            if inner.name.endswith(child):
                return inner
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute '{attribute}'")

    return RawNative(f"Layer.{attribute}", get)


_PROJECTIONS = {
    "_query_dense": "query",
    "_key_dense": "key",
    "_value_dense": "value",
    "_output_dense": "attention_output",
}
register("get:Layer", {attribute: _inner(attribute, child) for attribute, child in _PROJECTIONS.items()})


def _direction(attribute: str, index: int) -> RawNative:
    def get(machine: Machine, layer: Layer) -> object:
        if layer.class_name == "Bidirectional" and len(layer.children) == 2:
            return layer.children[index]
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute '{attribute}'")

    return RawNative(f"Layer.{attribute}", get)


register(
    "get:Layer", {"forward_layer": _direction("forward_layer", 0), "backward_layer": _direction("backward_layer", 1)}
)


@raw("get:Layer.cell")
def layer_cell(machine: Machine, layer: Layer) -> object:
    """Return a recurrent layer's cell; that of LSTM and the like has the layer's own weights, and is the layer here."""
    if isinstance(layer.spec, UnitLayer):
        return layer
    if isinstance(layer.spec, RNN) and layer.children:
        return layer.children[0]
    return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'cell'")
