"""Text that is safe on a terminal: control characters spelled out, colours where they are wanted, numbers, places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from keraslint.graph.analysis import Nest
from keraslint.values.dim import Dim
from keraslint.values.shape import shape_text
from keraslint.values.unknown import Span


@dataclass(frozen=True, slots=True)
class Style:
    """How text may look: with colours or without, and how wide (None: as wide as it comes)."""

    color: bool = False
    width: int | None = None
    links: bool = False
    """Whether the terminal may be given links."""

    def paint(self, text: str, look: str) -> str:
        """Return text with a look of ``LOOKS``, or as it is where colours are off."""
        return f"\x1b[{LOOKS[look]}m{text}\x1b[0m" if self.color and text else text


LOOKS = {
    "bold": "1",
    "dim": "2",
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "place": "36",
    # Keras' own colours: keras/src/utils/summary_utils.py, highlight_number and highlight_symbol
    "number": "38;5;34",
    "none": "38;5;45",
    "class": "38;5;33",
    "frozen": "38;5;9",
}
"""Name of a look -> parameters of the terminal's escape sequence."""


def clean(text: str) -> str:
    r"""Return text with control and direction characters spelled out (``\x1b``): names cannot act on a terminal.

    Nor can they on the log of a GitHub workflow, which takes ``::`` at the beginning of a line for a command of its
    own, and ``##[`` anywhere: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_spelled, text))
    if "##[" in text:
        text = text.replace("##[", "#\\x23[")
    return f"{text[: -len(tail)]}\\x3a{tail[1:]}" if (tail := text.lstrip()).startswith("::") else text


def clean_lines(text: str) -> str:
    """Return text of several lines, each made clean; tabs stay."""
    return "\n".join("\t".join(map(clean, line.split("\t"))) for line in text.split("\n"))


def _spelled(character: str) -> str:
    if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def place(span: Span | None) -> str:
    """Return ``path:line:column``, with the cell for a notebook."""
    if span is None:
        return ""
    cell = f"cell {span.cell}:" if span.cell is not None else ""
    return f"{clean(span.path)}:{cell}{span.line}:{span.column}"


def line_of(span: Span | None, path: str = "") -> str:
    """Return the line of a span for a column of lines: with the file's name where it is another file than ``path``."""
    if span is None:
        return ""
    cell = f"cell {span.cell}:" if span.cell is not None else ""
    name = "" if span.path == path else f"{clean(span.path.rpartition('/')[2])}:"
    return f"{name}{cell}{span.line}"


def number(value: Dim | None) -> str:
    """Return a count: with thousands separated, as a formula, or ``?``."""
    if value is None:
        return "?"
    return f"{value:,}" if isinstance(value, int) else clean(str(value))


def shape(value: Nest) -> str:
    """Return a shape, or a nest of shapes, as Keras prints it; ``?`` where it is not known."""
    match value:
        case None:
            return "?"
        case tuple():
            return clean(shape_text(value))
        case list():
            return f"[{', '.join(shape(item) for item in value)}]"
        case dict():
            return "{" + ", ".join(f"{clean(name)}: {shape(item)}" for name, item in value.items()) + "}"


def plural(count: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def wrap(text: str, width: int) -> list[str]:
    """Return text in lines of at most ``width`` columns, broken at spaces where there are any."""
    lines = [""]
    for word in re.findall(r"\S+|\s+", text):
        if display_width(lines[-1] + word.rstrip()) <= width:
            lines[-1] += word
            continue
        lines[-1] = lines[-1].rstrip()
        lines.extend(_pieces(word.lstrip(), width))
    return [line.rstrip() for line in lines if line.strip()] or [""]


def display_width(text: str) -> int:
    """Return how many columns a terminal gives to text without escape sequences."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return text filled with spaces to a width."""
    space = " " * max(0, width - display_width(text))
    return space + text if right else text + space


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _pieces(word: str, width: int) -> Iterator[str]:
    piece = ""
    for character in word:
        if piece and display_width(piece + character) > width:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
