"""Compound statements and blocks, lowered to the IR; a span goes from the keyword to the end of the last statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import (
    Cursor,
    begin_line,
    close_parentheses,
    colon,
    empty_lines,
    end_line,
    identifier,
    open_parentheses,
    skip,
    token,
)
from keraslint.source.lower_dispatch import expression, optional
from keraslint.source.lower_patterns import pattern
from keraslint.source.lower_simple import as_name, simple_statements, type_parameters
from keraslint.source.lower_trailers import annotation, arguments, parameters
from keraslint.source.text import SourceError, line_starts

MAX_MANAGERS = 20
"""Blocks that Python itself lets one ``with`` stand for."""

_Body = tuple[ir.Statement, ...]
_Function = TypeVar("_Function", bound=Callable[..., ir.Statement])

_COMPOUND: dict[type, Callable[..., ir.Statement]] = {}


def statements(cursor: Cursor, nodes: Sequence[cst.BaseStatement]) -> _Body:
    """Lower the statements of a block."""
    result: list[ir.Statement] = []
    for node in nodes:
        begin_line(cursor, node.leading_lines)  # type: ignore[attr-defined]  # both kinds of statement have it
        if type(node) is cst.SimpleStatementLine:
            simple_statements(cursor, node.body, result)
            end_line(cursor, node.trailing_whitespace)
        else:
            result.append(_COMPOUND[type(node)](cursor, node))
    return tuple(result)


def _suite(cursor: Cursor, node: cst.BaseSuite) -> _Body:
    """Lower what follows a colon: an indented block, or statements on the same line."""
    if isinstance(node, cst.IndentedBlock):
        end_line(cursor, node.header)
        result = statements(cursor, node.body)
        empty_lines(cursor, node.footer)
        return result
    assert isinstance(node, cst.SimpleStatementSuite)  # libcst has no third kind
    cursor.at += len(node.leading_whitespace.value)
    line: list[ir.Statement] = []
    simple_statements(cursor, node.body, line)
    end_line(cursor, node.trailing_whitespace)
    return tuple(line)


def _else(cursor: Cursor, node: cst.Else | None) -> _Body:
    if node is None:
        return ()
    begin_line(cursor, node.leading_lines)
    cursor.at += len("else")
    colon(cursor, node.whitespace_before_colon)
    return _suite(cursor, node.body)


def _compound(*kinds: type) -> Callable[[_Function], _Function]:
    """Enter a function into the table of compound statements."""

    def register(function: _Function) -> _Function:
        _COMPOUND.update(dict.fromkeys(kinds, function))
        return function

    return register


@_compound(cst.If)
def _if(cursor: Cursor, node: cst.If) -> ir.Statement:
    branches: list[tuple[int, ir.Expression, _Body]] = []
    rest: cst.If | cst.Else | None = node
    while isinstance(rest, cst.If):
        if branches:
            begin_line(cursor, rest.leading_lines)
        start = cursor.at
        cursor.at += len("elif") if branches else len("if")
        skip(cursor, rest.whitespace_before_test)
        test = expression(cursor, rest.test)
        colon(cursor, rest.whitespace_after_test)
        branches.append((start, test, _suite(cursor, rest.body)))
        rest = rest.orelse
    orelse = _else(cursor, rest)
    start, test, body = branches.pop()
    end = (orelse or body)[-1].end
    result = ir.If(start, end, test, body, orelse)
    for start, test, body in reversed(branches):
        result = ir.If(start, end, test, body, (result,))
    return result


@_compound(cst.While)
def _while(cursor: Cursor, node: cst.While) -> ir.Statement:
    start = cursor.at
    cursor.at += len("while")
    skip(cursor, node.whitespace_after_while)
    test = expression(cursor, node.test)
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    orelse = _else(cursor, node.orelse)
    return ir.While(start, (orelse or body)[-1].end, test, body, orelse)


@_compound(cst.For)
def _for(cursor: Cursor, node: cst.For) -> ir.Statement:
    start = cursor.at
    is_async = _asynchronous(cursor, node.asynchronous)
    cursor.at += len("for")
    skip(cursor, node.whitespace_after_for)
    target = expression(cursor, node.target)
    skip(cursor, node.whitespace_before_in)
    cursor.at += len("in")
    skip(cursor, node.whitespace_after_in)
    iterable = expression(cursor, node.iter)
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    orelse = _else(cursor, node.orelse)
    return ir.For(start, (orelse or body)[-1].end, target, iterable, body, orelse, is_async)


def _asynchronous(cursor: Cursor, node: cst.Asynchronous | None) -> bool:
    if node is None:
        return False
    cursor.at += len("async")
    skip(cursor, node.whitespace_after)
    return True


@_compound(cst.With)
def _with(cursor: Cursor, node: cst.With) -> ir.Statement:
    start = cursor.at
    if len(node.items) > MAX_MANAGERS:
        starts = line_starts(cursor.text[:start])
        message = f"a `with` of more than {MAX_MANAGERS} managers, which Python refuses too"
        raise SourceError(message, len(starts), start - starts[-1] + 1)
    is_async = _asynchronous(cursor, node.asynchronous)
    cursor.at += len("with")
    skip(cursor, node.whitespace_after_with)
    if isinstance(node.lpar, cst.LeftParen):
        open_parentheses(cursor, (node.lpar,))
    items = []
    for item in node.items:
        first = cursor.at
        context = expression(cursor, item.item)
        target = None if item.asname is None else as_name(cursor, item.asname)
        items.append(ir.WithItem(first, cursor.at, context, target))
        token(cursor, item.comma)
    if isinstance(node.rpar, cst.RightParen):
        close_parentheses(cursor, (node.rpar,))
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    return ir.With(start, body[-1].end, tuple(items), body, is_async)


@_compound(cst.Try, *optional("TryStar"))
def _try(cursor: Cursor, node: cst.Try | cst.TryStar) -> ir.Statement:
    start = cursor.at
    cursor.at += len("try")
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    handlers = tuple([_handler(cursor, handler) for handler in node.handlers])
    orelse = _else(cursor, node.orelse)
    finalbody: _Body = ()
    if node.finalbody is not None:
        begin_line(cursor, node.finalbody.leading_lines)
        cursor.at += len("finally")
        colon(cursor, node.finalbody.whitespace_before_colon)
        finalbody = _suite(cursor, node.finalbody.body)
    last = finalbody or orelse or handlers or body
    return ir.Try(start, last[-1].end, body, handlers, orelse, finalbody)


def _handler(cursor: Cursor, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ir.Handler:
    begin_line(cursor, node.leading_lines)
    start = cursor.at
    cursor.at += len("except")
    skip(cursor, node.whitespace_after_except)
    if isinstance(node, cst.ExceptStarHandler):
        cursor.at += 1
        skip(cursor, node.whitespace_after_star)
    kind = None if node.type is None else expression(cursor, node.type)
    name = None if node.name is None else as_name(cursor, node.name)
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    return ir.Handler(start, body[-1].end, kind, name.id if isinstance(name, ir.Name) else "", body)


def _decorators(cursor: Cursor, node: cst.FunctionDef | cst.ClassDef) -> tuple[ir.Expression, ...]:
    """Lower the decorators; ``statements`` has passed the first one's indentation already."""
    if not node.decorators:
        return ()
    result: list[ir.Expression] = []
    for decorator in node.decorators:
        if result or decorator.leading_lines:
            begin_line(cursor, decorator.leading_lines)
        cursor.at += 1
        skip(cursor, decorator.whitespace_after_at)
        result.append(expression(cursor, decorator.decorator))
        end_line(cursor, decorator.trailing_whitespace)
    begin_line(cursor, node.lines_after_decorators)
    return tuple(result)


@_compound(cst.FunctionDef)
def _function(cursor: Cursor, node: cst.FunctionDef) -> ir.Statement:
    decorators = _decorators(cursor, node)
    start = cursor.at
    is_async = _asynchronous(cursor, node.asynchronous)
    cursor.at += len("def")
    skip(cursor, node.whitespace_after_def)
    name, name_start = node.name.value, cursor.at
    cursor.at += len(name)
    skip(cursor, node.whitespace_after_name)
    if node.type_parameters is not None:
        type_parameters(cursor, node.type_parameters)
    skip(cursor, node.whitespace_after_type_parameters)
    cursor.at += 1
    skip(cursor, node.whitespace_before_params)
    params = parameters(cursor, node.params)
    cursor.at += 1
    returns = None if node.returns is None else annotation(cursor, node.returns, 2)
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    return ir.FunctionDef(
        start, body[-1].end, identifier(name), params, body, decorators, returns, name_start, is_async
    )


@_compound(cst.ClassDef)
def _class(cursor: Cursor, node: cst.ClassDef) -> ir.Statement:
    decorators = _decorators(cursor, node)
    start = cursor.at
    cursor.at += len("class")
    skip(cursor, node.whitespace_after_class)
    name, name_start = node.name.value, cursor.at
    cursor.at += len(name)
    skip(cursor, node.whitespace_after_name)
    if node.type_parameters is not None:
        type_parameters(cursor, node.type_parameters)
    skip(cursor, node.whitespace_after_type_parameters)
    if isinstance(node.lpar, cst.LeftParen):
        open_parentheses(cursor, (node.lpar,))
    args = arguments(cursor, (*node.bases, *node.keywords))
    if isinstance(node.rpar, cst.RightParen):
        close_parentheses(cursor, (node.rpar,))
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    return ir.ClassDef(start, body[-1].end, identifier(name), args, body, decorators, name_start)


@_compound(cst.Match)
def _match(cursor: Cursor, node: cst.Match) -> ir.Statement:
    start = cursor.at
    cursor.at += len("match")
    skip(cursor, node.whitespace_after_match)
    subject = expression(cursor, node.subject)
    colon(cursor, node.whitespace_before_colon)
    end_line(cursor, node.whitespace_after_colon)
    cases = tuple([_case(cursor, case) for case in node.cases])
    empty_lines(cursor, node.footer)
    return ir.Match(start, cases[-1].end, subject, cases)


def _case(cursor: Cursor, node: cst.MatchCase) -> ir.Case:
    begin_line(cursor, node.leading_lines)
    start = cursor.at
    cursor.at += len("case")
    skip(cursor, node.whitespace_after_case)
    shape = pattern(cursor, node.pattern)
    skip(cursor, node.whitespace_before_if)
    if node.guard is not None:
        cursor.at += len("if")
    skip(cursor, node.whitespace_after_if)
    guard = None if node.guard is None else expression(cursor, node.guard)
    colon(cursor, node.whitespace_before_colon)
    body = _suite(cursor, node.body)
    return ir.Case(start, body[-1].end, shape, guard, body)
