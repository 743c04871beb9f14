"""Bytes to text and back: encodings by PEP 263, byte order marks, newlines kept as they are, notebooks."""

from __future__ import annotations

import codecs
import re

from keraslint.source.notebook import read_notebook
from keraslint.source.text import SourceError, SourceFile

_COOKIE = re.compile(rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_BLANK_OR_COMMENT = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n)")
_NEWLINE = re.compile(rb"\r\n?|\n")
_FOREIGN_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_PLAIN = {"utf-8", "ascii", "iso8859-1"}


def decode(data: bytes, path: str) -> SourceFile:
    """Return a module's or notebook's text; ``SourceError`` with the line where it has none."""
    for mark, name in _FOREIGN_MARKS.items():
        if data.startswith(mark):
            message = f"the file is {name}, which Python does not read; save it as UTF-8"
            raise SourceError(message)
    has_bom = data.startswith(codecs.BOM_UTF8)
    if has_bom:
        data = data[len(codecs.BOM_UTF8) :]
    if path.endswith(".ipynb"):
        return read_notebook(_text_of(data, "utf-8"), path, has_bom=has_bom)
    nul = data.find(b"\0")
    if nul >= 0:
        line, column = _place(data, nul, "latin-1")
        message = "there is a NUL byte; the file is not Python source"
        raise SourceError(message, line, column)
    encoding = _encoding_of(data)
    if has_bom and codecs.lookup(encoding).name != "utf-8":
        message = f"the file begins with the mark of UTF-8 and says that it is {encoding}; remove one of the two"
        raise SourceError(message)
    return SourceFile(path, _text_of(data, encoding), encoding, has_bom)


def encode(source: SourceFile, text: str) -> bytes:
    """Return the bytes of a changed text (of a notebook: of its JSON), encoded as the file was."""
    try:
        data = text.encode(source.encoding)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        column = error.start - text.rfind("\n", 0, error.start)
        message = f"{text[error.start]!r} cannot be written in {source.encoding}; save the file as UTF-8"
        raise SourceError(message, line, column) from error
    return codecs.BOM_UTF8 + data if source.has_bom else data


def _encoding_of(data: bytes) -> str:
    """Return the encoding that one of the first two lines names, or UTF-8."""
    line, start = 1, 0
    cookie = _COOKIE.match(data)
    if cookie is None:
        first = _BLANK_OR_COMMENT.match(data)
        cookie = None if first is None else _COOKIE.match(data, first.end())
        if first is None or cookie is None:
            return "utf-8"
        line, start = 2, first.end()
    name = cookie[1].decode("ascii", "replace")
    try:
        codecs.lookup(name)
        b" ".decode(name)
    except (LookupError, UnicodeError):
        column = cookie.start(1) - start + 1
        message = f"the encoding {name!r} is not known; save the file as UTF-8 and remove this comment"
        raise SourceError(message, line, column) from None
    return name


def _text_of(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = _place(data, error.start, encoding)
        message = (
            f"byte 0x{data[error.start]:02X} is not {encoding.upper()}; "
            "save the file as UTF-8 or name its encoding: `# -*- coding: latin-1 -*-`"
        )
        raise SourceError(message, line, column) from error
    if codecs.lookup(encoding).name not in _PLAIN:
        _check_round_trip(text, data, encoding)
    return text


def _check_round_trip(text: str, data: bytes, encoding: str) -> None:
    """Refuse encodings such as utf-7, where what is written may differ from what was read or is no text at all."""
    try:
        text.encode("utf-8")
        is_kept = text.encode(encoding) == data and "\0" not in text
    except UnicodeError:
        is_kept = False
    if not is_kept:
        message = f"the text does not survive reading and writing as {encoding}; save the file as UTF-8"
        raise SourceError(message)


def _place(data: bytes, offset: int, encoding: str) -> tuple[int, int]:
    """Return the 1-based line and column, in characters, of a byte."""
    start, line = 0, 1
    for newline in _NEWLINE.finditer(data, 0, offset):
        start, line = newline.end(), line + 1
    return line, len(data[start:offset].decode(encoding, "replace")) + 1
