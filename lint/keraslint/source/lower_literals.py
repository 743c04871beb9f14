"""The values of literals, read from their text: no code of a file is compiled, not even a string."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NUMBER = 4300
"""Digits that Python itself reads at most; reading more takes time that grows with their square."""

_STRING = re.compile(r"""([A-Za-z]*)('''|\"""|'|")""")
_ESCAPE = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})"
    r"|N\{(?P<name>[^}]+)\}|(?P<plain>\r\n|.))",
    re.DOTALL,
)
_PLAIN = {
    "\n": "",
    "\r": "",
    "\r\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def read_string(text: str) -> str | bytes:
    """Return the value of a string or bytes literal; ``ValueError`` when it has none."""
    opening = _STRING.match(text)
    if opening is None:
        raise ValueError(text)
    prefix, quote = opening[1].lower(), opening[2]
    return read_text(text[opening.end() : -len(quote)], prefix)


def read_text(body: str, prefix: str) -> str | bytes:
    """Return the value of what stands between the quotes."""
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    if "b" in prefix:
        raw = body.encode("ascii")
        return raw if "r" in prefix or b"\\" not in raw else _ESCAPE.sub(_byte, body).encode("latin-1")
    if "\\" in body and "r" not in prefix:
        return _ESCAPE.sub(_character, body)
    return body


def read_formatted_text(body: str, prefix: str) -> str:
    """Return the value of the text between the replacement fields of an f-string."""
    body = body.replace("{{", "{").replace("}}", "}")
    value = read_text(body, prefix)
    if isinstance(value, bytes):
        raise ValueError(body)  # noqa: TRY004  # as for every literal without a value
    return value


def read_integer(text: str) -> int:
    """Return an integer's value; ``ValueError`` when it is too long or not one."""
    if len(text) > LONGEST_NUMBER:
        raise ValueError(text[:20])
    return int(text, 0)


def _character(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "octal":
            return chr(int(match["octal"], 8))
        case "x" | "u" | "U" as group:
            character = chr(int(match[group], 16))
            if "\ud800" <= character <= "\udfff":  # half a character, which no report could print
                raise ValueError(match[0])
            return character
        case "name":
            try:
                character = unicodedata.lookup(match["name"])
            except KeyError as error:
                raise ValueError(match[0]) from error
            if len(character) > 1:  # a named sequence, which literals do not know
                raise ValueError(match[0])
            return character
        case _:
            plain = match["plain"]
            if plain in "xuUN":
                raise ValueError(match[0])
            return _PLAIN.get(plain, match[0])


def _byte(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "octal":
            return chr(int(match["octal"], 8) & 0xFF)
        case "x":
            return chr(int(match["x"], 16))
        case "plain" if match["plain"] == "x":
            raise ValueError(match[0])
        case "plain":
            return _PLAIN.get(match["plain"], match[0])
        case _:
            return match[0]
