"""Modules that are kept: what comes back is what was parsed, and what nobody here wrote is parsed anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keraslint.source import parse as parsing
from keraslint.source.parse import keep_by, parse
from keraslint.source.text import SourceFile

_CONSTANTS = """
a = [..., 1j, -2.5e300, 2 ** 63, 9223372036854775807, b"\\x00\\xff", "\\u00e9", None, True, 0.1, 1e400]
match a:
    case [1, *rest] if rest:
        def f(x, /, y: int = 3, *args, z=..., **kw): yield from (lambda: x)()
"""
_SOURCES = sorted(Path(parsing.__file__).parents[1].rglob("*.py"))[::9]


@pytest.fixture
def kept() -> Iterator[dict[str, bytes]]:
    store: dict[str, bytes] = {}
    parsing._parse_module.cache_clear()
    keep_by(store.get, store.__setitem__)
    yield store
    keep_by()
    parsing._parse_module.cache_clear()


@pytest.mark.parametrize("text", [_CONSTANTS, *(path.read_text(encoding="utf-8") for path in _SOURCES)])
def test_a_module_that_was_kept_is_what_was_parsed(text: str, kept: dict[str, bytes]) -> None:
    first = parse(SourceFile("net.py", text))
    assert list(kept) == [text]
    parsing._parse_module.cache_clear()
    again = parse(SourceFile("net.py", text))
    assert (again, repr(again)) == (first, repr(first))  # 1 == True == 1.0
    assert (again is first) is False


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\x93\x01\x02\x03", b"\x92\x90\x91\x91\xff"])
def test_a_module_that_is_no_module_is_parsed(damage: bytes, kept: dict[str, bytes]) -> None:
    text = "x = 1\n"
    kept[text] = damage
    assert len(parse(SourceFile("net.py", text)).body) == 1


def test_an_integer_that_has_no_form_is_parsed_each_time(kept: dict[str, bytes]) -> None:
    text = f"x = {2**70}\n"
    parse(SourceFile("net.py", text))
    assert kept == {}
