"""``enum``: members are objects of their class, made when the class is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.objects import ClassMethod, Property, StaticMethod
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import natives, shared_class
from keraslint.interp.overlays.methods import NUMBER_OPERATORS, operators_of
from keraslint.values.program import MISSING, Class, Function, Instance
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class Auto:
    """What ``auto()`` gives until the class is complete, and what is joined of such."""

    def __init__(self, op: str = "", *parts: object) -> None:
        self.op = op
        self.parts = parts
        self.value: object = None

    def operate(self, op: str, a: object, b: object) -> object:
        """Return what an operator makes of members that have no value yet."""
        return Auto(op, a, b)

    def resolved(self, machine: Machine) -> object:
        """Return the value of joined members, once those have theirs."""
        values = [part.resolved(machine) if isinstance(part, Auto) else part for part in self.parts]
        return machine.binary(self.op, *values) if self.op else self.value


@raw("enum.auto")
def auto(machine: Machine) -> object:
    """Return the marker for the next value."""
    del machine
    return Auto()


def _find_member(machine: Machine, cls: Class, value: object, *_: object) -> object:
    if isinstance(value, Unknown):
        return Unknown(value.why, f"{cls.name}({value.symbol or value.what})", value.where)
    for member in members_of(cls).values():
        if member is value or machine.equal(member.attributes.get("_value_"), value) is True:
            return member
    missing = cls.find("_missing_")
    if isinstance(missing, ClassMethod):
        found = machine.call(missing.function, (cls, value), {})
        if found is not None:
            return found
    if any(base.name == "Flag" for base in cls.mro) and isinstance(value, int):
        return _flag(cls, value)
    return machine.raise_error("ValueError", f"{machine.plain_text(value)!r} is not a valid {cls.name}")


def members_of(cls: Class) -> dict[str, Instance]:
    """Return the members of an enum by name, aliases included."""
    found = cls.attributes.get("__members__")
    return {n: m for n, m in found.items() if isinstance(m, Instance)} if isinstance(found, dict) else {}


def _unique(cls: Class) -> list[object]:
    result: list[object] = []
    for member in members_of(cls).values():
        if not any(member is other for other in result):
            result.append(member)
    return result


def _name(machine: Machine, own: Instance) -> object:
    del machine
    return own.attributes.get("_name_")


def _value(machine: Machine, own: Instance) -> object:
    del machine
    return own.attributes.get("_value_")


def _text(machine: Machine, own: Instance) -> object:
    if own.data is not None and any(base.name in {"IntEnum", "StrEnum", "IntFlag"} for base in own.cls.mro):
        return machine.text(own.data)
    return f"{own.cls.name}.{own.attributes.get('_name_')}"


def _represent(machine: Machine, own: Instance) -> object:
    value = machine.represent(own.attributes.get("_value_"))
    return value if isinstance(value, Unknown) else f"<{own.cls.name}.{own.attributes.get('_name_')}: {value}>"


def _format(machine: Machine, own: Instance, spec: object) -> object:
    is_plain = own.data is not None and any(base.name in {"IntEnum", "StrEnum", "IntFlag"} for base in own.cls.mro)
    return machine.format_value(own.data if is_plain else _text(machine, own), "", spec)


def _enum(name: str, base: str, *, data: str = "") -> Lazy:
    def make(machine: Machine) -> Class:
        attributes: dict[str, object] = {"_native_": True}
        if not base:
            attributes.update(
                natives(name, {"__str__": _text, "__repr__": _represent, "__format__": _format, "__hash__": _hash})
            )
            attributes.update(
                {"name": Property(RawNative("Enum.name", _name)), "value": Property(RawNative("Enum.value", _value))}
            )
            attributes["__new__"] = StaticMethod(RawNative("Enum.__new__", _find_member))
            attributes["__init__"] = RawNative("Enum.__init__", lambda _machine, *_args, **_kwargs: None)
        if data == "int":
            whole = {"__index__": _value, "__int__": _value}
            own = [op for op in NUMBER_OPERATORS if base != "Flag" or op not in {"|", "&", "^"}]
            attributes.update(natives(name, {**operators_of(own), **whole}))
        elif data == "str":
            attributes.update(natives(name, operators_of("+*%")))
        if name == "Flag":
            attributes.update(
                natives(name, {"__or__": _join("|"), "__and__": _join("&"), "__xor__": _join("^"), "__bool__": _truth})
            )
            attributes["__contains__"] = RawNative("Flag.__contains__", _has_flag)
        bases: list[object] = [machine.builtin_class(data)] if data else []
        bases += [CLASSES[base].make(machine)] if base else []
        return machine.new_class(name, bases, attributes)

    return Lazy(shared_class(f"enum.{name}", make))


def _hash(machine: Machine, own: Instance) -> object:
    return machine.unknown(Why.DATA, f"hash() of {own.cls.name}")


def _flag(cls: Class, value: int) -> Instance:
    member = next((m for m in members_of(cls).values() if m.attributes.get("_value_") == value), None)
    if member is None:
        member = Instance(cls)
        member.attributes.update({"_name_": None, "_value_": value})
        if any(base.name == "IntFlag" for base in cls.mro):
            member.data = value
    return member


def _join(op: str) -> Callable[..., object]:
    def join(machine: Machine, own: Instance, other: object) -> object:
        right = other.attributes.get("_value_") if isinstance(other, Instance) else other
        value = machine.binary(op, own.attributes.get("_value_"), right)
        return _flag(own.cls, value) if isinstance(value, int) else value

    return join


def _truth(machine: Machine, own: Instance) -> object:
    del machine
    return bool(own.attributes.get("_value_"))


def _has_flag(machine: Machine, own: Instance, other: Instance) -> object:
    both = machine.binary("&", own.attributes.get("_value_"), other.attributes.get("_value_"))
    return machine.compare("==", both, other.attributes.get("_value_"))


CLASSES: dict[str, Lazy] = {}
CLASSES["Enum"] = _enum("Enum", "")
CLASSES["IntEnum"] = _enum("IntEnum", "Enum", data="int")
CLASSES["StrEnum"] = _enum("StrEnum", "Enum", data="str")
CLASSES["Flag"] = _enum("Flag", "Enum")
CLASSES["IntFlag"] = _enum("IntFlag", "Flag", data="int")
register("enum", CLASSES)


# making the members


@raw("class:Enum.finish", inert=False)
def finish_class(machine: Machine, cls: Class) -> None:
    """Turn the names that a class body assigns into members."""
    attributes = cls.attributes
    if attributes.get("_native_") is True:
        return
    named = [
        (name, value)
        for name, value in list(attributes.items())
        if not (name.startswith("_") and name.endswith("_"))
        and not isinstance(value, Function | Property | StaticMethod | ClassMethod | Class)
    ]
    inherited: dict[str, object] = {}
    members: dict[str, object] = {**inherited}
    values: list[object] = []
    own_init = attributes.get("__init__")
    own_new = attributes.get("__new__")
    for name, given in named:
        value = given
        if isinstance(given, Auto):
            value = given.resolved(machine) if given.op else _next_value(machine, cls, name, values)
            given.value = value
        same = next((m for m in members.values() if _has_value(machine, m, value)), None)
        if same is None:
            same = _member(machine, cls, name, value, own_init, own_new)
            values.append(value)
        members[name] = attributes[name] = same
    data = next((base.name for base in cls.mro if base.module is None and base.name in {"int", "str", "float"}), "")
    operators = operators_of("+*%") if data == "str" else operators_of(NUMBER_OPERATORS) if data else {}
    for name, native in natives(cls.name, operators).items():
        if cls.find(name) is MISSING:
            attributes[name] = native
    if members:
        attributes["__members__"] = members
        attributes["__init__"] = RawNative(f"{cls.name}.__init__", lambda _machine, *_args, **_kwargs: None)
        attributes["__new__"] = StaticMethod(RawNative(f"{cls.name}.__new__", _find_member))


def _has_value(machine: Machine, member: object, value: object) -> bool:
    return isinstance(member, Instance) and machine.equal(member.attributes.get("_value_"), value) is True


def _member(machine: Machine, cls: Class, name: str, value: object, own_init: object, own_new: object) -> Instance:
    args = value if isinstance(value, tuple) else (value,)
    member = Instance(cls)
    if isinstance(own_new, Function):
        found = machine.call(own_new, (cls, *args), {})
        member = found if isinstance(found, Instance) else member
    initialise = own_init if own_init is not None else cls.find("__init__")
    member.attributes.setdefault("_value_", value)
    member.attributes.update({"_name_": name, "__objclass__": cls})
    if member.data is None and any(
        base.module is None and base.name in {"int", "str", "float", "tuple"} for base in cls.mro
    ):
        member.data = member.attributes["_value_"]
    if isinstance(initialise, Function):
        machine.call(initialise, (member, *args), {})
    return member


def _next_value(machine: Machine, cls: Class, name: str, values: list[object]) -> object:
    maker = cls.find("_generate_next_value_")
    function = maker.function if isinstance(maker, StaticMethod) else maker
    if function is not MISSING:
        return machine.call(function, (name, 1, len(values), list(values)), {})
    numbers = [value for value in values if isinstance(value, int)]
    names = {base.name for base in cls.mro}
    if "Flag" in names:
        return 1 << max((number.bit_length() for number in numbers), default=0)
    if "StrEnum" in names:
        return name.lower()
    return numbers[-1] + 1 if numbers else 1


@raw("class_iter.Enum")
def iterate_class(machine: Machine, cls: Class) -> object:
    """Return the members in order."""
    del machine
    return _unique(cls)


@raw("class_getitem.Enum")
def item_of_class(machine: Machine, cls: Class, key: object) -> object:
    """Return a member by name."""
    if isinstance(key, Unknown):
        return Unknown(key.why, f"{cls.name}[{key.symbol or key.what}]", key.where)
    members = members_of(cls)
    if isinstance(key, str) and key in members:
        return members[key]
    return machine.raise_key_error(key)


@raw("enum.unique")
def unique(machine: Machine, cls: object) -> object:
    """Return the class."""
    del machine
    return cls


@raw("enum.member", "enum.nonmember")
def member(machine: Machine, value: object) -> object:
    """Return the value."""
    del machine
    return value
