"""``collections``: dicts of several kinds, counters, queues, named tuples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.objects import ClassMethod, Property, StaticMethod
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.builtins_new import entries, fill
from keraslint.interp.overlays.items import (
    Facade,
    check_hashable,
    collect,
    contents,
    forget,
    make_class,
    named,
    natives,
    reject_blurred,
    reject_unknown,
    shared_class,
)
from keraslint.interp.overlays.methods import operators_of
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer
from keraslint.values.program import MISSING, Class, Function, Instance
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
        pairs = entries(machine, source) if isinstance(source, dict) else [(item, 1) for item in collect(machine, source)]
        for key, amount in pairs:
            if isinstance(key, Unknown | Poly):
                raise Undetermined(machine.unknown(key.why, key.what) if isinstance(key, Unknown) else named(machine, "key", key))
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
            machine.raise_error("TypeError", f"{cls.name}.__new__() takes {len(fields) + 1} positional arguments but {len(args) + 1} were given")
        given = {**defaults, **dict(zip(fields, args, strict=False)), **kwargs}
        for name in fields:
            if name not in given:
                machine.raise_error("TypeError", f"{cls.name}.__new__() missing 1 required positional argument: '{name}'")
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
def namedtuple(machine: Machine, typename: object, names: object, *, defaults: object = None, rename: object = False, module: object = None) -> object:  # noqa: E501
    """Return a class of tuples with named fields."""
    del rename, module
    if not isinstance(typename, str):
        return named(machine, "namedtuple", typename)
    fields = field_names(machine, names)
    values = [] if defaults is None else collect(machine, defaults)
    cls = machine.new_class(typename, [machine.builtin_class("tuple")], {})
    make_named_tuple(cls, fields, dict(zip(fields[len(fields) - len(values) :], values, strict=False)))
    return cls


# ChainMap, User… and abstract classes


@raw("collections.ChainMap")
def chain_map(machine: Machine, *maps: object) -> object:
    """Return one dict with the items of several, the first ones winning."""
    result: dict[object, object] = {}
    for mapping in reversed(maps):
        fill(machine, result, mapping)
    return result


_ABSTRACT: dict[str, tuple[type, ...]] = {
    "Sequence": (list, tuple, str, range, bytes),
    "MutableSequence": (list,),
    "Mapping": (dict,),
    "MutableMapping": (dict,),
    "Set": (set, frozenset),
    "MutableSet": (set,),
    "Sized": (list, tuple, str, range, dict, set, frozenset, bytes),
    "Collection": (list, tuple, str, range, dict, set, frozenset, bytes),
    "Container": (list, tuple, str, range, dict, set, frozenset, bytes),
    "Iterable": (list, tuple, str, range, dict, set, frozenset, bytes),
    "Reversible": (list, tuple, range, dict),
    "Iterator": (),
    "Generator": (),
    "Callable": (),
    "Hashable": (),
}
_SPECIAL = {"Sized": "__len__", "Iterable": "__iter__", "Iterator": "__next__", "Container": "__contains__", "Callable": "__call__"}


def is_abstract_instance(machine: Machine, name: str, value: object) -> bool | Unknown:
    """Return whether a value is an instance of an abstract collection class."""
    value_data = contents(value)
    if isinstance(value_data, _ABSTRACT[name]):
        return True
    if name == "Callable":
        outcome = machine.call(machine.builtins["callable"], (value,), {})
        return outcome if isinstance(outcome, bool | Unknown) else False
    if name == "Hashable":
        return not isinstance(value, list | dict | set)
    if isinstance(value, Instance | Layer):
        return name in _SPECIAL and machine.find_special(value, _SPECIAL[name]) is not MISSING
    is_iterator = hasattr(value, "__next__") and not isinstance(value, Facade)
    return name in {"Iterator", "Iterable", "Generator"} and is_iterator


def _abstract(name: str) -> Lazy:
    return Lazy(shared_class(f"collections.abc.{name}", lambda machine: make_class(machine, name, {}, is_complete=True)))


ABSTRACT = {name: _abstract(name) for name in _ABSTRACT}
register("collections.abc", ABSTRACT)
register("collections", {name: value for name, value in ABSTRACT.items() if name != "Generator"})


def _checker(name: str) -> RawNative:
    return RawNative(name, lambda machine, value: is_abstract_instance(machine, name, value))


register("isinstance", {name: _checker(name) for name in _ABSTRACT})


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
