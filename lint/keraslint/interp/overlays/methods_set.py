"""Methods of sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import (
    blurred,
    check_hashable,
    collect,
    contents,
    forget,
    is_open,
    reject_blurred,
    wrong_receiver,
)
from keraslint.interp.overlays.methods_list import copied
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _set(machine: Machine, value: object) -> set[object]:
    value = contents(value)
    if isinstance(value, set):
        return value
    return wrong_receiver(machine, "set", value)


def _members(machine: Machine, value: object) -> set[object]:
    """Return another operand's items as a set; raise ``Undetermined`` where they are not known."""
    value = contents(value)
    if isinstance(value, set | frozenset):
        reject_blurred(machine, value)
        return set(value)
    found = machine.make_set(collect(machine, value))
    if isinstance(found, set):
        return found
    raise Undetermined(found if isinstance(found, Unknown) else machine.unknown(Why.UNSUPPORTED, "a set"))


@raw("method:set.add", inert=False)
def add(machine: Machine, value: object, item: object) -> None:
    """Add an item; an unknown one blurs the set."""
    items = _set(machine, value)
    if isinstance(item, Unknown):
        forget(machine, items, item)
    else:
        machine.guard(items.add, item)


@raw("method:set.discard", inert=False)
def discard(machine: Machine, value: object, item: object) -> None:
    """Remove an item, if it is there."""
    _discarded(machine, value, item)


def _discarded(machine: Machine, value: object, item: object) -> bool:
    items = _set(machine, value)
    if is_open(item) or blurred(machine, items) is not None:
        forget(machine, items, machine.unknown(Why.INPUT, "a set with an unknown item removed"))
        return True
    check_hashable(machine, item)
    is_there = item in items
    items.discard(item)
    return is_there


@raw("method:set.remove", inert=False)
def remove(machine: Machine, value: object, item: object) -> None:
    """Remove an item."""
    if not _discarded(machine, value, item):
        machine.raise_key_error(item)


@raw("method:set.pop", inert=False)
def pop(machine: Machine, value: object) -> object:
    """Remove and return any item: known where there is only one."""
    items = _set(machine, value)
    reject_blurred(machine, items)
    if len(items) < 2:
        return machine.guard(items.pop)
    cause = machine.unknown(Why.DATA, "any item of a set")
    forget(machine, items, cause)
    return cause


@raw("method:set.clear", inert=False)
def clear(machine: Machine, value: object) -> None:
    """Remove all items."""
    _set(machine, value).clear()


@raw("method:set.copy", "method:frozenset.copy")
def copy(machine: Machine, value: object) -> object:
    """Return a copy."""
    items = contents(value)
    if not isinstance(items, set | frozenset):
        return wrong_receiver(machine, "set", items)
    return copied(machine, items, set(items)) if isinstance(items, set) else items


def _combined(name: str, combine: Callable[[set[object], set[object]], object]) -> RawNative:
    def method(machine: Machine, value: object, *others: object) -> object:
        items = contents(value)
        if not isinstance(items, set | frozenset):
            return wrong_receiver(machine, "set", items)
        reject_blurred(machine, items)
        if name.startswith("is") and len(others) != 1:
            machine.raise_error("TypeError", f"set.{name}() takes exactly one argument ({len(others)} given)")
        result: object = set(items)
        for other in others:
            assert isinstance(result, set)
            result = combine(result, _members(machine, other))
        return frozenset(result) if isinstance(items, frozenset) and isinstance(result, set) else result

    return RawNative(f"set.{name}", method)


_COMBINED: dict[str, Callable[[set[object], set[object]], object]] = {
    "union": set.union,
    "intersection": set.intersection,
    "difference": set.difference,
    "symmetric_difference": set.symmetric_difference,
    "issubset": set.issubset,
    "issuperset": set.issuperset,
    "isdisjoint": set.isdisjoint,
}
for _kind in ("set", "frozenset"):
    register(f"method:{_kind}", {name: _combined(name, combine) for name, combine in _COMBINED.items()})


def _changed(name: str, combine: Callable[[set[object], set[object]], object]) -> RawNative:
    def method(machine: Machine, value: object, *others: object) -> None:
        items = _set(machine, value)
        for other in others:
            try:
                combine(items, _members(machine, other))
            except Undetermined as problem:
                forget(machine, items, problem.unknown)

    return RawNative(f"set.{name}", method, inert=False)


_CHANGED: dict[str, Callable[[set[object], set[object]], object]] = {
    "update": set.update,
    "intersection_update": set.intersection_update,
    "difference_update": set.difference_update,
    "symmetric_difference_update": set.symmetric_difference_update,
}
register("method:set", {name: _changed(name, combine) for name, combine in _CHANGED.items()})
