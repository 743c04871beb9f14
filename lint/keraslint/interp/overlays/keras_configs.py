"""Configurations of layers and models: ``get_config``, ``from_config``, ``serialize``, ``deserialize``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.registered import check_registered, parts
from keraslint.catalogue.signatures import layer_signature
from keraslint.catalogue.spec import LayerSpec, Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph import cloning
from keraslint.interp.auto_config import auto_config, is_default
from keraslint.interp.overlays import raw
from keraslint.interp.signals import Thrown
from keraslint.values.layer import Layer, Model
from keraslint.values.program import Class
from keraslint.values.unknown import Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class ModelConfig(dict[str, object]):
    """A model's configuration: it stands for the model, of which ``from_config`` makes a copy."""

    def __init__(self, model: Model) -> None:
        super().__init__({"name": model.name})
        self.model = model


class ModelText(Unknown):
    """The text that ``to_json`` gives: what it says is not made, but ``model_from_json`` knows of which model it is."""

    __slots__ = ("config",)

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(Why.UNSUPPORTED, f"the configuration of {config.model.name} as text")
        self.config = config


@raw("method:Model.to_json")
def to_json(machine: Machine, model: Model, *_: object, **__: object) -> object:
    """Return a model's configuration as text."""
    config = machine.call(machine.get_attribute(model, "get_config"), (), {})
    if isinstance(config, ModelConfig):
        return ModelText(config)
    return machine.unknown(Why.UNSUPPORTED, f"the configuration of {model.name} as text")


@raw("keras.models.model_from_json", inert=False)
def model_from_json(machine: Machine, text: object = None, custom_objects: object = None, *_: object) -> object:
    """Return the model that a text of ``to_json`` describes."""
    if not isinstance(text, ModelText):
        return machine.unknown(Why.UNSUPPORTED, "model_from_json(): a model from text is not read")
    return layer_from_config(machine, None, text.config, custom_objects)


@raw("method:Layer.get_config")
def layer_get_config(machine: Machine, layer: Layer) -> object:
    """Return a layer's configuration: the arguments that it was made with."""
    config: dict[str, object] = {"name": layer.name, "trainable": layer.trainable, "dtype": layer.policy}
    if machine.keras is Keras.TWO and layer.input_shape is not None:
        config["batch_input_shape"] = layer.input_shape
    if is_default(layer):
        return auto_config(machine, layer, config)
    if isinstance(layer.spec, LayerSpec):
        config.update((name, value) for name, value in _kept_arguments(machine, layer.spec) if name not in config)
    elif layer.cls is None:
        undetermined(Why.UNSUPPORTED, f"the configuration of {layer.name}")
    return config


def _kept_arguments(machine: Machine, spec: LayerSpec) -> Iterator[tuple[str, object]]:
    """Yield the arguments that the configuration of a layer of Keras has."""
    signature = layer_signature(spec.class_name, machine.keras)
    recorded = signature.config if signature is not None else None
    if signature is None or recorded is None:
        undetermined(Why.UNSUPPORTED, f"the configuration of {spec.name}")
    left_out = recorded.get("without", ())
    defaults = {parameter.name: parameter.default for parameter in signature.parameters if parameter.kind != "*"}
    for name, value in spec.arguments.items():
        is_kept = name in defaults and (name not in left_out or value != defaults[name])
        if is_kept or name in recorded.get("with", ()) or (name == "activity_regularizer" and value is not None):
            yield name, value
    yield from ((name, None) for name in recorded.get("with", ()) if name not in spec.arguments)


@raw("method:Model.get_config")
def model_get_config(machine: Machine, model: Model) -> object:
    """Return a model's configuration."""
    if model.kind != "subclassed" and model.cls is None:
        return ModelConfig(model)
    if machine.keras is Keras.TWO and not is_default(model):
        return {}
    return layer_get_config(machine, model)


@raw("method:Layer.from_config", inert=False)
def layer_from_config(
    machine: Machine, cls: object, config: object = None, custom_objects: object = None, *_: object, **__: object
) -> object:
    """Return ``cls(**config)``, or a copy of the model that the configuration stands for."""
    builder = machine.builder
    if isinstance(cls, Layer):
        cls = machine.get_attribute(cls, "__class__")
    known = _known(machine, custom_objects)
    if isinstance(config, ModelConfig):
        check_registered(known, parts(config.model))
        return _copied(machine, config)
    if (
        not isinstance(config, dict)
        or not isinstance(cls, Class)
        or cls.native in {"Model", "Functional", "Sequential"}
    ):
        return machine.unknown(Why.UNSUPPORTED, "a layer from a configuration")
    if cls.native:
        check_registered(known, [*config.values()])
    try:
        return machine.call(cls, (), {name: builder.copied(value) for name, value in _taken(machine, cls, config)})
    except Refused as refused:
        refused.error = "TypeError"
        raise
    except Thrown as thrown:
        text = f"Error when deserializing class '{cls.name}'.\n\nException encountered: {thrown.message}"
        return machine.raise_error("TypeError", text)


def _copied(machine: Machine, config: ModelConfig) -> object:
    """Return a copy of the model that a configuration stands for, under the name that the program has given it."""
    name = config.get("name")
    if len(config) != 1 or not isinstance(name, str):
        return machine.unknown(Why.UNSUPPORTED, "a model from a configuration that was changed")
    copy = cloning.from_config(machine.builder, config.model, machine.span)
    copy.name = name
    return copy


def _taken(machine: Machine, cls: Class, config: dict[object, object]) -> Iterator[tuple[str, object]]:
    """Yield what of a configuration the constructor gets: not what Keras keeps there for itself."""
    signature = layer_signature(cls.native, machine.keras) if cls.native else None
    own = signature.config.get("with", ()) if signature is not None and signature.config else ()
    for name, value in config.items():
        if signature is None or name not in own or name in signature.names():
            yield str(name), value


def _known(machine: Machine, custom_objects: object) -> dict[object, object]:
    """Return the classes of the program that Keras finds by name."""
    return {**machine.builder.custom_objects, **(custom_objects if isinstance(custom_objects, dict) else {})}


@raw("keras.layers.serialize")
def serialize_layer(machine: Machine, layer: object = None, *_: object, **__: object) -> object:
    """Return a layer as a dict of its class and configuration."""
    if not isinstance(layer, Layer):
        return machine.unknown(Why.UNSUPPORTED, "what is serialized as a layer")
    config = machine.call(machine.get_attribute(layer, "get_config"), (), {})
    if not isinstance(layer.cls, Class):
        return {"module": "keras.layers", "class_name": layer.class_name, "config": config, "registered_name": None}
    names = (name for name, known in machine.builder.custom_objects.items() if known is layer.cls)
    module = layer.cls.module.name if layer.cls.module is not None else None
    name = next(names, layer.class_name)
    return {"module": module, "class_name": layer.class_name, "config": config, "registered_name": name}


@raw("keras.layers.deserialize", inert=False)
def deserialize_layer(
    machine: Machine, config: object = None, custom_objects: object = None, *_: object, **__: object
) -> object:
    """Return the layer that a dict describes."""
    if not isinstance(config, dict):
        return machine.unknown(Why.UNSUPPORTED, "a layer from a configuration")
    name, arguments = config.get("class_name"), config.get("config")
    if isinstance(arguments, ModelConfig):
        return layer_from_config(machine, None, arguments, custom_objects)
    known = _known(machine, custom_objects)
    own = known.get(config.get("registered_name"), known.get(name))
    signature = layer_signature(name, machine.keras) if isinstance(name, str) else None
    if isinstance(own, Class):
        return machine.call(machine.get_attribute(own, "from_config"), (arguments,), {})
    if config.get("registered_name") is not None or (machine.keras is Keras.THREE and "module" not in config):
        return machine.raise_error("TypeError", f"Could not locate class '{name}'.")
    if signature is None or not isinstance(arguments, dict):
        return machine.unknown(Why.UNSUPPORTED, f"a layer of the class {name} from a configuration")
    return layer_from_config(machine, machine.native_class(signature.canonical), arguments, custom_objects)
