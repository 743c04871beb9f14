"""Where the lowering stands in the text: whitespace, comments, brackets and tokens counted in the order of the text.

libcst's tree holds every character of the file, so an offset is the sum of the lengths of what was passed. This is
some ten times faster than libcst's own positions. In a few places libcst drops whitespace, though (form feeds and
continuations where a line begins, ``except E :``), and at the end of a file it may add or drop a newline: where lines
begin and end, and at colons and comments, the text itself is looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import libcst

from keraslint.source import ir
from keraslint.source.text import SourceFile

_NEWLINE = re.compile(r"[\r\n]")
_SPACES = re.compile(r"(?:[ \t\f]|\\(?:\r\n?|\n)|(?!))*+")


class Cursor:
    """The place in the text, where the text ends, and the comments passed so far."""

    __slots__ = ("at", "comments", "end", "hidden_until", "magics", "text")

    def __init__(self, source: SourceFile, start: int, end: int) -> None:
        self.text = source.text
        self.at = start
        self.end = end
        self.magics = {magic.start: magic for magic in source.magics}
        self.hidden_until = 0
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
        _indentation(cursor)


def colon(cursor: Cursor, space: libcst.SimpleWhitespace) -> None:
    """Pass the colon before a block; libcst drops the whitespace before it in ``except E :``."""
    at = cursor.at + len(space.value)
    if not cursor.text.startswith(":", at):
        at = max(at, cursor.text.find(":", at, cursor.end))
    cursor.at = at + 1


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
    _newline(cursor)


def empty_lines(cursor: Cursor, lines: Sequence[libcst.EmptyLine]) -> None:
    """Pass lines that hold nothing but perhaps a comment."""
    for line in lines:
        _empty_line(cursor, line)


def begin_line(cursor: Cursor, lines: Sequence[libcst.EmptyLine]) -> None:
    """Pass empty lines and the indentation, up to the first token of a line."""
    for line in lines:
        _empty_line(cursor, line)
    _indentation(cursor)


def _empty_line(cursor: Cursor, line: libcst.EmptyLine) -> None:
    _indentation(cursor)
    if line.comment is not None:
        _comment(cursor, line.comment.value, alone=True)
    _newline(cursor)


def _indentation(cursor: Cursor) -> None:
    cursor.at = _SPACES.match(cursor.text, cursor.at, cursor.end).end()  # type: ignore[union-attr]  # it always matches


def _newline(cursor: Cursor) -> None:
    """Pass a newline; libcst adds one at the end of a text that has none."""
    at, text, end = cursor.at, cursor.text, cursor.end
    if at < end and text[at] not in "\r\n":
        found = _NEWLINE.search(text, at, end)
        at = end if found is None else found.start()
    if at < end:
        at += 2 if text.startswith("\r\n", at, end) else 1
    cursor.at = at


def _comment(cursor: Cursor, text: str, *, alone: bool) -> None:
    start = cursor.at
    if not cursor.text.startswith("#", start):
        start = max(start, cursor.text.find("#", start, cursor.end))
    cursor.at = end = start + len(text)
    if start < cursor.hidden_until:  # the text of a magic
        return
    cursor.comments.append(ir.Comment(start, end, text, alone))
