"""Expressions: from libcst's nodes to the IR's, one function a node, in the order of the text.

A function finds the cursor at the first character of its node, inside any parentheses, and leaves it behind the last
one. ``expression`` passes the parentheses around a node and chooses the function. What nests to the left (attributes,
calls, subscripts, binary and boolean operators) is walked, since real code has long chains of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, close_parentheses, open_parentheses, skip, token
from keraslint.source.lower_literals import read_integer
from keraslint.source.lower_strings import STRINGS

_Lower: TypeAlias = Callable[[Cursor, cst.BaseExpression], ir.Expression]

_SINGLETONS: dict[str, object] = {"None": None, "True": True, "False": False}
_UNARY = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~", cst.Not: "not"}
_BINARY = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
}
_COMPARISON = {
    cst.Equal: "==",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.Is: "is",
}


def expression(cursor: Cursor, node: cst.BaseExpression) -> ir.Expression:
    """Lower an expression; the span of the result leaves out the parentheses around it."""
    if not node.lpar:
        return _HANDLERS[type(node)](cursor, node)
    open_parentheses(cursor, node.lpar)
    result = _HANDLERS[type(node)](cursor, node)
    close_parentheses(cursor, node.rpar)
    return result


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
        result.append(ir.Argument(start, cursor.at, value, keyword, star))
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
    return ir.Parameter(start, end, name, kind, default, note)


def _name(cursor: Cursor, node: cst.Name) -> ir.Expression:
    value, start = node.value, cursor.at
    cursor.at = end = start + len(value)
    if value in _SINGLETONS:
        return ir.Constant(start, end, _SINGLETONS[value])
    return ir.Name(start, end, value)


def _chain(cursor: Cursor, node: cst.Attribute | cst.Call | cst.Subscript) -> ir.Expression:
    links = []
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
    return ir.Attribute(start, end, value, attr)


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
    assert isinstance(node, cst.Slice)  # noqa: S101  # libcst has no third kind
    lower = None if node.lower is None else expression(cursor, node.lower)
    token(cursor, node.first_colon)
    upper = None if node.upper is None else expression(cursor, node.upper)
    token(cursor, node.second_colon)
    step = None if node.step is None else expression(cursor, node.step)
    return ir.Slice(start, cursor.at, lower, upper, step)


def _unary(cursor: Cursor, node: cst.UnaryOperation) -> ir.Expression:
    start, op = cursor.at, _UNARY[type(node.operator)]
    cursor.at += len(op)
    skip(cursor, node.operator.whitespace_after)
    operand = expression(cursor, node.expression)
    return ir.Unary(start, cursor.at, op, operand)


def _binary(cursor: Cursor, node: cst.BinaryOperation) -> ir.Expression:
    links = []
    inner: cst.BaseExpression = node
    while type(inner) is cst.BinaryOperation:
        if links and inner.lpar:
            open_parentheses(cursor, inner.lpar)
        links.append((inner, cursor.at))
        inner = inner.left
    value = expression(cursor, inner)
    for link, start in reversed(links):
        op = _BINARY[type(link.operator)]
        token(cursor, link.operator, len(op))
        right = expression(cursor, link.right)
        value = ir.Binary(start, cursor.at, value, op, right)
        if link.rpar and link is not node:
            close_parentheses(cursor, link.rpar)
    return value


def _boolean(cursor: Cursor, node: cst.BooleanOperation) -> ir.Expression:
    links = [(node, cursor.at)]
    while type(node.left) is cst.BooleanOperation and not node.left.lpar:
        node = node.left
        links.append((node, cursor.at))
    value = expression(cursor, node.left)
    for link, start in reversed(links):
        op = "and" if type(link.operator) is cst.And else "or"
        token(cursor, link.operator, len(op))
        right = expression(cursor, link.right)
        if isinstance(value, ir.Boolean) and value.op == op and not link.left.lpar:
            value = ir.Boolean(start, cursor.at, op, (*value.operands, right))
        else:
            value = ir.Boolean(start, cursor.at, op, (value, right))
    return value


def _comparison(cursor: Cursor, node: cst.Comparison) -> ir.Expression:
    start = cursor.at
    left = expression(cursor, node.left)
    ops, comparators = [], []
    for item in node.comparisons:
        ops.append(_comparison_operator(cursor, item.operator))
        comparators.append(expression(cursor, item.comparator))
    return ir.Compare(start, cursor.at, left, tuple(ops), tuple(comparators))


def _comparison_operator(cursor: Cursor, node: cst.BaseCompOp) -> str:
    op = _COMPARISON.get(type(node))
    if op is not None:
        token(cursor, node, len(op))
        return op
    if isinstance(node, cst.NotEqual):
        token(cursor, node, 2)
        return "!="
    first, second = ("not", "in") if isinstance(node, cst.NotIn) else ("is", "not")
    assert isinstance(node, cst.NotIn | cst.IsNot)  # noqa: S101  # the two operators of two words
    skip(cursor, node.whitespace_before)
    cursor.at += len(first)
    skip(cursor, node.whitespace_between)
    cursor.at += len(second)
    skip(cursor, node.whitespace_after)
    return f"{first} {second}"


def _conditional(cursor: Cursor, node: cst.IfExp) -> ir.Expression:
    start = cursor.at
    body = expression(cursor, node.body)
    skip(cursor, node.whitespace_before_if)
    cursor.at += 2
    skip(cursor, node.whitespace_after_if)
    test = expression(cursor, node.test)
    skip(cursor, node.whitespace_before_else)
    cursor.at += 4
    skip(cursor, node.whitespace_after_else)
    orelse = expression(cursor, node.orelse)
    return ir.Conditional(start, cursor.at, test, body, orelse)


def _lambda(cursor: Cursor, node: cst.Lambda) -> ir.Expression:
    start = cursor.at
    cursor.at += len("lambda")
    skip(cursor, node.whitespace_after_lambda)
    params = parameters(cursor, node.params)
    token(cursor, node.colon)
    body = expression(cursor, node.body)
    return ir.Lambda(start, cursor.at, params, body)


def _elements(cursor: Cursor, nodes: Sequence[cst.BaseElement]) -> tuple[ir.Expression, ...]:
    result = []
    for node in nodes:
        result.append(expression(cursor, node if isinstance(node, cst.StarredElement) else node.value))
        token(cursor, node.comma)
    return tuple(result)


def _starred(cursor: Cursor, node: cst.StarredElement) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.whitespace_before_value)
    value = expression(cursor, node.value)
    return ir.Starred(start, cursor.at, value)


def _tuple(cursor: Cursor, node: cst.Tuple) -> ir.Expression:
    start = cursor.at
    elements = _elements(cursor, node.elements)
    return ir.Sequence(start, cursor.at, "tuple", elements)


def _list(cursor: Cursor, node: cst.List) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbracket.whitespace_after)
    elements = _elements(cursor, node.elements)
    skip(cursor, node.rbracket.whitespace_before)
    cursor.at += 1
    return ir.Sequence(start, cursor.at, "list", elements)


def _set(cursor: Cursor, node: cst.Set) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbrace.whitespace_after)
    elements = _elements(cursor, node.elements)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return ir.Sequence(start, cursor.at, "set", elements)


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
            assert isinstance(item, cst.StarredDictElement)  # noqa: S101  # libcst has no third kind
            cursor.at += 2
            skip(cursor, item.whitespace_before_value)
        items.append((key, expression(cursor, item.value)))
        token(cursor, item.comma)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return ir.Dict(start, cursor.at, tuple(items))


def _generator(cursor: Cursor, node: cst.GeneratorExp) -> ir.Expression:
    start = cursor.at
    element = expression(cursor, node.elt)
    return _comprehension(start, cursor, "generator", element, None, _clauses(cursor, node.for_in))


def _list_comprehension(cursor: Cursor, node: cst.ListComp) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbracket.whitespace_after)
    element = expression(cursor, node.elt)
    clauses = _clauses(cursor, node.for_in)
    skip(cursor, node.rbracket.whitespace_before)
    cursor.at += 1
    return _comprehension(start, cursor, "list", element, None, clauses)


def _set_comprehension(cursor: Cursor, node: cst.SetComp) -> ir.Expression:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.lbrace.whitespace_after)
    element = expression(cursor, node.elt)
    clauses = _clauses(cursor, node.for_in)
    skip(cursor, node.rbrace.whitespace_before)
    cursor.at += 1
    return _comprehension(start, cursor, "set", element, None, clauses)


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


def _walrus(cursor: Cursor, node: cst.NamedExpr) -> ir.Expression:
    start = cursor.at
    target = expression(cursor, node.target)
    skip(cursor, node.whitespace_before_walrus)
    cursor.at += 2
    skip(cursor, node.whitespace_after_walrus)
    value = expression(cursor, node.value)
    if not isinstance(target, ir.Name):
        return ir.Opaque(start, cursor.at, "an assignment expression to what is not a name")
    return ir.Walrus(start, cursor.at, target.id, value)


def _await(cursor: Cursor, node: cst.Await) -> ir.Expression:
    start = cursor.at
    cursor.at += len("await")
    skip(cursor, node.whitespace_after_await)
    value = expression(cursor, node.expression)
    return ir.Await(start, cursor.at, value)


def _yield(cursor: Cursor, node: cst.Yield) -> ir.Expression:
    start = cursor.at
    cursor.at += len("yield")
    skip(cursor, node.whitespace_after_yield)
    value = node.value
    if isinstance(value, cst.From):
        source = from_clause(cursor, value)
        return ir.Yield(start, cursor.at, source, is_from=True)
    result = None if value is None else expression(cursor, value)
    return ir.Yield(start, cursor.at, result, is_from=False)


def from_clause(cursor: Cursor, node: cst.From) -> ir.Expression:
    """Lower ``from value`` of a yield or raise."""
    skip(cursor, node.whitespace_before_from)
    cursor.at += len("from")
    skip(cursor, node.whitespace_after_from)
    return expression(cursor, node.item)


def _integer(cursor: Cursor, node: cst.Integer) -> ir.Expression:
    start = cursor.at
    cursor.at += len(node.value)
    try:
        return ir.Constant(start, cursor.at, read_integer(node.value))
    except ValueError:
        return ir.Opaque(start, cursor.at, "a number that is too long to read")


def _float(cursor: Cursor, node: cst.Float) -> ir.Expression:
    start = cursor.at
    cursor.at += len(node.value)
    return ir.Constant(start, cursor.at, float(node.value.replace("_", "")))


def _imaginary(cursor: Cursor, node: cst.Imaginary) -> ir.Expression:
    start = cursor.at
    cursor.at += len(node.value)
    return ir.Constant(start, cursor.at, complex(0.0, float(node.value[:-1].replace("_", ""))))


def _ellipsis(cursor: Cursor, node: cst.Ellipsis) -> ir.Expression:
    del node
    start = cursor.at
    cursor.at += 3
    return ir.Constant(start, cursor.at, ...)


def _opaque(cursor: Cursor, node: cst.BaseExpression) -> ir.Expression:
    start = cursor.at
    cursor.at += len(cst.Module(()).code_for_node(node.with_changes(lpar=(), rpar=())))
    return ir.Opaque(start, cursor.at, type(node).__name__)


class _Handlers(dict[type, _Lower]):
    """Node type -> function; types that this version does not know are opaque."""

    def __missing__(self, kind: type) -> _Lower:
        return _opaque


_LINKS: dict[type, Callable[..., ir.Expression]] = {
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
}
_TABLE: dict[type, Callable[..., ir.Expression]] = {
    cst.Name: _name,
    cst.Attribute: _chain,
    cst.Call: _chain,
    cst.Subscript: _chain,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.Lambda: _lambda,
    cst.StarredElement: _starred,
    cst.Tuple: _tuple,
    cst.List: _list,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.GeneratorExp: _generator,
    cst.ListComp: _list_comprehension,
    cst.SetComp: _set_comprehension,
    cst.DictComp: _dict_comprehension,
    cst.NamedExpr: _walrus,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _imaginary,
    cst.Ellipsis: _ellipsis,
}
_HANDLERS = _Handlers({**_TABLE, **STRINGS})
