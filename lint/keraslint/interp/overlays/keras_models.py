"""Attributes and methods of Keras' models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.heads import heads_of
from keraslint.interp.objects import LayerList
from keraslint.interp.overlays import RawNative, raw
from keraslint.interp.overlays.keras_training import batch_of, build_for, rows_of, train
from keraslint.interp.tracking import track
from keraslint.values.array import Array
from keraslint.values.dim import Dim
from keraslint.values.layer import Model, Tensor
from keraslint.values.program import Class, KerasObject
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("get:Model.layers", "get:Model._layers", "get:Model._self_tracked_trackables")
def model_layers(machine: Machine, model: Model) -> object:
    """Return the list of a model's layers."""
    if model.trouble is not None and model.kind != "subclassed":
        raise Undetermined(model.trouble)
    track(model, machine.keras)
    return LayerList(model)


def _tensors(machine: Machine, model: Model, tensors: list[Tensor]) -> object:
    if model.trouble is not None:
        raise Undetermined(model.trouble)
    if not tensors:
        return (
            machine.raise_error("AttributeError", f"{model.name} has no defined inputs yet")
            if model.kind == "sequential"
            else None
        )
    return list(tensors)


@raw("get:Model.inputs")
def model_inputs(machine: Machine, model: Model) -> object:
    """Return the list of a model's input tensors."""
    return _tensors(machine, model, model.flat_inputs)


@raw("get:Model.outputs")
def model_outputs(machine: Machine, model: Model) -> object:
    """Return the list of a model's output tensors."""
    return _tensors(machine, model, model.flat_outputs)


def _names(tensors: list[Tensor]) -> list[object]:
    return [tensor.node.layer.name for tensor in tensors if tensor.node is not None]


@raw("get:Model.input_names")
def model_input_names(machine: Machine, model: Model) -> object:
    """Return the names of the inputs."""
    del machine
    return _names(model.flat_inputs)


@raw("get:Model.output_names")
def model_output_names(machine: Machine, model: Model) -> object:
    """Return the names of the layers that make the outputs."""
    del machine
    return _names(model.flat_outputs)


@raw("get:Model.optimizer")
def model_optimizer(machine: Machine, model: Model) -> object:
    """Return the optimizer that the model was compiled with."""
    del machine
    return model.optimizer


@raw("get:Model.loss")
def model_loss(machine: Machine, model: Model) -> object:
    """Return the loss that the model was compiled with."""
    del machine
    return model.loss


@raw("method:Model.get_layer")
def get_layer(machine: Machine, model: Model, name: object = None, index: object = None) -> object:
    """Return a layer by name or index."""
    layers = model_layers(machine, model)
    assert isinstance(layers, list)
    if isinstance(name, Unknown) or isinstance(index, Unknown):
        return machine.unknown(Why.INPUT, f"a layer of {model.name} by an unknown name")
    if index is not None:
        return machine.get_item(layers, index)
    if isinstance(name, int):
        return machine.get_item(layers, name)
    for layer in layers:
        if layer.name == name:
            return layer
    return machine.raise_error("ValueError", f"No such layer: {name}")


@raw("method:Model.add", inert=False)
def model_add(machine: Machine, model: Model, layer: object = None, *_: object, **__: object) -> None:
    """Add a layer to a Sequential."""
    if model.kind != "sequential":
        machine.raise_error("AttributeError", f"'{model.class_name}' object has no attribute 'add'")
    machine.builder.add(model, layer, machine.span)


@raw("method:Model.pop", inert=False)
def model_pop(machine: Machine, model: Model, *_: object, **__: object) -> None:
    """Remove a Sequential's last layer."""
    machine.builder.pop(model)


@raw("method:Model.compile", inert=False)
def model_compile(machine: Machine, model: Model, *args: object, **kwargs: object) -> None:
    """Note what a model is compiled with."""
    given = {**dict(zip(("optimizer", "loss", "loss_weights", "metrics"), args, strict=False)), **kwargs}
    model.optimizer = given.get("optimizer", "rmsprop")
    model.loss = given.get("loss")
    facts = {key: _plain(value) for key, value in given.items()}
    facts["heads"] = heads_of(model)
    machine.builder.compile_model(model, machine.span, facts)


def _plain(value: object) -> object:
    """Return a value as rules may read it: ``{"$class": …}`` for an object of Keras, ``"?"`` where it is not known."""
    match value:
        case KerasObject() if value.family == "function":
            return {"$function": value.class_name}
        case KerasObject():
            return {
                "$class": value.class_name,
                "$span": value.span,
                **{k: _plain(v) for k, v in value.arguments.items()},
            }
        case RawNative():
            return {"$function": value.name.rpartition(".")[2]}
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case int() | float() | str() | None:
            return value
        case _:
            return "?"


@raw("method:Model.fit", "method:Model.fit_generator", inert=False)
def model_fit(
    machine: Machine, model: Model, x: object = None, y: object = None, *args: object, **kwargs: object
) -> object:
    """Note a training; a model that is not built yet is built for the data's shape."""
    given = {**dict(zip(_FIT, args, strict=False)), **kwargs}
    rows = rows_of(machine, x, given.get("batch_size"), split=given.get("validation_split"))
    train(machine, model, x, y, rows)
    facts: dict[str, object] = {
        name: _plain(given[name]) for name in ("callbacks", "validation_split") if name in given
    }
    facts["validates"] = _validates(given)
    facts["in_doubt"] = _may_be_compiled(machine, model)
    machine.builder.fit_model(model, machine.span, facts)
    return machine.unknown(Why.DATA, f"the history of {model.name or 'a model'}")


_FIT = ("batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data")


def _may_be_compiled(machine: Machine, model: Model) -> bool:
    """Return whether code that is not followed may have compiled a model."""
    is_opaque = isinstance(model.cls, Class) and any(cls.opaque is not None for cls in model.cls.mro)
    return is_opaque or any(layer is model for layer, _ in machine.escaped)


def _validates(given: dict[str, object]) -> object:
    """Return whether a ``fit`` validates: True, False, or ``"?"``."""
    if "**" in given or isinstance(given.get("validation_data"), Unknown | str):
        return "?"
    split = given.get("validation_split", 0)
    if isinstance(split, Unknown):
        return "?"
    return given.get("validation_data") is not None or bool(split)


@raw("method:Model.train_on_batch", inert=False)
def model_train_on_batch(
    machine: Machine, model: Model, x: object = None, y: object = None, *_: object, **__: object
) -> object:
    """Note a training on one batch."""
    train(machine, model, x, y, _length(x))
    machine.builder.fit_model(model, machine.span, {"in_doubt": _may_be_compiled(machine, model)})
    return machine.unknown(Why.DATA, f"the loss of {model.name or 'a model'}")


@raw("method:Model.predict", "method:Model.predict_generator", "method:Model.predict_classes")
def model_predict(
    machine: Machine, model: Model, x: object = None, batch_size: object = None, *_: object, **__: object
) -> object:
    """Run a model on data: it is built for the data's shape."""
    build_for(machine, model, batch_of(machine, x, rows_of(machine, x, batch_size, is_first=True)))
    return machine.unknown(Why.DATA, "what a model predicts")


@raw("method:Model.evaluate", "method:Model.evaluate_generator")
def model_evaluate(machine: Machine, model: Model, x: object = None, y: object = None, batch_size: object = None, *_: object, **__: object) -> object:  # fmt: skip
    """Run a model on data and labels: it is built for the data's shape."""
    del y
    build_for(machine, model, batch_of(machine, x, rows_of(machine, x, batch_size)))
    return machine.unknown(Why.DATA, "what a model's evaluation gives")


@raw("method:Model.predict_on_batch", "method:Model.test_on_batch")
def model_on_batch(machine: Machine, model: Model, x: object = None, *_: object, **__: object) -> object:
    """Run a model on one batch."""
    build_for(machine, model, batch_of(machine, x, _length(x)))
    return machine.unknown(Why.DATA, "what a model predicts")


def _length(x: object) -> Dim | None:
    return x.shape[0] if isinstance(x, Array) and isinstance(x.shape, tuple) and x.shape else None


@raw("method:Model.summary", "method:Model.save", "method:Model.save_weights", "method:Model.load_weights", "method:Model.export", "method:Model.reset_metrics", "method:Model.reset_states", "method:Model.compile_from_config", "method:Model.make_train_function", "method:Model.make_test_function", "method:Model.make_predict_function", "method:Model.get_compile_config")  # fmt: skip
def model_inert(machine: Machine, model: Model, *args: object, **kwargs: object) -> None:
    """Do what changes no layer."""
    del machine, model, args, kwargs


@raw("method:Model.to_yaml", "method:Model.get_metrics_result")
def model_text(machine: Machine, model: Model, *_: object, **__: object) -> object:
    """Return text that evaluation does not make."""
    return machine.unknown(Why.UNSUPPORTED, f"the configuration of {model.name} as text")
