"""``collections``: dicts of several kinds, counters, queues."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.objects import StaticMethod
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.builtins_new import entries, fill
from keraslint.interp.overlays.items import (
    check_hashable,
    collect,
    forget,
    make_class,
    named,
    reject_blurred,
    reject_unknown,
    shared_class,
)
from keraslint.interp.overlays.methods import operators_of
from keraslint.values.dim import Poly
from keraslint.values.program import Class, Instance
from keraslint.values.unknown import Undetermined, Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# dicts


class OrderedDict(dict[object, object]):
    """An ``OrderedDict``."""

    def copy(self) -> OrderedDict:
        """Return a shallow copy."""
        return OrderedDict(self)


class DefaultDict(dict[object, object]):
    """A ``defaultdict``: the machine calls ``factory`` for what is missing."""

    factory: object = None

    def copy(self) -> DefaultDict:
        """Return a shallow copy."""
        result = DefaultDict(self)
        result.factory = self.factory
        return result


def _dict_class(name: str, new: Callable[..., object]) -> Callable[[Machine], Class]:
    def make(machine: Machine) -> Class:
        cls = machine.new_class(name, [machine.builtin_class("dict")], {})
        cls.attributes["__new__"] = StaticMethod(RawNative(f"{name}.__new__", new))
        return cls

    return shared_class(f"collections.{name}", make)


def _new_ordered(machine: Machine, cls: Class, /, *args: object, **kwargs: object) -> object:
    if cls is not ordered_class(machine):
        return _bare(cls)
    if args and isinstance(args[0], Unknown):
        return named(machine, "dict", args[0])
    result = OrderedDict()
    if args:
        fill(machine, result, args[0])
    result.update(kwargs)
    return result


def _new_default(machine: Machine, cls: Class, /, factory: object = None, *args: object, **kwargs: object) -> object:
    result = DefaultDict()
    result.factory = factory
    if args:
        fill(machine, result, args[0])
    result.update(kwargs)
    if cls is default_class(machine):
        return result
    instance = _bare(cls)
    instance.data = result
    return instance


def _bare(cls: Class) -> Instance:
    instance = Instance(cls)
    instance.data = OrderedDict()
    return instance


ordered_class = _dict_class("OrderedDict", _new_ordered)
default_class = _dict_class("defaultdict", _new_default)
register(
    "isinstance",
    {
        "OrderedDict": RawNative("OrderedDict", lambda _machine, value: isinstance(value, OrderedDict)),
        "defaultdict": RawNative("defaultdict", lambda _machine, value: isinstance(value, DefaultDict)),
    },
)


# Counter


def _counts(own: Instance) -> dict[object, object]:
    if not isinstance(own.data, dict):
        own.data = {}
    return own.data


def _count(machine: Machine, own: Instance, source: object, sign: str) -> None:
    counts = _counts(own)
    if isinstance(source, Instance) and isinstance(source.data, dict):
        source = source.data
    try:
        pairs = (
            entries(machine, source) if isinstance(source, dict) else [(item, 1) for item in collect(machine, source)]
        )
        for key, amount in pairs:
            if isinstance(key, Unknown | Poly):
                forget(machine, counts, key if isinstance(key, Unknown) else named(machine, "key", key))
                continue
            check_hashable(machine, key)
            counts[key] = machine.binary(sign, counts.get(key, 0), amount)
    except Undetermined as problem:
        forget(machine, counts, problem.unknown)


def _counter_update(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> None:
    for source in (*args, *([dict(kwargs)] if kwargs else [])):
        if source is not None:
            _count(machine, own, source, "+")


def _counter_subtract(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> None:
    for source in (*args, *([dict(kwargs)] if kwargs else [])):
        _count(machine, own, source, "-")


def _counter_item(machine: Machine, own: Instance, key: object) -> object:
    counts = _counts(own)
    reject_blurred(machine, counts)
    if isinstance(key, Unknown | Poly):
        return machine.get_item(counts, key) if counts else 0
    check_hashable(machine, key)
    return counts.get(key, 0)


def _most_common(machine: Machine, own: Instance, n: object = None) -> object:
    counts = _counts(own)
    reject_blurred(machine, counts)
    reject_unknown(machine, list(counts.values()), n)
    ordered = sorted(counts.items(), key=lambda item: item[1], reverse=True)  # type: ignore[arg-type, return-value]
    return ordered[:n] if isinstance(n, int) else ordered


def _counter_join(op: str) -> Callable[..., object]:
    def join(machine: Machine, own: Instance, other: object) -> object:
        if not isinstance(other, Instance) or not isinstance(other.data, dict):
            return NotImplemented
        reject_blurred(machine, _counts(own))
        reject_blurred(machine, other.data)
        result = Instance(own.cls)
        counts = _counts(result)
        for key in {**_counts(own), **other.data}:
            a, b = _counts(own).get(key, 0), other.data.get(key, 0)
            if op in "+-":
                amount = machine.binary(op, a, b)
            else:
                amount = a if machine.truth(machine.compare("<" if op == "&" else ">", a, b)) else b
            if machine.truth(machine.compare(">", amount, 0)):
                counts[key] = amount
        return result

    return join


def _elements(machine: Machine, own: Instance) -> object:
    counts = _counts(own)
    reject_unknown(machine, list(counts.values()))
    return iter([key for key, amount in counts.items() if isinstance(amount, int) for _ in range(min(amount, 10_000))])


def _total(machine: Machine, own: Instance) -> object:
    result: object = 0
    for amount in _counts(own).values():
        result = machine.binary("+", result, amount)
    return result


counter_class = shared_class(
    "collections.Counter",
    lambda machine: make_class(
        machine,
        "Counter",
        {
            "__init__": _counter_update,
            "update": _counter_update,
            "subtract": _counter_subtract,
            "__getitem__": _counter_item,
            "most_common": _most_common,
            "elements": _elements,
            "total": _total,
            "__add__": _counter_join("+"),
            "__sub__": _counter_join("-"),
            "__and__": _counter_join("&"),
            "__or__": _counter_join("|"),
            **operators_of((), ("__eq__", "__ne__")),
        },
        base="dict",
        is_complete=True,
    ),
)


# deque


def _queue(own: Instance) -> list[object]:
    if not isinstance(own.data, list):
        own.data = []
    return own.data


def _trimmed(own: Instance, *, at_left: bool) -> None:
    limit, items = own.attributes.get("maxlen"), _queue(own)
    if isinstance(limit, int) and len(items) > limit:
        if at_left:
            del items[: len(items) - limit]
        else:
            del items[limit:]


def _deque_init(machine: Machine, own: Instance, iterable: object = (), maxlen: object = None) -> None:
    own.attributes["maxlen"] = maxlen
    own.data = []
    _deque_extend(machine, own, iterable)


def _deque_extend(machine: Machine, own: Instance, iterable: object) -> None:
    items = _queue(own)
    try:
        items.extend(collect(machine, iterable))
    except Undetermined as problem:
        forget(machine, items, problem.unknown)
    _trimmed(own, at_left=True)


def _append(machine: Machine, own: Instance, item: object) -> None:
    del machine
    _queue(own).append(item)
    _trimmed(own, at_left=True)


def _append_left(machine: Machine, own: Instance, item: object) -> None:
    del machine
    _queue(own).insert(0, item)
    _trimmed(own, at_left=False)


def _extend_left(machine: Machine, own: Instance, iterable: object) -> None:
    for item in collect(machine, iterable):
        _append_left(machine, own, item)


def _pop_left(machine: Machine, own: Instance) -> object:
    items = _queue(own)
    reject_blurred(machine, items)
    return items.pop(0) if items else machine.raise_error("IndexError", "pop from an empty deque")


def _rotate(machine: Machine, own: Instance, n: object = 1) -> None:
    items = _queue(own)
    reject_unknown(machine, n)
    if items and isinstance(n, int):
        shift = n % len(items)
        items[:] = items[-shift:] + items[:-shift] if shift else items


deque_class = shared_class(
    "collections.deque",
    lambda machine: make_class(
        machine,
        "deque",
        {
            "__init__": _deque_init,
            "extend": _deque_extend,
            "append": _append,
            "appendleft": _append_left,
            "extendleft": _extend_left,
            "popleft": _pop_left,
            "rotate": _rotate,
            **operators_of((), ("__eq__", "__ne__")),
        },
        is_complete=True,
    ),
)


# ChainMap, User… and abstract classes


@raw("collections.ChainMap")
def chain_map(machine: Machine, *maps: object) -> object:
    """Return one dict with the items of several, the first ones winning."""
    result: dict[object, object] = {}
    for mapping in reversed(maps):
        fill(machine, result, mapping)
    return result


def _base(name: str) -> Lazy:
    return Lazy(lambda machine: machine.builtin_class(name))


register(
    "collections",
    {
        "OrderedDict": Lazy(ordered_class),
        "defaultdict": Lazy(default_class),
        "Counter": Lazy(counter_class),
        "deque": Lazy(deque_class),
        "UserDict": _base("dict"),
        "UserList": _base("list"),
        "UserString": _base("str"),
    },
    complete=True,
)
