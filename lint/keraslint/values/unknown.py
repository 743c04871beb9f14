"""What is not known, why, and where: the honest half of the first promise."""

from __future__ import annotations

import enum
from typing import NoReturn

import msgspec


class Why(enum.Enum):
    """The reason a value is not known."""

    INPUT = "input"
    """A parameter with no default, or another name whose value is not in the source."""
    IMPORT = "import"
    """It comes from a module that is neither followed as source nor known natively."""
    UNSUPPORTED = "unsupported"
    """A construct or a function that the evaluator does not model."""
    BRANCH = "branch"
    """It depends on a condition of unknown value."""
    FUEL = "fuel"
    """Evaluation was cut: too many steps, or a number, string or container too large."""
    DATA = "data"
    """It depends on data that is read at run time."""
    UNBUILT = "unbuilt"
    """The layer or model has not been given an input shape."""
    ERROR = "error"
    """Keras, or the program itself, raises here."""


class Span(msgspec.Struct, frozen=True, order=True):
    """A stretch of source text: 1-based lines and columns (columns in code points), end exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None
    """1-based number among a notebook's code cells; lines then count within the cell."""


_LONGEST = 240
"""Characters of a reason: one that quotes another, again and again, must not grow without end."""


class Unknown:
    """A value that is not known; it flows through every operation.

    ``symbol`` is a Python expression that names the value (``num_classes``, ``input_shape[0]``, ``config.units``)
    where it has a name; such a value may stand in formulas.
    """

    __slots__ = ("symbol", "what", "where", "why")

    def __init__(self, why: Why, what: str, where: Span | None = None, symbol: str = "") -> None:
        self.why = why
        self.what = what if len(what) <= _LONGEST else f"{what[: _LONGEST - 1]}…"
        self.where = where
        self.symbol = symbol

    def __repr__(self) -> str:
        return f"Unknown({self.why.name}, {self.what!r}{', symbol=' + self.symbol if self.symbol else ''})"


class PlainUnknown(Unknown):
    """A number, a text or a date that is not known: whatever it is, no layer."""

    __slots__ = ()


def like(value: Unknown, what: str, symbol: str = "", *, where: Span | None = None) -> Unknown:
    """Return what is made of an unknown and of nothing else: of a plain one, something plain."""
    kind = PlainUnknown if isinstance(value, PlainUnknown) else Unknown
    return kind(value.why, what, where or value.where, symbol)


class Undetermined(Exception):
    """Raised where a question cannot be answered because a value is not known."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.what)
        self.unknown = unknown


def undetermined(why: Why, what: str) -> NoReturn:
    """Raise ``Undetermined`` for a reason found on the spot."""
    raise Undetermined(Unknown(why, what))
