"""Classes and their instances: making them, method resolution, ``super``, ``isinstance``."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import layer_signature
from keraslint.catalogue.spec import layer_specs
from keraslint.interp.objects import ClassMethod, Property, StaticMethod, Super
from keraslint.interp.overlays import COMPLETE, MODULES, PureNative, RawNative
from keraslint.interp.signals import FIRST, function_frame
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

_MODEL_CLASSES = {
    "Model": ("Model", "Layer"),
    "Functional": ("Functional", "Model", "Layer"),
    "Sequential": ("Sequential", "Model", "Layer"),
}


def builtin_class(machine: Machine, name: str) -> Class:
    """Return the class value of a builtin type."""
    found = machine.builtin_classes.get(name)
    if found is not None:
        return found
    real = getattr(builtins, name, None)
    bases: list[object] = []
    if isinstance(real, type) and real.__mro__[1:]:
        bases = [builtin_class(machine, real.__mro__[1].__name__)]
    elif name != "object":
        bases = [builtin_class(machine, "object")]
    cls = Class(name, bases, {}, None)
    cls.mro = [cls, *(bases[0].mro if bases and isinstance(bases[0], Class) else [])]
    machine.builtin_classes[name] = cls
    return cls


def native_class(machine: Machine, name: str) -> Class:
    """Return the class value of a Keras layer or model class, by its canonical name."""
    found = machine.native_classes.get(name)
    if found is not None:
        return found
    if name in _MODEL_CLASSES:
        names = _MODEL_CLASSES[name][1:]
    elif name == "Layer":
        names = ()
    else:
        signature = layer_signature(name, machine.keras)
        names = tuple(base for base in (signature.bases if signature is not None else ()) if base != name)
    bases = [native_class(machine, base) for base in names] if names else []
    cls = Class(name, [*bases[:1]] or [builtin_class(machine, "object")], {}, None)
    cls.native = name
    cls.mro = [cls, *bases, builtin_class(machine, "object")]
    machine.native_classes[name] = cls
    return cls


def new_class(
    machine: Machine,
    name: str,
    bases: list[object],
    namespace: dict[str, object],
    module: Module | None = None,
) -> Class:
    """Return a class with its method resolution order; unknown bases make it opaque."""
    known: list[Class] = []
    opaque: Unknown | None = None
    for base in bases:
        if isinstance(base, Class):
            known.append(base)
            opaque = opaque or (base.opaque if isinstance(base.opaque, Unknown) else None)
        elif isinstance(base, Unknown):
            opaque = Unknown(base.why, f"{name} derives from {base.symbol or base.what}", base.where or machine.span)
        elif getattr(base, "is_inert_base", False) or not isinstance(base, Function | Instance | KerasObject):
            continue
        else:
            opaque = Unknown(Why.UNSUPPORTED, f"a base of {name}", machine.span)
    if "__getattribute__" in namespace:
        opaque = Unknown(Why.UNSUPPORTED, f"{name}.__getattribute__", machine.span)
    cls = Class(name, list(known), namespace, module)
    cls.origin = machine.span
    cls.opaque = opaque
    cls.metaclass = next((base.metaclass for base in known if base.metaclass is not None), None)
    cls.identity = machine.identity
    machine.burn(sum(len(base.mro) for base in known) * len(known) // 16)
    order = _merge(cls, [list(base.mro) for base in known], known)
    if not any(base.name == "object" for base in order):
        order.append(builtin_class(machine, "object"))
    cls.mro = order
    for value in namespace.values():
        _own(value, cls)
    cls.abstract = _abstract_names(cls)
    for base in order[1:]:
        finish = MODULES.get("class:" + base.name, {}).get("finish")
        if isinstance(finish, RawNative):
            machine.call_native(finish, (cls,), {})
            break
    return cls


def _abstract_names(cls: Class) -> tuple[str, ...]:
    names = {name for name, value in cls.attributes.items() if _is_abstract(value)}
    names.update(name for base in cls.bases if isinstance(base, Class) for name in base.abstract)
    return tuple(sorted(name for name in names if _is_abstract(cls.find(name)))) if names else ()


def _is_abstract(value: object) -> bool:
    match value:
        case Function():
            return value.attributes.get("__isabstractmethod__") is True
        case StaticMethod() | ClassMethod():
            return _is_abstract(value.function)
        case Property():
            return _is_abstract(value.getter)
        case _:
            return False


def _own(value: object, cls: Class) -> None:
    match value:
        case Function():
            if value.owner is None:
                value.owner = cls
        case StaticMethod() | ClassMethod():
            _own(value.function, cls)
        case Property():
            _own(value.getter, cls)
            _own(value.setter, cls)
            _own(value.deleter, cls)


def _merge(cls: Class, orders: list[list[Class]], bases: list[Class]) -> list[Class]:
    """Return the C3 linearisation."""
    if len(orders) == 1:
        return [cls, *orders[0]]
    result = [cls]
    lists = [list(order) for order in orders] + [list(bases)]
    while any(lists):
        lists = [order for order in lists if order]
        head = next((order[0] for order in lists if not any(order[0] in other[1:] for other in lists)), lists[0][0])
        result.append(head)
        lists = [[item for item in order if item is not head] for order in lists]
    return result


def native_base(cls: Class) -> str:
    """Return the Keras class that a class is or derives from, empty where there is none."""
    return next((base.native for base in cls.mro if base.native), "")


def class_of(machine: Machine, value: object) -> Class:
    """Return the class of a value."""
    match value:
        case Instance():
            return value.cls
        case Layer():
            if isinstance(value.cls, Class):
                return value.cls
            if isinstance(value, Model):
                return native_class(
                    machine, {"functional": "Functional", "sequential": "Sequential"}.get(value.kind, "Model")
                )
            return native_class(machine, value.class_name)
        case Class():
            return value.metaclass or builtin_class(machine, "type")
        case Function():
            return builtin_class(machine, "function")
        case Method():
            return builtin_class(machine, "method")
        case Module():
            return builtin_class(machine, "module")
        case Property():
            return builtin_class(machine, "property")
        case Tensor():
            return builtin_class(machine, "KerasTensor")
        case Array():
            return builtin_class(machine, "ndarray" if value.origin == "numpy" else "Tensor")
        case KerasObject():
            return machine.keras_class(value.family, value.class_name)
        case Poly():
            return builtin_class(machine, "int")
        case bool():
            return builtin_class(machine, "bool")
        case int():
            return builtin_class(machine, "int")
        case _:
            for kind in type(value).__mro__:
                if getattr(builtins, kind.__name__, None) is kind and kind is not object:
                    return builtin_class(machine, kind.__name__)
            return builtin_class(machine, type(value).__name__)


def is_instance(machine: Machine, value: object, kind: object) -> bool | Unknown:
    """Return ``isinstance(value, kind)``."""
    if isinstance(kind, tuple):
        outcomes = [is_instance(machine, value, item) for item in kind]
        if True in outcomes:
            return True
        return next((outcome for outcome in outcomes if isinstance(outcome, Unknown)), False)
    if isinstance(value, Unknown):
        if value.symbol and isinstance(kind, Class):
            text = f"isinstance({value.symbol}, {kind.name})"
            return Unknown(value.why, text, value.where, text)
        return Unknown(value.why, f"isinstance of {value.what}", value.where)
    if isinstance(kind, Unknown):
        if isinstance(value, int | float | str | list | tuple | dict | type(None)) and kind.why is Why.IMPORT:
            return False
        return kind
    if not isinstance(kind, Class):
        checker = getattr(kind, "is_instance", None)
        if checker is not None:
            outcome = checker(machine, value)
            return outcome if isinstance(outcome, bool) else Unknown(Why.UNSUPPORTED, "isinstance", machine.span)
        return Unknown(Why.UNSUPPORTED, "isinstance with what is no class", machine.span)
    if isinstance(value, Poly) and kind.name == "float":
        return Unknown(Why.INPUT, f"isinstance({value}, float)", machine.span)
    cls = class_of(machine, value)
    if kind in cls.mro:
        return True
    if kind.name == "object" and kind.module is None:
        return True
    if cls.opaque is not None:
        return Unknown(Why.IMPORT, f"isinstance({cls.name}, {kind.name})", machine.span)
    checker = MODULES.get("isinstance", {}).get(kind.name) if kind.module is None else None
    if isinstance(checker, RawNative):
        outcome = machine.call_native(checker, (value,), {})
        return outcome if isinstance(outcome, bool | Unknown) else False
    return False


def is_subclass(machine: Machine, cls: object, kind: object) -> bool | Unknown:
    """Return ``issubclass(cls, kind)``."""
    if isinstance(kind, tuple):
        return any(is_subclass(machine, cls, item) is True for item in kind)
    if isinstance(cls, Class) and isinstance(kind, Class):
        if kind in cls.mro or kind.name == "object":
            return True
        return Unknown(Why.IMPORT, f"issubclass({cls.name}, {kind.name})", machine.span) if cls.opaque else False
    if isinstance(cls, Unknown) or isinstance(kind, Unknown):
        return Unknown(Why.IMPORT, "issubclass", machine.span)
    return machine.raise_error("TypeError", "issubclass() arg 1 must be a class")


def make_super(machine: Machine, *args: object) -> object:
    """Return ``super()`` or ``super(cls, obj)``."""
    if len(args) == 2:
        after, bound = args
    else:
        function, _ = machine.stack[-1] if machine.stack else (None, None)
        if not isinstance(function, Function) or function.owner is None:
            return machine.raise_error("RuntimeError", "super(): no arguments")
        frame = function_frame(machine.frame)
        after, bound = function.owner, frame[FIRST] if len(frame) > FIRST else None
    if isinstance(after, Unknown) or isinstance(bound, Unknown):
        return Unknown(Why.UNSUPPORTED, "super() of what is not known", machine.span)
    owner = bound if isinstance(bound, Class) and after in bound.mro else class_of(machine, bound)
    if not isinstance(after, Class) or after not in owner.mro:
        return Unknown(Why.UNSUPPORTED, "super() outside of its class", machine.span)
    return Super(owner, after, bound)


def class_native(machine: Machine, cls: Class, name: str) -> object:
    """Return a member that a class of Keras or a builtin class itself has, as an unbound native."""
    if cls.native or any(base.native for base in cls.mro):
        is_model = any(base.native == "Model" for base in cls.mro)
        for kind in ("Model", "Layer") if is_model else ("Layer",):
            found = MODULES.get(f"method:{kind}", {}).get(name)
            if found is not None:
                return Method(found, cls) if name == "from_config" else found
    for base in cls.mro:
        found = MODULES.get(f"method:{base.name}", {}).get(name) if base.module is None else None
        if found is not None:
            return found
    is_modelled = cls.native in layer_specs() if cls.native else hasattr(builtins, cls.name)
    if cls.module is None and cls.name not in COMPLETE and not is_modelled:
        return Unknown(Why.UNSUPPORTED, f"{cls.name}.{name}", machine.span)
    return MODULES.get("method:object", {}).get(name, MISSING)


def find_special(_machine: Machine, value: object, name: str) -> object:
    """Return a bound special method of an object of the program's classes, or ``MISSING``."""
    cls = value.cls if isinstance(value, Instance | Layer) else value.metaclass if isinstance(value, Class) else None
    if not isinstance(cls, Class):
        return MISSING
    found = cls.find(name)
    if isinstance(found, StaticMethod):
        return found.function
    return Method(found, value) if isinstance(found, Function | RawNative | PureNative) else MISSING


def class_item(machine: Machine, cls: Class, key: object) -> object:
    """Return ``Class[key]``: an enum's member, a generic's class."""
    getter = MODULES.get("class_getitem", {})
    for base in cls.mro:
        found = getter.get(base.name) if base.module is None else None
        if isinstance(found, RawNative):
            return machine.call_native(found, (cls, key), {})
    return cls


def match_names(machine: Machine, value: object, count: int) -> list[str]:
    """Return the attribute names of positional sub-patterns."""
    if count == 0:
        return []
    names = machine.get_attribute(machine.class_of(value), "__match_args__", ())
    known = [name for name in names if isinstance(name, str)] if isinstance(names, list | tuple) else []
    return known[:count] if len(known) >= count else [""] * count
