"""Tables as Keras 3 prints them: heavy box lines around the header, a light line between rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keraslint.report.text import Style, display_width, pad, wrap

LEAST = 6
"""The narrowest that a column is made."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header and on which side its cells stand."""

    title: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, and the parts of it that have a look of their own."""

    text: str
    looks: tuple[tuple[str, str], ...] = ()


def grid(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], style: Style) -> str:
    """Return a table; cells wrap where the style has a width that is too small for them."""
    widths = [
        max(display_width(column.title), *(display_width(row[index].text) for row in rows), 1)
        for index, column in enumerate(columns)
    ]
    if style.width is not None:
        widths = _fitted(widths, style.width - 3 * len(columns) - 1)
    lines = [_rule(widths, "┏━┳┓"), *_row([Cell(c.title) for c in columns], columns, widths, style, "┃")]
    lines.append(_rule(widths, "┡━╇┩"))
    for index, row in enumerate(rows):
        if index:
            lines.append(_rule(widths, "├─┼┤"))
        lines.extend(_row(row, columns, widths, style, "│"))
    lines.append(_rule(widths, "└─┴┘"))
    return "\n".join(lines) + "\n"


def _fitted(widths: list[int], available: int) -> list[int]:
    """Narrow the widest columns until all fit."""
    widths = list(widths)
    while sum(widths) > available and max(widths) > LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _rule(widths: Sequence[int], marks: str) -> str:
    left, line, between, right = list(marks)
    return left + between.join(line * (width + 2) for width in widths) + right


def _row(
    cells: Sequence[Cell], columns: Sequence[Column], widths: Sequence[int], style: Style, bar: str
) -> Iterator[str]:
    wrapped = [wrap(cell.text, width) for cell, width in zip(cells, widths, strict=True)]
    for index in range(max(len(lines) for lines in wrapped)):
        pieces = []
        for cell, column, width, lines in zip(cells, columns, widths, wrapped, strict=True):
            text = lines[index] if index < len(lines) else ""
            pieces.append(_painted(pad(text, width, right=column.right), cell, style))
        yield f"{bar} " + f" {bar} ".join(pieces) + f" {bar}"


def _painted(text: str, cell: Cell, style: Style) -> str:
    if not style.color:
        return text
    for part, look in cell.looks:
        if part and part in text:
            before, _, after = text.rpartition(part)
            text = f"{before}{style.paint(part, look)}{after}"
    return text
