"""Where the lowering stands in the text: whitespace, comments, brackets and tokens counted in the order of the text.

libcst's tree holds every character of the file, so an offset is the sum of the lengths of what was passed. This is
some ten times faster than libcst's own positions. A line's indentation is the one thing that libcst may drop (form
feeds, continuation lines); ``begin_line`` finds the place again from the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import libcst

from keraslint.source import ir
from keraslint.source.text import SourceFile

_SPACE = frozenset(" \t\f\\")
_SPACES = re.compile(r"(?:[ \t\f]|\\(?:\r\n?|\n))*")


class Cursor:
    """The place in the text, the indentation of the current block, and the comments passed so far."""

    __slots__ = ("at", "comments", "default_indent", "hidden_until", "indent", "magics", "newline", "text")

    def __init__(self, source: SourceFile, module: libcst.Module, start: int) -> None:
        self.text = source.text
        self.at = start
        self.magics = {magic.start: magic for magic in source.magics}
        self.hidden_until = 0
        self.indent = 0
        self.default_indent = len(module.default_indent)
        self.newline = len(module.default_newline)
        self.comments: list[ir.Comment] = []


def identifier(text: str) -> str:
    """Return a name as Python knows it: ``ﬁlters`` and ``filters`` are one."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def skip(cursor: Cursor, space: object) -> None:
    """Pass whitespace; what the parser left out (a sentinel) has no length."""
    if type(space) is libcst.SimpleWhitespace:
        cursor.at += len(space.value)
    elif type(space) is libcst.ParenthesizedWhitespace:
        end_line(cursor, space.first_line)
        for line in space.empty_lines:
            _empty_line(cursor, line)
        if space.indent:
            cursor.at += cursor.indent
        cursor.at += len(space.last_line.value)


def token(cursor: Cursor, node: object, length: int = 1) -> None:
    """Pass a token with its whitespace: a comma, dot, colon, equals sign, semicolon or operator; or nothing at all."""
    if type(node) is libcst.MaybeSentinel:
        return
    before, after = node.whitespace_before, node.whitespace_after  # type: ignore[attr-defined]
    if type(before) is libcst.SimpleWhitespace:
        cursor.at += len(before.value) + length
    else:
        skip(cursor, before)
        cursor.at += length
    if type(after) is libcst.SimpleWhitespace:
        cursor.at += len(after.value)
    else:
        skip(cursor, after)


def open_parentheses(cursor: Cursor, parentheses: Sequence[libcst.LeftParen]) -> None:
    """Pass opening parentheses."""
    for parenthesis in parentheses:
        cursor.at += 1
        skip(cursor, parenthesis.whitespace_after)


def close_parentheses(cursor: Cursor, parentheses: Sequence[libcst.RightParen]) -> None:
    """Pass closing parentheses."""
    for parenthesis in parentheses:
        skip(cursor, parenthesis.whitespace_before)
        cursor.at += 1


def end_line(cursor: Cursor, line: libcst.TrailingWhitespace) -> None:
    """Pass the rest of a line: whitespace, a comment, the newline."""
    cursor.at += len(line.whitespace.value)
    if line.comment is not None:
        _comment(cursor, line.comment.value, alone=False)
    newline = line.newline.value
    cursor.at += cursor.newline if newline is None else len(newline)


def empty_lines(cursor: Cursor, lines: Sequence[libcst.EmptyLine]) -> None:
    """Pass lines that hold nothing but perhaps a comment."""
    for line in lines:
        _empty_line(cursor, line)


def begin_line(cursor: Cursor, lines: Sequence[libcst.EmptyLine]) -> None:
    """Pass empty lines and the indentation, up to the first token of a line."""
    for line in lines:
        _empty_line(cursor, line)
    at = cursor.at + cursor.indent
    if cursor.text[at : at + 1] in _SPACE:
        at = _SPACES.match(cursor.text, at).end()  # type: ignore[union-attr]  # it matches the empty text too
    cursor.at = at


def _empty_line(cursor: Cursor, line: libcst.EmptyLine) -> None:
    if line.indent:
        cursor.at += cursor.indent
    cursor.at += len(line.whitespace.value)
    if line.comment is not None:
        _comment(cursor, line.comment.value, alone=True)
    newline = line.newline.value
    cursor.at += cursor.newline if newline is None else len(newline)


def _comment(cursor: Cursor, text: str, *, alone: bool) -> None:
    start = cursor.at
    if cursor.text[start : start + 1] != "#":
        start = max(start, cursor.text.find("#", start))
    cursor.at = end = start + len(text)
    if start < cursor.hidden_until:  # the text of a magic
        return
    cursor.comments.append(ir.Comment(start, end, text, alone))
