"""Where and why code is not Python, in plain words; libcst names the token after the wrong one, or none."""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst

from keraslint.source.depth import scan
from keraslint.source.text import SourceError, SourceFile, line_starts

_PARSER = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)")
_TOKENIZER = re.compile(r"tokenizer error: (.*)")
_TOKEN = re.compile(
    r"""\#.*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\W\d]\w*|\d[\w.]*|[-+*/%@&|^=<>!:]+|\S""", re.DOTALL
)

_HEADER = re.compile(r"\s*(?:class|def|if|elif|else|for|while|with|try|except|finally|async|match|case)\b")


def explain(text: str, error: Exception) -> SourceError:
    """Return a syntax error with its place, for what libcst raised."""
    message = str(error)
    parser = _PARSER.search(message)
    unexpected = None if parser is None else _unexpected(text, int(parser[1]), int(parser[2]), parser[3])
    found = scan(text)
    if found.problem:
        problem = _at(text, found.problem, found.problem_at)
        if unexpected is None or (problem.line, problem.column) <= (unexpected.line, unexpected.column):
            return problem
    if unexpected is not None:
        return unexpected
    tokenizer = _TOKENIZER.search(message)
    if tokenizer is not None:
        line = _first_line(text, lambda part: tokenizer[0] in _failure(part))
        return SourceError(tokenizer[1], line)
    line = _first_line(text, lambda part: _failure(part) == message)
    return SourceError(message.splitlines()[0] if message else "the code is not Python", line)


def _unexpected(text: str, line: int, column: int, expected: str) -> SourceError:
    """Find the token before the place that libcst names: it is the one that does not fit."""
    starts = line_starts(text)
    offset = min(starts[line - 1] + column, len(text)) if line <= len(starts) else len(text)
    line_start = starts[min(line, len(starts)) - 1]
    if "INDENT" in expected.split(", "):
        return _at(text, "an indented block is missing here", _previous_token(text, line_start, offset)[0])
    if text[line_start:offset].strip(" \t\f"):
        start, token = _previous_token(text, line_start, offset)
        return _at(text, f"`{token}` does not fit here", start)
    before = text[:line_start].rstrip()
    previous = before[max(before.rfind("\n"), before.rfind("\r")) + 1 :].expandtabs()
    if ":" in expected.split(", ") and _HEADER.match(previous):
        return _at(text, "`:` is missing here", len(before))
    indent = len(text[line_start:offset].expandtabs())
    if indent > len(previous) - len(previous.lstrip()) and offset < len(text):
        return _at(text, "the indentation is not expected here", offset)
    return _at(text, "the line ends too early", len(before))


def _previous_token(text: str, start: int, end: int) -> tuple[int, str]:
    place, token = start, text[start:end]
    for match in _TOKEN.finditer(text, start, end):
        if not match[0].startswith("#"):
            place, token = match.start(), match[0]
    return place, token if len(token) <= 40 else token[:39] + "…"  # what fits into a message


def _first_line(text: str, fails: Callable[[str], bool]) -> int:
    """Return the 1-based first line with which the text fails, by bisection."""
    starts = [*line_starts(text)[1:], len(text)]
    low, high = 0, len(starts) - 1
    while low < high:
        middle = (low + high) // 2
        if fails(text[: starts[middle]]):
            high = middle
        else:
            low = middle + 1
    return min(low + 1, len(starts))


def _failure(text: str) -> str:
    try:
        cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError) as error:
        return str(error)
    return ""


def _at(text: str, message: str, offset: int) -> SourceError:
    line, column, _ = SourceFile("", text).position(offset)
    return SourceError(message, line, column)
