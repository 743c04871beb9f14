"""Snippets of ``fixtures/python``: the machine gives the ``result`` that Python gives.

A title that ends in ``(unknown)`` is a known miss: the machine says that it does not know, and never something else.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interp.overlay_programs import plain, run

_FOLDER = Path(__file__).parents[2] / "fixtures" / "python"
_BLOCK = re.compile(r"^## (?P<title>[^\n]+)\n```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Snippet:
    """One program that leaves its ``result``."""

    theme: str
    title: str
    code: str


def _snippets() -> list[Snippet]:
    return [
        Snippet(path.stem, match["title"], match["code"])
        for path in sorted(_FOLDER.glob("*.md"))
        for match in _BLOCK.finditer(path.read_text(encoding="utf-8"))
    ]


def _of_python(code: str) -> object:
    namespace: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), contextlib.suppress(SystemExit):
        warnings.simplefilter("ignore")
        exec(compile(code, "<snippet>", "exec", dont_inherit=True), namespace)
    return plain(namespace["result"])


def _of_machine(code: str) -> object:
    namespace = run(code)
    return plain(namespace["result"]) if "result" in namespace else ("raised", namespace.get("raised"))


def _is_known(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_is_known(item) for item in value)
    return not (isinstance(value, str) and value.startswith("unknown "))


@pytest.mark.parametrize("snippet", _snippets(), ids=lambda snippet: f"{snippet.theme}: {snippet.title}")
def test_the_machine_gives_what_python_gives(snippet: Snippet) -> None:
    seen, expected = _of_machine(snippet.code), _of_python(snippet.code)
    if snippet.title.endswith("(unknown)"):
        assert not _is_known(seen)
    else:
        assert seen == expected
