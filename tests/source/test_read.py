"""Bytes become text as Python reads them, and go back unchanged."""

from __future__ import annotations

import codecs

import pytest

from keraslint.source.read import decode, encode
from keraslint.source.text import SourceError

_ROUND_TRIPS = {
    "plain": b"x = 1\n",
    "nothing": b"",
    "UTF-8": "x = 'é日'\n".encode(),
    "a mark": codecs.BOM_UTF8 + b"x = 1\n",
    "a mark and a cookie": codecs.BOM_UTF8 + b"# coding: utf-8\nx = 1\n",
    "CRLF": b"x = '''a\r\nb'''\r\n",
    "mixed newlines": b"x = 1\r\ny = 2\rz = 3\n",
    "latin-1 in line 1": "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
    "cp1252 in line 2": "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"),
    "koi8-r after a blank line": "\n# coding=koi8-r\nx = 'д'\n".encode("koi8-r"),
    "shift-jis": "# coding: shift_jis\nx = '日本'\n".encode("shift_jis"),
}


@pytest.mark.parametrize("title", _ROUND_TRIPS)
def test_what_is_read_is_written_byte_for_byte(title: str) -> None:
    data = _ROUND_TRIPS[title]
    source = decode(data, "x.py")
    assert encode(source, source.text) == data
    assert not source.text.startswith("\ufeff")


def test_a_cookie_counts_in_the_first_two_lines_only() -> None:
    for text in ("\n\n# coding: latin-1\n", "x = 1\n# coding: latin-1\n", "x = '# coding: latin-1'\n"):
        assert decode(text.encode(), "x.py").encoding == "utf-8"


def test_newlines_are_kept() -> None:
    assert decode(b"a\r\nb\rc\n", "x.py").text == "a\r\nb\rc\n"


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"x = 1\ny = '\xe9'\n", 2, 6),
        ("é = '".encode() + b"\xff'\n", 1, 6),
        (b"x\r\ny\r\n\xff", 3, 1),
        (b"x = 1\n\0", 2, 1),
        (b"# coding: hex\n", 1, 11),
        (b"\n# coding: no-such\n", 2, 11),
        (b"# coding: ascii\n'\xe9'", 2, 2),
        (b"# coding: utf-7\nx = '+2AA-'\n", 1, 1),
        ("x".encode("utf-32"), 1, 1),
    ],
)
def test_bytes_that_are_no_text_are_an_error_with_their_place(data: bytes, line: int, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data, "x.py")
    assert (caught.value.line, caught.value.column) == (line, column)


def test_text_that_the_encoding_lacks_is_an_error_with_its_place() -> None:
    source = decode(b"# coding: latin-1\nx = 1\n", "x.py")
    with pytest.raises(SourceError) as caught:
        encode(source, source.text + "# → 1\n")
    assert (caught.value.line, caught.value.column) == (3, 3)
