"""What the configuration says of rules: which are selected, their options, budgets; and the error for what is wrong."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from keraslint.diagnose.rule import Budget, Settings
from keraslint.source.quantity import read_quantity
from keraslint.values.unknown import Span

LIMITS = ("max-params", "max-trainable", "max-non-trainable", "max-layer-params", "max-bytes")
"""What a budget may limit."""


class ConfigurationError(Exception):
    """The configuration, a command line option or a rule pack is wrong; ``message`` says what and what is near."""

    def __init__(self, message: str, where: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run. Selectors are codes, prefixes of codes, names, or ``ALL``; None: the rules on by default."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Path glob -> selectors."""


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the valid word nearest to one that is not, if any is near; of equally near ones the one that begins alike."""
    close = difflib.get_close_matches(word, list(words), n=50, cutoff=0.6)

    def distance(other: str) -> tuple[float, int, str]:
        ratio = difflib.SequenceMatcher(None, other, word).ratio()
        alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False))
        return -ratio, -sum(1 for _ in alike), other

    return min(close, key=distance, default=None)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return ``; did you mean …`` or nothing."""
    near = nearest(word, words)
    return f"; did you mean `{near}`?" if near else ""


def settings_of(table: Mapping[str, object], *, where: Mapping[int, Span] | None = None) -> Settings:
    """Return what rules may ask of a ``[tool.keraslint]`` table; keys that are none of the rules' are left alone.

    ``where``: number of a ``[[tool.keraslint.budget]]`` -> the place where it is written.
    """
    budgets = tuple(
        _budget_of(_table(entry, "budget"), (where or {}).get(index))
        for index, entry in enumerate(_sequence(table.get("budget", ()), "budget"))
    )
    options = {code: _table(value, f"rules.{code}") for code, value in _table(table.get("rules", {}), "rules").items()}
    assumed = _table(table.get("assume", {}), "assume")
    ranges = {name: bounds for name, value in assumed.items() if (bounds := _range(value))}
    return Settings(budgets, strings(table.get("allow-non-trainable", ()), "allow-non-trainable"), options, ranges)


def strings(value: object, key: str) -> tuple[str, ...]:
    """Return a list of strings of the configuration."""
    items = _sequence(value, key)
    if not all(isinstance(item, str) for item in items):
        message = f"`{key}` has to be a list of strings"
        raise ConfigurationError(message)
    return tuple(str(item) for item in items)


def limit_of(name: str, value: object) -> int:
    """Return a limit: an integer, or text such as ``5M`` and ``20 MB``."""
    try:
        return read_quantity(value)
    except ValueError as problem:
        message = f"`{name}`: {problem}"
        raise ConfigurationError(message) from problem


_BUDGET_KEYS = ("model", "message", *LIMITS)


def _budget_of(entry: Mapping[str, object], where: Span | None) -> Budget:
    for key in entry:
        if key not in _BUDGET_KEYS:
            message = f"unknown key `{key}` in a budget{did_you_mean(key, _BUDGET_KEYS)}"
            raise ConfigurationError(message, where)
    model = entry.get("model", "*")
    limits = {name: limit_of(name, entry[name]) for name in LIMITS if name in entry}
    if not isinstance(model, str) or not limits:
        message = f'a budget needs `model = "…"` and a limit ({", ".join(LIMITS)})'
        raise ConfigurationError(message, where)
    return Budget(model, limits, str(entry.get("message", "")), where)


def _range(value: object) -> tuple[int, int | None] | None:
    match = re.fullmatch(r"\s*(\d[\d_]*)\s*\.\.\s*(\d[\d_]*)?\s*", value) if isinstance(value, str) else None
    return (int(match[1]), int(match[2]) if match[2] else None) if match else None


def _table(value: object, key: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        message = f"`{key}` has to be a table"
        raise ConfigurationError(message)
    return {str(name): item for name, item in value.items()}


def _sequence(value: object, key: str) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        message = f"`{key}` has to be a list"
        raise ConfigurationError(message)
    return value
