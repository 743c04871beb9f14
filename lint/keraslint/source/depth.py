"""How deep code nests, found in one scan of the text before it is parsed.

libcst recurses, and where its stack ends it kills the process: there is no exception to catch. So the text is looked
at first. Every bracket, operator, call, ``lambda`` … adds to the weight of the place where it stands, in units of
about one stack frame of libcst; what weighs too much is refused with its line. Python itself refuses 200 brackets and
100 indentations. The weights were found with child processes that crash: 1,100 nested brackets, 6,600 binary or 8,000
unary operators in a row fill a stack of 8 MB.

What repeats without going back, ``(...|(?!))*+``, ends its choices with one that fails at once: before 3.11.5, Python
goes on from where the last choice failed, not from where it began (https://github.com/python/cpython/issues/100061).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from keraslint.source.text import SourceError, line_starts

SHALLOW = 500
"""Up to this weight a stack of 1 MB holds libcst's recursion."""
DEEPEST = 5_000
"""Up to this weight a stack of 64 MB holds it many times over."""
MAX_BRACKETS = 200
MAX_INDENTS = 100
MAX_PATTERN_BRACKETS = 7
"""libcst's time grows fourfold with every bracket in a pattern of ``case``: twelve take minutes."""
_BRACKET = 20
_LEFT = 2
"""An operator or attribute in a chain: libcst's time grows with the square of their number."""
_RIGHT = 10
"""What nests to the right is recursed into: ``not``, ``-x``, ``**``, ``lambda``, ``else`` of an expression."""
_ELIF = 5
_ADJACENT = 2
"""A string beside another: libcst joins some 3,000 of them at most."""
_TRAILER = 3
"""A call or subscript in a chain, slower still."""

_TOKEN = re.compile(
    r"""
      ([,;:])
    | ([.*/%@&|^<>~+-]+|\b(?:and|or|not[ ]in|in|is|not|lambda|else|await|for)\b)
    | ([(\[{])
    | ([)\]}])
    | ([\r\n]+)
    | (\#[^\r\n]*)
    | (?<=[fFtT])(\"""|'''|"|')
    | (?<=[fFtT][rR])(\"""|'''|"|')
    | (\"""(?:[^"\\]++|\\.|"(?!"")|(?!))*+\"""|'''(?:[^'\\]++|\\.|'(?!'')|(?!))*+'''
      |"(?!"")(?:[^"\\\r\n]++|\\(?:\r\n|.)|(?!))*+"|'(?!'')(?:[^'\\\r\n]++|\\(?:\r\n|.)|(?!))*+')
    | (["'])
    | (\\(?:\r\n?|\n))
    """,
    re.DOTALL | re.VERBOSE,
)
_MARK, _OPERATOR, _OPEN, _CLOSE, _NEWLINE, _COMMENT, _FORMATTED, _FORMATTED_RAW, _STRING, _QUOTE = range(1, 11)
_MATCH = re.compile(r"(?:\A|[\r\n])[ \t\f]*+match\b")
_CASE = re.compile(r"case\b(?![ \t]*[.=,:)])")
_INDENT = re.compile(r"([ \t\f]*+)(?:\\(?:\r\n?|\n)[ \t\f]*+|(?!))*+")
_OPERAND_END = frozenset("_)]}\"'")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class Scan:
    """What a scan found: the greatest weight, and the first place where strings or brackets do not match."""

    weight: int = 0
    problem: str = ""
    problem_at: int = 0


@dataclass(slots=True)
class _String:
    """An f-string that is open."""

    quote: str
    is_raw: bool


@dataclass(slots=True)
class _Level:
    """A bracket that is open (or the file): what weighs on the current expression in it."""

    bracket: str
    at: int
    outer: int
    links: int = 0
    factors: int = 0
    """The part of ``links`` that ends with the current term of a sum."""
    terms: int = 0
    """The part of ``links`` that ends with the current sum, factors left out."""
    lambdas: int = 0
    is_power: bool = False
    """Whether the last operator was ``**``, which nests only in a row."""
    string: _String | None = None
    """The f-string whose field this is."""
    is_format: bool = False
    """Whether the scan stands behind the colon of the field."""


@dataclass(slots=True)
class _Indent:
    width: int
    elifs: int = 0


@dataclass(slots=True)
class _Scanner:
    text: str
    scan: Scan = field(default_factory=Scan)
    levels: list[_Level] = field(default_factory=lambda: [_Level("", 0, 0)])
    indents: list[_Indent] = field(default_factory=lambda: [_Indent(0)])
    has_match: bool = False
    is_pattern: bool = False
    """Whether the scan stands behind a ``case``."""

    def run(self) -> Scan:
        """Scan the whole text."""
        self.has_match = _MATCH.search(self.text) is not None
        self.begin_line(0)
        position: int | None = 0
        while position is not None:
            position = self.code(position)
        if len(self.levels) > 1 and not self.scan.problem:
            top = self.levels[-1]
            self.note(f"`{top.bracket}` is never closed", top.at)
        return self.scan

    def code(self, position: int) -> int | None:  # one branch a token, and it must be fast
        """Scan code up to the end of an f-string that begins or goes on in it; return where to go on."""
        text, level, levels = self.text, self.levels[-1], self.levels
        for match in _TOKEN.finditer(text, position):
            kind = match.lastindex
            if kind == _MARK:
                mark = match[0]
                if mark == ":":
                    if level is levels[0]:
                        self.is_pattern = False
                    if level.lambdas:
                        level.lambdas -= 1
                    elif level.string is not None:
                        level.is_format = True
                        return self.string(match.end(), level.string)
                elif not level.lambdas:
                    self.weigh(level, match.start())
                    level.links = level.terms = level.factors = 0
            elif kind == _OPERATOR:
                self.operator(level, match[0], match.start())
            elif kind == _OPEN:
                self.factor(level, _TRAILER)
                level = self.open(match[0], match.start())
            elif kind == _CLOSE:
                if self.close(match[0], match.start()) and level.string is not None:
                    return self.string(match.end(), level.string)
                level = levels[-1]
            elif kind == _NEWLINE:
                if len(levels) == 1:
                    self.weigh(level, match.start())
                    level.links = level.terms = level.factors = level.lambdas = 0
                    self.begin_line(match.end())
            elif kind == _STRING:
                self.factor(level, _ADJACENT)
            elif kind in (_FORMATTED, _FORMATTED_RAW):
                self.factor(level, _ADJACENT)
                quote = match[0]
                return self.string(match.end(), _String(quote, text[match.start() - 1] in "rR"))
            elif kind == _QUOTE:
                self.note("a string is never closed", match.start())
                if text.startswith(match[0] * 3, match.start()):
                    break
                return _end_of_line(text, match.end())
        self.weigh(self.levels[-1], len(text))
        return None

    def operator(self, level: _Level, operator: str, at: int) -> None:
        """Weigh an operator or keyword; a run of signs such as ``*-`` or ``...`` is as many operators."""
        match operator:
            case ".":
                self.factor(level, _LEFT)
                return
            case "*" | "/" | "//" | "%" | "@":
                self.factor(level, _LEFT)
            case "**":
                self.factor(level, _RIGHT if level.is_power else _LEFT)
            case "-" | "+" if self.is_operand_end(at):
                self.end_term(level, at)
                level.terms += _LEFT
                level.links += _LEFT
            case "lambda" | "else" | "not" | "await":
                level.lambdas += operator == "lambda"
                self.end_sum(level, at)
                level.links += _RIGHT
            case "for":
                if len(self.levels) > 1:
                    level.outer += _RIGHT
            case "and" | "or" | "in" | "not in" | "is" | "->" | "<" | ">":
                self.end_sum(level, at)
                level.links += 1
            case "<<" | ">>" | "|" | "&" | "^":
                self.end_sum(level, at)
                level.links += _LEFT
            case _:
                self.factor(level, _RIGHT * len(operator))
        level.is_power = operator == "**" or (level.is_power and operator in {"-", "+", "~"})

    def factor(self, level: _Level, weight: int) -> None:
        """Weigh what binds closer than a sum: products, signs, attributes, calls."""
        level.factors += weight
        level.links += weight

    def end_term(self, level: _Level, at: int) -> None:
        """Forget the weight of a term of a sum, which the next term does not nest in."""
        if level.factors:
            self.weigh(level, at)
            level.links -= level.factors
            level.factors = 0

    def end_sum(self, level: _Level, at: int) -> None:
        """Forget the weight of a sum."""
        self.end_term(level, at)
        level.links -= level.terms
        level.terms = 0

    def is_operand_end(self, at: int) -> bool:
        """Tell whether an operand ends before this place, so that a sign there has two operands."""
        at -= 1
        while at >= 0 and self.text[at] in " \t":
            at -= 1
        return at >= 0 and (self.text[at].isalnum() or self.text[at] in _OPERAND_END)

    def weigh(self, level: _Level, at: int) -> None:
        """Keep the greatest weight; refuse what is too deep."""
        weight = level.outer + level.links
        if weight > self.scan.weight:
            self.scan.weight = weight
            if weight > DEEPEST:
                self.refuse("an expression is nested or chained too deep to be read; split it", at)

    def open(self, bracket: str, at: int, string: _String | None = None) -> _Level:
        """Enter a bracket or the field of an f-string."""
        outer = self.levels[-1]
        if len(self.levels) > MAX_BRACKETS:
            self.refuse(f"brackets are nested more than {MAX_BRACKETS} deep, which Python refuses too", at)
        if self.is_pattern and len(self.levels) > MAX_PATTERN_BRACKETS:
            self.refuse(f"a pattern is nested more than {MAX_PATTERN_BRACKETS} deep; match its parts one by one", at)
        level = _Level(bracket, at, outer.outer + outer.links + _BRACKET, string=string)
        self.levels.append(level)
        return level

    def close(self, bracket: str, at: int) -> bool:
        """Leave a bracket; tell whether it was open."""
        level = self.levels[-1]
        self.weigh(level, at)
        if _CLOSING.get(level.bracket) == bracket:
            self.levels.pop()
            return True
        if len(self.levels) == 1:
            self.note(f"`{bracket}` closes nothing", at)
            return False
        self.note(f"`{bracket}` closes `{level.bracket}`", at)
        if level.string is None:
            self.levels.pop()
        return False

    def string(self, position: int, string: _String) -> int:
        """Scan the text of an f-string up to its next field or its end; return where code goes on."""
        text = self.text
        while True:
            level = self.levels[-1]
            is_format = level.is_format and level.string is string
            match = _TEXT[string.quote, string.is_raw, is_format].match(text, position)
            end = position if match is None else match.end()
            rest = text[end : end + 1]
            if rest == "{":
                self.factor(level, _TRAILER)
                self.open("{", end, string)
                return end + 1
            if rest != "}":
                break
            if is_format:
                self.close("}", end)
            else:
                self.note("`}` closes nothing", end)
            position = end + 1
        while self.levels[-1].string is string:
            self.note("a field of a string is never closed", self.levels[-1].at)
            self.levels.pop()
        if rest != string.quote[0]:
            self.note("a string is never closed", position)
            return _end_of_line(text, end)
        return end + len(string.quote)

    def begin_line(self, position: int) -> None:
        """Count the indentation of a logical line, and the ``elif`` that nest as deep as they are many."""
        text = self.text
        self.is_pattern = False
        match = _INDENT.match(text, position)
        if match is None or text[match.end() : match.end() + 1] in ("", "#", "\n", "\r"):
            return
        end = match.end()
        width = len(match[1]) if "\t" not in match[1] else len(match[1].expandtabs())
        indents = self.indents
        is_dedent = indents[-1].width > width
        while indents[-1].width > width:
            indents.pop()
        if indents[-1].width < width:
            if is_dedent:
                self.note("the indentation matches that of no block around it", end)
            indents.append(_Indent(width))
            if len(indents) > MAX_INDENTS + 1:
                self.refuse(f"blocks are nested more than {MAX_INDENTS} deep, which Python refuses too", end)
        self.is_pattern = self.has_match and _CASE.match(text, end) is not None
        top = indents[-1]
        top.elifs = top.elifs + 1 if text.startswith("elif", end) else 0
        self.levels[0].outer = _BRACKET * (len(indents) - 1) + (_ELIF * sum([indent.elifs for indent in indents]))

    def note(self, problem: str, at: int) -> None:
        """Keep the first place where strings or brackets do not match."""
        if not self.scan.problem:
            self.scan.problem, self.scan.problem_at = problem, at

    def refuse(self, message: str, at: int) -> None:
        """Raise an error at a place."""
        starts = line_starts(self.text[:at])
        raise SourceError(message, len(starts), at - starts[-1] + 1)


def check_depth(text: str) -> int:
    """Return the weight of the deepest place; ``SourceError`` with its line when it is too deep to parse."""
    return _Scanner(text).run().weight


def scan(text: str) -> Scan:
    """Return what a scan finds, for the explanation of a syntax error."""
    return _Scanner(text).run()


def _end_of_line(text: str, position: int) -> int:
    ends = [end for end in (text.find("\n", position), text.find("\r", position)) if end >= 0]
    return min(ends, default=len(text))


def _text_pattern(quote: str, *, is_raw: bool, is_format: bool) -> re.Pattern[str]:
    """Compile the text of an f-string between its fields; a format has no doubled braces."""
    mark = quote[0]
    is_triple = len(quote) > 1
    parts = [rf"[^{mark}\\{{}}]++" if is_triple else rf"[^{mark}\\{{}}\r\n]++"]
    if not is_raw:
        parts.append(r"\\N\{[^}\r\n]*+\}")
    parts += [r"\\(?:\r\n|[^{}])", r"\\(?=[{}])"]
    if is_triple:
        parts.append(f"{mark}(?!{mark}{mark})")
    if not is_format:
        parts += [r"\{\{", r"\}\}"]
    return re.compile(f"(?:{'|'.join(parts)}|(?!))*+", re.DOTALL)


_TEXT = {
    (quote, is_raw, is_format): _text_pattern(quote, is_raw=is_raw, is_format=is_format)
    for quote in ('"""', "'''", '"', "'")
    for is_raw in (False, True)
    for is_format in (False, True)
}
