"""The values of literal expressions of the IR: constants, displays, and arithmetic on small numbers."""

from __future__ import annotations

from keraslint.source import ir

_LARGEST = 2**63
"""No count or size of a model is larger; what is would only take time."""


class NotLiteral(Exception):  # it says what the expression is, as ``Unknown`` does
    """The expression is not a literal; the message says which part."""


def literal(node: ir.Expression) -> object:
    """Return the plain value of an expression; ``NotLiteral`` where it has none."""
    match node:
        case ir.Constant(value=value):
            return value
        case ir.Sequence(kind=kind, elements=elements):
            values = [literal(element) for element in elements]
            if kind == "set":
                message = "a set has no order; write a tuple"
                raise NotLiteral(message)
            return tuple(values) if kind == "tuple" else values
        case ir.Dict(items=items):
            return {_key(key): literal(value) for key, value in items}
        case ir.Unary(op="-" | "+" as op, operand=operand):
            number = _number(literal(operand))
            return -number if op == "-" else number
        case ir.Binary(left=left, op=op, right=right):
            return _arithmetic(op, _number(literal(left)), _number(literal(right)))
        case ir.Name(id=name):
            message = f"`{name}` is a name; write its value"
            raise NotLiteral(message)
        case _:
            message = "only numbers, strings, tuples and + - * // ** of numbers are understood"
            raise NotLiteral(message)


def _key(node: ir.Expression | None) -> object:
    value = None if node is None else literal(node)
    if not isinstance(value, str | int):
        message = "the keys of a dict are strings or numbers"
        raise NotLiteral(message)
    return value


def _number(value: object) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    message = f"{value!r} is not a number"
    raise NotLiteral(message)


def _arithmetic(op: str, left: float, right: float) -> object:
    result: float
    match op:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "//" if right != 0:
            result = left // right
        case "//":
            message = "it divides by zero"
            raise NotLiteral(message)
        case "**":
            result = _power(left, right)
        case _:
            message = f"`{op}` is not understood; write the number"
            raise NotLiteral(message)
    if isinstance(result, int) and abs(result) > _LARGEST:
        message = "the number is too large"
        raise NotLiteral(message)
    return result


def _power(base: float, exponent: float) -> int:
    if not isinstance(base, int) or not isinstance(exponent, int) or exponent < 0:
        message = "`**` is understood for whole numbers"
        raise NotLiteral(message)
    if abs(base) > 1 and exponent * base.bit_length() > 2 * _LARGEST.bit_length():
        message = "the number is too large"
        raise NotLiteral(message)
    return int(base**exponent)
