"""IPython's own syntax in a notebook's cell: magics, shell lines and help, hidden behind Python of the same length."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PYTHON_CELLS = {"time", "timeit", "capture", "prun", "memit", "mprun", "snakeviz", "debug", "skip"}
"""Cell magics whose cell is Python of the notebook's own."""
_RUNS_STATEMENT = re.compile(
    r"%(?:time|prun|memit|snakeviz)[ \t]+(?!-|(?:for|while|if|with|def|class|try|async|match)\b)(?=\S)"
)
_REBINDING = {"run", "load", "pylab", "store", "macro", "rerun", "recall", "rep", "reset", "reset_selective", "xdel"}
"""Line magics that bind or unbind names of the notebook."""
_FOREIGN_CELLS = {
    *(
        "bash",
        "sh",
        "script",
        "cmd",
        "system",
        "sx",
        "!",
        "html",
        "HTML",
        "javascript",
        "js",
        "latex",
        "markdown",
        "svg",
    ),
    *("writefile", "file", "perl", "ruby", "python2", "pypy", "writetemplate"),
}
"""Cell magics that leave the notebook's names alone."""
_CELL_MAGIC = re.compile(r"\s*%%([\w.!]+)")
_LINE_MAGIC = re.compile(r"[ \t]*(?=[%!?])")
_NAME = re.compile(r"%{0,2}(\w*)")
_STEP = re.compile(
    r"""(?P<string>[A-Za-z]{0,2}(?:\"""(?:[^\\]|\\.)*?(?:\"""|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)"""
    r"""|"(?:[^"\\\r\n]|\\(?:\r\n|.))*"?|'(?:[^'\\\r\n]|\\(?:\r\n|.))*'?))"""
    r"""|(?P<comment>\#[^\r\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<continued>\\(?:\r\n?|\n))|(?P<newline>\r\n?|\n)"""
    r"""|(?P<assigned>=[ \t]*(?=%[ \t]*[A-Za-z_]|!(?!=)))|(?P<unequal>!=)|(?P<foreign>[!?])"""
    r"""|[^\W\d]\w*|.""",
    re.DOTALL | re.VERBOSE,
)
_REST_OF_LINE = re.compile(r"(?:[^\\\r\n]|\\(?:\r\n?|\n|.)|\\\Z)*", re.DOTALL)
_LINE = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text of a cell that is IPython's: where it starts, what it says, and whether it leaves all names alone."""

    start: int
    text: str
    is_harmless: bool


def neutral_cell(text: str) -> tuple[str, list[Hidden]]:
    """Return a cell's text with IPython's parts replaced by Python of the same length, and those parts."""
    if not any(mark in text for mark in "%!?"):
        return text, []
    magic = _CELL_MAGIC.match(text)
    if magic is not None and magic[1] not in _PYTHON_CELLS:
        start = magic.start(1) - 2
        rest = text[start:]
        return text[:start] + _neutral(rest), [Hidden(start, rest, magic[1] in _FOREIGN_CELLS)]
    pieces: list[str] = []
    hidden: list[Hidden] = []
    done = position = 0
    while position < len(text):
        found = _next(text, position)
        if found is None:
            break
        start, end, position = found
        rest = text[start:end]
        statement = _RUNS_STATEMENT.match(rest)
        if statement is not None:
            pieces += [text[done:start], "0;".ljust(statement.end())]
            hidden.append(Hidden(start, statement[0], is_harmless=True))
            done = position = start + statement.end()
            continue
        pieces += [text[done:start], _neutral(rest)]
        name = _NAME.match(rest)
        hidden.append(Hidden(start, rest, is_harmless=name is None or name[1] not in _REBINDING))
        done = end
    return "".join(pieces) + text[done:], hidden


def _neutral(text: str) -> str:
    """Return the number 0 and comments, of the same length and with the same newlines."""
    lines = _LINE.sub(lambda match: "#" + match[0][1:], text)
    return "0" + ("#" + lines[2:] if len(lines) > 1 and lines[1] not in "\r\n" else lines[1:])


def _next(text: str, position: int) -> tuple[int, int, int] | None:
    """Find IPython's text from the start of a logical line on: its start, its end, and where the search goes on."""
    line = position
    depth = 0
    while position < len(text):
        if position == line:
            magic = _LINE_MAGIC.match(text, position)
            if magic is not None:
                return _line_from(text, magic.end())
        step = _STEP.match(text, position)
        if step is None:
            return None
        kind = step.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "newline" and depth == 0:
            line = step.end()
        elif kind == "assigned" and depth == 0:
            return _line_from(text, step.end())
        elif kind == "foreign" and depth == 0:
            start = re.compile(r"[ \t]*").match(text, line)
            return _line_from(text, line if start is None else start.end())
        position = step.end()
    return None


def _line_from(text: str, start: int) -> tuple[int, int, int]:
    rest = _REST_OF_LINE.match(text, start)
    end = len(text) if rest is None else rest.end()
    return start, max(end, start + 1), max(end, start + 1)
