"""Builtin functions about iteration. What is lazy in Python is a Python iterator here too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keraslint.interp.overlays import raw
from keraslint.interp.overlays.builtins_numbers import sorted_values
from keraslint.interp.overlays.items import ABSENT, collect, contents, is_open, named
from keraslint.interp.signals import Thrown
from keraslint.values.layer import Layer
from keraslint.values.program import MISSING, Instance
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("builtins.range", "builtins.xrange", "six.moves.range", "six.moves.xrange")
def number_range(machine: Machine, *args: object) -> object:
    """Return ``range(*args)``."""
    values = [contents(arg) for arg in args]
    if any(map(is_open, values)):
        return named(machine, "range", *values)
    for index, value in enumerate(values):
        method = machine.find_special(value, "__index__") if isinstance(value, Instance) else MISSING
        if method is not MISSING:
            values[index] = machine.call(method, (), {})
    return machine.guard(range, *values)


@raw("builtins.enumerate")
def numbered(machine: Machine, iterable: object, start: object = 0) -> object:
    """Return ``enumerate(iterable, start)``."""
    items = machine.iterate(iterable)
    if is_open(start):
        return ((machine.binary("+", start, index), item) for index, item in enumerate(items))
    return machine.guard(enumerate, items, start)


@raw("builtins.zip", "six.moves.zip", "itertools.izip")
def zipped(machine: Machine, *iterables: object, strict: object = False) -> object:
    """Return ``zip(*iterables)``."""
    iterators = [machine.iterate(iterable) for iterable in iterables]
    return _strictly(machine, iterators) if strict is True else zip(*iterators, strict=False)


def _strictly(machine: Machine, iterators: list[Iterator[object]]) -> Iterator[object]:
    while iterators:
        items = [next(iterator, ABSENT) for iterator in iterators]
        ended = [item is ABSENT for item in items]
        if all(ended):
            return
        if any(ended):
            place = ended.index(not ended[0])
            others = "argument 1" if place == 1 else f"arguments 1-{place}"
            word = "longer" if ended[0] else "shorter"
            machine.raise_error("ValueError", f"zip() argument {place + 1} is {word} than {others}")
        yield tuple(items)


@raw("builtins.map", "six.moves.map", "itertools.imap")
def mapped(machine: Machine, function: object, *iterables: object) -> object:
    """Return ``map(function, *iterables)``."""
    if not iterables:
        return machine.raise_error("TypeError", "map() must have at least two arguments.")
    iterators = [machine.iterate(iterable) for iterable in iterables]

    def apply(*args: object) -> object:
        machine.burn()
        return machine.call(function, args, {})

    return map(apply, *iterators)


@raw("builtins.filter", "six.moves.filter")
def filtered(machine: Machine, function: object, iterable: object) -> object:
    """Return ``filter(function, iterable)``; a test of unknown outcome is a choice point."""

    def keeps(item: object) -> bool:
        machine.burn()
        return machine.truth(item if function is None else machine.call(function, (item,), {}))

    return filter(keeps, machine.iterate(iterable))


@raw("builtins.sorted")
def in_order(machine: Machine, iterable: object, /, *, key: object = None, reverse: object = False) -> object:
    """Return ``sorted(iterable)``."""
    if isinstance(iterable, Unknown) and key is None:
        try:
            items = collect(machine, iterable)
        except Undetermined:
            return named(machine, "sorted", iterable)
    else:
        items = collect(machine, iterable)
    return sorted_values(machine, items, key, reverse)


@raw("builtins.reversed")
def backwards(machine: Machine, sequence: object) -> object:
    """Return ``reversed(sequence)``."""
    method = machine.find_special(sequence, "__reversed__")
    if method is not MISSING:
        return machine.call(method, (), {})
    sequence = contents(sequence)
    if isinstance(sequence, range):
        return reversed(sequence)
    if isinstance(sequence, set | frozenset | int | float | Iterator) or sequence is None:
        return machine.raise_error("TypeError", f"'{type(sequence).__name__}' object is not reversible")
    return iter(collect(machine, sequence)[::-1])


@raw("builtins.iter")
def iterator_of(machine: Machine, value: object, sentinel: object = ABSENT) -> object:
    """Return an iterator."""
    if sentinel is not ABSENT:
        return _until(machine, value, sentinel)
    if isinstance(value, Instance):
        method = machine.find_special(value, "__iter__")
        if method is not MISSING:
            return machine.call(method, (), {})
    drawn = getattr(value, "iterator", None)
    return drawn(machine) if drawn is not None else machine.iterate(value)


def _until(machine: Machine, function: object, sentinel: object) -> Iterator[object]:
    while True:
        machine.burn()
        item = machine.call(function, (), {})
        outcome = machine.equal(item, sentinel)
        if isinstance(outcome, Unknown):
            raise Undetermined(outcome)
        if outcome:
            return
        yield item


@raw("builtins.next", "six.next")
def following(machine: Machine, iterator: object, default: object = ABSENT) -> object:
    """Return the next item."""
    if isinstance(iterator, Unknown):
        return Unknown(iterator.why, f"next() of {iterator.symbol or iterator.what}", iterator.where)
    if isinstance(iterator, Instance | Layer):
        method = machine.find_special(iterator, "__next__")
        if method is not MISSING:
            try:
                return machine.call(method, (), {})
            except Thrown as thrown:
                if default is not ABSENT and thrown.value.cls.name == "StopIteration":
                    return default
                raise
    if not isinstance(iterator, Iterator):
        if isinstance(iterator, list | tuple | dict | set | str | range | int | float | None):
            return machine.raise_error("TypeError", f"'{type(iterator).__name__}' object is not an iterator")
        return machine.unknown(Why.DATA, "next()")
    machine.burn()
    item = next(iterator, ABSENT)
    if item is not ABSENT:
        return item
    return default if default is not ABSENT else machine.raise_error("StopIteration", "")
