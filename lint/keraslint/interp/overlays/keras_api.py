"""Keras' own modules: classes, ``Input``, functional spellings, families of objects, and what changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.ops.lookup import find
from keraslint.catalogue.signatures import layer_signature
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph import cloning
from keraslint.graph.network import flatten
from keraslint.interp.models import input_tensor
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.keras_objects import object_member
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import MISSING, Class, Function
from keraslint.values.unknown import Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _class(name: str) -> Lazy:
    return Lazy(lambda machine: machine.native_class(name))


_MODELS = {"Model": _class("Model"), "Sequential": _class("Sequential"), "Functional": _class("Functional")}
register("keras", {**_MODELS, "Layer": _class("Layer")})
register("keras.models", {**_MODELS, "Layer": _class("Layer"), "Network": _class("Model")})
register("keras.layers", {"Layer": _class("Layer")})


def make_input(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return a symbolic input tensor."""
    names: tuple[str, ...] = ("shape", "batch_size", "dtype", "sparse", "batch_shape", "name", "tensor", "optional")
    if machine.keras is Keras.TWO:
        names = ("shape", "batch_size", "name", "dtype", "sparse", "tensor", "ragged", "type_spec", "batch_shape")
    if len(args) > len(names):
        machine.raise_error("TypeError", "Input() takes fewer positional arguments")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    unexpected = [name for name in kwargs if name not in names and name not in {"ragged", "batch_input_shape"}]
    if unexpected:
        machine.raise_error("TypeError", f"Input() got an unexpected keyword argument '{unexpected[0]}'")
    try:
        return input_tensor(machine, given)
    except Refused as refused:
        machine.builder.refuse(refused, Layer("InputLayer", "input", None, machine.span), machine.span)
        raise


_INPUT = {"Input": RawNative("keras.Input", make_input, inert=False)}
register("keras", _INPUT)
register("keras.layers", _INPUT)
register("keras.models", _INPUT)


# functional spellings of merging layers


def _merging(name: str) -> RawNative:
    def merge(machine: Machine, inputs: object, *args: object, **kwargs: object) -> object:
        layer = machine.construct(name, args, kwargs)
        return machine.call(layer, (inputs,), {})

    return RawNative(f"keras.layers.{name.lower()}", merge, inert=False)


register(
    "keras.layers",
    {
        name.lower(): _merging(name)
        for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")
    },
)


# what resolves members that no table lists


def resolve_layer(machine: Machine, module: str, name: str) -> object:
    """Return the class value of a layer of Keras, from whichever module below ``keras.layers``."""
    inside = module.removeprefix("keras.layers").removeprefix(".")
    signature = layer_signature(f"{inside}.{name}" if inside else name, machine.keras)
    return MISSING if signature is None else machine.native_class(signature.canonical)


def resolve_keras(machine: Machine, module: str, name: str) -> object:
    """Return a member of ``keras.*``: an operation, or a class of optimizers, losses, initializers and so on."""
    entry = find(f"{module}.{name}", machine.keras)
    if entry is not None:
        full = f"{module}.{name}"

        def call(own: Machine, *args: object, **kwargs: object) -> object:
            return own.operate(full, args, kwargs)

        return RawNative(full, call)
    if module == "keras.layers":
        found = resolve_layer(machine, module, name)
        return object_member(machine, "layers", name) if found is MISSING else found
    return object_member(machine, module.removeprefix("keras.") if module != "keras" else "", name)


register("resolve", {"keras.layers": RawNative("layers", resolve_keras), "keras": RawNative("keras", resolve_keras)})


# decorators and registries


def identity_decorator(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return what is decorated, or a decorator that does."""
    del machine, kwargs
    if len(args) == 1 and isinstance(args[0], Function | Class):
        return args[0]
    return RawNative("decorator", lambda _machine, value: value)


def _register_serializable(machine: Machine, package: object = "Custom", name: object = None) -> object:
    """Return a decorator that registers a class or function under ``package>name``."""

    def decorate(own: Machine, value: object) -> object:
        if isinstance(value, Function | Class):
            own.builder.custom_objects[f"{package}>{value.name if name is None else name}"] = value
        return value

    if isinstance(package, Function | Class):
        return package
    del machine
    return RawNative("decorator", decorate)


register("keras.api_export", {"keras_export": RawNative("keras_export", identity_decorator)})
_REGISTER = {"register_keras_serializable": RawNative("register_keras_serializable", _register_serializable)}
register("keras.saving", _REGISTER)
register("keras.utils", {**_REGISTER, "keras_export": RawNative("keras_export", identity_decorator)})


# models made of models


@raw("keras.models.clone_model", inert=False)
def clone_model(
    machine: Machine,
    model: object,
    input_tensors: object = None,
    clone_function: object = None,
    *_: object,
    **__: object,
) -> object:
    """Return a copy of a model: new layers with the same arguments and flags, or those that a function makes."""
    del input_tensors
    if not isinstance(model, Model):
        return machine.unknown(Why.UNSUPPORTED, "clone_model of what is no model")
    machine.watched = True
    if model.kind == "subclassed" or (_has_config(model) and model.kind == "functional" and clone_function is None):
        if clone_function is not None:
            machine.raise_error("ValueError", "`clone_function` is only supported for Sequential or Functional models.")
        return machine.builder.program.clone_custom(model, {})
    if clone_function is None:
        return cloning.clone_model(machine.builder, model, machine.span)

    def make(layer: Layer) -> Layer:
        made = machine.call(clone_function, (layer,), {})
        if not isinstance(made, Layer):
            undetermined(Why.UNSUPPORTED, f"what the clone_function makes of {layer.name}")
        return made

    return cloning.clone_model(machine.builder, model, machine.span, make)


def _has_config(model: Model) -> bool:
    return isinstance(model.cls, Class) and isinstance(model.cls.find("get_config"), Function)


@raw("keras.models.load_model", "keras.saving.load_model")
def load_model(machine: Machine, path: object = "", *_: object, **__: object) -> object:
    """Return a model from a file: its architecture is not in the source."""
    return machine.unknown(Why.DATA, f"load_model({path if isinstance(path, str) else '…'}): the file is not read")


@raw(
    "keras.ops.operation_utils.get_source_inputs",
    "keras.utils.get_source_inputs",
    "keras.utils.layer_utils.get_source_inputs",
)
def get_source_inputs(machine: Machine, tensor: object, *_: object) -> object:
    """Return the input tensors that a tensor depends on."""
    if not isinstance(tensor, Tensor):
        return machine.unknown(Why.UNSUPPORTED, "the source inputs of what is no tensor")
    found: list[object] = []
    seen: set[int] = set()
    pending = [tensor]
    while pending:
        current = pending.pop(0)
        if id(current) in seen or current.node is None:
            continue
        seen.add(id(current))
        if not current.node.inputs:
            found.append(current)
        pending.extend(current.node.inputs)
    return found


@raw("keras.tree.flatten", "tf.nest.flatten")
def tree_flatten(machine: Machine, structure: object) -> object:
    """Return the leaves of a nest."""
    del machine
    return list(flatten(structure))
