"""Attributes of every kind of value: reading them."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import layer_attributes, layer_signature
from keraslint.catalogue.spec import LayerSpec
from keraslint.catalogue.versions import Keras
from keraslint.interp.attributes_plain import of_array, of_plain
from keraslint.interp.compile import Code
from keraslint.interp.compile_definitions import docstring_of
from keraslint.interp.custom import build_by_hand
from keraslint.interp.objects import (
    ClassMethod,
    Property,
    StaticMethod,
    Super,
    TensorShape,
)
from keraslint.interp.operators import describe, is_atomic
from keraslint.interp.overlays import MODULES, PureNative, RawNative
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
from keraslint.values.unknown import Unknown, Why, like

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine


def get_attribute(machine: Machine, value: object, name: str, default: object = MISSING) -> object:
    """Return ``value.name``; without a default, raise the program's AttributeError where there is none."""
    found = find_attribute(machine, value, name)
    if found is not MISSING:
        return found
    if default is not MISSING:
        return default
    return machine.raise_error("AttributeError", f"{_owner(machine, value)} has no attribute '{name}'")


def _owner(machine: Machine, value: object) -> str:
    match value:
        case Module():
            return f"module '{value.name}'"
        case Class():
            return f"type object '{value.name}'"
        case Layer() | Tensor() | Array() | KerasObject():
            return describe(value)
        case _:
            return f"'{machine.class_of(value).name}' object"


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
            return _of_function(machine, value, name)
        case Array():
            return of_array(machine, value, name)
        case KerasObject():
            getter = MODULES.get(f"get:{value.family.partition('.')[0]}", {}).get(name)
            if isinstance(getter, RawNative):
                return machine.call_native(getter, (value,), {})
            if name in value.attributes:
                return value.attributes[name]
            if name in value.arguments:
                return value.arguments[name]
            if name == "__class__":
                return machine.class_of(value)
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
            return of_plain(machine, value, name)


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
    return prop.with_part(part, function)


def bind(machine: Machine, found: object, value: object, cls: Class) -> object:
    """Return an attribute found on a class as it is read through an object of it."""
    match found:
        case Function() | RawNative() | PureNative():
            return Method(found, value)
        case Property():
            return _get_property(machine, found, value)
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


def _get_property(machine: Machine, prop: Property, value: object) -> object:
    if prop.getter is None:
        machine.raise_error("AttributeError", f"property of '{machine.class_of(value).name}' object has no getter")
    return machine.call(prop.getter, (value,), {})


def _of_instance(machine: Machine, value: Instance, name: str) -> object:
    cls = value.cls
    found = cls.find(name)
    if isinstance(found, Property) and not (found.is_cached and name in value.attributes):
        result = _get_property(machine, found, value)
        if found.is_cached:
            value.attributes[name] = result
        return result
    if isinstance(found, Instance) and found.cls.find("__set__") is not MISSING:
        return bind(machine, found, value, cls)
    if name in value.attributes:
        return machine.is_blurred(value) or value.attributes[name]
    if found is not MISSING:
        return bind(machine, found, value, cls)
    if name == "__class__":
        return cls
    if name == "__dict__":
        return MISSING if slots_of(cls) is not None else value.attributes
    if value.data is not None:
        native = find_attribute(machine, value.data, name)
        if native is not MISSING:
            return native
    getter = cls.find("__getattr__")
    if getter is not MISSING:
        return machine.call(Method(getter, value), (name,), {})
    if cls.opaque is not None or machine.is_blurred(value) is not None:
        return Unknown(Why.IMPORT, f"{cls.name}.{name}", machine.span)
    if name in _OF_EXCEPTIONS and _is_exception(cls):
        return value.attributes.get("__cause__") is not None if name == "__suppress_context__" else None
    return _native_of_class(cls, value, name)


_OF_EXCEPTIONS = {"__cause__", "__context__", "__suppress_context__", "__traceback__", "value"}


def _is_exception(cls: Class) -> bool:
    return any(base.name == "BaseException" for base in cls.mro)


def slots_of(cls: Class) -> set[str] | None:
    """Return the names that ``__slots__`` allow, None where there is a ``__dict__``."""
    names: set[str] = set()
    for base in cls.mro:
        if base.module is None:
            continue
        slots: object = base.attributes.get("__slots__")
        if isinstance(slots, str):
            names.add(slots)
        elif isinstance(slots, tuple | list):
            names.update(str(slot) for slot in slots)
        else:
            return None
    return names if names and "__dict__" not in names else None


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
    if value.metaclass is not None:
        inherited = value.metaclass.find(name)
        if inherited is not MISSING:
            return bind(machine, inherited, value, value.metaclass)
    if name == "__name__":
        return value.name
    if name == "__qualname__":
        return value.qualname
    if name == "__class__":
        return machine.class_of(value)
    if name == "mro":
        return RawNative("type.mro", lambda _machine: list(value.mro))
    if name == "__subclasses__" and value.module is not None:
        return Unknown(Why.UNSUPPORTED, f"{value.name}.__subclasses__", machine.span)
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
                return native if name == "__new__" else Method(native, value.bound)
    if value.owner.opaque is not None:
        return Unknown(Why.IMPORT, f"super().{name}", machine.span)
    if isinstance(value.bound, Layer):
        found = _native_member(machine, value.bound, name)
        if found is not MISSING:
            return found
    native = MODULES.get("method:object", {}).get(name, MISSING)
    return native if native is MISSING or name == "__new__" else Method(native, value.bound)


def _of_function(machine: Machine, value: Function, name: str) -> object:
    if name in value.attributes:
        return value.attributes[name]
    code = value.code
    match name:
        case "__name__":
            return value.name
        case "__qualname__":
            return value.qualname
        case "__module__":
            return value.module.name
        case "__doc__":
            return docstring_of(code.body_ir) if isinstance(code, Code) else None
        case "__dict__":
            return value.attributes
        case "__defaults__" | "__kwdefaults__" if isinstance(code, Code):
            kinds = {"keyword"} if name == "__kwdefaults__" else {"plain", "positional"}
            names = [p.name for p in code.params if p.kind in kinds and p.name in value.defaults]
            if name == "__defaults__":
                return tuple(value.defaults[n] for n in names) or None
            return {n: value.defaults[n] for n in names} or None
        case "__call__":
            return value
        case "__get__":
            return RawNative("function.__get__", lambda _machine, owner, *_: Method(value, owner))
        case _:
            is_known = hasattr(types.FunctionType, name)
            return Unknown(Why.UNSUPPORTED, f"{value.name}.{name}", machine.span) if is_known else MISSING


def _of_layer(machine: Machine, value: Layer, name: str) -> object:
    cls = value.cls
    if isinstance(cls, Class):
        found = cls.find(name)
        if isinstance(found, Property):
            return machine.call(found.getter, (value,), {})
        if name in value.attributes:
            return value.attributes[name]
        if name == "build" and isinstance(found, Function):
            return Method(_BUILD, value)
        if found is not MISSING:
            return bind(machine, found, value, cls)
    if name == "__class__":
        return machine.class_of(value)
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
            is_common = name in layer_attributes(machine.keras)[0]
            return Unknown(Why.UNSUPPORTED, f"{value.class_name}.{name}", machine.span) if is_common else MISSING
    arguments = value.spec.arguments if value.spec is not None else {}
    if name in arguments and _is_kept(machine, value, name):
        return machine.normalised_argument(value, name, arguments[name])
    if cls is None or value.spec is not None:
        is_dropped = name in arguments and machine.keras is Keras.THREE
        may_be_set = machine.tainted or any(layer is value for layer, _ in machine.escaped)
        if may_be_set or (not is_dropped and any(name in names for names in layer_attributes(machine.keras))):
            return Unknown(Why.UNSUPPORTED, f"{value.class_name}.{name}", machine.span)
    return MISSING


def _is_kept(machine: Machine, layer: Layer, name: str) -> bool:
    """Return whether a constructor's argument is an attribute: of those that only ``**kwargs`` take few are."""
    keras_name = layer.spec.class_name if isinstance(layer.spec, LayerSpec) else layer.class_name
    signature = layer_signature(keras_name, machine.keras)
    if signature is not None and any(name == parameter.name for parameter in signature.parameters):
        return True
    base = layer_signature("Layer", machine.keras)
    is_dropped = machine.keras is Keras.THREE or (base is not None and name in base.names())
    return not is_dropped or name in layer_attributes(machine.keras)[0]


_BUILD = RawNative("Layer.build", build_by_hand, inert=False)


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
    return like(value, text or f"{value.what}.{name}", text)


def _of_tensor(machine: Machine, value: Tensor, name: str) -> object:
    getter = MODULES.get("get:Tensor", {}).get(name)
    if isinstance(getter, RawNative):
        return machine.call_native(getter, (value,), {})
    method = MODULES.get("method:Tensor", {}).get(name)
    if method is not None:
        return Method(method, value)
    return Unknown(Why.UNSUPPORTED, f"a tensor's .{name}", machine.span)


def _member(machine: Machine, value: object, kind: str, name: str, what: str) -> object:
    method = MODULES.get(f"method:{kind}", {}).get(name)
    return Method(method, value) if method is not None else Unknown(Why.UNSUPPORTED, what, machine.span)


_AS_LIST = RawNative("as_list", lambda _machine, shape: list(shape))
_TENSOR_SHAPE: dict[str, Callable[[TensorShape], object]] = {
    "as_list": lambda shape: Method(_AS_LIST, shape),
    "rank": len,
    "ndims": len,
    "dims": list,
}
