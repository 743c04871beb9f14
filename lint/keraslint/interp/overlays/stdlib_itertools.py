"""``itertools``: lazy as in Python, for the endless ones too."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from keraslint.interp.limits import ITEMS, too_large
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import (
    ABSENT,
    Facade,
    collect,
    is_open,
    named,
    reject_unknown,
)
from keraslint.values.unknown import Undetermined, Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _chain(machine: Machine, *iterables: object) -> object:
    return itertools.chain(*[machine.iterate(iterable) for iterable in iterables])


def _chain_from(machine: Machine, iterables: object) -> object:
    return itertools.chain.from_iterable(map(machine.iterate, machine.iterate(iterables)))


register(
    "itertools",
    {
        "chain": Facade(
            "itertools.chain", _chain, {"from_iterable": RawNative("itertools.chain.from_iterable", _chain_from)}
        )
    },
    complete=True,
)


@raw("itertools.count")
def count(machine: Machine, start: object = 0, step: object = 1) -> object:
    """Return the endless count."""
    if isinstance(start, int | float) and isinstance(step, int | float):
        return itertools.count(start, step)
    return _counted(machine, start, step)


def _counted(machine: Machine, value: object, step: object) -> Iterator[object]:
    while True:
        yield value
        value = machine.binary("+", value, step)


@raw("itertools.cycle")
def cycle(machine: Machine, iterable: object) -> object:
    """Return the endless repetition of items."""
    return itertools.cycle(collect(machine, iterable))


@raw("itertools.repeat")
def repeat(machine: Machine, value: object, times: object = None) -> object:
    """Return the repetition of one item."""
    if times is None:
        return itertools.repeat(value)
    if is_open(times):
        return named(machine, "itertools.repeat", value, times)
    return machine.guard(itertools.repeat, value, times)


@raw("itertools.islice")
def islice(machine: Machine, iterable: object, *bounds: object) -> object:
    """Return a slice of an iterator."""
    reject_unknown(machine, *bounds)
    return machine.guard(itertools.islice, machine.iterate(iterable), *bounds)


@raw("itertools.accumulate")
def accumulate(machine: Machine, iterable: object, func: object = None, *, initial: object = ABSENT) -> object:
    """Return running totals."""

    def join(a: object, b: object) -> object:
        machine.burn()
        return machine.binary("+", a, b) if func is None else machine.call(func, (a, b), {})

    items = collect(machine, iterable)
    return itertools.accumulate(items if initial is ABSENT else [initial, *items], join)


@raw("itertools.product")
def product(machine: Machine, *iterables: object, repeat: object = 1) -> object:
    """Return the Cartesian product."""
    reject_unknown(machine, repeat)
    pools = [collect(machine, iterable) for iterable in iterables]
    if not isinstance(repeat, int):
        return machine.raise_error("TypeError", "repeat must be an integer")
    if repeat > 64 or math.prod(len(pool) for pool in pools) ** max(repeat, 0) > ITEMS:
        too_large("itertools.product()")
    return itertools.product(*pools, repeat=repeat)


def _choices(name: str, function: Callable[..., object], size: Callable[[int, int], int]) -> RawNative:
    def choose(machine: Machine, iterable: object, r: object = None) -> object:
        reject_unknown(machine, r)
        items = collect(machine, iterable)
        length = len(items) if r is None else r
        if not isinstance(length, int):
            return machine.raise_error("TypeError", "Expected int as r")
        if length < 0:
            return machine.raise_error("ValueError", "r must be non-negative")
        if len(items) > 512 or length > 512 or size(len(items), length) > ITEMS:
            too_large(f"itertools.{name}()")
        return machine.guard(function, items, length)

    return RawNative(f"itertools.{name}", choose)


register(
    "itertools",
    {
        "permutations": _choices("permutations", itertools.permutations, math.perm),
        "combinations": _choices("combinations", itertools.combinations, math.comb),
        "combinations_with_replacement": _choices(
            "combinations_with_replacement",
            itertools.combinations_with_replacement,
            lambda n, r: math.comb(n + r - 1, r) if n else 0,
        ),
    },
)


@raw("itertools.zip_longest")
def zip_longest(machine: Machine, *iterables: object, fillvalue: object = None) -> object:
    """Return tuples up to the longest iterable's end."""
    return itertools.zip_longest(*[machine.iterate(iterable) for iterable in iterables], fillvalue=fillvalue)


@raw("itertools.pairwise")
def pairwise(machine: Machine, iterable: object) -> object:
    """Return overlapping pairs."""
    return itertools.pairwise(machine.iterate(iterable))


@raw("itertools.tee")
def tee(machine: Machine, iterable: object, n: object = 2) -> object:
    """Return independent iterators."""
    reject_unknown(machine, n)
    items = collect(machine, iterable)
    return tuple(iter(items) for _ in range(n)) if isinstance(n, int) and 0 <= n <= 1000 else ()


@raw("itertools.starmap")
def starmap(machine: Machine, function: object, iterable: object) -> object:
    """Return the results for tuples of arguments."""
    return (machine.call(function, tuple(collect(machine, args)), {}) for args in machine.iterate(iterable))


def _decided(machine: Machine, value: object) -> bool:
    machine.burn()
    return machine.truth(value)


@raw("itertools.takewhile")
def takewhile(machine: Machine, predicate: object, iterable: object) -> object:
    """Return items as long as a test holds."""
    return itertools.takewhile(
        lambda item: _decided(machine, machine.call(predicate, (item,), {})), machine.iterate(iterable)
    )


@raw("itertools.dropwhile")
def dropwhile(machine: Machine, predicate: object, iterable: object) -> object:
    """Return items from the first on that fails a test."""
    return itertools.dropwhile(
        lambda item: _decided(machine, machine.call(predicate, (item,), {})), machine.iterate(iterable)
    )


@raw("itertools.filterfalse")
def filterfalse(machine: Machine, predicate: object, iterable: object) -> object:
    """Return the items that fail a test."""

    def keeps(item: object) -> bool:
        return _decided(machine, item if predicate is None else machine.call(predicate, (item,), {}))

    return itertools.filterfalse(keeps, machine.iterate(iterable))


@raw("itertools.compress")
def compress(machine: Machine, data: object, selectors: object) -> object:
    """Return the selected items."""
    chosen = (_decided(machine, selector) for selector in machine.iterate(selectors))
    return itertools.compress(machine.iterate(data), chosen)


@raw("itertools.groupby")
def groupby(machine: Machine, iterable: object, key: object = None) -> object:
    """Return runs of equal keys, each with an iterator over its items."""
    groups: list[tuple[object, list[object]]] = []
    for item in collect(machine, iterable):
        machine.burn()
        value = item if key is None else machine.call(key, (item,), {})
        outcome = machine.equal(groups[-1][0], value) if groups else False
        if isinstance(outcome, Unknown):
            raise Undetermined(outcome)
        if outcome:
            groups[-1][1].append(item)
        else:
            groups.append((value, [item]))
    return iter([(value, iter(items)) for value, items in groups])


@raw("itertools.batched")
def batched(machine: Machine, iterable: object, n: object) -> object:
    """Return tuples of ``n`` items."""
    reject_unknown(machine, n)
    items = collect(machine, iterable)
    if not isinstance(n, int) or n < 1:
        return machine.raise_error("ValueError", "n must be at least one")
    return iter([tuple(items[index : index + n]) for index in range(0, len(items), n)])
