"""Names, numbers, strings and f-strings, lowered to the IR."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, identifier, skip, token
from keraslint.source.lower_dispatch import expression, lowers, optional
from keraslint.source.lower_literals import read_formatted_text, read_integer, read_string

_SINGLETONS: dict[str, object] = {"None": None, "True": True, "False": False}


@lowers(cst.Name)
def _name(cursor: Cursor, node: cst.Name) -> ir.Expression:
    value, start = node.value, cursor.at
    cursor.at = end = start + len(value)
    if value in _SINGLETONS:
        return ir.Constant(start, end, _SINGLETONS[value])
    return ir.Name(start, end, identifier(value))


@lowers(cst.Integer)
def _integer(cursor: Cursor, node: cst.Integer) -> ir.Expression:
    start = cursor.at
    cursor.at += len(node.value)
    if start in cursor.magics:
        magic = cursor.magics[start]
        cursor.hidden_until = start + len(magic.text)
        return ir.Opaque(start, cursor.at, f"IPython's `{magic.text.split()[0]}`")
    try:
        return ir.Constant(start, cursor.at, read_integer(node.value))
    except ValueError:
        return ir.Opaque(start, cursor.at, "a number that is too long to read")


@lowers(cst.Float)
def _float(cursor: Cursor, node: cst.Float) -> ir.Expression:
    start = cursor.at
    cursor.at += len(node.value)
    return ir.Constant(start, cursor.at, float(node.value.replace("_", "")))


@lowers(cst.Imaginary)
def _imaginary(cursor: Cursor, node: cst.Imaginary) -> ir.Expression:
    start = cursor.at
    cursor.at += len(node.value)
    return ir.Constant(start, cursor.at, complex(0.0, float(node.value[:-1].replace("_", ""))))


@lowers(cst.Ellipsis)
def _ellipsis(cursor: Cursor, node: cst.Ellipsis) -> ir.Expression:
    del node
    start = cursor.at
    cursor.at += 3
    return ir.Constant(start, cursor.at, ...)


@lowers(cst.SimpleString)
def _string(cursor: Cursor, node: cst.SimpleString) -> ir.Expression:
    start = cursor.at
    cursor.at = end = start + len(node.value)
    try:
        return ir.Constant(start, end, read_string(node.value))
    except ValueError:
        return ir.Opaque(start, end, _MALFORMED)


@lowers(cst.FormattedString, *optional("TemplatedString"))
def _formatted_string(cursor: Cursor, node: cst.FormattedString) -> ir.Expression:
    start = cursor.at
    prefix = node.start.rstrip("'\"").lower()
    cursor.at += len(node.start)
    parts = _parts(cursor, node.parts, prefix)
    cursor.at += len(node.end)
    if "t" in prefix:
        return ir.Opaque(start, cursor.at, "a template string")
    if parts is None:
        return ir.Opaque(start, cursor.at, _MALFORMED)
    return ir.Joined(start, cursor.at, parts)


@lowers(cst.ConcatenatedString)
def _concatenated_string(cursor: Cursor, node: cst.ConcatenatedString) -> ir.Expression:
    start = cursor.at
    pieces = []
    rest: cst.BaseExpression = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(expression(cursor, rest.left))
        skip(cursor, rest.whitespace_between)
        rest = rest.right
    pieces.append(expression(cursor, rest))
    return _joined(start, cursor.at, pieces)


def _joined(start: int, end: int, pieces: list[ir.Expression]) -> ir.Expression:
    if all(isinstance(piece, ir.Constant) and isinstance(piece.value, bytes) for piece in pieces):
        return ir.Constant(start, end, b"".join(piece.value for piece in pieces))  # type: ignore[union-attr,misc]
    parts: list[str | ir.Formatted] = []
    is_formatted = False
    for piece in pieces:
        if isinstance(piece, ir.Constant) and isinstance(piece.value, str):
            parts.append(piece.value)
        elif isinstance(piece, ir.Joined):
            is_formatted = True
            parts.extend(piece.parts)
        else:
            return piece if isinstance(piece, ir.Opaque) else ir.Opaque(start, end, "text and bytes side by side")
    merged = _merged(parts)
    if is_formatted:
        return ir.Joined(start, end, merged)
    return ir.Constant(start, end, "".join(part for part in merged if isinstance(part, str)))


def _parts(
    cursor: Cursor, nodes: Sequence[cst.BaseFormattedStringContent], prefix: str
) -> tuple[str | ir.Formatted, ...] | None:
    """Lower the parts of an f-string or of a format; None when one has no value."""
    parts: list[str | ir.Formatted] = []
    is_sound = True
    for node in nodes:
        if type(node) in _TEXTS:
            text: str = node.value  # type: ignore[attr-defined]  # both kinds of text have it
            cursor.at += len(text)
            try:
                parts.append(read_formatted_text(text, prefix))
            except ValueError:
                is_sound = False
            continue
        part = _formatted(cursor, node, prefix)  # type: ignore[arg-type]  # there are texts and expressions only
        is_sound = is_sound and part is not None
        if part is not None:
            parts.append(part)
    return _merged(parts) if is_sound else None


def _formatted(cursor: Cursor, node: cst.FormattedStringExpression, prefix: str) -> ir.Formatted | None:
    start = cursor.at
    cursor.at += 1
    skip(cursor, node.whitespace_before_expression)
    value = expression(cursor, node.expression)
    literal, conversion, spec, is_sound = "", node.conversion or "", None, True
    if node.equal is not None:
        token(cursor, node.equal)
        literal = cursor.text[start + 1 : cursor.at]
        if node.conversion is None and node.format_spec is None:
            conversion = "r"
    skip(cursor, node.whitespace_after_expression)
    if node.conversion is not None:
        cursor.at += 1 + len(node.conversion)
    if node.format_spec is not None:
        cursor.at += 1
        first = cursor.at
        parts = _parts(cursor, node.format_spec, prefix)
        is_sound = parts is not None
        spec = ir.Joined(first, cursor.at, parts or ())
    cursor.at += 1
    return ir.Formatted(start, cursor.at, value, conversion, spec, literal) if is_sound else None


def _merged(parts: list[str | ir.Formatted]) -> tuple[str | ir.Formatted, ...]:
    """Return the parts with adjacent texts as one and no empty ones."""
    result: list[str | ir.Formatted] = []
    for part in parts:
        if isinstance(part, str) and result and isinstance(result[-1], str):
            result[-1] += part
        elif part != "":
            result.append(part)
    return tuple(result)


_TEXTS = (cst.FormattedStringText, *optional("TemplatedStringText"))
_MALFORMED = "a string with an escape that has no meaning"
