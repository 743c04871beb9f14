"""What natives share: items of a value under the caps, names for unknown results, small classes of natives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn

from keraslint.interp.calls import first_unknown
from keraslint.interp.iteration import in_stable_order
from keraslint.interp.limits import BITS, ITEMS, too_large
from keraslint.interp.objects import Property, StaticMethod
from keraslint.interp.operators import derived, expression_text
from keraslint.interp.overlays import MODULES, Lazy, PureNative, RawNative
from keraslint.interp.text_size import check_nested
from keraslint.values.dim import Poly
from keraslint.values.program import Class, Instance
from keraslint.values.unknown import PlainUnknown, Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

ABSENT = object()
"""The default of arguments where None means something."""


def collect(machine: Machine, value: object) -> list[object]:
    """Return a value's items as a new list; raise ``Undetermined`` where they are unknown or too many."""
    if isinstance(value, list | tuple | dict | set | frozenset | range | str | bytes):
        reject_blurred(machine, value)
        if len(value) > ITEMS:
            too_large("the list of a value's items")
        work(machine, len(value))
        return in_stable_order(value)
    items: list[object] = []
    for item in machine.iterate(value):
        items.append(item)
        if len(items) & 63 == 0:
            spend(machine, 4)
            if len(items) > ITEMS:
                too_large("the list of a value's items")
    return items


def blurred(machine: Machine, value: object, name: str = "") -> Unknown | None:
    """Return why a container's contents are no longer known (without a name for it), None where they are."""
    found = machine.is_blurred(value)
    if found is None:
        return None
    return Unknown(found.why, f"{name}() of what is no longer known: {found.what}" if name else found.what, found.where)


def reject_blurred(machine: Machine, value: object) -> None:
    """Raise ``Undetermined`` where a container's contents are no longer known."""
    found = blurred(machine, value)
    if found is not None:
        raise Undetermined(found)


def forget(machine: Machine, value: object, cause: Unknown) -> None:
    """Forget what a container holds."""
    spend(machine, 2)
    machine.blur(value, Unknown(cause.why, cause.what, cause.where or machine.span))


def work(machine: Machine, amount: int) -> None:
    """Use up fuel for a native that goes through ``amount`` items as fast as Python's own functions do."""
    if amount > 64:
        spend(machine, amount >> 6)


def spend(machine: Machine, amount: int) -> None:
    """Use up fuel for a native that does ``amount`` steps of ours."""
    machine.fuel -= amount
    if machine.fuel < 0:
        machine.burn()


def fits(machine: Machine, length: int, what: str) -> None:
    """Raise ``Undetermined`` where a result would be too long, before it is computed."""
    if length > ITEMS:
        spend(machine, 8)
        too_large(what)
    work(machine, length)


def fits_bits(value: int) -> int:
    """Return an integer, or raise ``Undetermined`` where it is too long."""
    if value.bit_length() > BITS:
        too_large("an integer")
    return value


def is_open(value: object) -> bool:
    """Return whether a value is unknown or a formula."""
    return isinstance(value, Unknown | Poly)


def named(machine: Machine, name: str, *args: object) -> Unknown:
    """Return the unknown result of ``name(*args)``: it has a symbol where the arguments have one."""
    texts = [_argument_text(arg) for arg in args]
    if all(texts):
        return derived(machine, f"{name}({', '.join(texts)})", *args)
    cause = first_unknown(args, machine)
    if cause is None:
        return machine.unknown(Why.UNSUPPORTED, f"{name}()")
    kind = PlainUnknown if name in _NUMBERS else Unknown
    return kind(cause.why, f"{name}() of {cause.symbol or cause.what}"[:160], cause.where or machine.span)


_NUMBERS = {"int", "float", "round", "len", "abs"}


def _argument_text(value: object) -> str:
    return (
        value.symbol
        if isinstance(value, Unknown)
        else str(value)
        if isinstance(value, Poly)
        else expression_text(value)
    )


def plain_or_named(
    machine: Machine, name: str, function: Callable[..., object], *args: object, **kwargs: object
) -> object:
    """Return ``function(*args, **kwargs)`` where everything is plain, the named unknown result otherwise."""
    if first_unknown((args, kwargs), machine) is not None:
        return named(machine, name, *args)
    check_nested(*args, *kwargs.values())
    return machine.guard(function, *args, **kwargs)


def reject_unknown(machine: Machine, *values: object) -> None:
    """Raise ``Undetermined`` for the first value that is not plain, deep."""
    cause = first_unknown(values, machine)
    if cause is not None:
        raise Undetermined(cause)


def contents(value: object) -> object:
    """Return the native part of an object whose class derives from a builtin one, any other value as it is."""
    return value.data if isinstance(value, Instance) and value.data is not None else value


def wrong_receiver(machine: Machine, kind: str, value: object) -> NoReturn:
    """Raise the TypeError of a method that is called on a value of another type."""
    name = machine.class_of(value).name
    machine.raise_error("TypeError", f"descriptor requires a '{kind}' object but received a '{name}'")


def check_hashable(machine: Machine, key: object) -> None:
    """Raise the program's TypeError for what cannot be a key."""
    if not isinstance(key, Unknown):
        machine.guard(hash, key)


class Facade:
    """A callable with members, such as ``itertools.chain`` and its ``from_iterable``."""

    is_inert_base = True

    def __init__(self, name: str, function: Callable[..., object] | None, members: Mapping[str, object]) -> None:
        self.name = name
        self.function = function
        self.members = members

    def __repr__(self) -> str:
        return f"<native {self.name}>"

    def call_with(self, machine: Machine, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call it."""
        if self.function is None:
            return machine.unknown(Why.UNSUPPORTED, f"{self.name}()")
        return machine.call_native(RawNative(self.name, self.function), args, kwargs)

    def get_member(self, machine: Machine, name: str) -> object:
        """Return one of its members."""
        if name in self.members:
            found = self.members[name]
            return found.make(machine) if isinstance(found, Lazy) else found
        if name in {"__name__", "__qualname__"}:
            return self.name.rpartition(".")[2]
        return machine.unknown(Why.UNSUPPORTED, f"{self.name}.{name}")


def natives(prefix: str, methods: Mapping[str, Callable[..., object]]) -> dict[str, object]:
    """Return the attributes of a class that consists of natives of ours."""
    return {name: RawNative(f"{prefix}.{name}", function) for name, function in methods.items()}


def make_class(
    machine: Machine,
    name: str,
    methods: Mapping[str, Callable[..., object]],
    *,
    base: str = "object",
    properties: Mapping[str, Callable[..., object]] | None = None,
    static: Mapping[str, Callable[..., object]] | None = None,
    is_complete: bool = False,
) -> Class:
    """Return a class of natives; one that is not complete has unknown attributes beside its own."""
    attributes = natives(name, methods)
    for key, function in (properties or {}).items():
        attributes[key] = Property(RawNative(f"{name}.{key}", function))
    for key, function in (static or {}).items():
        attributes[key] = StaticMethod(RawNative(f"{name}.{key}", function))
    if not is_complete and "__getattr__" not in attributes:
        attributes["__getattr__"] = RawNative(f"{name}.__getattr__", _missing_attribute)
    return machine.new_class(name, [machine.builtin_class(base)], attributes)


def _missing_attribute(machine: Machine, instance: object, name: object) -> object:
    owner = instance.cls.name if isinstance(instance, Instance) else "object"
    return machine.unknown(Why.UNSUPPORTED, f"{owner}.{name}")


def shared_class(key: str, make: Callable[[Machine], Class]) -> Callable[[Machine], Class]:
    """Return what gives the one class of a run that ``make`` makes."""

    def get(machine: Machine) -> Class:
        found = machine.builtin_classes.get(key)
        if found is None:
            found = machine.builtin_classes[key] = make(machine)
        return found

    return get


def call_method(machine: Machine, value: object, name: str, *args: object, **kwargs: object) -> object:
    """Return ``value.name(*args)``."""
    return machine.call(machine.get_attribute(value, name), args, kwargs)


def native_of(module: str, name: str) -> RawNative | PureNative:
    """Return a registered native."""
    found = MODULES[module][name]
    assert isinstance(found, RawNative | PureNative)
    return found


def unknown_call(name: str, why: Why = Why.DATA, kind: type[Unknown] = Unknown) -> RawNative:
    """Return a native that changes nothing and whose result, perhaps a plain one, is never known."""

    def call(machine: Machine, *args: object, **kwargs: object) -> object:
        del args, kwargs
        return kind(why, f"{name}()", machine.span)

    return RawNative(name, call)


def nothing(name: str) -> RawNative:
    """Return a native that does nothing."""

    def call(machine: Machine, *args: object, **kwargs: object) -> None:
        del machine, args, kwargs

    return RawNative(name, call)
