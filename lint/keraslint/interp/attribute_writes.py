"""Attributes of every kind of value: writing and deleting them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.overriding import COMPLETE_AT_ONCE, READ_ONLY, READ_ONLY_OF_LAYERS, READ_ONLY_OF_MODELS
from keraslint.catalogue.versions import Keras
from keraslint.interp.attributes import slots_of
from keraslint.interp.classes import native_base
from keraslint.interp.objects import (
    Property,
)
from keraslint.interp.overlays import MODULES, PureNative, RawNative
from keraslint.interp.tracking import as_kept, held_layers, release, track
from keraslint.interp.variables import replace_variable, track_variables
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Tensor
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

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine


def set_attribute(machine: Machine, value: object, name: str, new: object) -> None:
    """Carry out ``value.name = new``."""
    match value:
        case Layer():
            _set_on_layer(machine, value, name, new)
        case Instance():
            setter = value.cls.find("__setattr__")
            if isinstance(setter, Function | RawNative | PureNative):
                machine.call(Method(setter, value), (name, new), {})
            else:
                set_plainly(machine, value, name, new)
        case Class() | Function() | KerasObject():
            if name == "trainable" and isinstance(value, Class) and any(base.native == "Layer" for base in value.mro):
                machine.builder.note("trainable-misplaced", machine.span, None, on=value.name)
            value.attributes[name] = new
        case Tensor() | list() if name == "trainable":
            machine.builder.note("trainable-misplaced", machine.span, None, on=type(value).__name__)
        case Module():
            if not value.is_native:
                value.namespace[name] = new
            else:
                machine.native_module_set(value, name, new)
        case Unknown():
            machine.patch(f"{value.symbol}.{name}" if value.symbol else "", new)
        case _:
            return


def set_plainly(machine: Machine, value: Instance, name: str, new: object) -> None:
    """Carry out ``object.__setattr__(value, name, new)``."""
    cls = value.cls
    found = cls.find(name)
    if isinstance(found, Instance) and isinstance(found.data, Property) and found.cls.find("__set__") is MISSING:
        found = found.data
    if isinstance(found, Property) and not found.is_cached:
        if found.setter is None:
            machine.raise_error("AttributeError", f"property '{name}' of '{cls.name}' object has no setter")
        machine.call(found.setter, (value, new), {})
        return
    descriptor = found.cls.find("__set__") if isinstance(found, Instance) else MISSING
    if descriptor is not MISSING:
        machine.call(Method(descriptor, found), (value, new), {})
        return
    if name == "__dict__":
        mapping = new.data if isinstance(new, Instance) else new
        if isinstance(mapping, dict):
            value.attributes = mapping
        else:
            machine.blur(value, new if isinstance(new, Unknown) else machine.unsupported("an object's __dict__"))
        return
    slots = slots_of(cls) if "__slots__" in cls.attributes else None
    if slots is not None and name not in slots:
        machine.raise_error("AttributeError", f"'{cls.name}' object has no attribute '{name}'")
    value.attributes[name] = new


def _set_on_layer(machine: Machine, layer: Layer, name: str, new: object) -> None:
    cls = layer.cls
    if isinstance(cls, Class):
        found = cls.find(name)
        if isinstance(found, Property) and found.setter is not None:
            machine.call(found.setter, (layer, new), {})
            return
        descriptor = found.cls.find("__set__") if isinstance(found, Instance) else MISSING
        if descriptor is not MISSING:
            machine.call(Method(descriptor, found), (layer, new), {})
            return
        if machine.keras is Keras.THREE and found is MISSING and layer.spec is not None:
            _refuse_late_sublayers(machine, layer, cls, new)
    _refuse_read_only(machine, layer, name)
    setter = MODULES.get("set:Layer", {}).get(name)
    if isinstance(setter, RawNative):
        machine.call_native(setter, (layer, new), {})
        return
    if machine.keras is Keras.TWO:
        replace_variable(layer, name, new)
    elif name in layer.attributes:
        release(layer, name)
    layer.attributes[name] = new = as_kept(machine, layer, new) if machine.keras is Keras.THREE else new
    if isinstance(layer, Model) and layer.kind == "functional":
        track(layer, machine.keras)
    track_variables(machine, layer, new)
    if isinstance(new, Array | list | dict) and machine.keras is Keras.THREE:
        for variable in _variables_in(new):
            machine.builder.note("variable-held", variable.made_at, layer, name=name, shape=variable.shape)
    elif isinstance(new, bool | int) and _RESEMBLES.match(name):
        machine.builder.note("attribute-set", machine.span, layer, name=name)
    if cls is None and layer.spec is not None and name in layer.spec.arguments and not layer.built:
        layer.trouble = Unknown(Why.UNSUPPORTED, f"{layer.name}.{name} set after its construction", machine.span)


_RESEMBLES = re.compile(r"\w*train|t\w{4,8}(?:ble|bel|abl|abe)$", re.IGNORECASE)
"""Names that `trainable` may have been meant by."""


def _refuse_read_only(machine: Machine, layer: Layer, name: str) -> None:
    """Raise what Keras raises for a property that has no setter, unless the program's own class has the name."""
    names = READ_ONLY_OF_LAYERS[machine.keras]
    if isinstance(layer, Model):
        names |= READ_ONLY_OF_MODELS[machine.keras]
    if isinstance(layer.cls, Class):
        if layer.cls.find(name) is not MISSING:
            return
        if machine.keras is Keras.THREE and layer.spec is not None:
            names |= READ_ONLY.get(native_base(layer.cls), frozenset())
    if name not in names:
        return
    text = f"property '{name}' of '{layer.class_name}' object has no setter"
    if machine.keras is Keras.TWO:
        text = f'Can\'t set the attribute "{name}", likely because it conflicts with an existing read-only @property.'
    if name == "layers":
        text = "`Model.layers` attribute is reserved and should not be used. Please use another name."
    machine.raise_error("AttributeError", text)


def _refuse_late_sublayers(machine: Machine, layer: Layer, cls: Class, new: object) -> None:
    is_complete = native_base(cls) in COMPLETE_AT_ONCE and cls.find("build") is MISSING
    if is_complete and any(held_layers(new, machine.keras)):
        machine.raise_error(
            "ValueError",
            f"You cannot add new elements of state (variables or sub-layers) to a layer that is already built: {layer.name}",
        )


def _variables_in(value: object, depth: int = 0) -> Iterator[Array]:
    """Yield the ``tf.Variable`` objects in a value that is kept as an attribute."""
    if isinstance(value, Array):
        if value.made_at is not None:
            yield value
    elif isinstance(value, list | dict) and depth < 4:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _variables_in(item, depth + 1)


def delete_attribute(machine: Machine, value: object, name: str) -> None:
    """Carry out ``del value.name``."""
    if isinstance(value, Instance):
        found = value.cls.find(name)
        own = value.cls.find("__delattr__")
        if isinstance(own, Function | RawNative):
            machine.call(Method(own, value), (name,), {})
            return
        if isinstance(found, Property) and not found.is_cached:
            machine.call(found.deleter, (value,), {})
            return
    attributes = getattr(value, "attributes", None)
    if isinstance(value, Layer) and machine.keras is Keras.THREE:
        release(value, name)
    if isinstance(attributes, dict):
        if attributes.pop(name, MISSING) is MISSING and isinstance(value, Instance):
            machine.raise_error("AttributeError", f"'{value.cls.name}' object has no attribute '{name}'")
    elif isinstance(value, Module):
        machine.delete_name(value, name)
    if isinstance(value, Model):
        track(value, machine.keras)
