"""Operators, comparisons, conditional and assignment expressions, ``await`` and ``yield``, lowered to the IR."""

from __future__ import annotations

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, close_parentheses, open_parentheses, skip, token
from keraslint.source.lower_dispatch import expression, lowers

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


def from_clause(cursor: Cursor, node: cst.From) -> ir.Expression:
    """Lower ``from value`` of a yield or raise."""
    skip(cursor, node.whitespace_before_from)
    cursor.at += len("from")
    skip(cursor, node.whitespace_after_from)
    return expression(cursor, node.item)


@lowers(cst.UnaryOperation)
def _unary(cursor: Cursor, node: cst.UnaryOperation) -> ir.Expression:
    start, op = cursor.at, _UNARY[type(node.operator)]
    cursor.at += len(op)
    skip(cursor, node.operator.whitespace_after)
    operand = expression(cursor, node.expression)
    return ir.Unary(start, cursor.at, op, operand)


@lowers(cst.BinaryOperation)
def _binary(cursor: Cursor, node: cst.BinaryOperation) -> ir.Expression:
    links: list[tuple[cst.BinaryOperation, int]] = []
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


@lowers(cst.BooleanOperation)
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


@lowers(cst.Comparison)
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
    assert isinstance(node, cst.NotIn | cst.IsNot)  # the two operators of two words
    skip(cursor, node.whitespace_before)
    cursor.at += len(first)
    skip(cursor, node.whitespace_between)
    cursor.at += len(second)
    skip(cursor, node.whitespace_after)
    return f"{first} {second}"


@lowers(cst.IfExp)
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


@lowers(cst.NamedExpr)
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


@lowers(cst.Await)
def _await(cursor: Cursor, node: cst.Await) -> ir.Expression:
    start = cursor.at
    cursor.at += len("await")
    skip(cursor, node.whitespace_after_await)
    value = expression(cursor, node.expression)
    return ir.Await(start, cursor.at, value)


@lowers(cst.Yield)
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
