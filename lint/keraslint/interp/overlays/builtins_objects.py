"""Builtin functions about attributes and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.public_names import ONLY_TENSORFLOW_1, PUBLIC
from keraslint.catalogue.signatures import layer_attributes
from keraslint.interp.instances import make_type
from keraslint.interp.overlays import PureNative, RawNative, raw
from keraslint.interp.overlays.items import ABSENT, contents, named
from keraslint.interp.signals import Thrown
from keraslint.values.layer import Layer, Model
from keraslint.values.program import (
    MISSING,
    Class,
    Function,
    Instance,
    KerasObject,
    Method,
    Module,
)
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("builtins.getattr")
def read_attribute(machine: Machine, value: object, name: object, default: object = ABSENT) -> object:
    """Return ``getattr(value, name)``."""
    if isinstance(name, Unknown):
        return Unknown(name.why, f"an attribute named by {name.symbol or name.what}", name.where)
    if not isinstance(name, str):
        return machine.raise_error("TypeError", "attribute name must be string")
    if default is ABSENT:
        return machine.get_attribute(value, name)
    try:
        found = machine.get_attribute(value, name, ABSENT)
    except Thrown as thrown:
        if not _is_attribute_error(thrown):
            raise
        found = ABSENT
    return default if found is ABSENT else found


def _is_attribute_error(thrown: Thrown) -> bool:
    return any(base.name == "AttributeError" for base in thrown.value.cls.mro)


@raw("builtins.hasattr")
def has_attribute(machine: Machine, value: object, name: object) -> object:
    """Return ``hasattr(value, name)``."""
    if isinstance(name, Unknown):
        return named(machine, "hasattr", value, name)
    if not isinstance(name, str):
        return machine.raise_error("TypeError", "attribute name must be string")
    if isinstance(value, Unknown):
        return named(machine, "hasattr", value, name)
    if isinstance(value, Instance | Layer) and name in value.attributes:
        return True
    if isinstance(value, Module):
        if value.name == "keras" and any(name in names for names in PUBLIC.values()):
            return name in PUBLIC[machine.keras]
        if value.name == "tf" and name in ONLY_TENSORFLOW_1:
            return False
        if name in value.namespace:
            return True
    try:
        found = machine.get_attribute(value, name, ABSENT)
    except Thrown as thrown:
        if not _is_attribute_error(thrown):
            raise
        return False
    if found is ABSENT:
        return False
    if isinstance(found, Unknown) and found.why in {Why.UNSUPPORTED, Why.IMPORT}:
        if isinstance(value, int | float | str | bytes | list | tuple | dict | set):
            return True
        cls = value.cls if isinstance(value, Instance | Layer) else value
        if isinstance(cls, Class) and cls.find(name) is not MISSING:
            return True
        is_of_keras = isinstance(value, Layer) and not (isinstance(cls, Class) and cls.opaque)
        if is_of_keras and not any(name in names for names in layer_attributes(machine.keras)):
            return False
        return Unknown(found.why, f"whether {found.what} exists", found.where or machine.span)
    return True


@raw("builtins.setattr")
def write_attribute(machine: Machine, value: object, name: object, new: object) -> None:
    """Carry out ``setattr(value, name, new)``."""
    if isinstance(name, str):
        machine.set_attribute(value, name, new)
        return
    unknown = name if isinstance(name, Unknown) else machine.unknown(Why.UNSUPPORTED, "setattr()")
    forgotten = Unknown(unknown.why, "an attribute with an unknown name was set", machine.span)
    if isinstance(value, Layer):
        machine.escape(value, forgotten)
    else:
        machine.blur(value, forgotten)


@raw("builtins.delattr")
def remove_attribute(machine: Machine, value: object, name: object) -> None:
    """Carry out ``delattr(value, name)``."""
    if isinstance(name, str):
        machine.delete_attribute(value, name)
    elif isinstance(name, Unknown):
        machine.blur(value, name)


@raw("builtins.callable")
def is_callable(machine: Machine, value: object) -> object:
    """Return ``callable(value)``."""
    match value:
        case Unknown():
            return named(machine, "callable", value)
        case Function() | Method() | Class() | RawNative() | PureNative() | Layer():
            return True
        case KerasObject():
            return value.family not in {"optimizers", "callbacks"}
        case Instance():
            return machine.find_special(value, "__call__") is not MISSING or (
                named(machine, "callable", value) if value.cls.opaque is not None else False
            )
        case _:
            return hasattr(value, "call_with")


@raw("builtins.isinstance")
def has_class(machine: Machine, value: object, kind: object) -> object:
    """Return ``isinstance(value, kind)``."""
    return machine.is_instance(value, kind)


@raw("builtins.issubclass")
def has_base(machine: Machine, cls: object, kind: object) -> object:
    """Return ``issubclass(cls, kind)``."""
    return machine.is_subclass(cls, kind)


@raw("builtins.new:type")
def type_of(machine: Machine, value: object, bases: object = None, namespace: object = None, **_: object) -> object:
    """Return a value's class, or a new class."""
    if bases is None:
        if isinstance(value, Unknown):
            return named(machine, "type", value)
        return machine.class_of(value)
    if not isinstance(value, str) or not isinstance(bases, tuple) or not isinstance(namespace, dict):
        return machine.unknown(Why.UNSUPPORTED, "type() of three arguments")
    return make_type(machine, None, value, bases, namespace)


@raw("builtins.dir")
def names_in(machine: Machine, *args: object) -> object:
    """Return the names of an object's attributes."""
    if not args:
        return sorted(str(name) for name in _local_names(machine))
    value = args[0]
    if isinstance(value, Module) and not value.is_native:
        return sorted(value.namespace)
    cls = value.cls if isinstance(value, Instance) else value
    if isinstance(cls, Class) and not isinstance(cls.opaque, Unknown) and not any(base.native for base in cls.mro):
        names = {name for base in cls.mro for name in base.attributes}
        if isinstance(value, Instance):
            names |= set(value.attributes)
        return sorted(names) if contents(value) is value else machine.unknown(Why.UNSUPPORTED, "dir()")
    if isinstance(value, Model):
        return machine.unknown(Why.UNSUPPORTED, "dir() of a model")
    return machine.unknown(Why.UNSUPPORTED, "dir()")


def _local_names(machine: Machine) -> list[object]:
    names = machine.call(machine.builtins["locals"], (), {})
    return list(names) if isinstance(names, dict) else []
