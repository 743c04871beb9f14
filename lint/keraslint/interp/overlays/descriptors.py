"""Builtins that reach into the machine: descriptors, ``super``, the names of a scope, methods of ``object``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.attribute_writes import set_plainly
from keraslint.interp.classes import make_super
from keraslint.interp.compile import Code
from keraslint.interp.instances import make_instance, make_type, new_instance
from keraslint.interp.objects import ClassMethod, Property, StaticMethod
from keraslint.interp.overlays import raw
from keraslint.interp.signals import MODULE, UNSET, function_frame
from keraslint.values.layer import Layer
from keraslint.values.program import Class, Function, Instance, Module

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("builtins.new:property", "abc.abstractproperty")
def make_property(
    machine: Machine, fget: object = None, fset: object = None, fdel: object = None, doc: object = None
) -> object:
    """Return a property."""
    del machine, doc
    return Property(fget, fset, fdel)


@raw("method:property.__get__")
def read_property(machine: Machine, prop: object, instance: object, owner: object = None) -> object:
    """Return what a property of a class of the program's own gives, itself where it is read from the class."""
    del owner
    part = prop.data if isinstance(prop, Instance) else prop
    return prop if instance is None or not isinstance(part, Property) else machine.call(part.getter, (instance,), {})


@raw("builtins.staticmethod")
def make_static(machine: Machine, function: object) -> object:
    """Return a function that is not bound."""
    del machine
    return StaticMethod(function)


@raw("builtins.classmethod")
def make_class_method(machine: Machine, function: object) -> object:
    """Return a function that is bound to the class."""
    del machine
    return ClassMethod(function)


@raw("builtins.super")
def builtin_super(machine: Machine, *args: object) -> object:
    """Return ``super()``."""
    return make_super(machine, *args)


@raw("builtins.locals")
def local_names(machine: Machine) -> object:
    """Return the local names with their values."""
    frame = function_frame(machine.frame)
    if machine.stack:
        function, _ = machine.stack[-1]
        code = function.code
        if isinstance(code, Code):
            return {
                name: frame[slot]
                for name, slot in code.scope.slots.items()
                if slot < len(frame) and frame[slot] is not UNSET and "@" not in name
            }
    module = frame[MODULE]
    return module.namespace if isinstance(module, Module) else {}


@raw("builtins.globals")
def global_names(machine: Machine) -> object:
    """Return the module's names with their values."""
    module = machine.frame[MODULE]
    return module.namespace if isinstance(module, Module) else {}


@raw("builtins.vars")
def names_of(machine: Machine, *args: object) -> object:
    """Return an object's attributes, or the local names."""
    if not args:
        return local_names(machine)
    return machine.get_attribute(args[0], "__dict__")


# object


@raw("method:object.__init__")
def object_init(machine: Machine, instance: object, *args: object, **kwargs: object) -> None:
    """Do nothing; an exception keeps its arguments."""
    if isinstance(instance, Instance) and any(base.name == "BaseException" for base in instance.cls.mro):
        instance.attributes["args"] = args
    elif (args or kwargs) and isinstance(instance, Instance) and instance.data is None and _is_bare(instance.cls):
        machine.raise_error("TypeError", "object.__init__() takes exactly one argument")
    elif isinstance(instance, Instance) and isinstance(instance.data, dict | list | set | Property):
        machine.fill_native(instance, args, kwargs)


def _is_bare(cls: Class) -> bool:
    return not isinstance(cls.find("__new__"), Function)


@raw("method:type.__new__")
def type_new(machine: Machine, metaclass: object, *args: object, **kwargs: object) -> object:
    """Return a new class."""
    return make_type(machine, metaclass, *args, **kwargs)


@raw("method:type.__init__")
def type_init(machine: Machine, *_: object, **__: object) -> None:
    """Do nothing."""
    del machine


@raw("method:type.__call__")
def type_call(machine: Machine, cls: object, *args: object, **kwargs: object) -> object:
    """Return a new instance of a class."""
    if not isinstance(cls, Class):
        return machine.unsupported("type.__call__ of what is no class")
    return make_instance(machine, cls, args, kwargs)


@raw("method:object.__new__")
def object_new(machine: Machine, cls: object, *args: object, **kwargs: object) -> object:
    """Return a bare instance."""
    if isinstance(cls, Class):
        base = next((item.native for item in cls.mro if item.native), "")
        return machine.new_layer(cls, base) if base else new_instance(machine, cls, args, kwargs)
    return machine.raise_error("TypeError", "object.__new__(X): X is not a type object")


@raw("method:object.__setattr__")
def object_setattr(machine: Machine, instance: object, name: object, value: object) -> None:
    """Set an attribute past the class's own ``__setattr__``."""
    if isinstance(instance, Instance):
        set_plainly(machine, instance, str(name), value)
    elif isinstance(instance, Layer):
        machine.set_attribute(instance, str(name), value)


@raw("method:object.__getattribute__")
def object_getattribute(machine: Machine, instance: object, name: object) -> object:
    """Return an attribute."""
    return machine.get_attribute(instance, str(name))


@raw("method:object.__eq__")
def object_eq(machine: Machine, instance: object, other: object) -> object:
    """Return identity."""
    del machine
    return instance is other


@raw(
    "method:object.__init_subclass__", "method:object.__delattr__", "method:object.__enter__", "method:object.__exit__"
)
def object_nothing(machine: Machine, *_: object, **__: object) -> None:
    """Do nothing."""
    del machine


@raw("method:object.__repr__", "method:object.__str__")
def object_text(machine: Machine, instance: object) -> object:
    """Return a text."""
    return machine.represent(instance)
