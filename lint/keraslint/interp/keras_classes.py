"""Classes of Keras that are no layers: optimizers, losses, metrics, callbacks … called, derived from, asked about.

Calling one gives a ``KerasObject`` whose arguments Keras' own constructor would take; a class of the program that derives
from one is an ordinary class, whose attributes and methods are unknown where the program does not define them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import ClassSignature, object_signature
from keraslint.catalogue.versions import Keras
from keraslint.graph.network import tensors_in
from keraslint.interp.api import note_object
from keraslint.interp.classes import builtin_class
from keraslint.interp.instances import new_instance
from keraslint.interp.objects import ClassMethod, StaticMethod
from keraslint.interp.overlays import RawNative
from keraslint.interp.overlays.keras_binding import arguments_of
from keraslint.values.array import Array
from keraslint.values.layer import Tensor, Weight
from keraslint.values.program import Class, Instance, KerasObject
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the machine has these functions as its methods
    from keraslint.interp.machine import Machine

_ROOTS = {"Quantizer": "quantizers", "FloatDTypePolicy": "dtype_policies", "DTypePolicy": "dtype_policies"}
for _name in ("Initializer", "Loss", "Metric", "Optimizer", "Regularizer"):
    _ROOTS[_name] = {"Loss": "losses"}.get(_name, f"{_name.lower()}s")
_CALLABLE = {"initializers", "losses", "metrics", "regularizers", "constraints", "optimizers", "quantizers"}


def keras_class(machine: Machine, family: str, name: str) -> Class:
    """Return the class value of an optimizer, loss, initializer … of Keras, one for all names that it has."""
    signature = object_signature(family, name, machine.keras)
    canonical = signature.canonical if signature is not None else name
    root = _root(family, name, signature)
    key = f"keras:{root}:{canonical}"
    found = machine.builtin_classes.get(key)
    if found is not None:
        return found
    cls = machine.builtin_classes[key] = Class(canonical, [], {}, None)
    names = () if signature is None or not signature.is_class else signature.bases
    recorded = ((base, object_signature(root, base, machine.keras)) for base in names)
    public = [base for base, found in recorded if found is not None and found.is_class and found.canonical != canonical]
    bases = [base for base in (keras_class(machine, root, name) for name in public) if base is not cls]
    cls.bases.append(bases[0] if bases else builtin_class(machine, "object"))
    cls.mro = [cls, *bases, builtin_class(machine, "object")]
    if signature is not None and signature.is_class:
        cls.attributes.update(_members(family, name, cls))
    return cls


def _root(family: str, name: str, signature: ClassSignature | None) -> str:
    """Return the family by which a class is known: ``keras.Loss`` is ``keras.losses.Loss``."""
    if signature is not None and "Optimizer" in signature.bases and not family.startswith("optimizers"):
        return "optimizers"
    return _ROOTS.get(name, "") if family in {"", "keras", "mixed_precision"} else family


def _members(family: str, name: str, own: Class) -> dict[str, object]:
    """Return what a class has for those that derive from it."""

    def make(machine: Machine, cls: object, *args: object, **kwargs: object) -> object:
        if cls is not own:
            assert isinstance(cls, Class)
            return new_instance(machine, cls)
        return new_object(machine, family, name, args, kwargs)

    def initialise(machine: Machine, value: object, *args: object, **kwargs: object) -> None:
        if isinstance(value, Instance):
            value.attributes.update(arguments_of(machine, family, name, args, kwargs))

    def missing(machine: Machine, value: object, member: object) -> object:
        del value
        return machine.unknown(Why.UNSUPPORTED, f"{own.name}.{member}")

    members: dict[str, object] = {
        "__new__": StaticMethod(RawNative(own.name, make)),
        "__init__": RawNative(f"{own.name}.__init__", initialise),
        "__getattr__": RawNative(f"{own.name}.__getattr__", missing),
        "get_config": RawNative(f"{own.name}.get_config", get_config),
        "from_config": ClassMethod(RawNative(f"{own.name}.from_config", from_config)),
    }
    if family.partition(".")[0] in _CALLABLE:
        members["__call__"] = RawNative(f"{own.name}.__call__", called)
    if family in {"metrics", "optimizers"}:
        members.update(dict.fromkeys(("add_weight", "add_variable"), RawNative("add_weight", _add_variable)))
    return members


def new_object(
    machine: Machine, family: str, name: str, args: tuple[object, ...], kwargs: dict[str, object]
) -> KerasObject:
    """Return an object of Keras; refuse the arguments that its constructor refuses."""
    if family == "optimizers.legacy" and machine.keras is Keras.THREE:
        machine.raise_error("ImportError", "`keras.optimizers.legacy` is not supported in Keras 3.")
    if kwargs or family == "callbacks":
        note_object(machine, family, name, args, kwargs)
    bound = arguments_of(machine, family, name, args, kwargs)
    signature = object_signature(family, name, machine.keras)
    assert signature is not None
    names = (parameter.name for parameter in signature.parameters)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    found = KerasObject(family, name, given, machine.span)
    found.attributes.update(bound)
    return found


def get_config(machine: Machine, value: object) -> object:
    """Return the arguments that an object was made with, defaults included."""
    if isinstance(value, KerasObject):
        return dict(value.attributes)
    if isinstance(value, Instance):
        kept = {key: item for key, item in value.attributes.items() if isinstance(item, str | int | float | None)}
        return {"name": None, **kept}
    return machine.unknown(Why.UNSUPPORTED, "a configuration")


def from_config(machine: Machine, cls: object, config: object, *_: object, **__: object) -> object:
    """Return ``cls(**config)``."""
    if isinstance(config, dict) and machine.is_blurred(config) is None:
        return machine.call(cls, (), {str(key): value for key, value in config.items()})
    return machine.unknown(Why.UNSUPPORTED, "an object from a configuration")


def called(machine: Machine, value: object, *args: object, **kwargs: object) -> object:
    """Return what a loss, metric or initializer of the program gives: data of no known content."""
    name = value.cls.name if isinstance(value, Instance) else "what is called"
    unknown = Unknown(Why.DATA, f"what {name} returns", machine.span)
    return Tensor(unknown) if tensors_in([list(args), kwargs]) else unknown


def _add_variable(machine: Machine, owner: object, *args: object, **kwargs: object) -> object:
    """Return a variable of a metric or optimizer, which is none of a model's weights."""
    shape = kwargs.get("shape", args[0] if args and not isinstance(args[0], str) else ())
    try:
        found = machine.as_shape(() if shape is None else shape, ())
    except Undetermined as problem:
        found = problem.unknown
    dtype = str(kwargs.get("dtype") or "float32")
    known = found if isinstance(found, tuple) else Unknown(Why.DATA, "the shape of a metric's variable", machine.span)
    held = machine.global_state.setdefault("metric weights", {})
    assert isinstance(held, dict)
    _, weights = held.setdefault(id(owner), (owner, []))
    weights.append(Weight("variable", known, trainable=False, dtype=dtype, why="declared"))
    return Array(found, dtype, origin="variable")
