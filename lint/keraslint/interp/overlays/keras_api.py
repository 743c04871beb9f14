"""Keras' own modules: classes, ``Input``, functional spellings, families of objects, and what changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.ops.lookup import find
from keraslint.catalogue.signatures import layer_signature, object_signature
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph import cloning
from keraslint.graph.network import flatten
from keraslint.interp.api import note_object
from keraslint.interp.models import input_tensor
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import MISSING, Class, Function, KerasObject
from keraslint.values.unknown import Unknown, Why, undetermined

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
    """Return the class value of a layer of Keras."""
    del module
    signature = layer_signature(name, machine.keras)
    return MISSING if signature is None else machine.native_class(signature.canonical)


def resolve_keras(machine: Machine, module: str, name: str) -> object:
    """Return a member of ``keras.*``: an operation, or a class of optimizers, losses, initializers and so on."""
    entry = find(f"{module}.{name}", machine.keras)
    if entry is not None:
        full = f"{module}.{name}"

        def call(own: Machine, *args: object, **kwargs: object) -> object:
            return own.operate(full, args, kwargs)

        return RawNative(full, call)
    family = module.removeprefix("keras.")
    signature = object_signature(family, name, machine.keras)
    if signature is not None:
        return _object_class(family, name)
    if module == "keras.layers":
        return resolve_layer(machine, module, name)
    return MISSING


def _object_class(family: str, name: str) -> RawNative:
    def construct(machine: Machine, *args: object, **kwargs: object) -> object:
        signature = object_signature(family, name, machine.keras)
        names = [parameter.name for parameter in signature.parameters] if signature is not None else []
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        if kwargs or family == "callbacks":
            note_object(machine, family, name, args, kwargs)
        return KerasObject(family, name, given, machine.span)

    return RawNative(f"keras.{family}.{name}", construct)


register("resolve", {"keras.layers": RawNative("layers", resolve_layer), "keras": RawNative("keras", resolve_keras)})


# backend, configuration


@raw("keras.backend.image_data_format", "keras.config.image_data_format")
def image_data_format(machine: Machine) -> object:
    """Return the default data format."""
    return machine.builder.data_format


@raw("keras.backend.set_image_data_format", "keras.config.set_image_data_format")
def set_image_data_format(machine: Machine, data_format: object) -> None:
    """Set the default data format."""
    if isinstance(data_format, Unknown):
        data_format = "channels_first" if machine.truth(data_format) else "channels_last"
    machine.builder.data_format = str(data_format)


@raw("keras.backend.backend", "keras.config.backend")
def backend_name(machine: Machine) -> object:
    """Return the backend's name: TensorFlow is what the counts are for."""
    del machine
    return "tensorflow"


@raw("keras.backend.floatx", "keras.config.floatx")
def floatx(machine: Machine) -> object:
    """Return the default float dtype."""
    return machine.global_state.get("floatx", "float32")


@raw("keras.backend.set_floatx", "keras.config.set_floatx")
def set_floatx(machine: Machine, dtype: object) -> None:
    """Set the default float dtype."""
    if isinstance(dtype, str):
        machine.global_state["floatx"] = dtype
        machine.builder.policy = dtype


@raw("keras.backend.epsilon", "keras.config.epsilon")
def epsilon(machine: Machine) -> object:
    """Return the fuzz factor."""
    del machine
    return 1e-07


@raw("keras.backend.clear_session", "keras.utils.clear_session", "tf.keras.backend.clear_session")
def clear_session(machine: Machine, *_: object, **__: object) -> None:
    """Start the automatic names again."""
    machine.builder.names.clear()


@raw("keras.backend.int_shape")
def int_shape(machine: Machine, x: object) -> object:
    """Return a static shape as a tuple."""
    shape = machine.get_attribute(x, "shape")
    return shape if isinstance(shape, Unknown) else tuple(machine.iterate(shape))


@raw("keras.backend.ndim")
def ndim(machine: Machine, x: object) -> object:
    """Return a tensor's rank."""
    shape = machine.get_attribute(x, "shape")
    return shape if isinstance(shape, Unknown) else len(list(machine.iterate(shape)))


@raw("keras.backend.is_keras_tensor", "keras.utils.is_keras_tensor")
def is_keras_tensor(machine: Machine, x: object) -> object:
    """Return whether a value is a symbolic tensor."""
    del machine
    return x if isinstance(x, Unknown) else isinstance(x, Tensor)


@raw("keras.backend.standardize_dtype")
def standardize_dtype(machine: Machine, dtype: object) -> object:
    """Return a dtype's name."""
    return floatx(machine) if dtype is None else dtype


@raw("keras.backend.get_uid")
def get_uid(machine: Machine, prefix: object = "") -> object:
    """Return the next number for a prefix."""
    counts = machine.global_state.setdefault("uids", {})
    assert isinstance(counts, dict)
    counts[prefix] = counts.get(prefix, 0) + 1
    return counts[prefix]


def _policy_name(value: object) -> str | None:
    if isinstance(value, KerasObject):
        value = value.arguments.get("name")
    return value if isinstance(value, str) else None


@raw(
    "keras.mixed_precision.set_global_policy",
    "keras.mixed_precision.set_dtype_policy",
    "keras.mixed_precision.experimental.set_policy",
    "keras.config.set_dtype_policy",
)
def set_global_policy(machine: Machine, policy: object) -> None:
    """Set the global dtype policy."""
    name = _policy_name(policy)
    if name is None:
        undetermined(Why.INPUT, "the global dtype policy")
    machine.builder.policy = name


@raw("keras.mixed_precision.global_policy", "keras.mixed_precision.dtype_policy", "keras.config.dtype_policy")
def global_policy(machine: Machine) -> object:
    """Return the global dtype policy."""
    return KerasObject("policy", "DTypePolicy", {"name": machine.builder.policy})


@raw("keras.mixed_precision.Policy", "keras.mixed_precision.DTypePolicy", "keras.DTypePolicy")
def make_policy(machine: Machine, name: object = None, *_: object) -> object:
    """Return a dtype policy."""
    return KerasObject("policy", "DTypePolicy", {"name": name}, machine.span)


# decorators and registries


def _identity_decorator(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return what is decorated, or a decorator that does."""
    del machine, kwargs
    if len(args) == 1 and isinstance(args[0], Function | Class):
        return args[0]
    return RawNative("decorator", lambda _machine, value: value)


register("keras.api_export", {"keras_export": RawNative("keras_export", _identity_decorator)})
_REGISTER = {"register_keras_serializable": RawNative("register_keras_serializable", _identity_decorator)}
register("keras.saving", _REGISTER)
register("keras.utils", {**_REGISTER, "keras_export": RawNative("keras_export", _identity_decorator)})


# models made of models


@raw("keras.models.clone_model", inert=False)
def clone_model(machine: Machine, model: object, *_: object, **__: object) -> object:
    """Return a copy of a model: new layers with the same arguments and flags."""
    if not isinstance(model, Model):
        return machine.unknown(Why.UNSUPPORTED, "clone_model of what is no model")
    machine.watched = True
    return cloning.clone_model(machine.builder, model, machine.span)


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


# utilities


@raw("keras.utils.get_file")
def get_file(machine: Machine, *_: object, **__: object) -> object:
    """Return a path that evaluation does not know."""
    return machine.unknown(Why.DATA, "the path of a downloaded file")


@raw("keras.utils.file_utils.exists", "tf.io.gfile.exists")
def file_exists(machine: Machine, path: object) -> object:
    """Return whether a file exists: not part of the source."""
    return machine.unknown(Why.DATA, f"whether {path} exists")


@raw("keras.utils.to_categorical")
def to_categorical(machine: Machine, y: object, num_classes: object = None, *_: object, **__: object) -> object:
    """Return one-hot rows."""
    shape = machine.get_attribute(y, "shape", None)
    classes = num_classes if num_classes is not None else (y.classes if isinstance(y, Array) else None)
    if not isinstance(shape, tuple) or not isinstance(classes, int):
        return machine.unknown(Why.DATA, "one-hot labels")
    kept = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    return Array((*kept, classes), "float32")


@raw("keras.utils.plot_model", "keras.utils.model_to_dot", "keras.utils.set_random_seed", "keras.utils.enable_interactive_logging", "keras.utils.disable_interactive_logging", "keras.utils.get_custom_objects", "keras.config.disable_interactive_logging", "keras.config.enable_unsafe_deserialization", "keras.backend.set_learning_phase", "keras.backend.manual_variable_initialization", "keras.utils.argument_validation.standardize_tuple", "keras.utils.python_utils.default")  # fmt: skip
def do_nothing(machine: Machine, *_: object, **__: object) -> object:
    """Do what changes no model."""
    del machine
    return None


@raw("keras.activations.get", "keras.initializers.get", "keras.regularizers.get", "keras.constraints.get", "keras.losses.get", "keras.optimizers.get", "keras.metrics.get", "keras.activations.deserialize", "keras.initializers.deserialize", "keras.regularizers.deserialize", "keras.constraints.deserialize")  # fmt: skip
def get_object(machine: Machine, identifier: object = None, *_: object, **__: object) -> object:
    """Return an object by its identifier: a callable is itself."""
    if identifier is None or not isinstance(identifier, str):
        return identifier
    return KerasObject("function", identifier, {}, machine.span)


@raw("keras.activations.serialize", "keras.initializers.serialize", "keras.regularizers.serialize", "keras.constraints.serialize", "keras.saving.serialize_keras_object")  # fmt: skip
def serialize_object(machine: Machine, value: object = None, *_: object, **__: object) -> object:
    """Return an identifier from which ``get`` gives the object again."""
    del machine
    return value.class_name if isinstance(value, KerasObject) and not value.arguments else value


@raw("call.function", "call.activations")
def call_activation(machine: Machine, function: KerasObject, x: object, *_: object, **__: object) -> object:
    """Apply an activation: the shape stays."""
    return machine.operate(f"keras.activations.{function.class_name}", (x,), {})


@raw("call.initializers")
def call_initializer(
    machine: Machine, initializer: KerasObject, shape: object = None, *_: object, **__: object
) -> object:
    """Return data of a shape."""
    del initializer
    if isinstance(shape, list | tuple):
        return Array(tuple(shape), "float32", origin="tensor")
    return machine.unknown(Why.DATA, "initial values")


@raw("keras.tree.flatten", "tf.nest.flatten")
def tree_flatten(machine: Machine, structure: object) -> object:
    """Return the leaves of a nest."""
    del machine
    return list(flatten(structure))
