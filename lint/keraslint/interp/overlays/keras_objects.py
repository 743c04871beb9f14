"""Objects of Keras that are no layers, as members of its modules: classes, functions, ``get`` and ``serialize``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import members, object_signature, takes_any_string, understood
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph.network import tensors_in
from keraslint.interp.keras_classes import from_config, get_config
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.keras_binding import arguments_of
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import MISSING, Class, Function, Instance, KerasObject, Module
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def object_member(machine: Machine, family: str, name: str) -> object:
    """Return a class or function of Keras that no table lists; ``MISSING`` where Keras has none of that name."""
    signature = object_signature(family, name, machine.keras)
    if signature is None:
        return MISSING
    if signature.is_class:
        is_layer = signature.is_layer and family != "metrics"  # those of Keras 2 derive from Layer
        return machine.native_class(signature.canonical) if is_layer else machine.keras_class(family, name)
    full = ".".join(filter(None, ("keras", family, name)))

    def call(own: Machine, *args: object, **kwargs: object) -> object:
        arguments_of(own, family, name, args, kwargs)
        unknown = own.unknown(Why.DATA if family in {"losses", "metrics"} else Why.UNSUPPORTED, f"{full}()")
        return Tensor(unknown) if tensors_in([list(args), kwargs]) else unknown

    return RawNative(full, call)


# objects by identifier

_FAMILIES = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
_WORDS = {"activations": "activation function", "losses": "loss"}
_WORDS_TWO = {"activations": "activation function", "losses": "loss function"}


def _knows_own(machine: Machine, family: str) -> bool:
    """Return whether a name that the program registers, perhaps elsewhere, is understood."""
    return machine.keras is Keras.TWO or family == "initializers"


def _getter(family: str) -> RawNative:
    def get(machine: Machine, identifier: object = None, *_: object, **__: object) -> object:
        if identifier is None and family == "activations":
            identifier = "linear"
        if isinstance(identifier, dict):
            return _from_dict(machine, family, identifier)
        if isinstance(identifier, Class):
            return machine.call(identifier, (), {})
        if not isinstance(identifier, str):
            return identifier
        if identifier not in understood(family, machine.keras):
            is_own = identifier in machine.builder.custom_objects or ">" in identifier
            if takes_any_string(family, machine.keras) or (is_own and _knows_own(machine, family)):
                return identifier
            refused = Refused(_refusal(machine, family, identifier), error="ValueError", contract="argument")
            machine.builder.refuse(refused, Layer(identifier, "", None, machine.span), machine.span)
            raise refused
        if family == "activations":
            return _activation(machine, identifier)
        public = _public_name(machine, family, identifier)
        signature = object_signature(family, public, machine.keras) if public else None
        if signature is not None and signature.is_class and not any(p.is_required for p in signature.parameters):
            return machine.call(machine.keras_class(family, public), (), {})
        return KerasObject(family, public or identifier, {}, machine.span)

    return RawNative(f"keras.{family}.get", get)


def _activation(machine: Machine, identifier: str) -> object:
    """Return the function itself: ``activations.get("relu") is activations.relu``."""
    module = machine.import_module("keras.activations", None, whole=True)
    assert isinstance(module, Module)
    name = identifier
    if machine.keras is Keras.THREE:
        name = {"swish": "silu", "hard_swish": "hard_silu"}.get(identifier, identifier)
    found = machine.module_member(module, name)
    return KerasObject("function", identifier, {}, machine.span) if found is MISSING else found


def _refusal(machine: Machine, family: str, identifier: str) -> str:
    word = family.removesuffix("s")
    if machine.keras is Keras.THREE:
        return f"Could not interpret {_WORDS.get(family, word)} identifier: {identifier}"
    return f"Unknown {_WORDS_TWO.get(family, word)}: '{identifier}'."


def _public_name(machine: Machine, family: str, identifier: str) -> str:
    """Return the name under which ``keras.<family>`` has what a string stands for: ``glorot_uniform``, ``adam``."""
    names = members(family, machine.keras)
    folded = identifier.replace("_", "").lower()
    for wanted in (identifier, *(name for name in names if name[:1].isupper() and name.lower() == folded)):
        if wanted in names:
            return wanted
    return next((name for name in names if name.replace("_", "").lower() == folded), "")


def _from_dict(machine: Machine, family: str, config: dict[object, object]) -> object:
    name, arguments = config.get("class_name"), config.get("config", {})
    public = _public_name(machine, family, name) if isinstance(name, str) else ""
    signature = object_signature(family, public, machine.keras) if public else None
    if signature is None or not signature.is_class or not isinstance(arguments, dict):
        return machine.unknown(Why.UNSUPPORTED, "an object from a configuration")
    return from_config(machine, machine.keras_class(family, public), arguments)


for _family in _FAMILIES:
    register(f"keras.{_family}", {"get": _getter(_family), "deserialize": _getter(_family)})


@raw(*(f"keras.{family}.serialize" for family in _FAMILIES), "keras.saving.serialize_keras_object", "keras.utils.serialize_keras_object", "keras.optimizers.schedules.serialize", "keras.utils.legacy.serialize_keras_object", "keras.legacy.saving.serialize_keras_object", "keras.dtype_policies.serialize")  # fmt: skip
def serialize_object(machine: Machine, value: object = None, *_: object, **__: object) -> object:
    """Return an identifier from which ``get`` gives the object again."""
    if isinstance(value, KerasObject):
        return value.class_name if not value.arguments else {"class_name": value.class_name, "config": value.arguments}
    if isinstance(value, RawNative):
        return value.name.rpartition(".")[2]
    if isinstance(value, Layer | Instance | Function):
        return machine.unknown(Why.UNSUPPORTED, "the configuration of an object of the program")
    return value


@raw("keras.saving.deserialize_keras_object", "keras.utils.deserialize_keras_object", "keras.utils.legacy.deserialize_keras_object", "keras.legacy.saving.deserialize_keras_object")  # fmt: skip
def deserialize_object(machine: Machine, config: object = None, *_: object, **__: object) -> object:
    """Return an object of the program from its configuration, which evaluation does not do."""
    if isinstance(config, Layer | KerasObject | Unknown | None):
        return config
    return machine.unknown(Why.UNSUPPORTED, "an object from a configuration")


@raw("keras.regularizers.l1_l2")
def l1_l2(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return a regularizer: a function in Keras 2, another name of the class in Keras 3."""
    return machine.call(machine.keras_class("regularizers", "L1L2"), args, kwargs)


@raw("keras.optimizers.schedules.deserialize")
def deserialize_schedule(machine: Machine, config: object = None, *_: object, **__: object) -> object:
    """Return a schedule from its configuration, which evaluation does not do."""
    return deserialize_object(machine, config)


# what such objects do


@raw("call.function", "call.activations")
def call_activation(machine: Machine, function: KerasObject, x: object, *_: object, **__: object) -> object:
    """Apply an activation: the shape stays."""
    return machine.operate(f"keras.activations.{function.class_name}", (x,), {})


@raw("call.initializers")
def call_initializer(
    machine: Machine, initializer: KerasObject, shape: object = None, *args: object, **kwargs: object
) -> object:
    """Return data of a shape."""
    del initializer, args
    dtype = kwargs.get("dtype")
    if shape is None or isinstance(shape, Unknown):
        return machine.unknown(Why.DATA, "initial values")
    found = machine.as_shape(shape, ())
    return Array(found, dtype if isinstance(dtype, str) else "float32", origin="tensor")


@raw("call.constraints", "call.quantizers")
def call_constraint(machine: Machine, constraint: KerasObject, weight: object = None, *_: object) -> object:
    """Return a weight as a constraint leaves it: of the same shape."""
    del constraint
    return weight if isinstance(weight, Array | Tensor) else machine.unknown(Why.DATA, "a constrained weight")


register(
    "method:KerasObject",
    {
        "get_config": RawNative("get_config", get_config),
        **{
            name: RawNative(name, lambda _machine, *_args, **_kwargs: None)
            for name in (
                "apply_gradients", "minimize", "update_state", "reset_state", "reset_states", "build", "set_weights",
                "set_model", "set_params", "on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end",
                "add", "update", "load_own_variables", "save_own_variables", "assign",
            )
        },
    },
)  # fmt: skip


def _variable(name: str) -> RawNative:
    def get(machine: Machine, value: KerasObject) -> object:
        return machine.unknown(Why.DATA, f"{value.class_name}.{name}")

    return RawNative(name, get)


register("get:optimizers", {name: _variable(name) for name in ("learning_rate", "lr", "iterations", "weights")})


def compute_dtype(name: str) -> str:
    """Return the dtype that layers of a policy compute in."""
    return name.removeprefix("mixed_").rpartition("_from_")[2].removeprefix("mixed_")


def variable_dtype(name: str) -> str:
    """Return the dtype of the weights of layers of a policy."""
    own = name.rpartition("_from_")[2]
    return "float32" if own.startswith("mixed_") else own


def _of_policy(member: str) -> RawNative:
    def get(machine: Machine, policy: KerasObject) -> object:
        name = policy.arguments.get("name")
        if not isinstance(name, str):
            return machine.unknown(Why.INPUT, f"the {member} of a dtype policy")
        return {"compute_dtype": compute_dtype(name), "variable_dtype": variable_dtype(name)}.get(member, name)

    return RawNative(member, get)


register("get:policy", {name: _of_policy(name) for name in ("compute_dtype", "variable_dtype", "name")})
