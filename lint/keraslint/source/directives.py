"""Directives: ``# keraslint: ignore[KL501]``, ``budget(…)``, ``assume(…)``, ``frozen``; ``# noqa: KL501``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from keraslint.source import ir
from keraslint.source.literals import NotLiteral, literal
from keraslint.source.parse import parse
from keraslint.source.quantity import read_quantity
from keraslint.source.text import SourceError, SourceFile

NAMES = ("ignore", "file-ignore", "budget", "assume", "frozen")
BUDGETS = ("max_params", "max_trainable", "max_non_trainable", "max_layer_params", "max_bytes")

_DIRECTIVE = re.compile(r"#\s*(?:keraslint:\s*(?P<name>[\w-]*)\s*|(?i:noqa)\s*:\s*(?P<codes>[A-Za-z]+\d[\w, \t]*))")
_CODES = re.compile(r"\[([^\]]*)\]")
_CODE = re.compile(r"(?!ALL\Z)[A-Z]+\d*|[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""Which packs of rules there are is not known here: whether a code names a rule is judged with the findings."""
_NOQA_CODE = re.compile(r"[A-Z]+\d+")
_QUIET_LINE = re.compile(r"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))*[ \t\f]*(?:#[^\r\n]*\Z)?")
_EXAMPLES = {
    "ignore": "ignore[KL501]",
    "file-ignore": "file-ignore[KL6]",
    "budget": "budget(max_params=40_000)",
    "assume": "assume(input_shape=(64, 64, 3))",
}


@dataclass(frozen=True, slots=True)
class Directive:
    """What a comment says: ``name`` is one of ``NAMES``, or ``noqa``; ``start`` and ``end`` are the comment's."""

    name: str
    start: int
    end: int
    codes: tuple[str, ...] = ()
    """Codes, prefixes of codes, and rule names."""
    arguments: Mapping[str, object] = field(default_factory=dict)
    """Of ``budget`` and ``assume``: plain values, as written."""
    alone: bool = False
    applies_to: int = 0
    """The 1-based line (in a notebook, of the cell) that it speaks of."""
    error: str = ""
    """Why it means nothing, and the way out; empty where it is sound."""


def directives(source: SourceFile, module: ir.Module) -> list[Directive]:
    """Return the directives of a file, in order."""
    return [directive for comment in module.comments for directive in _of_comment(source, module, comment)]


def _of_comment(source: SourceFile, module: ir.Module, comment: ir.Comment) -> Iterator[Directive]:
    matches = list(_DIRECTIVE.finditer(comment.text))
    ends = [match.start() for match in matches[1:]] + [len(comment.text)]
    for match, end in zip(matches, ends, strict=False):
        rest = comment.text[match.end() : end]
        name, error = "noqa", ""
        codes: tuple[str, ...] = ()
        arguments: dict[str, object] = {}
        if match["codes"] is None:
            name = match["name"]
            codes, arguments, error = _content(name, rest)
        else:
            codes = tuple(code for code in re.split(r"[\s,]+", match["codes"]) if _NOQA_CODE.fullmatch(code))
            if not codes:
                continue
        line = _line_of(source, module, comment, is_alone=comment.alone and name not in {"file-ignore", "noqa"})
        yield Directive(name, comment.start, comment.end, codes, arguments, comment.alone, line, error)


def _content(name: str, rest: str) -> tuple[tuple[str, ...], dict[str, object], str]:
    """Return the codes, the arguments and the error of a directive by what follows its name."""
    match name:
        case "ignore" | "file-ignore":
            codes, error = _codes(name, rest)
            return codes, {}, error
        case "budget" | "assume":
            arguments, error = _arguments(name, rest)
            return (), arguments, error
        case "frozen":
            error = "`frozen` takes no arguments; put them into comments of their own" if rest[:1] in {"(", "["} else ""
            return (), {}, error
        case _:
            return (), {}, f"`{name}` is not a directive{_nearest(name, NAMES)}"


def _codes(name: str, rest: str) -> tuple[tuple[str, ...], str]:
    brackets = _CODES.match(rest)
    if brackets is None:
        return (), f"`{name}` needs codes or names of rules in brackets: `# keraslint: {_EXAMPLES[name]}`"
    codes = tuple(code for part in brackets[1].split(",") if (code := part.strip()))
    if not codes:
        return (), f"`{name}[]` names no rule: `# keraslint: {_EXAMPLES[name]}`"
    for code in codes:
        if not _CODE.fullmatch(code):
            return codes, f"`{code}` is not a code such as `KL501` or the name of a rule"
    return codes, ""


def _arguments(name: str, rest: str) -> tuple[dict[str, object], str]:
    example = f"`# keraslint: {_EXAMPLES[name]}`"
    text = _parenthesized(rest)
    if text is None:
        return {}, f"`{name}` needs arguments in parentheses: {example}"
    try:
        statement = parse(SourceFile("", f"_{text}\n")).body[0]
    except SourceError as error:
        return {}, f"the arguments of `{name}` cannot be read: {error.message}"
    call = statement.value if isinstance(statement, ir.ExpressionStatement) else None
    if not isinstance(call, ir.Call) or not call.args:
        return {}, f"`{name}()` says nothing: {example}"
    arguments: dict[str, object] = {}
    for argument in call.args:
        if not argument.keyword:
            return {}, f"`{name}` takes `name=value` only: {example}"
        try:
            arguments[argument.keyword] = literal(argument.value)
        except NotLiteral as error:
            return {}, f"`{argument.keyword}` is not a plain value: {error}"
    return arguments, _budget_error(arguments) if name == "budget" else ""


def _budget_error(arguments: Mapping[str, object]) -> str:
    for key, value in arguments.items():
        if key == "message":
            continue
        if key not in BUDGETS:
            return f"`{key}` is not a budget{_nearest(key, BUDGETS)}"
        try:
            read_quantity(value)
        except ValueError as error:
            return f"`{key}`: {error}"
    return ""


def _nearest(name: str, names: Iterable[str]) -> str:
    """Return the way out: the name that was meant, or all of them."""
    names = list(names)
    close = difflib.get_close_matches(
        name.lower().replace("_", "-"), [item.replace("_", "-") for item in names], 1, 0.5
    )
    meant = [item for item in names if close and item.replace("_", "-") == close[0]]
    if meant:
        return f"; did you mean `{meant[0]}`?"
    return f"; there are {', '.join(f'`{item}`' for item in names)}"


def _parenthesized(text: str) -> str | None:
    """Return the text from the opening parenthesis at the start to the closing one."""
    if not text.startswith("("):
        return None
    depth, quote = 0, ""
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                return text[: position + 1]
    return None


def _line_of(source: SourceFile, module: ir.Module, comment: ir.Comment, *, is_alone: bool) -> int:
    line, _, cell = source.position(comment.start)
    if not is_alone:
        return line
    match = _QUIET_LINE.match(source.text, comment.end)
    place = comment.end if match is None else match.end()
    if place >= len(source.text):
        return line
    if source.text[place] == "@":
        place = min((start for start in _decorated(module.body) if start > place), default=place)
    next_line, _, next_cell = source.position(place)
    return next_line if next_cell == cell else line


def _decorated(body: Iterable[ir.Statement]) -> Iterator[int]:
    """Yield where decorated functions and classes begin, at any depth."""
    for statement in body:
        if isinstance(statement, ir.FunctionDef | ir.ClassDef) and statement.decorators:
            yield statement.start
        for block in _blocks(statement):
            yield from _decorated(block)


def _blocks(statement: ir.Statement) -> Iterator[tuple[ir.Statement, ...]]:
    match statement:
        case ir.FunctionDef(body=body) | ir.ClassDef(body=body) | ir.With(body=body):
            yield body
        case ir.If(body=body, orelse=orelse) | ir.For(body=body, orelse=orelse) | ir.While(body=body, orelse=orelse):
            yield from (body, orelse)
        case ir.Try():
            yield statement.body
            yield from (handler.body for handler in statement.handlers)
            yield from (statement.orelse, statement.finalbody)
        case ir.Match():
            yield from (case.body for case in statement.cases)
        case _:
            return
