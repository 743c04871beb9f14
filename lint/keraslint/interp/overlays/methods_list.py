"""Methods of lists, tuples and ranges. What they change is the program's own list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import raw
from keraslint.interp.overlays.builtins_numbers import sorted_values
from keraslint.interp.overlays.items import (
    ABSENT,
    blurred,
    collect,
    contents,
    fits,
    forget,
    is_open,
    reject_blurred,
    wrong_receiver,
)
from keraslint.interp.overlays.methods import register_plain
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

register_plain("range", "count index")


def _list(machine: Machine, value: object) -> list[object]:
    value = contents(value)
    if isinstance(value, list):
        return value
    return wrong_receiver(machine, "list", value)


def _sequence(machine: Machine, value: object) -> list[object] | tuple[object, ...]:
    value = contents(value)
    return value if isinstance(value, list | tuple) else wrong_receiver(machine, "list", value)


@raw("method:list.append", inert=False)
def append(machine: Machine, value: object, item: object) -> None:
    """Add an item at the end."""
    _list(machine, value).append(item)


@raw("method:list.extend", "method:list.__iadd__", inert=False)
def extend(machine: Machine, value: object, iterable: object) -> object:
    """Add items at the end; unknown ones blur the list."""
    items = _list(machine, value)
    try:
        added = collect(machine, iterable)
        fits(machine, len(items) + len(added), "an extended list")
    except Undetermined as problem:
        forget(machine, items, problem.unknown)
        return None
    items.extend(added)
    return None


@raw("method:list.insert", inert=False)
def insert(machine: Machine, value: object, index: object, item: object) -> None:
    """Insert an item before an index."""
    items = _list(machine, value)
    if is_open(index):
        forget(machine, items, machine.unknown(Why.INPUT, "a list with an item inserted at an unknown index"))
        return
    machine.guard(items.insert, index, item)


@raw("method:list.pop", inert=False)
def pop(machine: Machine, value: object, index: object = -1) -> object:
    """Remove and return an item."""
    items = _list(machine, value)
    lost = blurred(machine, items, "pop")
    if lost is not None:
        return lost
    if is_open(index):
        found = machine.get_item(items, index)
        forget(machine, items, machine.unknown(Why.INPUT, "a list with an item removed at an unknown index"))
        return found
    return machine.guard(items.pop, index)


def _position(machine: Machine, items: list[object] | tuple[object, ...], item: object) -> int | None:
    """Return the index of an item, None where there is none; raise ``Undetermined`` where that is not known."""
    reject_blurred(machine, items)
    for index, other in enumerate(items):
        outcome = machine.equal(other, item)
        if isinstance(outcome, Unknown):
            raise Undetermined(outcome)
        if outcome:
            return index
    return None


@raw("method:list.remove", inert=False)
def remove(machine: Machine, value: object, item: object) -> None:
    """Remove the first equal item."""
    items = _list(machine, value)
    try:
        position = _position(machine, items, item)
    except Undetermined as problem:
        forget(machine, items, problem.unknown)
        return
    if position is None:
        machine.raise_error("ValueError", "list.remove(x): x not in list")
    del items[position]


@raw("method:list.index", "method:tuple.index")
def index_of(machine: Machine, value: object, item: object, start: object = 0, stop: object = ABSENT) -> object:
    """Return the index of the first equal item."""
    items = _sequence(machine, value)
    if is_open(start) or is_open(stop):
        return machine.unknown(Why.INPUT, "index() in an unknown range")
    bounds = machine.guard(slice(start, None if stop is ABSENT else stop).indices, len(items))
    assert isinstance(bounds, tuple)
    first, last, _ = bounds
    reject_blurred(machine, items)
    position = _position(machine, items[first:last], item)
    if position is None:
        return machine.raise_error("ValueError", f"{machine.plain_text(item)} is not in list")
    return first + position


@raw("method:list.count", "method:tuple.count")
def count(machine: Machine, value: object, item: object) -> object:
    """Return how many items are equal."""
    items = _sequence(machine, value)
    reject_blurred(machine, items)
    number = 0
    for other in items:
        outcome = machine.equal(other, item)
        if isinstance(outcome, Unknown):
            raise Undetermined(Unknown(outcome.why, f"count() with {outcome.symbol or outcome.what}", outcome.where))
        number += outcome
    return number


@raw("method:list.sort", inert=False)
def sort(machine: Machine, value: object, *, key: object = None, reverse: object = False) -> None:
    """Sort in place; where an unknown decides the order, the items are no longer known."""
    items = _list(machine, value)
    try:
        reject_blurred(machine, items)
        items[:] = sorted_values(machine, list(items), key, reverse)
    except Undetermined as problem:
        forget_order(machine, items, problem.unknown)


def forget_order(machine: Machine, items: list[object], cause: Unknown) -> None:
    """Forget which item is where: the number of items stays known."""
    if machine.is_blurred(items) is None:
        items[:] = [
            Unknown(cause.why, f"an item of a list in unknown order ({cause.what})", cause.where) for _ in items
        ]


@raw("method:list.reverse", inert=False)
def reverse_items(machine: Machine, value: object) -> None:
    """Reverse in place."""
    _list(machine, value).reverse()


@raw("method:list.clear", inert=False)
def clear(machine: Machine, value: object) -> None:
    """Remove all items."""
    _list(machine, value).clear()


@raw("method:list.copy")
def copy(machine: Machine, value: object) -> object:
    """Return a shallow copy."""
    items = _list(machine, value)
    return copied(machine, items, list(items))


def copied(machine: Machine, original: object, copy: object) -> object:
    """Return a copy; of what is no longer known it is not known either."""
    lost = blurred(machine, original)
    if lost is not None:
        forget(machine, copy, lost)
    return copy
