"""Making classes and their instances: metaclasses, ``__new__`` and ``__init__``, and instances as keys."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.classes import builtin_class, native_base, new_class
from keraslint.interp.objects import ClassMethod, Property, StaticMethod
from keraslint.interp.overlays import MODULES, RawNative
from keraslint.source import ir
from keraslint.values.layer import Layer
from keraslint.values.program import MISSING, Class, Function, Instance, Method, Module
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

_PLAIN_METACLASSES = {"ABCMeta", "EnumMeta", "EnumType", "type"}
_MUTABLE: dict[str, Callable[[], object]] = {
    "dict": dict,
    "OrderedDict": dict,
    "list": list,
    "set": set,
    "bytearray": bytearray,
    "property": lambda: Property(None),
}
_IMMUTABLE = {"tuple", "str", "int", "float", "frozenset", "bytes", "complex"}


def make_class(
    machine: Machine,
    name: str,
    qualname: str,
    arguments: list[tuple[ir.Argument, object]],
    namespace: dict[str, object],
    module: object,
) -> object:
    """Return a new class of the program, as its metaclass makes it."""
    bases = [value for argument, value in arguments if not argument.keyword]
    keywords = {argument.keyword: value for argument, value in arguments if argument.keyword}
    metaclass = keywords.pop("metaclass", None) or _inherited_metaclass(bases)
    maker = metaclass.find("__new__") if isinstance(metaclass, Class) else MISSING
    if isinstance(maker, Function | StaticMethod):
        made = machine.call(metaclass, (name, tuple(bases), namespace), keywords)
        if not isinstance(made, Class):
            return made
        made.module = module if isinstance(module, Module) else None
        made.qualname = qualname
        return made
    cls = new_class(machine, name, bases, namespace, module if isinstance(module, Module) else None)
    cls.qualname = qualname
    if isinstance(metaclass, Class) and (metaclass.module is not None or metaclass.name in _PLAIN_METACLASSES):
        cls.metaclass = metaclass if metaclass.name != "type" else None
    elif metaclass is not None:
        cls.opaque = Unknown(Why.UNSUPPORTED, f"the metaclass of {name}", machine.span)
    if any(argument.star for argument, _ in arguments):
        cls.opaque = Unknown(Why.UNSUPPORTED, f"the bases of {name}", machine.span)
    announce(machine, cls, keywords)
    if isinstance(metaclass, Class) and isinstance(metaclass.find("__init__"), Function):
        machine.call(Method(metaclass.find("__init__"), cls), (name, tuple(bases), namespace), keywords)
    return cls


def _inherited_metaclass(bases: list[object]) -> Class | None:
    return next((base.metaclass for base in bases if isinstance(base, Class) and base.metaclass is not None), None)


def announce(machine: Machine, cls: Class, keywords: dict[str, object]) -> None:
    """Tell a class's attributes their name, and its base that there is a new class."""
    for name, value in list(cls.attributes.items()):
        hook = machine.find_special(value, "__set_name__") if isinstance(value, Instance) else MISSING
        if hook is not MISSING:
            machine.call(hook, (cls, name), {})
    for base in cls.mro[1:]:
        method = base.attributes.get("__init_subclass__")
        if isinstance(method, Function | ClassMethod):
            machine.call(method.function if isinstance(method, ClassMethod) else method, (cls,), keywords)
            return


def make_type(machine: Machine, metaclass: object, *args: object, **keywords: object) -> object:
    """Carry out ``type.__new__(metaclass, name, bases, namespace)``."""
    if len(args) == 1:
        return machine.class_of(args[0])
    name, bases, namespace = args if len(args) == 3 else (None, None, None)
    if not (isinstance(name, str) and isinstance(bases, tuple) and isinstance(namespace, dict)):
        return machine.unsupported("a class of which not all is known")
    cls = new_class(machine, name, list(bases), {str(key): value for key, value in namespace.items()}, machine.module)
    if isinstance(metaclass, Class) and metaclass.name != "type":
        cls.metaclass = metaclass
    announce(machine, cls, keywords)
    return cls


def instantiate(machine: Machine, cls: Class, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    """Return ``cls(*args, **kwargs)``."""
    if cls.metaclass is not None:
        caller = cls.metaclass.find("__call__")
        if isinstance(caller, Function):
            return machine.call(Method(caller, cls), args, kwargs)
    return make_instance(machine, cls, args, kwargs)


def make_instance(machine: Machine, cls: Class, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    """Return a new instance of a class, as ``type.__call__`` makes it."""
    if cls.native:
        return machine.construct(cls.native, args, kwargs)
    if cls.module is None and cls.opaque is None and isinstance(getattr(builtins, cls.name, None), type):
        return _instantiate_builtin(machine, cls, args, kwargs)
    machine.called.update(map(id, cls.mro))
    base = native_base(cls)
    if cls.opaque is not None and not base:
        assert isinstance(cls.opaque, Unknown)
        return Unknown(cls.opaque.why, f"an instance of {cls.name}: {cls.opaque.what}", machine.span)
    if cls.abstract and cls.metaclass is not None:
        methods = "methods" if len(cls.abstract) > 1 else "method"
        text = f"Can't instantiate abstract class {cls.name} with abstract {methods} {', '.join(cls.abstract)}"
        machine.raise_error("TypeError", text)
    maker = cls.find("__new__")
    if isinstance(maker, Function | StaticMethod):
        function = maker.function if isinstance(maker, StaticMethod) else maker
        value = machine.call(function, (cls, *args), kwargs)
        if not (isinstance(value, Instance | Layer | Class) and machine.is_instance(value, cls) is True):
            return value
    elif base:
        value = machine.new_layer(cls, base)
    elif builtin_class(machine, "type") in cls.mro:
        value = make_type(machine, cls, *args, **kwargs)
    else:
        value = new_instance(machine, cls, args, kwargs)
    if isinstance(value, Layer):
        value.given = (args, kwargs)
    initialise = cls.find("__init__")
    if isinstance(initialise, Function | RawNative):
        machine.call(Method(initialise, value), args, kwargs)
    elif isinstance(value, Layer):
        machine.initialise_native(value, args, kwargs)
    elif isinstance(value, Instance):
        _initialise_plain(machine, value, args, kwargs)
    if isinstance(value, Layer):
        machine.finish_layer(value)
    return value


def new_instance(
    machine: Machine, cls: Class, args: tuple[object, ...] = (), kwargs: dict[str, object] | None = None
) -> Instance:
    """Return a bare instance; of a subclass of a builtin type, with its native part."""
    instance = Instance(cls)
    for base in cls.mro:
        if base.module is not None:
            continue
        if base.name in _MUTABLE:
            instance.data = _MUTABLE[base.name]()
            break
        if base.name in _IMMUTABLE:
            instance.data = machine.call(MODULES["builtins"][f"new:{base.name}"], args, kwargs or {})
            break
    return instance


def _initialise_plain(machine: Machine, value: Instance, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    if value.data is not None:
        if isinstance(value.data, dict | list | set | Property):
            fill_native(machine, value, args, kwargs)
    elif machine.is_subclass(value.cls, builtin_class(machine, "BaseException")) is True:
        value.attributes["args"] = args
    elif (args or kwargs) and value.cls.opaque is None and not isinstance(value.cls.find("__new__"), Function):
        machine.raise_error("TypeError", f"{value.cls.name}() takes no arguments")


def fill_native(machine: Machine, value: Instance, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    """Fill the native part of an instance of a builtin container's subclass, in place."""
    kind = next(base for base in value.cls.mro if base.module is None and base.name in _MUTABLE)
    made = machine.call(MODULES["builtins"][f"new:{'dict' if kind.name == 'OrderedDict' else kind.name}"], args, kwargs)
    if isinstance(value.data, dict) and isinstance(made, dict):
        value.data.clear()
        value.data.update(made)
        blurred = machine.is_blurred(made)
        if blurred is not None:
            machine.blur(value.data, blurred)
    elif isinstance(value.data, list) and isinstance(made, list):
        value.data[:] = made
    else:
        value.data = made


def _instantiate_builtin(machine: Machine, cls: Class, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    real = getattr(builtins, cls.name)
    if issubclass(real, BaseException):
        instance = Instance(cls)
        instance.attributes["args"] = args
        return instance
    maker = MODULES["builtins"].get(f"new:{cls.name}")
    if maker is None:
        return Unknown(Why.UNSUPPORTED, f"{cls.name}()", machine.span)
    return machine.call(maker, args, kwargs)


class InstanceIdentity:
    """Instances as keys: by their class's ``__hash__`` and ``__eq__`` where it has them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def hash(self, instance: Instance) -> int:
        """Return the hash of an instance as a key; those whose class compares them share one."""
        cls = instance.cls
        if instance.data is not None and not isinstance(instance.data, dict | list | set):
            return hash(instance.data)
        if cls.find("__eq__") is MISSING:
            return id(instance) >> 4
        if cls.find("__hash__") in (MISSING, None):
            self._machine.raise_error("TypeError", f"unhashable type: '{cls.name}'")
        return 1

    def equal(self, instance: Instance, other: object) -> bool:
        """Return whether two keys are one."""
        if not isinstance(other, Instance | str | int | float | tuple):
            return False
        return self._machine.equal(instance, other) is True
