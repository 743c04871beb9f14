"""The abstract classes of ``collections.abc``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import Lazy, RawNative, register
from keraslint.interp.overlays.items import (
    Facade,
    contents,
    make_class,
    shared_class,
)
from keraslint.values.layer import Layer
from keraslint.values.program import MISSING, Instance
from keraslint.values.unknown import Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


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
_SPECIAL = {
    "Sized": "__len__",
    "Iterable": "__iter__",
    "Iterator": "__next__",
    "Container": "__contains__",
    "Callable": "__call__",
}


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
    return Lazy(
        shared_class(f"collections.abc.{name}", lambda machine: make_class(machine, name, {}, is_complete=True))
    )


ABSTRACT = {name: _abstract(name) for name in _ABSTRACT}
register("collections.abc", ABSTRACT)
register("collections", {name: value for name, value in ABSTRACT.items() if name != "Generator"})


def _checker(name: str) -> RawNative:
    return RawNative(name, lambda machine, value: is_abstract_instance(machine, name, value))


register("isinstance", {name: _checker(name) for name in _ABSTRACT})
