"""Attributes of every kind of value: reading, writing, deleting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.objects import (
    ClassMethod,
    Property,
    StaticMethod,
    Super,
    TensorShape,
)
from keraslint.interp.operators import describe, is_atomic
from keraslint.interp.overlays import MODULES, PureNative, RawNative
from keraslint.interp.variables import track_variables
from keraslint.values.array import Array
from keraslint.values.dim import Poly
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


def get_attribute(machine: Machine, value: object, name: str, default: object = MISSING) -> object:
    """Return ``value.name``; without a default, raise the program's AttributeError where there is none."""
    found = find_attribute(machine, value, name)
    if found is not MISSING:
        return found
    if default is not MISSING:
        return default
    return machine.raise_error("AttributeError", f"{describe(value)} has no attribute '{name}'")


def find_attribute(machine: Machine, value: object, name: str) -> object:
    """Return ``value.name`` or ``MISSING``."""
    match value:
        case Layer():
            return _of_layer(machine, value, name)
        case Module():
            return machine.module_member(value, name)
        case Instance():
            return _of_instance(machine, value, name)
        case Unknown():
            return _of_unknown(machine, value, name)
        case Tensor():
            return _of_tensor(machine, value, name)
        case Class():
            return _of_class(machine, value, name)
        case Super():
            return _of_super(machine, value, name)
        case Function():
            return _of_function(value, name)
        case Array():
            return _of_array(machine, value, name)
        case KerasObject():
            getter = MODULES.get(f"get:{value.family.partition('.')[0]}", {}).get(name)
            if isinstance(getter, RawNative):
                return machine.call_native(getter, (value,), {})
            if name in value.attributes:
                return value.attributes[name]
            if name in value.arguments:
                return value.arguments[name]
            return _member(machine, value, "KerasObject", name, f"{value.class_name}.{name}")
        case Method():
            if name in {"__self__", "__func__"}:
                return value.self if name == "__self__" else value.function
            return find_attribute(machine, value.function, name)
        case Property():
            return _of_property(value, name)
        case PureNative() | RawNative():
            if name in {"__name__", "__qualname__"}:
                return value.name.rpartition(".")[2]
            return Unknown(Why.UNSUPPORTED, f"{value.name}.{name}", machine.span)
        case TensorShape() if name in _TENSOR_SHAPE:
            return _TENSOR_SHAPE[name](value)
        case _:
            return _of_plain(machine, value, name)


def _of_property(value: Property, name: str) -> object:
    match name:
        case "fget":
            return value.getter
        case "fset":
            return value.setter
        case "getter" | "setter" | "deleter":
            return Method(RawNative(f"property.{name}", _property_part), (value, name))
        case "__get__":
            return Method(MODULES["method:property"]["__get__"], value)
        case _:
            return MISSING


def _property_part(machine: Machine, bound: tuple[Property, str], function: object) -> object:
    del machine
    prop, part = bound
    if part == "setter":
        return Property(prop.getter, function)
    return prop


def bind(machine: Machine, found: object, value: object, cls: Class) -> object:
    """Return an attribute found on a class as it is read through an object of it."""
    match found:
        case Function() | RawNative() | PureNative():
            return Method(found, value)
        case Property():
            return machine.call(found.getter, (value,), {})
        case StaticMethod():
            return found.function
        case ClassMethod():
            return Method(found.function, cls)
        case Instance():
            getter = found.cls.find("__get__")
            if getter is MISSING and isinstance(found.data, Property):
                getter = MODULES["method:property"]["__get__"]
            return machine.call(Method(getter, found), (value, cls), {}) if getter is not MISSING else found
        case _:
            return found


def _of_instance(machine: Machine, value: Instance, name: str) -> object:
    cls = value.cls
    found = cls.find(name)
    if isinstance(found, Property) and not (found.is_cached and name in value.attributes):
        result = machine.call(found.getter, (value,), {})
        if found.is_cached:
            value.attributes[name] = result
        return result
    if name in value.attributes:
        return machine.is_blurred(value) or value.attributes[name]
    if found is not MISSING:
        return bind(machine, found, value, cls)
    if name == "__class__":
        return cls
    if name == "__dict__":
        return value.attributes
    if value.data is not None:
        native = find_attribute(machine, value.data, name)
        if native is not MISSING:
            return native
    getter = cls.find("__getattr__")
    if getter is not MISSING:
        return machine.call(Method(getter, value), (name,), {})
    if cls.opaque is not None or machine.is_blurred(value) is not None:
        return Unknown(Why.IMPORT, f"{cls.name}.{name}", machine.span)
    return _native_of_class(cls, value, name)


def _native_of_class(cls: Class, value: object, name: str) -> object:
    """Return a method that the class has from a builtin base (``object``, ``Exception`` …)."""
    for base in cls.mro:
        native = MODULES.get(f"method:{base.native or base.name}", {}).get(name) if base.module is None else None
        if native is not None:
            return Method(native, value)
    native = MODULES.get("method:object", {}).get(name)
    return Method(native, value) if native is not None else MISSING


def _of_class(machine: Machine, value: Class, name: str) -> object:
    found = value.find(name)
    match found:
        case StaticMethod():
            return found.function
        case ClassMethod():
            return Method(found.function, value)
        case Instance():
            return bind(machine, found, None, value)
        case Property():
            return found
    if found is not MISSING:
        return found
    if name == "__name__":
        return value.name
    if name == "__qualname__":
        return value.qualname
    if name == "__mro__":
        return tuple(value.mro)
    if name in {"__bases__", "__base__"}:
        return tuple(value.bases) if name == "__bases__" else value.bases[0] if value.bases else None
    if name == "__doc__":
        return None
    if name == "__module__":
        return value.module.name if value.module is not None else "builtins"
    if name == "__dict__":
        return value.attributes
    if value.opaque is not None:
        return Unknown(Why.IMPORT, f"{value.name}.{name}", machine.span)
    if isinstance(value.find("__getattr__"), RawNative):  # a class of Keras, whose members are not all modelled
        return Unknown(Why.UNSUPPORTED, f"{value.name}.{name}", machine.span)
    native = machine.class_native(value, name)
    return Method(native, value) if name == "from_config" and isinstance(native, RawNative) else native


def _of_super(machine: Machine, value: Super, name: str) -> object:
    mro = value.owner.mro
    for cls in mro[mro.index(value.after) + 1 :]:
        if name in cls.attributes:
            if isinstance(value.bound, Class):
                found = cls.attributes[name]
                if isinstance(found, StaticMethod):
                    return found.function
                if name == "__new__":  # which is static without saying so
                    return found
                return Method(found.function if isinstance(found, ClassMethod) else found, value.bound)
            return bind(machine, cls.attributes[name], value.bound, value.owner)
        if cls.native or cls.module is None:
            native = machine.class_native(cls, name)
            if native is not MISSING:
                return Method(native, value.bound)
    if value.owner.opaque is not None:
        return Unknown(Why.IMPORT, f"super().{name}", machine.span)
    if isinstance(value.bound, Layer):
        found = _native_member(machine, value.bound, name)
        if found is not MISSING:
            return found
    native = MODULES.get("method:object", {}).get(name)
    return Method(native, value.bound) if native is not None else MISSING


def _of_function(value: Function, name: str) -> object:
    if name in value.attributes:
        return value.attributes[name]
    match name:
        case "__name__":
            return value.name
        case "__qualname__":
            return value.qualname
        case "__module__":
            return value.module.name
        case "__doc__":
            return None
        case "__wrapped__":
            return MISSING
        case "__dict__":
            return value.attributes
        case _:
            return MISSING


def _of_layer(machine: Machine, value: Layer, name: str) -> object:
    cls = value.cls
    if isinstance(cls, Class):
        found = cls.find(name)
        if isinstance(found, Property):
            return machine.call(found.getter, (value,), {})
        if name in value.attributes:
            return value.attributes[name]
        if found is not MISSING:
            return bind(machine, found, value, cls)
        if name == "__class__":
            return cls
    if name in value.attributes:
        return value.attributes[name]
    found = _native_member(machine, value, name)
    if found is not MISSING:
        return found
    if isinstance(cls, Class):
        getter = cls.find("__getattr__")
        if getter is not MISSING:
            return machine.call(Method(getter, value), (name,), {})
        if cls.opaque is not None:
            return Unknown(Why.IMPORT, f"{cls.name}.{name}", machine.span)
        if value.spec is None:
            return MISSING
    arguments = value.spec.arguments if value.spec is not None else {}
    if name in arguments:
        return machine.normalised_argument(value, name, arguments[name])
    if cls is None or value.spec is not None:
        return Unknown(Why.UNSUPPORTED, f"{value.class_name}.{name}", machine.span)
    return MISSING


def _native_member(machine: Machine, value: Layer, name: str) -> object:
    """Return an attribute or a method that Keras' own class has."""
    for kind in ("Model", "Layer") if isinstance(value, Model) else ("Layer",):
        getter = MODULES.get(f"get:{kind}", {}).get(name)
        if isinstance(getter, RawNative):
            return machine.call_native(getter, (value,), {})
        method = MODULES.get(f"method:{kind}", {}).get(name)
        if method is not None:
            return Method(method, value)
    return MISSING


def _of_unknown(machine: Machine, value: Unknown, name: str) -> object:
    text = f"{value.symbol}.{name}" if value.symbol and is_atomic(value.symbol) and len(value.symbol) < 80 else ""
    known = machine.named_part(text)
    if known is not MISSING:
        return known
    return Unknown(value.why, text or f"{value.what}.{name}", value.where, text)


def _of_tensor(machine: Machine, value: Tensor, name: str) -> object:
    getter = MODULES.get("get:Tensor", {}).get(name)
    if isinstance(getter, RawNative):
        return machine.call_native(getter, (value,), {})
    method = MODULES.get("method:Tensor", {}).get(name)
    if method is not None:
        return Method(method, value)
    return Unknown(Why.UNSUPPORTED, f"a tensor's .{name}", machine.span)


def _of_array(machine: Machine, value: Array, name: str) -> object:
    shape = value.shape
    match name:
        case "shape":
            return machine.shape_value(shape, is_tensor=value.origin == "tensor")
        case "dtype":
            return value.dtype
        case "ndim":
            return len(shape) if isinstance(shape, tuple) else Unknown(Why.DATA, "the rank of an array", machine.span)
        case "size":
            return machine.call_native(RawNative("size", _array_size), (value,), {})
        case "T":
            return Array(shape[::-1], value.dtype) if isinstance(shape, tuple) else value
    method = MODULES.get("method:Array", {}).get(name)
    if method is not None:
        return Method(method, value)
    return Unknown(Why.UNSUPPORTED, f"an array's .{name}", machine.span)


def _array_size(machine: Machine, value: Array) -> object:
    shape = machine.shape_value(value.shape, is_tensor=False)
    if not isinstance(shape, tuple):
        return shape
    size: object = 1
    for dim in shape:
        size = machine.binary("*", size, dim)
    return size


def _member(machine: Machine, value: object, kind: str, name: str, what: str) -> object:
    method = MODULES.get(f"method:{kind}", {}).get(name)
    return Method(method, value) if method is not None else Unknown(Why.UNSUPPORTED, what, machine.span)


def _of_plain(machine: Machine, value: object, name: str) -> object:
    for cls in machine.class_of(value).mro:
        method = MODULES.get(f"method:{cls.name}", {}).get(name)
        if method is not None:
            return Method(method, value)
    if name == "__class__":
        return machine.class_of(value)
    found = getattr(value, "get_member", None)
    if found is not None:
        return found(machine, name)
    if isinstance(value, int | float) and name in {"real", "imag"}:
        return value if name == "real" else 0
    if isinstance(value, slice | range) and name in {"start", "stop", "step"}:
        return getattr(value, name)
    if isinstance(value, int | float | str | bytes | list | tuple | dict | set | type(None)):
        known = hasattr(type(value), name)
        return Unknown(Why.UNSUPPORTED, f"{type(value).__name__}.{name}", machine.span) if known else MISSING
    if isinstance(value, Poly):
        return Unknown(Why.INPUT, f"({value}).{name}", machine.span)
    return Unknown(Why.UNSUPPORTED, f"{describe(value)}.{name}", machine.span)


_AS_LIST = RawNative("as_list", lambda _machine, shape: list(shape))
_TENSOR_SHAPE: dict[str, Callable[[TensorShape], object]] = {
    "as_list": lambda shape: Method(_AS_LIST, shape),
    "rank": len,
    "ndims": len,
    "dims": list,
}


# writing and deleting


def set_attribute(machine: Machine, value: object, name: str, new: object) -> None:
    """Carry out ``value.name = new``."""
    match value:
        case Layer():
            _set_on_layer(machine, value, name, new)
        case Instance():
            found = value.cls.find(name)
            found = found.data if isinstance(found, Instance) else found
            if isinstance(found, Property) and found.setter is not None:
                machine.call(found.setter, (value, new), {})
                return
            setter = value.cls.find("__setattr__")
            if isinstance(setter, Function):
                machine.call(Method(setter, value), (name, new), {})
                return
            value.attributes[name] = new
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


def _set_on_layer(machine: Machine, layer: Layer, name: str, new: object) -> None:
    cls = layer.cls
    if isinstance(cls, Class):
        found = cls.find(name)
        if isinstance(found, Property) and found.setter is not None:
            machine.call(found.setter, (layer, new), {})
            return
    setter = MODULES.get("set:Layer", {}).get(name)
    if isinstance(setter, RawNative):
        machine.call_native(setter, (layer, new), {})
        return
    layer.attributes[name] = new
    track_variables(machine, layer, new)
    if isinstance(new, Array | list | dict) and machine.keras is Keras.THREE:
        for variable in _variables_in(new):
            machine.builder.note("variable-held", variable.made_at, layer, name=name, shape=variable.shape)
    elif isinstance(new, bool | int) and "train" in name.lower():
        machine.builder.note("attribute-set", machine.span, layer, name=name)
    if cls is None and layer.spec is not None and name in layer.spec.arguments and not layer.built:
        layer.trouble = Unknown(Why.UNSUPPORTED, f"{layer.name}.{name} set after its construction", machine.span)


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
    attributes = getattr(value, "attributes", None)
    if isinstance(attributes, dict):
        attributes.pop(name, None)
    elif isinstance(value, Module):
        machine.delete_name(value, name)
