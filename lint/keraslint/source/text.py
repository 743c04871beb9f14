"""A source file as text: decoded, with its lines, and the way back from offsets to lines and columns."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from itertools import accumulate


class SourceError(Exception):
    """The text cannot be read or parsed; ``line`` and ``column`` are 1-based."""

    def __init__(self, message: str, line: int = 1, column: int = 1, cell: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of a notebook: its number (1-based, over code cells) and where its text begins in the joined text."""

    number: int
    start: int


@dataclass(frozen=True, slots=True)
class Magic:
    """Text of a notebook that is IPython's and not Python's: where it starts, and what it says.

    In ``SourceFile.text`` stands Python of the same length: the number 0 and comments.
    """

    start: int
    text: str
    is_harmless: bool = True
    """Whether it leaves the notebook's names alone, as ``!pip`` does and ``%run`` does not."""


@dataclass(slots=True)
class SourceFile:
    """A file's text and how to find places in it."""

    path: str
    text: str
    encoding: str = "utf-8"
    has_bom: bool = False
    cells: tuple[Cell, ...] = ()
    """The code cells of a notebook; empty for a module."""
    raw: str = ""
    """A notebook's JSON text; empty for a module."""
    magics: tuple[Magic, ...] = ()
    _starts: list[int] = field(default_factory=list)

    def position(self, offset: int) -> tuple[int, int, int | None]:
        """Return (line, column, cell), 1-based; for a notebook the line counts within the cell."""
        if not self._starts:
            self._starts = line_starts(self.text)
        index = bisect.bisect_right(self._starts, offset) - 1
        column = offset - self._starts[index] + 1
        if not self.cells:
            return index + 1, column, None
        cell = self.cells[bisect.bisect_right([cell.start for cell in self.cells], offset) - 1]
        first = bisect.bisect_right(self._starts, cell.start) - 1
        return index - first + 1, column, cell.number

    def offset(self, line: int, column: int, cell: int | None = None) -> int:
        """Return the offset of a 1-based line and column, the inverse of ``position``."""
        if not self._starts:
            self._starts = line_starts(self.text)
        if cell is not None:
            start = next(item.start for item in self.cells if item.number == cell)
            line += bisect.bisect_right(self._starts, start) - 1
        return self._starts[line - 1] + column - 1


def line_starts(text: str) -> list[int]:
    r"""Return the offset of every line's first character; lines end with ``\n``, ``\r`` or ``\r\n``."""
    if "\r" not in text:
        return list(accumulate((len(line) + 1 for line in text.split("\n")[:-1]), initial=0))
    starts = [0]
    position = 0
    while True:
        feed, ret = text.find("\n", position), text.find("\r", position)
        if feed < 0 and ret < 0:
            return starts
        is_return = ret >= 0 and (feed < 0 or ret < feed)
        position = feed + 1 if not is_return or feed == ret + 1 else ret + 1
        starts.append(position)
