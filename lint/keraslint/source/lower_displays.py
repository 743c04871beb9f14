"""Tuples, lists, sets, dicts and comprehensions, lowered to the IR."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, skip, token
from keraslint.source.lower_dispatch import expression, lowers


def _elements(cursor: Cursor, nodes: Sequence[cst.BaseElement]) -> tuple[ir.Expression, ...]:
    result = []
    for node in nodes:
        result.append(expression(cursor, node if isinstance(node, cst.StarredElement) else node.value))
        token(cursor, node.comma)
    return tuple(result)


@lowers(cst.StarredElement)
def _starred(cursor: Cursor, node: cst.StarredElement) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.whitespace_before_value)
    value = expression(cursor, node.value)
    return ir.Starred(start, cursor.at, value)


@lowers(cst.Tuple)
def _tuple(cursor: Cursor, node: cst.Tuple) -> ir.Expression:
    start = cursor.at
    elements = _elements(cursor, node.elements)
    return ir.Sequence(start, cursor.at, "tuple", elements)


@lowers(cst.List)
def _list(cursor: Cursor, node: cst.List) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbracket.whitespace_after)
    elements = _elements(cursor, node.elements)
    skip(cursor, node.rbracket.whitespace_before)
    cursor.at += 1
    return ir.Sequence(start, cursor.at, "list", elements)


@lowers(cst.Set)
def _set(cursor: Cursor, node: cst.Set) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbrace.whitespace_after)
    elements = _elements(cursor, node.elements)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return ir.Sequence(start, cursor.at, "set", elements)


@lowers(cst.Dict)
def _dict(cursor: Cursor, node: cst.Dict) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbrace.whitespace_after)
    items: list[tuple[ir.Expression | None, ir.Expression]] = []
    for item in node.elements:
        key = None
        if isinstance(item, cst.DictElement):
            key = expression(cursor, item.key)
            skip(cursor, item.whitespace_before_colon)
            cursor.at += 1
            skip(cursor, item.whitespace_after_colon)
        else:
            assert isinstance(item, cst.StarredDictElement)  # libcst has no third kind
            cursor.at += 2
            skip(cursor, item.whitespace_before_value)
        items.append((key, expression(cursor, item.value)))
        token(cursor, item.comma)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return ir.Dict(start, cursor.at, tuple(items))


@lowers(cst.GeneratorExp)
def _generator(cursor: Cursor, node: cst.GeneratorExp) -> ir.Expression:
    start = cursor.at
    element = expression(cursor, node.elt)
    return _comprehension(start, cursor, "generator", element, None, _clauses(cursor, node.for_in))


@lowers(cst.ListComp)
def _list_comprehension(cursor: Cursor, node: cst.ListComp) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbracket.whitespace_after)
    element = expression(cursor, node.elt)
    clauses = _clauses(cursor, node.for_in)
    skip(cursor, node.rbracket.whitespace_before)
    cursor.at += 1
    return _comprehension(start, cursor, "list", element, None, clauses)


@lowers(cst.SetComp)
def _set_comprehension(cursor: Cursor, node: cst.SetComp) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbrace.whitespace_after)
    element = expression(cursor, node.elt)
    clauses = _clauses(cursor, node.for_in)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return _comprehension(start, cursor, "set", element, None, clauses)


@lowers(cst.DictComp)
def _dict_comprehension(cursor: Cursor, node: cst.DictComp) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbrace.whitespace_after)
    key = expression(cursor, node.key)
    skip(cursor, node.whitespace_before_colon)
    cursor.at += 1
    skip(cursor, node.whitespace_after_colon)
    value = expression(cursor, node.value)
    clauses = _clauses(cursor, node.for_in)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return _comprehension(start, cursor, "dict", key, value, clauses)


def _comprehension(
    start: int,
    cursor: Cursor,
    kind: str,
    element: ir.Expression,
    value: ir.Expression | None,
    clauses: tuple[ir.Clause, ...],
) -> ir.Expression:
    if isinstance(element, ir.Starred):
        return ir.Opaque(start, cursor.at, "unpacking in a comprehension")
    return ir.Comprehension(start, cursor.at, kind, element, value, clauses)


def _clauses(cursor: Cursor, node: cst.CompFor | None) -> tuple[ir.Clause, ...]:
    result = []
    while node is not None:
        skip(cursor, node.whitespace_before)
        start = cursor.at
        if node.asynchronous is not None:
            cursor.at += len("async")
            skip(cursor, node.asynchronous.whitespace_after)
        cursor.at += len("for")
        skip(cursor, node.whitespace_after_for)
        target = expression(cursor, node.target)
        skip(cursor, node.whitespace_before_in)
        cursor.at += len("in")
        skip(cursor, node.whitespace_after_in)
        iterable = expression(cursor, node.iter)
        conditions = []
        for condition in node.ifs:
            skip(cursor, condition.whitespace_before)
            cursor.at += len("if")
            skip(cursor, condition.whitespace_before_test)
            conditions.append(expression(cursor, condition.test))
        result.append(ir.Clause(start, cursor.at, target, iterable, tuple(conditions)))
        node = node.inner_for_in
    return tuple(result)
