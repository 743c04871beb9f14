"""Counts as people state them in comments and docstrings: ``37,633 params``, ``# 4736``, ``~5.3M``; and their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from keraslint import SourceFile


@dataclass(frozen=True, slots=True)
class Stated:
    """A count that a text states, with the precision that it is stated in."""

    start: int
    end: int
    """Where the number stands in the text, its unit included."""
    text: str
    what: str
    """``total``, ``trainable`` or ``non_trainable``."""
    value: Fraction
    step: Fraction
    """What the last digit stands for; 0 where the number is exact."""
    is_bare: bool
    """Whether nothing but the number is said."""

    def agrees(self, actual: int) -> bool:
        """Return whether a count is what is stated, rounded up or down."""
        return self.value == actual if self.step == 0 else abs(self.value - actual) < self.step

    def rewritten(self, actual: int) -> str:
        """Return the number, written as it is, for another count."""
        match = _PARTS.fullmatch(self.text)
        unit = match["unit"] if match is not None else None
        if match is not None and unit:
            places = len(match["digits"].partition(".")[2])
            number = f"{actual / _FACTORS[unit.lower()[:1]]:.{places}f}"
            if float(number):
                return f"{number}{match['space']}{unit}"
        elif self.step > 1:
            actual = round(actual / int(self.step)) * int(self.step)
        return f"{actual:,}" if "," in self.text or unit else f"{actual:_}" if "_" in self.text else str(actual)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text without the ``#``, and where that begins; ``alone`` on its line or behind code."""

    start: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring's text, where it begins, and the line and cell of its def or class."""

    start: int
    text: str
    definition: tuple[int, int | None]


def stated_in(text: str) -> Iterator[Stated]:
    """Yield the counts that a comment or docstring states; none where it speaks of limits or differences."""
    whole = _ALONE.fullmatch(text)
    if whole is not None:
        yield _stated(whole, is_bare=True)
        return
    if not _LIKELY.search(text) or _OTHERWISE.search(text):
        return
    for match in _STATED.finditer(text):
        stated = _stated(match, is_bare=False)
        is_all = match.group().strip() == text.strip()
        if is_all or match["lead"] or stated.value >= _LARGE or _ARROW.match(text):
            yield stated


def comments_of(source: SourceFile) -> Iterator[Comment]:
    """Yield the comments of a text that hold a digit; what looks like one within a string is none."""
    for match in _STRING_OR_COMMENT.finditer(source.text):
        if match["comment"] is not None and re.search(r"\d", match["comment"]):
            start = match.start("comment")
            line = source.text.rfind("\n", 0, match.start()) + 1
            yield Comment(start, match["comment"], not source.text[line : match.start()].strip())


def docstrings_of(source: SourceFile) -> Iterator[Docstring]:
    """Yield the docstrings of functions and classes that hold a digit."""
    end = 0
    for head in _HEAD.finditer(source.text):
        match = _DOCSTRING.match(source.text, source.text.rfind("\n", 0, head.start()) + 1)
        if match is None or match.start("kind") != head.start() or head.start() < end:
            continue
        end = match.end()
        if re.search(r"\d", match["doc"]):
            line, _, cell = source.position(match.start("kind"))
            yield Docstring(match.start("doc"), match["doc"], (line, cell))


_LARGE = 1000
_NUMBER = r"(?P<{0}about>[~≈]\s*|\b(?:about|approx\.?|approximately|around|roughly|ca\.)\s+)?(?P<{0}number>\d[\d,_]*(?:\.\d+)?(?:\s?(?:[kKMBG]\b|(?:[Tt]housand|[Mm]illion|[Bb]illion)\b))?)"
_KIND = r"(?:(?P<{0}kind>non[-_ ]?trainable|trainable|learnable|total)\s+)?"
_STATED = re.compile(
    rf"{_KIND.format('b')}(?P<lead>\b(?:param(?:eter)?s?|weights)(?:\s+count)?\s*[:=]\s*){_NUMBER.format('b')}"
    rf"|(?<![\w.,]){_NUMBER.format('')}\+?[ -](?:{_KIND.format('')}(?:param(?:eter)?s?|weights)\b"
    r"|(?P<ckind>(?:non[-_ ]?)?trainable)(?=[,)]))",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"\d[^\n]{0,40}(?:param|weight|trainable)|(?:param|weights)[^\n\d]{0,24}[:=]\s*[^\n\d]{0,20}\d", re.IGNORECASE
)
"""What ``_STATED`` needs at least, found in a fifth of the time."""
_ALONE = re.compile(rf"\s*{_NUMBER.format('')}\s*")
_PARTS = re.compile(r"(?P<digits>[\d,_]+(?:\.\d+)?)(?P<space>\s?)(?P<unit>[A-Za-z]+)?")
_FACTORS = {"k": 10**3, "t": 10**3, "m": 10**6, "b": 10**9, "g": 10**9}
_ARROW = re.compile(r"\s*-> (?!\d+x:)")
_OTHERWISE = re.compile(
    r"\d+x: |\bkeraslint:|\b(?:budget|limit|max|min|maximum|minimum|most|least|under|over|below|above|less|more|fewer|than|"
    r"up to|each|per|saves?|extra|additional|adds?|instead|versus|vs|was|were|originally|paper|before|previously|"
    r"from|without|reduces?|every|todo|issue|takes?|hyper-?parameters?)\b|[<>≤≥](?! ?\()",
    re.IGNORECASE,
)
"""What makes a number something else than the count of what stands there."""
_STRING_OR_COMMENT = re.compile(
    r"'''(?:[^\\']++|\\.|'(?!'')|(?!))*+'''|\"\"\"(?:[^\\\"]++|\\.|\"(?!\"\")|(?!))*+\"\"\""
    r"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|#(?P<comment>[^\r\n]*)",
    re.DOTALL,
)
_HEAD = re.compile(r"(?:def|class)[ \t]")
_DOCSTRING = re.compile(
    r"[ \t]*(?:async[ \t]+)?(?P<kind>def|class)[ \t]+\w+[ \t]*(?:\([^)]*\))?[^\n:\"']*:[ \t]*(?:#[^\n]*)?\s*"
    r"(?P<quote>[\"']{3})(?P<doc>.*?)(?P=quote)",
    re.DOTALL,
)


def _stated(match: re.Match[str], *, is_bare: bool) -> Stated:
    found = match.groupdict()
    prefix = "b" if found.get("bnumber") else ""
    number, about = found[f"{prefix}number"], found[f"{prefix}about"]
    parts = _PARTS.fullmatch(number)
    assert parts is not None
    unit = parts["unit"]
    factor = _FACTORS[unit.lower()[:1]] if unit else 1
    digits = parts["digits"].replace(",", "").replace("_", "").rstrip(".")
    places = len(digits.partition(".")[2])
    step = Fraction(factor, 10**places) if unit or places else Fraction(0)
    if about and not step:
        step = Fraction(10 ** (len(digits) - len(digits.rstrip("0"))))
    kind = (found.get(f"{prefix}kind") or found.get("ckind") or "total").lower()
    what = "non_trainable" if kind.startswith("non") else "trainable" if kind in {"trainable", "learnable"} else "total"
    start, end = match.span(f"{prefix}number")
    return Stated(start, end, number, what, Fraction(digits) * factor, step, is_bare)
