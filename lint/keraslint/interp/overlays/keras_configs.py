"""Configurations of layers and models: ``get_config``, ``from_config``, ``serialize``, ``deserialize``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import layer_signature
from keraslint.catalogue.versions import Keras
from keraslint.graph.cloning import clone_model
from keraslint.interp.overlays import raw
from keraslint.values.layer import Layer, Model
from keraslint.values.program import Class
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class ModelConfig(dict[str, object]):
    """A model's configuration: it stands for the model, of which ``from_config`` makes a copy."""

    def __init__(self, model: Model) -> None:
        super().__init__({"name": model.name})
        self.model = model


@raw("method:Layer.get_config")
def layer_get_config(machine: Machine, layer: Layer) -> object:
    """Return a layer's configuration: the arguments that it was made with."""
    del machine
    config: dict[str, object] = {"name": layer.name, "trainable": layer.trainable, "dtype": layer.dtype}
    if layer.spec is not None:
        config.update({k: v for k, v in layer.spec.arguments.items() if k not in config and not k.startswith("input_")})
    return config


@raw("method:Model.get_config")
def model_get_config(machine: Machine, model: Model) -> object:
    """Return a model's configuration."""
    if model.kind == "subclassed" or model.cls is not None:
        return layer_get_config(machine, model)
    return ModelConfig(model)


@raw("method:Layer.from_config", inert=False)
def layer_from_config(machine: Machine, cls: object, config: object = None, *_: object, **__: object) -> object:
    """Return ``cls(**config)``, or a copy of the model that the configuration stands for."""
    if isinstance(cls, Layer):
        cls = machine.get_attribute(cls, "__class__")
    if isinstance(config, ModelConfig):
        return clone_model(machine.builder, config.model, machine.span)
    is_layer = isinstance(cls, Class) and all(base.native not in {"Model", "Sequential"} for base in cls.mro)
    if isinstance(config, dict) and is_layer:
        return machine.call(cls, (), {str(key): value for key, value in config.items()})
    return machine.unknown(Why.UNSUPPORTED, "a layer from a configuration")


@raw("keras.layers.serialize")
def serialize_layer(machine: Machine, layer: object = None, *_: object, **__: object) -> object:
    """Return a layer as a dict of its class and configuration."""
    if not isinstance(layer, Layer) or layer.cls is not None:
        return machine.unknown(Why.UNSUPPORTED, "a serialized layer of the program's own class")
    config = machine.call(machine.get_attribute(layer, "get_config"), (), {})
    return {"module": "keras.layers", "class_name": layer.class_name, "config": config, "registered_name": None}


@raw("keras.layers.deserialize", inert=False)
def deserialize_layer(machine: Machine, config: object = None, *_: object, **__: object) -> object:
    """Return the layer that a dict describes."""
    if not isinstance(config, dict):
        return machine.unknown(Why.UNSUPPORTED, "a layer from a configuration")
    name, arguments = config.get("class_name"), config.get("config")
    signature = layer_signature(name, machine.keras) if isinstance(name, str) else None
    if isinstance(arguments, ModelConfig):
        return clone_model(machine.builder, arguments.model, machine.span)
    if signature is None or not isinstance(arguments, dict):
        return machine.unknown(Why.UNSUPPORTED, f"a layer of the class {name} from a configuration")
    if machine.keras is Keras.THREE and "module" not in config:
        return machine.raise_error("TypeError", f"Could not locate class '{name}'.")
    return machine.construct(signature.canonical, (), {str(key): value for key, value in arguments.items()})
