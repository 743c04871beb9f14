"""Exceptions of the analysed program: raising, catching, and those that Keras raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from keraslint.catalogue.spec import Refused
from keraslint.interp import classes, models, operators
from keraslint.interp.signals import Thrown
from keraslint.values.program import MISSING, Class, Instance
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # the machine has these functions as its methods
    from keraslint.interp.machine import Machine


def raise_error(machine: Machine, kind: str, message: str, **attributes: object) -> NoReturn:
    """Raise a builtin exception of the program."""
    instance = Instance(classes.builtin_class(machine, kind))
    instance.attributes.update(attributes, args=(message,) if message else ())
    if machine.handling:
        instance.attributes["__context__"] = machine.handling[-1].value
    raise Thrown(instance, machine.span)


def raise_key_error(machine: Machine, key: object) -> NoReturn:
    """Raise the program's ``KeyError`` for a key, which it keeps as it is."""
    instance = Instance(classes.builtin_class(machine, "KeyError"))
    instance.attributes["args"] = (key,)
    raise Thrown(instance, machine.span)


def throw(machine: Machine, exception: object, cause: object = MISSING) -> NoReturn:
    """Carry out ``raise exception from cause``."""
    if exception is None:
        if machine.handling:
            raise machine.handling[-1]
        machine.raise_error("RuntimeError", "No active exception to reraise")
    if isinstance(exception, Class):
        exception = machine.instantiate(exception, (), {})
    if isinstance(exception, Instance):
        if machine.handling:
            exception.attributes.setdefault("__context__", machine.handling[-1].value)
        if cause is not MISSING:
            exception.attributes["__cause__"] = (
                machine.instantiate(cause, (), {}) if isinstance(cause, Class) else cause
            )
        raise Thrown(exception, machine.span)
    instance = Instance(classes.builtin_class(machine, "Exception"))
    instance.attributes["args"] = (f"{operators.describe(exception)} is raised",)
    instance.attributes["unknown"] = exception
    raise Thrown(instance, machine.span)


def as_thrown(machine: Machine, raised: Thrown | Refused) -> Thrown:
    """Return an exception as the program sees it."""
    if isinstance(raised, Thrown):
        return raised
    instance = Instance(classes.builtin_class(machine, raised.error))
    instance.attributes["args"] = (raised.message,)
    return Thrown(instance, machine.span)


def catches(machine: Machine, kind: object, thrown: Thrown) -> bool:
    """Return whether a handler's type fits an exception."""
    if isinstance(kind, tuple | list):
        return any(machine.catches(item, thrown) for item in kind)
    if isinstance(kind, Class):
        return kind in thrown.value.cls.mro
    return False


def forgive(machine: Machine, raised: Thrown | Refused) -> None:
    """Take back the event of a refusal that the program catches."""
    if isinstance(raised, Refused):
        models.forgive(machine, raised)


def unwind(machine: Machine, depth: int) -> None:
    """Drop what calls left behind that an exception ended."""
    machine.depth = depth
    del machine.stack[depth:]


def unknown_of(machine: Machine, raised: Thrown | Refused) -> Unknown:
    """Return an exception that ended a run as the reason why something is not known."""
    if isinstance(raised, Refused):
        return Unknown(Why.ERROR, f"Keras raises {raised.error}: {raised.message}", machine.span)
    return Unknown(Why.ERROR, f"{raised.value.cls.name}: {raised.message}", raised.span)
