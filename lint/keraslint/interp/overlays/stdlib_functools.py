"""``functools``: partial functions, caches, wrappers, reduction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.compile import Code, compile_expression
from keraslint.interp.objects import Property
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import (
    ABSENT,
    make_class,
    shared_class,
    unknown_call,
)
from keraslint.values.program import MISSING, Class, Function, Instance, Method
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# partial


def _partial_init(machine: Machine, own: Instance, function: object, /, *args: object, **kwargs: object) -> None:
    del machine
    if isinstance(function, Instance) and function.cls is own.cls:
        earlier = function.attributes
        args = (*_tuple(earlier["args"]), *args)
        kwargs = {**_keywords(earlier["keywords"]), **kwargs}
        function = earlier["func"]
    own.attributes.update({"func": function, "args": args, "keywords": dict(kwargs)})


def _partial_call(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> object:
    keywords = {**_keywords(own.attributes["keywords"]), **kwargs}
    return machine.call(own.attributes["func"], (*_tuple(own.attributes["args"]), *args), keywords)


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _keywords(value: object) -> dict[str, object]:
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


partial_class = shared_class(
    "functools.partial",
    lambda machine: make_class(
        machine, "partial", {"__init__": _partial_init, "__call__": _partial_call}, is_complete=True
    ),
)


@raw("functools.partialmethod")
def partial_method(machine: Machine, function: object, /, *args: object, **kwargs: object) -> object:
    """Return a method with arguments filled in."""
    del machine
    return RawNative(
        "functools.partialmethod",
        lambda machine, own, *rest, **more: machine.call(function, (own, *args, *rest), {**kwargs, **more}),
    )


# wrappers

_WRAPPED = ("__name__", "__qualname__", "__module__", "__doc__")


@raw("functools.update_wrapper", "six.update_wrapper", inert=False)
def update_wrapper(machine: Machine, wrapper: object, wrapped: object, *_: object, **__: object) -> object:
    """Return the wrapper, with the name of what it wraps."""
    if isinstance(wrapper, Function | Class):
        if isinstance(wrapped, Function):
            wrapper.attributes.update(wrapped.attributes)
        for name in _WRAPPED:
            found = machine.get_attribute(wrapped, name, ABSENT)
            if found is not ABSENT and not isinstance(found, Unknown):
                wrapper.attributes[name] = found
        wrapper.attributes["__wrapped__"] = wrapped
    return wrapper


@raw("functools.wraps", "six.wraps")
def wraps(machine: Machine, wrapped: object, *_: object, **__: object) -> object:
    """Return a decorator that gives a wrapper the name of what it wraps."""
    del machine
    return RawNative("functools.wraps", lambda machine, wrapper: update_wrapper(machine, wrapper, wrapped))


# caches


def _cached_call(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> object:
    function, results = own.attributes["__wrapped__"], own.data
    key = (args, tuple(sorted(kwargs.items(), key=lambda item: item[0])))
    assert isinstance(results, list)
    for other, result in results:
        if _is_same_call(key, other):
            return result
    result = machine.call(function, args, kwargs)
    results.append((key, result))
    return result


def _is_same_call(a: object, b: object) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_is_same_call, a, b))
    if isinstance(a, int | float | str | bytes | None) and isinstance(b, int | float | str | bytes | None):
        return a == b
    if isinstance(a, Unknown) and isinstance(b, Unknown):
        return bool(a.symbol) and a.symbol == b.symbol
    return a is b


def _cached_get(machine: Machine, own: Instance, owner: object, cls: object = None) -> object:
    del machine, cls
    return own if owner is None else Method(own, owner)


def _cache_clear(machine: Machine, own: Instance) -> None:
    del machine
    own.data = []


_cached_class = shared_class(
    "functools.cached",
    lambda machine: make_class(
        machine,
        "_lru_cache_wrapper",
        {"__call__": _cached_call, "__get__": _cached_get, "cache_clear": _cache_clear},
    ),
)


def _cached(machine: Machine, function: object) -> object:
    instance = Instance(_cached_class(machine))
    instance.data = []
    instance.attributes["__wrapped__"] = function
    for name in ("__name__", "__qualname__"):
        found = machine.get_attribute(function, name, ABSENT)
        if found is not ABSENT:
            instance.attributes[name] = found
    return instance


@raw("functools.lru_cache", "functools.cache")
def lru_cache(machine: Machine, maxsize: object = None, typed: object = False) -> object:
    """Return a function that gives the same object again for the same arguments."""
    del typed
    if isinstance(maxsize, int | None | Unknown):
        return RawNative("functools.lru_cache", _cached)
    return _cached(machine, maxsize)


@raw("functools.cached_property")
def cached_property(machine: Machine, function: object) -> object:
    """Return a property that is computed once an object."""
    del machine
    return Property(function, is_cached=True)


# dispatch


def _dispatch(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> object:
    function = _implementation(machine, own, args[0] if args else None)
    return function if isinstance(function, Unknown) else machine.call(function, args, kwargs)


def _implementation(machine: Machine, own: Instance, value: object) -> object:
    """Return the function for a value: that of the class which comes first in the order of its bases."""
    table = own.data
    assert isinstance(table, list)
    if isinstance(value, Unknown):
        return Unknown(
            value.why, f"what {own.attributes['__name__']} does with {value.symbol or value.what}", value.where
        )
    order = machine.class_of(value).mro
    kinds = [(kind, function) for kind, function in reversed(table) if machine.is_instance(value, kind) is True]
    placed = [item for item in kinds if item[0] in order]
    if placed:
        return min(placed, key=lambda item: order.index(item[0]))[1]
    return kinds[0][1] if kinds else own.attributes["__wrapped__"]


def _add_implementation(machine: Machine, own: Instance, kind: object, function: object = None) -> object:
    assert isinstance(own.data, list)
    table = own.data
    if function is not None:
        table.append((kind, function))
        return function
    if isinstance(kind, Class):
        return RawNative("singledispatch.register", lambda machine, f: _add_implementation(machine, own, kind, f))
    annotated = _annotation(machine, kind)
    if annotated is None:
        return machine.unknown(Why.UNSUPPORTED, "singledispatch by an annotation that is not known")
    table.append((annotated, kind))
    return kind


def _annotation(machine: Machine, function: object) -> object:
    """Return the class that a function's first parameter is annotated with."""
    code = function.code if isinstance(function, Function) else None
    node = code.params[0].annotation if isinstance(code, Code) and code.params else None
    if node is None or not isinstance(code, Code) or not isinstance(function, Function):
        return None
    found = compile_expression(machine, code.source, node)([function.module, None, None])
    return found if isinstance(found, Class | tuple) else None


_dispatching_class = shared_class(
    "functools.singledispatch",
    lambda machine: make_class(
        machine, "singledispatch", {"__call__": _dispatch, "__get__": _cached_get, "register": _add_implementation}
    ),
)


@raw("functools.singledispatch")
def single_dispatch(machine: Machine, function: object) -> object:
    """Return a function that chooses by the class of its first argument."""
    instance = Instance(_dispatching_class(machine))
    instance.data = []
    instance.attributes.update({"__wrapped__": function, "__name__": machine.get_attribute(function, "__name__", "")})
    return instance


# the rest


@raw("functools.reduce", "builtins.reduce", "six.moves.reduce")
def reduce(machine: Machine, function: object, iterable: object, initial: object = ABSENT) -> object:
    """Return ``reduce(function, iterable, initial)``."""
    result = initial
    for item in machine.iterate(iterable):
        machine.burn()
        result = item if result is ABSENT else machine.call(function, (result, item), {})
    if result is ABSENT:
        return machine.raise_error("TypeError", "reduce() of empty iterable with no initial value")
    return result


@raw("functools.total_ordering")
def total_ordering(machine: Machine, cls: object) -> object:
    """Return a class with the comparisons that follow from its ``__lt__`` (or another) and ``__eq__``."""
    if not isinstance(cls, Class):
        return cls
    root = next((name for name in ("__lt__", "__gt__", "__le__", "__ge__") if isinstance(cls.find(name), Function)), "")
    if not root:
        return machine.raise_error("ValueError", "must define at least one ordering operation: < > <= >=")
    function = cls.find(root)

    def add(name: str, *, is_swapped: bool, is_negated: bool) -> None:
        def compare(machine: Machine, a: object, b: object) -> object:
            outcome = machine.call(function, (b, a) if is_swapped else (a, b), {})
            return machine.negation(outcome) if is_negated else outcome

        if cls.find(name) is MISSING:
            cls.attributes[name] = RawNative(f"{cls.name}.{name}", compare)

    is_less, is_strict = root in {"__lt__", "__le__"}, root in {"__lt__", "__gt__"}
    for name in ("__lt__", "__gt__", "__le__", "__ge__"):
        is_swapped = (name in {"__lt__", "__le__"}) is not is_less
        is_negated = (name in {"__lt__", "__gt__"}) is not is_strict
        add(name, is_swapped=is_swapped is not is_negated, is_negated=is_negated)
    return cls


def _key_compare(machine: Machine, own: Instance, other: Instance) -> object:
    result = machine.call(own.attributes["function"], (own.attributes["value"], other.attributes["value"]), {})
    return machine.compare("<", result, 0)


@raw("functools.cmp_to_key")
def cmp_to_key(machine: Machine, function: object) -> object:
    """Return a sort key from a comparison."""
    cls = make_class(machine, "K", {"__lt__": _key_compare}, is_complete=True)

    def make(machine: Machine, value: object) -> object:
        del machine
        instance = Instance(cls)
        instance.attributes.update({"function": function, "value": value})
        return instance

    return RawNative("functools.cmp_to_key", make)


register(
    "functools",
    {
        "partial": Lazy(partial_class),
        "singledispatchmethod": unknown_call("functools.singledispatchmethod", Why.UNSUPPORTED),
        "WRAPPER_ASSIGNMENTS": ("__module__", "__name__", "__qualname__", "__doc__"),
        "WRAPPER_UPDATES": ("__dict__",),
    },
    complete=True,
)
