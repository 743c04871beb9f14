"""Going through values: iteration, unpacking, mappings, sets, and ``with`` blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.limits import ITEMS, too_large
from keraslint.interp.operators import describe, expression_text, is_atomic
from keraslint.interp.overlays import MODULES, RawNative
from keraslint.interp.signals import Thrown
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import MISSING, Class, Instance, KerasObject
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine


def iterate(machine: Machine, value: object) -> Iterator[object]:
    """Return an iterator over a value's items; raise ``Undetermined`` where they are not known."""
    match value:
        case list() | tuple() | dict() | set() | frozenset():
            blurred = machine.is_blurred(value)
            if blurred is not None:
                raise Undetermined(blurred)
            if isinstance(value, list):
                return _live(value)
            return _live_dict(machine, value) if isinstance(value, dict) else iter(in_stable_order(value))
        case str() | bytes():
            return iter(value)
        case range():
            if abs(value.stop - value.start) // abs(value.step) > ITEMS:  # len() of it may not fit a machine word
                too_large(f"a range of more than {ITEMS} numbers")
            return iter(value)
        case Unknown():
            shape = machine.open_shapes.get(value.symbol) if value.symbol else None
            if shape is not None and shape.rank is not None:
                return iter(list(shape.shape()[len(shape.lead) :]))
            raise Undetermined(value)
        case Instance():
            return _iterate_instance(machine, value)
        case Array():
            return _iterate_array(machine, value)
        case Tensor():
            return _iterate_tensor(machine, value)
        case Class():
            members = MODULES.get("class_iter", {})
            for base in value.mro:
                found = members.get(base.name) if base.module is None else None
                if isinstance(found, RawNative):
                    return iterate(machine, machine.call_native(found, (value,), {}))
            return _not_iterable(machine, value)
        case Iterator():
            return value
        case int() | float() | None | Layer() | Poly():
            return _not_iterable(machine, value)
        case KerasObject():
            undetermined(Why.DATA, f"the items of {value.class_name}")
        case _:
            getter = getattr(value, "iterate", None)
            if getter is not None:
                return iter(getter(machine))
            undetermined(Why.UNSUPPORTED, f"the items of {describe(value)}")


def _live(items: list[object]) -> Iterator[object]:
    """Iterate a list as Python does: what is appended on the way is met too."""
    index = 0
    while index < len(items):
        yield items[index]
        index += 1


def _live_dict(machine: Machine, items: dict[object, object]) -> Iterator[object]:
    """Iterate a dict as Python does, which refuses one that grows or shrinks on the way."""
    size = len(items)
    for key in list(items):
        if len(items) != size:
            machine.raise_error("RuntimeError", "dictionary changed size during iteration")
        yield key
    if len(items) != size:
        machine.raise_error("RuntimeError", "dictionary changed size during iteration")


def in_stable_order(items: Iterable[object]) -> list[object]:
    """Return the items of a set in an order that does not differ from run to run."""
    return sorted(items, key=_place_in_set) if isinstance(items, set | frozenset) else list(items)


def _place_in_set(value: object) -> tuple[str, str]:
    return (type(value).__name__, repr(value) if isinstance(value, int | float | str | bytes | tuple) else "")


def _not_iterable(machine: Machine, value: object) -> Iterator[object]:
    machine.raise_error("TypeError", f"'{describe(value)}' object is not iterable")


def _iterate_instance(machine: Machine, value: Instance) -> Iterator[object]:
    blurred = machine.is_blurred(value)
    if blurred is not None:
        raise Undetermined(blurred)
    method = machine.find_special(value, "__iter__")
    if method is not MISSING:
        result = machine.call(method, (), {})
        if result is value:
            return _iterate_next(machine, value)
        return iterate(machine, result)
    if value.data is not None:
        return iterate(machine, value.data)
    getter = machine.find_special(value, "__getitem__")
    if getter is not MISSING:
        return _iterate_items(machine, getter)
    return _not_iterable(machine, value)


def _iterate_next(machine: Machine, value: Instance) -> Iterator[object]:
    method = machine.find_special(value, "__next__")
    while True:
        machine.burn()
        try:
            item = machine.call(method, (), {})
        except Thrown as thrown:
            if thrown.value.cls.name == "StopIteration":
                return
            raise
        yield item


def _iterate_items(machine: Machine, getter: object) -> Iterator[object]:
    index = 0
    while True:
        machine.burn()
        try:
            item = machine.call(getter, (index,), {})
        except Thrown as thrown:
            if thrown.value.cls.name == "IndexError":
                return
            raise
        yield item
        index += 1


def _iterate_array(machine: Machine, value: Array) -> Iterator[object]:
    if isinstance(value.items, list):
        return iter([machine.array_item(value, index) for index in range(len(value.items))])
    shape = value.shape
    if isinstance(shape, tuple) and shape and isinstance(shape[0], int) and shape[0] <= 10_000:
        return iter([machine.array_item(value, index) for index in range(shape[0])])
    undetermined(Why.DATA, "the items of an array")


def _iterate_tensor(machine: Machine, value: Tensor) -> Iterator[object]:
    shape = value.known_shape()
    if not shape:
        return _not_iterable(machine, value)
    if machine.keras is Keras.THREE and not machine.callers:
        machine.raise_error("NotImplementedError", "Iterating over a symbolic KerasTensor is not supported.")
    if shape[0] is None:
        machine.raise_error("TypeError", "Cannot iterate over a Tensor with unknown first dimension.")
    if not isinstance(shape[0], int):
        undetermined(Why.DATA, "the items of a tensor with an unknown first dimension")
    return iter([machine.get_item(value, index) for index in range(shape[0])])


def unpack(machine: Machine, value: object, count: int) -> Sequence[object]:
    """Return the ``count`` items of a value; of an unknown one, unknowns named by their index."""
    if isinstance(value, Unknown):
        shape = machine.open_shapes.get(value.symbol) if value.symbol else None
        if shape is None or shape.rank in {None, count}:
            return [_part(value, index) for index in range(count)]
    if isinstance(value, int | float | None):
        machine.raise_error("TypeError", f"cannot unpack non-iterable {machine.class_of(value).name} object")
    try:
        items = list(islice(iterate(machine, value), count + 1))
    except Undetermined as problem:
        return [problem.unknown] * count
    if len(items) < count:
        machine.raise_error("ValueError", f"not enough values to unpack (expected {count}, got {len(items)})")
    if len(items) > count:
        machine.raise_error("ValueError", f"too many values to unpack (expected {count})")
    return items


def _part(value: Unknown, index: int) -> Unknown:
    text = f"{value.symbol}[{index}]" if value.symbol and is_atomic(value.symbol) else ""
    return Unknown(value.why, text or f"item {index} of {value.what}", value.where, text)


def unpack_star(machine: Machine, value: object, before: int, after: int) -> Sequence[object]:
    """Return the items for a target with a star: ``before``, the list in the middle, ``after``."""
    try:
        items = list(iterate(machine, value))
    except Undetermined as problem:
        return [problem.unknown] * (before + 1 + after)
    if len(items) < before + after:
        text = f"not enough values to unpack (expected at least {before + after}, got {len(items)})"
        machine.raise_error("ValueError", text)
    return [*items[:before], items[before : len(items) - after], *items[len(items) - after :]]


def mapping_items(machine: Machine, value: object) -> list[tuple[object, object]]:
    """Return the items of a mapping for ``**``."""
    blurred = machine.is_blurred(value)
    if blurred is not None:
        raise Undetermined(blurred)
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, Instance):
        if isinstance(value.data, dict):
            return list(value.data.items())
        keys = machine.find_special(value, "keys")
        if keys is not MISSING:
            return [(key, machine.get_item(value, key)) for key in iterate(machine, machine.call(keys, (), {}))]
    return machine.raise_error("TypeError", f"argument after ** must be a mapping, not {describe(value)}")


def make_set(machine: Machine, items: list[object]) -> object:
    """Return a set of values; with unknown members it is unknown."""
    for item in items:
        if isinstance(item, Unknown):
            return Unknown(item.why, f"a set with {expression_text(item) or item.what}", machine.span)
        if isinstance(item, list | dict | set):
            machine.raise_error("TypeError", f"unhashable type: '{type(item).__name__}'")
    return set(items)


def enter(machine: Machine, manager: object) -> object:
    """Enter a ``with`` block and return what ``as`` gets."""
    if isinstance(manager, Instance):
        method = machine.find_special(manager, "__enter__")
        if method is not MISSING:
            return machine.call(method, (), {})
    hook = getattr(manager, "enter", None)
    if hook is not None:
        try:
            return hook(machine)
        except Undetermined as problem:
            return problem.unknown
    if isinstance(manager, KerasObject):
        native = MODULES.get("enter", {}).get(manager.class_name)
        return machine.call_native(native, (manager,), {}) if isinstance(native, RawNative) else manager
    return manager


def leave(machine: Machine, manager: object, thrown: Thrown | None) -> bool:
    """Leave a ``with`` block; return whether it swallows the exception."""
    if isinstance(manager, Instance):
        method = machine.find_special(manager, "__exit__")
        if method is not MISSING:
            kind = thrown.value.cls if thrown is not None else None
            value = thrown.value if thrown is not None else None
            outcome = machine.call(method, (kind, value, None), {})
            return thrown is not None and machine.truth(outcome)
    hook = getattr(manager, "leave", None)
    if hook is not None:
        return bool(hook(machine, thrown))
    if isinstance(manager, KerasObject):
        native = MODULES.get("leave", {}).get(manager.class_name)
        if isinstance(native, RawNative):
            machine.call_native(native, (manager,), {})
    return False
