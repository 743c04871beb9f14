"""Methods of dicts. Views are lists: what they give is the same, in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.objects import KeyView
from keraslint.interp.overlays import raw
from keraslint.interp.overlays.builtins_new import entries
from keraslint.interp.overlays.items import (
    ABSENT,
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
from keraslint.values.dim import Poly
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _dict(machine: Machine, value: object) -> dict[object, object]:
    value = contents(value)
    if isinstance(value, dict):
        return value
    return wrong_receiver(machine, "dict", value)


def _cause(machine: Machine, key: object) -> Unknown:
    if isinstance(key, Unknown):
        return Unknown(key.why, f"an item by {key.symbol or key.what}", key.where)
    return machine.unknown(Why.INPUT, f"an item by {key}")


@raw("method:dict.get")
def get(machine: Machine, value: object, key: object, default: object = None) -> object:
    """Return the value of a key, or the default."""
    items = _dict(machine, value)
    lost = blurred(machine, items, "get")
    if lost is not None:
        return lost
    if is_open(key):
        return _cause(machine, key) if items else default
    check_hashable(machine, key)
    return items.get(key, default)


@raw("method:dict.setdefault", inert=False)
def setdefault(machine: Machine, value: object, key: object, default: object = None) -> object:
    """Return the value of a key, which is set to the default where it is missing."""
    items = _dict(machine, value)
    lost = blurred(machine, items, "setdefault")
    if lost is not None:
        return lost
    if is_open(key):
        cause = _cause(machine, key)
        forget(machine, items, cause)
        return cause
    check_hashable(machine, key)
    return items.setdefault(key, default)


@raw("method:dict.pop", inert=False)
def pop(machine: Machine, value: object, key: object, default: object = ABSENT) -> object:
    """Remove a key and return its value."""
    items = _dict(machine, value)
    lost = blurred(machine, items, "pop")
    if lost is not None:
        return lost
    if is_open(key):
        cause = _cause(machine, key)
        if items:
            forget(machine, items, cause)
        return cause
    check_hashable(machine, key)
    if key in items:
        return items.pop(key)
    return default if default is not ABSENT else machine.raise_key_error(key)


@raw("method:dict.popitem", inert=False)
def popitem(machine: Machine, value: object, **kwargs: object) -> object:
    """Remove and return the last pair (of an OrderedDict, perhaps the first)."""
    items = _dict(machine, value)
    reject_blurred(machine, items)
    if items and kwargs.get("last", True) is False:
        key = next(iter(items))
        return (key, items.pop(key))
    return machine.guard(items.popitem)


@raw("method:dict.update", "method:dict.__ior__", inert=False)
def update(machine: Machine, value: object, /, *args: object, **kwargs: object) -> None:
    """Put in the items of a mapping; unknown ones blur the dict."""
    items = _dict(machine, value)
    for source in args:
        try:
            pairs = entries(machine, source)
        except Undetermined as problem:
            forget(machine, items, problem.unknown)
            continue
        for key, item in pairs:
            machine.set_item(items, key, item)
    items.update(kwargs)


@raw("method:dict.clear", inert=False)
def clear(machine: Machine, value: object) -> None:
    """Remove all items."""
    _dict(machine, value).clear()


@raw("method:dict.copy", "method:dict.__copy__")
def copy(machine: Machine, value: object) -> object:
    """Return a shallow copy."""
    items = _dict(machine, value)
    maker = getattr(items, "copy", None)
    return copied(machine, items, maker() if maker is not None else dict(items))


@raw("method:dict.items", "method:dict.iteritems")
def items_of(machine: Machine, value: object) -> object:
    """Return the pairs."""
    items = _dict(machine, value)
    return blurred(machine, items, "items") or KeyView(items.items())


@raw("method:dict.keys", "method:dict.iterkeys")
def keys_of(machine: Machine, value: object) -> object:
    """Return the keys."""
    items = _dict(machine, value)
    return blurred(machine, items, "keys") or KeyView(items)


@raw("method:dict.values", "method:dict.itervalues")
def values_of(machine: Machine, value: object) -> object:
    """Return the values."""
    items = _dict(machine, value)
    return blurred(machine, items, "values") or list(items.values())


@raw("method:dict.fromkeys")
def from_keys(machine: Machine, keys: object, value: object = None) -> object:
    """Return a dict with the same value for every key."""
    result: dict[object, object] = {}
    for key in collect(machine, keys):
        machine.set_item(result, key, value)
    return result


@raw("method:dict.move_to_end", inert=False)
def move_to_end(machine: Machine, value: object, key: object, last: object = True) -> None:
    """Move a key to one end of an OrderedDict."""
    items = _dict(machine, value)
    if isinstance(key, Unknown | Poly) or blurred(machine, items) is not None:
        return
    check_hashable(machine, key)
    if key not in items:
        machine.raise_key_error(key)
    item = items.pop(key)
    if last:
        items[key] = item
        return
    others = dict(items)
    items.clear()
    items[key] = item
    items.update(others)
