"""Modules that keraslint knows natively: tables from dotted name to value or function.

A *pure* native is an ordinary Python function over plain values. It is called only when nothing unknown, symbolic or
tensor-like is in its arguments (deep); otherwise its result is Unknown. What it raises, the program raises.
A *raw* native gets the machine and the values as they are, and deals with unknown ones itself; it may raise
``Undetermined`` (the result is then that Unknown) or ``Refused``.

Every file of this folder registers its tables when it is imported; ``load()`` imports all of them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the machine imports the overlays; natives only call its methods
    from keraslint.interp.machine import Machine

Raw = Callable[..., object]
"""``(machine, *args, **kwargs) -> value``."""


class PureNative:
    """A native over plain values; ``polynomial`` ones also take formulas."""

    __slots__ = ("function", "name", "polynomial")

    def __init__(self, name: str, function: Callable[..., object], *, polynomial: bool = False) -> None:
        self.name = name
        self.function = function
        self.polynomial = polynomial

    def __repr__(self) -> str:
        return f"<native {self.name}>"


class RawNative:
    """A native that gets the machine; ``inert`` ones change nothing that is passed to them."""

    __slots__ = ("function", "inert", "name")

    def __init__(self, name: str, function: Raw, *, inert: bool = True) -> None:
        self.name = name
        self.function = function
        self.inert = inert

    def __repr__(self) -> str:
        return f"<native {self.name}>"


MODULES: dict[str, dict[str, object]] = {}
"""Module name -> member name -> value (a native, a constant, a factory)."""

COMPLETE: set[str] = set()
"""Modules whose missing members really are missing (``ImportError``), not just not modelled."""


class Lazy:
    """A member that is made once per run: ``make(machine)``, such as a class object with identity."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[Machine], object]) -> None:
        self.make = make


def register(module: str, members: Mapping[str, object], *, complete: bool = False) -> None:
    """Add members to a module; one that is there already is a mistake of ours."""
    table = MODULES.setdefault(module, {})
    for name, value in members.items():
        if name in table:
            message = f"{module}.{name} is registered twice"
            raise ValueError(message)
        table[name] = value
    if complete:
        COMPLETE.add(module)


def pure(module: str, functions: Mapping[str, Callable[..., object]], *, polynomial: bool = False) -> None:
    """Register plain Python functions as pure natives of a module."""
    register(
        module,
        {name: PureNative(f"{module}.{name}", f, polynomial=polynomial) for name, f in functions.items()},
    )


def raw(*names: str, inert: bool = True) -> Callable[[Raw], Raw]:
    """Register a raw native under dotted names: ``@raw("functools.partial")``."""

    def decorate(function: Raw) -> Raw:
        for name in names:
            module, _, member = name.rpartition(".")
            register(module, {member: RawNative(name, function, inert=inert)})
        return function

    return decorate


def load() -> None:
    """Import every overlay, so that its tables are there."""
    for info in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{info.name}")
