"""Attributes, calls and subscripts with their arguments; parameters and lambdas; lowered to the IR."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, close_parentheses, identifier, open_parentheses, skip, token
from keraslint.source.lower_dispatch import expression, lowers


def arguments(cursor: Cursor, nodes: Sequence[cst.Arg]) -> tuple[ir.Argument, ...]:
    """Lower the arguments of a call or the bases of a class, with their commas."""
    result = []
    for node in nodes:
        start, keyword, star = cursor.at, "", len(node.star)
        if star:
            cursor.at += star
            skip(cursor, node.whitespace_after_star)
        elif node.keyword is not None:
            keyword = node.keyword.value
            cursor.at += len(keyword)
            token(cursor, node.equal)
        value = expression(cursor, node.value)
        result.append(ir.Argument(start, cursor.at, value, identifier(keyword), star))
        token(cursor, node.comma)
        skip(cursor, node.whitespace_after_arg)
    return tuple(result)


def parameters(cursor: Cursor, node: cst.Parameters) -> tuple[ir.Parameter, ...]:
    """Lower parameters; a parameter's span is its name with its stars."""
    result = [_parameter(cursor, item, "positional") for item in node.posonly_params]
    if isinstance(node.posonly_ind, cst.ParamSlash):
        cursor.at += 1
        skip(cursor, node.posonly_ind.whitespace_after)
        token(cursor, node.posonly_ind.comma)
    result.extend(_parameter(cursor, item, "plain") for item in node.params)
    if isinstance(node.star_arg, cst.ParamStar):
        cursor.at += 1
        token(cursor, node.star_arg.comma)
    elif isinstance(node.star_arg, cst.Param):
        result.append(_parameter(cursor, node.star_arg, "*"))
    result.extend(_parameter(cursor, item, "keyword") for item in node.kwonly_params)
    if node.star_kwarg is not None:
        result.append(_parameter(cursor, node.star_kwarg, "**"))
    return tuple(result)


def annotation(cursor: Cursor, node: cst.Annotation, length: int) -> ir.Expression:
    """Lower an annotation after ``:`` (length 1) or ``->`` (length 2)."""
    skip(cursor, node.whitespace_before_indicator)
    cursor.at += length
    skip(cursor, node.whitespace_after_indicator)
    return expression(cursor, node.annotation)


def _parameter(cursor: Cursor, node: cst.Param, kind: str) -> ir.Parameter:
    start, name = cursor.at, node.name.value
    if isinstance(node.star, str) and node.star:
        cursor.at += len(node.star)
        skip(cursor, node.whitespace_after_star)
    cursor.at = end = cursor.at + len(name)
    note = None if node.annotation is None else annotation(cursor, node.annotation, 1)
    token(cursor, node.equal)
    default = None if node.default is None else expression(cursor, node.default)
    token(cursor, node.comma)
    skip(cursor, node.whitespace_after_param)
    return ir.Parameter(start, end, identifier(name), kind, default, note)


@lowers(cst.Attribute, cst.Call, cst.Subscript)
def _chain(cursor: Cursor, node: cst.Attribute | cst.Call | cst.Subscript) -> ir.Expression:
    links: list[tuple[cst.BaseExpression, int]] = []
    inner: cst.BaseExpression = node
    kind: type = type(node)
    while kind in _LINKS:
        if links and inner.lpar:
            open_parentheses(cursor, inner.lpar)
        links.append((inner, cursor.at))
        inner = inner.func if kind is cst.Call else inner.value  # type: ignore[attr-defined]
        kind = type(inner)
    value = expression(cursor, inner)
    for link, start in reversed(links):
        value = _LINKS[type(link)](cursor, link, start, value)
        if link.rpar and link is not node:
            close_parentheses(cursor, link.rpar)
    return value


def _attribute(cursor: Cursor, node: cst.Attribute, start: int, value: ir.Expression) -> ir.Expression:
    token(cursor, node.dot)
    attr = node.attr.value
    cursor.at = end = cursor.at + len(attr)
    return ir.Attribute(start, end, value, identifier(attr))


def _call(cursor: Cursor, node: cst.Call, start: int, value: ir.Expression) -> ir.Expression:
    skip(cursor, node.whitespace_after_func)
    cursor.at += 1
    skip(cursor, node.whitespace_before_args)
    args = arguments(cursor, node.args)
    cursor.at += 1
    return ir.Call(start, cursor.at, value, args)


def _subscript(cursor: Cursor, node: cst.Subscript, start: int, value: ir.Expression) -> ir.Expression:
    skip(cursor, node.whitespace_after_value)
    cursor.at += 1
    skip(cursor, node.lbracket.whitespace_after)
    elements = []
    first = end = cursor.at
    for item in node.slice:
        elements.append(_element_of_subscript(cursor, item.slice))
        end = cursor.at
        token(cursor, item.comma)
    skip(cursor, node.rbracket.whitespace_before)
    cursor.at += 1
    index = elements[0]
    if len(elements) > 1 or isinstance(node.slice[0].comma, cst.Comma) or isinstance(index, ir.Starred):
        index = ir.Sequence(first, end, "tuple", tuple(elements))
    return ir.Subscript(start, cursor.at, value, index)


def _element_of_subscript(cursor: Cursor, node: cst.BaseSlice) -> ir.Expression:
    start = cursor.at
    if isinstance(node, cst.Index):
        if node.star is None:
            return expression(cursor, node.value)
        cursor.at += 1
        skip(cursor, node.whitespace_after_star)
        value = expression(cursor, node.value)
        return ir.Starred(start, cursor.at, value)
    assert isinstance(node, cst.Slice)  # libcst has no third kind
    lower = None if node.lower is None else expression(cursor, node.lower)
    token(cursor, node.first_colon)
    upper = None if node.upper is None else expression(cursor, node.upper)
    token(cursor, node.second_colon)
    step = None if node.step is None else expression(cursor, node.step)
    return ir.Slice(start, cursor.at, lower, upper, step)


@lowers(cst.Lambda)
def _lambda(cursor: Cursor, node: cst.Lambda) -> ir.Expression:
    start = cursor.at
    cursor.at += len("lambda")
    skip(cursor, node.whitespace_after_lambda)
    params = parameters(cursor, node.params)
    token(cursor, node.colon)
    body = expression(cursor, node.body)
    return ir.Lambda(start, cursor.at, params, body)


_LINKS: dict[type, Callable[..., ir.Expression]] = {
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
}
