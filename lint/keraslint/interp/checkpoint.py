"""The state of a run after a file's top level, to go on from for one target after another.

A package takes longer to import than a target to evaluate. What the import made is kept with every object that it can
reach; where the target before has changed one of them, the top level is run anew.
"""

from __future__ import annotations

import gc
import operator
import re
import types
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from keraslint.interp.choices import Choices
from keraslint.interp.compile import Code
from keraslint.source.text import SourceFile
from keraslint.values.program import Module

if TYPE_CHECKING:  # whose state is kept
    from keraslint.interp.machine import Machine

T = TypeVar("T")


class Checkpoint:
    """What a run had made when its file's top level was done: the module, the machine's state, and the heap."""

    def __init__(self, machine: Machine, module: Module, fuel: int) -> None:
        self.module = module
        self.fuel = fuel
        """Steps that were left."""
        self._made = list(machine.choices.made)
        self._known = dict(machine.choices.known)
        self._machine = _fields(machine, _LASTING)
        self._builder = _fields(machine.builder, ())
        self._names = dict(machine.builder.names.used)
        self._natives = [
            (found, dict(found.namespace))
            for found in machine.modules.values()
            if isinstance(found, Module) and found.is_native
        ]
        outside = [machine, machine.builder, machine.builder.names, machine.builtins]
        outside += [found.namespace for found, _ in self._natives]
        self._heap = _reached(
            (self._machine, self._builder, module, *(members for _, members in self._natives)), set(map(id, outside))
        )

    def fits(self, forced: tuple[bool, ...]) -> bool:
        """Return whether a run with these outcomes would come to the same state, which nothing has changed since."""
        if self._heap is None:
            return False
        given = (*forced, *[False] * len(self._made))
        if any(choice.outcome is not given[index] for index, choice in enumerate(self._made)):
            return False
        return all(_is_same(_referents(item), before) for item, before in self._heap)

    def resume(self, machine: Machine, forced: tuple[bool, ...]) -> Module:
        """Bring a machine back to this state; return the module that the top level filled."""
        for name, value in self._machine.items():
            if name == "builtins":
                _refill(machine.builtins, value)  # type: ignore[arg-type]
            else:
                setattr(machine, name, _copied(value))
        for name, value in self._builder.items():
            setattr(machine.builder, name, _copied(value))
        _refill(machine.builder.names.used, self._names)
        for native, members in self._natives:  # which hold what was asked of them, and what the program has set
            _refill(native.namespace, members)
        machine.choices = Choices(forced)
        machine.choices.made.extend(self._made)
        machine.choices.known.update(self._known)
        machine.fuel = self.fuel
        return self.module


_LASTING = (
    "keras",
    "environment",
    "roots",
    "home",
    "assume",
    "_read",
    "is_folder",
    "files",
    "programs",
    "choices",
    "_spans",
)
"""What of a machine outlives its runs, or is kept otherwise."""


def _fields(owner: object, but: Iterable[str]) -> dict[str, object]:
    return {name: _copied(value) for name, value in vars(owner).items() if name not in but}


def _refill(held: dict[str, T], content: dict[str, T]) -> None:
    """Give a dict its content back; it stays the same dict."""
    held.clear()
    held.update(content)


def _copied(value: object) -> object:
    """Return a container's copy, one level deep; what is in it belongs to the heap."""
    return value.copy() if isinstance(value, dict | list | set) else value


def _reached(roots: Iterable[object], outside: set[int]) -> list[tuple[object, list[object]]] | None:
    """Return all that can be reached and changed, each with what it refers to; None where a state cannot be seen."""
    heap: list[tuple[object, list[object]]] = []
    seen = set(outside)
    pending = list(roots)
    while pending:
        item = pending.pop()
        kind = type(item)
        if kind in _ATOMS or id(item) in seen or issubclass(kind, type):
            continue
        if kind not in _CONTAINERS and (hasattr(kind, "__next__") or not kind.__flags__ & _DEFINED_IN_PYTHON):
            return None
        seen.add(id(item))
        referents = _referents(item)
        if kind not in _UNCHANGING:
            heap.append((item, referents))
        pending.extend(referents)
    return heap


def _referents(item: object) -> list[object]:
    if type(item) is types.FunctionType:
        return [item.__closure__, item.__defaults__, item.__kwdefaults__]
    return gc.get_referents(item)


def _is_same(now: list[object], before: list[object]) -> bool:
    return len(now) == len(before) and all(map(operator.is_, now, before))


_DEFINED_IN_PYTHON = 1 << 9
"""CPython's flag of classes that were made at run time: what such an object holds, it refers to."""
_ATOMS = frozenset(
    {
        *(type(None), type(...), type(NotImplemented), object, bool, int, float, complex, str, bytes, range, slice),
        *(re.Pattern, re.Match, types.ModuleType, types.CodeType, types.BuiltinFunctionType),
        *(Code, SourceFile),
    }
)
_UNCHANGING = frozenset({tuple, frozenset, types.FunctionType, types.MethodType, types.MappingProxyType})
_CONTAINERS = frozenset(
    {
        *(dict, list, tuple, set, frozenset, bytearray, defaultdict, deque),
        *(types.FunctionType, types.MethodType, types.CellType, types.MappingProxyType),
    }
)
