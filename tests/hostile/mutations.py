"""Programs that are changed at random: lines and tokens moved, doubled, nested, swapped between programs, bytes spoilt."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures"
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
_VALUES = (
    "0", "-1", "1", "2", "10**18", "None", "True", "()", "(None,)", "[]", "{}", "''", "'same'", "x", "...", "1.5", "float('nan')",
    "float('inf')", "lambda *a, **k: a", "range(10**9)", "(1, 2, 3)", "[[[]]]", "type", "object()", "print", "__file__", "b'a'",
    "1j", "keras", "keras.layers.Dense", "keras.Input((3,))", "super()", "NotImplemented", "10**400", "'a' * 10**9",
)  # fmt: skip


@functools.cache
def programs() -> tuple[str, ...]:
    """Return the programs that mutants are made of."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FIXTURES.glob("models/*.py"))]
    for path in sorted(FIXTURES.rglob("*.md")):
        texts += _BLOCK.findall(path.read_text(encoding="utf-8"))
    return tuple(text for text in texts if len(text) < 20_000)


def mutant(source: random.Random) -> tuple[str, bytes]:
    """Return the name and the content of a file."""
    text = source.choice(programs())
    for _ in range(source.choice((1, 1, 2, 3, 5, 10))):
        text = source.choice(_CHANGES)(text, source)[:200_000]
    data = ("import keras\n" + text).encode("utf-8", "surrogatepass")
    if source.random() < 0.1:
        data = _spoilt(data, source)
    return "hostile.py", data


def _tokens(change: Callable[[list[str], int, random.Random], None]) -> Callable[[str, random.Random], str]:
    def changed(text: str, source: random.Random) -> str:
        tokens = _TOKEN.findall(text) or [" "]
        change(tokens, source.randrange(len(tokens)), source)
        return "".join(tokens)

    return changed


def _lines(change: Callable[[list[str], int, random.Random], None]) -> Callable[[str, random.Random], str]:
    def changed(text: str, source: random.Random) -> str:
        lines = text.splitlines(keepends=True) or ["\n"]
        change(lines, source.randrange(len(lines)), source)
        return "".join(lines)

    return changed


def _drop(items: list[str], at: int, _: random.Random) -> None:
    del items[at]


def _double(items: list[str], at: int, source: random.Random) -> None:
    items.insert(at, items[at] * source.choice((1, 2, 50)))


def _swap(items: list[str], at: int, source: random.Random) -> None:
    other = source.randrange(len(items))
    items[at], items[other] = items[other], items[at]


def _value(tokens: list[str], at: int, source: random.Random) -> None:
    places = [place for place, token in enumerate(tokens) if token[0].isalnum() or token[0] in "'\""]
    tokens[source.choice(places) if places else at] = source.choice(_VALUES)


def _nest(tokens: list[str], at: int, source: random.Random) -> None:
    opening, closing = source.choice((("(", ")"), ("[", "]"), ("f'{", "}'"), ("-", ""), ("not ", ""), ("lambda: ", "")))
    depth = source.choice((3, 30, 300))
    tokens[at] = opening * depth + tokens[at] + closing * depth


def _loop(lines: list[str], at: int, source: random.Random) -> None:
    line = lines[at]
    indent = line[: len(line) - len(line.lstrip())]
    header = source.choice(
        ("while True:", "for _ in range(10**6):", "if unknown:", "try:", "class A:", "def f(*a, **k):", "with x:")
    )
    lines[at] = f"{indent}{header}\n{indent}    {line.lstrip()}"


def _graft(text: str, source: random.Random) -> str:
    other = source.choice(programs()).splitlines(keepends=True)
    lines = text.splitlines(keepends=True)
    at, start = source.randrange(len(lines) + 1), source.randrange(len(other) + 1)
    return "".join([*lines[:at], *other[start : start + 10], *lines[at:]])


def _spoilt(data: bytes, source: random.Random) -> bytes:
    at = source.randrange(len(data))
    return data[:at] + source.randbytes(source.choice((1, 2, 100))) + data[at + source.choice((0, 1, 100)) :]


_CHANGES = (
    _tokens(_drop), _tokens(_double), _tokens(_swap), _tokens(_value), _tokens(_value), _tokens(_value), _tokens(_nest),
    _lines(_drop), _lines(_double), _lines(_swap), _lines(_loop), _graft,
)  # fmt: skip
