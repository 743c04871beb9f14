"""``collections.namedtuple``: tuples whose items have names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.objects import ClassMethod, Property, StaticMethod
from keraslint.interp.overlays import RawNative, raw
from keraslint.interp.overlays.items import (
    collect,
    named,
    natives,
    reject_unknown,
)
from keraslint.interp.overlays.methods import operators_of
from keraslint.values.program import Class, Function, Instance
from keraslint.values.unknown import Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# named tuples


def field_names(machine: Machine, names: object) -> list[str]:
    """Return the field names of a named tuple, given as a text or a sequence."""
    if isinstance(names, str):
        return names.replace(",", " ").split()
    found = collect(machine, names)
    reject_unknown(machine, found)
    return [str(name) for name in found]


def make_named_tuple(cls: Class, fields: list[str], defaults: dict[str, object]) -> None:
    """Give a class the members of a named tuple."""

    def new(machine: Machine, own: Class, /, *args: object, **kwargs: object) -> object:
        if len(args) > len(fields):
            machine.raise_error(
                "TypeError",
                f"{cls.name}.__new__() takes {len(fields) + 1} positional arguments but {len(args) + 1} were given",
            )
        given = {**defaults, **dict(zip(fields, args, strict=False)), **kwargs}
        for name in fields:
            if name not in given:
                machine.raise_error(
                    "TypeError", f"{cls.name}.__new__() missing 1 required positional argument: '{name}'"
                )
        for name in kwargs:
            if name not in fields:
                machine.raise_error("TypeError", f"{cls.name}.__new__() got an unexpected keyword argument '{name}'")
        instance = Instance(own)
        instance.data = tuple(given[name] for name in fields)
        return instance

    def replace(machine: Machine, own: Instance, /, **kwargs: object) -> object:
        return new(machine, own.cls, **{**_as_dict(own), **kwargs})

    def from_items(machine: Machine, own: Class, iterable: object) -> object:
        return new(machine, own, *collect(machine, iterable))

    def represent(machine: Machine, own: Instance) -> object:
        parts = [(name, machine.represent(value)) for name, value in _as_dict(own).items()]
        unknown = next((text for _, text in parts if isinstance(text, Unknown)), None)
        return unknown or f"{own.cls.name}({', '.join(f'{name}={text}' for name, text in parts)})"

    def _as_dict(own: Instance) -> dict[str, object]:
        return dict(zip(fields, own.data, strict=False)) if isinstance(own.data, tuple) else {}

    members = natives(
        cls.name,
        {
            "_replace": replace,
            "__replace__": replace,
            "_asdict": lambda _machine, own: _as_dict(own),
            "__init__": lambda _machine, *_args, **_kwargs: None,
            "__repr__": represent,
            **operators_of("+*"),
        },
    )
    for index, name in enumerate(fields):
        members[name] = Property(RawNative(f"{cls.name}.{name}", _field(index)))
    members["__new__"] = StaticMethod(RawNative(f"{cls.name}.__new__", new))
    members["_make"] = ClassMethod(RawNative(f"{cls.name}._make", from_items))
    members.update({"_fields": tuple(fields), "_field_defaults": dict(defaults), "__match_args__": tuple(fields)})
    for name, value in members.items():
        if not isinstance(cls.attributes.get(name), Function | Property) or name in fields:
            cls.attributes[name] = value


def _field(index: int) -> Callable[..., object]:
    return lambda _machine, own: own.data[index]


@raw("collections.namedtuple")
def namedtuple(
    machine: Machine,
    typename: object,
    names: object,
    *,
    defaults: object = None,
    rename: object = False,
    module: object = None,
) -> object:
    """Return a class of tuples with named fields."""
    del rename, module
    if not isinstance(typename, str):
        return named(machine, "namedtuple", typename)
    fields = field_names(machine, names)
    values = [] if defaults is None else collect(machine, defaults)
    cls = machine.new_class(typename, [machine.builtin_class("tuple")], {})
    make_named_tuple(cls, fields, dict(zip(fields[len(fields) - len(values) :], values, strict=False)))
    return cls
