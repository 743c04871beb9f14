"""The table of expressions: which function lowers which node of libcst.

A function finds the cursor at the first character of its node, inside any parentheses, and leaves it behind the last
one. ``expression`` passes the parentheses around a node and chooses the function. What nests to the left (attributes,
calls, subscripts, binary and boolean operators) is walked by its function, since real code has long chains of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, close_parentheses, open_parentheses

_Function = TypeVar("_Function", bound=Callable[..., ir.Expression])


def expression(cursor: Cursor, node: cst.BaseExpression) -> ir.Expression:
    """Lower an expression; the span of the result leaves out the parentheses around it."""
    if not node.lpar:
        return _HANDLERS[type(node)](cursor, node)
    open_parentheses(cursor, node.lpar)
    result = _HANDLERS[type(node)](cursor, node)
    close_parentheses(cursor, node.rpar)
    return result


def lowers(*kinds: type) -> Callable[[_Function], _Function]:
    """Enter a function into the table for nodes of these kinds."""

    def register(function: _Function) -> _Function:
        for kind in kinds:
            if kind in _HANDLERS:
                message = f"{kind.__name__} is lowered twice"
                raise TypeError(message)
            _HANDLERS[kind] = function
        return function

    return register


def optional(name: str) -> tuple[type, ...]:
    """Return libcst's class of this name, or nothing where this version of libcst has none."""
    kind = getattr(cst, name, None)
    return () if kind is None else (kind,)


class _Handlers(dict[type, Callable[..., ir.Expression]]):
    """Node type -> function; types that this version does not know are opaque."""

    def __missing__(self, kind: type) -> Callable[..., ir.Expression]:
        return _opaque


def _opaque(cursor: Cursor, node: cst.BaseExpression) -> ir.Expression:
    start = cursor.at
    cursor.at += len(cst.Module(()).code_for_node(node.with_changes(lpar=(), rpar=())))
    return ir.Opaque(start, cursor.at, type(node).__name__)


_HANDLERS = _Handlers()
