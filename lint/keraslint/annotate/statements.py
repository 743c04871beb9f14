"""The simple statements of a file by place, and whether two programs are the same but for comments and places."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

import msgspec

from keraslint.source import ir

_PLACES = {"start", "end", "name_start"}
_COMPOUND = (ir.If, ir.For, ir.While, ir.Try, ir.With, ir.FunctionDef, ir.ClassDef, ir.Match)


class Statements:
    """The simple statements of a module; ``around`` finds the one that holds an offset."""

    def __init__(self, module: ir.Module) -> None:
        self._spans = sorted((node.start, node.end) for node in _simple(module.body))

    def around(self, offset: int) -> tuple[int, int] | None:
        """Return where the simple statement around an offset begins and ends, None where there is none."""
        index = bisect.bisect_right(self._spans, (offset, 1 << 62)) - 1
        if index < 0 or self._spans[index][1] <= offset:
            return None
        return self._spans[index]


def same_program(left: object, right: object) -> bool:
    """Return whether two trees are equal apart from places and comments."""
    waiting: list[tuple[object, object]] = [(left, right)]
    while waiting:
        a, b = waiting.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, ir.Module):
            waiting.append((a.body, getattr(b, "body", None)))
        elif isinstance(a, msgspec.Struct):
            waiting += [(getattr(a, name), getattr(b, name)) for name in a.__struct_fields__ if name not in _PLACES]
        elif isinstance(a, tuple) and isinstance(b, tuple):
            if len(a) != len(b):
                return False
            waiting.extend(zip(a, b, strict=True))
        elif a != b:
            return False
    return True


def _simple(body: tuple[ir.Statement, ...]) -> Iterator[ir.Statement]:
    for node in body:
        if isinstance(node, _COMPOUND):
            for inner in _bodies(node):
                yield from _simple(inner)
        else:
            yield node


def _bodies(node: ir.Statement) -> Iterator[tuple[ir.Statement, ...]]:
    match node:
        case ir.If() | ir.For() | ir.While():
            yield node.body
            yield node.orelse
        case ir.Try():
            yield node.body
            yield from (handler.body for handler in node.handlers)
            yield node.orelse
            yield node.finalbody
        case ir.With() | ir.FunctionDef() | ir.ClassDef():
            yield node.body
        case ir.Match():
            yield from (case.body for case in node.cases)
        case _:
            return
