"""Patterns of ``match``, lowered to the IR."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, close_parentheses, identifier, open_parentheses, skip, token
from keraslint.source.lower_dispatch import expression


def pattern(cursor: Cursor, node: cst.MatchPattern) -> ir.Pattern:
    """Lower a pattern; the span leaves out the parentheses around it, except around a value."""
    if isinstance(node, cst.MatchValue | cst.MatchSingleton):  # their parentheses are those of their value
        start = cursor.at
        value = expression(cursor, node.value)
        return ir.Pattern(start, cursor.at, "value", value)
    open_parentheses(cursor, node.lpar)
    result = _PATTERNS[type(node)](cursor, node)
    close_parentheses(cursor, node.rpar)
    return result


def _sequence(cursor: Cursor, node: cst.MatchList | cst.MatchTuple) -> ir.Pattern:
    start = cursor.at
    if isinstance(node, cst.MatchTuple):
        patterns = _elements(cursor, node.patterns)
        return ir.Pattern(start, cursor.at, "sequence", patterns=patterns)
    if node.lbracket is not None:
        cursor.at += 1
        skip(cursor, node.lbracket.whitespace_after)
    patterns = _elements(cursor, node.patterns)
    if node.rbracket is not None:
        skip(cursor, node.rbracket.whitespace_before)
        cursor.at += 1
    return ir.Pattern(start, cursor.at, "sequence", patterns=patterns)


def _elements(cursor: Cursor, nodes: Sequence[cst.MatchSequenceElement | cst.MatchStar]) -> tuple[ir.Pattern, ...]:
    result = []
    for node in nodes:
        result.append(_star(cursor, node) if isinstance(node, cst.MatchStar) else pattern(cursor, node.value))
        token(cursor, node.comma)
    return tuple(result)


def _star(cursor: Cursor, node: cst.MatchStar) -> ir.Pattern:
    start, name = cursor.at, "_" if node.name is None else node.name.value
    cursor.at += 1
    skip(cursor, node.whitespace_before_name)
    cursor.at += len(name)
    return ir.Pattern(start, cursor.at, "star", name="" if node.name is None else identifier(name))


def _mapping(cursor: Cursor, node: cst.MatchMapping) -> ir.Pattern:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbrace.whitespace_after)
    keys, patterns, rest = [], [], ""
    for element in node.elements:
        keys.append(expression(cursor, element.key))
        skip(cursor, element.whitespace_before_colon)
        cursor.at += 1
        skip(cursor, element.whitespace_after_colon)
        patterns.append(pattern(cursor, element.pattern))
        token(cursor, element.comma)
    if node.rest is not None:
        rest = node.rest.value
        cursor.at += 2
        skip(cursor, node.whitespace_before_rest)
        cursor.at += len(rest)
        if node.trailing_comma is not None:
            token(cursor, node.trailing_comma)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return ir.Pattern(start, cursor.at, "mapping", None, identifier(rest), tuple(patterns), tuple(keys))


def _class(cursor: Cursor, node: cst.MatchClass) -> ir.Pattern:
    start = cursor.at
    value = expression(cursor, node.cls)
    skip(cursor, node.whitespace_after_cls)
    cursor.at += 1
    skip(cursor, node.whitespace_before_patterns)
    patterns = list(_elements(cursor, node.patterns))
    keywords = []
    for item in node.kwds:
        keywords.append(identifier(item.key.value))
        cursor.at += len(item.key.value)
        skip(cursor, item.whitespace_before_equal)
        cursor.at += 1
        skip(cursor, item.whitespace_after_equal)
        patterns.append(pattern(cursor, item.pattern))
        token(cursor, item.comma)
    skip(cursor, node.whitespace_after_kwds)
    cursor.at += 1
    return ir.Pattern(start, cursor.at, "class", value, "", tuple(patterns), (), tuple(keywords))


def _as(cursor: Cursor, node: cst.MatchAs) -> ir.Pattern:
    start, name = cursor.at, "_" if node.name is None else node.name.value
    inner = None if node.pattern is None else pattern(cursor, node.pattern)
    skip(cursor, node.whitespace_before_as)
    if inner is not None:
        cursor.at += len("as")
    skip(cursor, node.whitespace_after_as)
    cursor.at += len(name)
    bound = "" if node.name is None else identifier(name)
    if inner is None:
        return ir.Pattern(start, cursor.at, "capture", name=bound)
    return ir.Pattern(start, cursor.at, "as", name=bound, patterns=(inner,))


def _or(cursor: Cursor, node: cst.MatchOr) -> ir.Pattern:
    start = cursor.at
    patterns = []
    for item in node.patterns:
        patterns.append(pattern(cursor, item.pattern))
        token(cursor, item.separator)
    return ir.Pattern(start, cursor.at, "or", patterns=tuple(patterns))


_PATTERNS: dict[type, Callable[..., ir.Pattern]] = {
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
    cst.MatchAs: _as,
    cst.MatchOr: _or,
}
