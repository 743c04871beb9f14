"""``re``, ``json``, ``string``, ``textwrap``, ``ast.literal_eval``: texts, under caps of size and effort."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.calls import first_unknown
from keraslint.interp.limits import ITEMS, too_large
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import contents, fits, make_class, plain_or_named, shared_class, unknown_call
from keraslint.values.program import Instance
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    import re

    from keraslint.interp.machine import Machine

# string

register(
    "string",
    {
        name: getattr(string, name)
        for name in (
            "ascii_letters",
            "ascii_lowercase",
            "ascii_uppercase",
            "digits",
            "hexdigits",
            "octdigits",
            "printable",
            "punctuation",
            "whitespace",
        )
    },
)


def _substituted(name: str) -> Callable[..., object]:
    def substitute(machine: Machine, own: Instance, *mappings: object, **kwargs: object) -> object:
        template = own.attributes["template"]
        function = getattr(string.Template(template), name) if isinstance(template, str) else str
        return plain_or_named(machine, f"Template.{name}", function, *mappings, **kwargs)

    return substitute


def _keep_template(machine: Machine, own: Instance, template: object) -> None:
    del machine
    own.attributes["template"] = template


_template_class = shared_class(
    "string.Template",
    lambda machine: make_class(
        machine,
        "Template",
        {"__init__": _keep_template, **{name: _substituted(name) for name in ("substitute", "safe_substitute")}},
    ),
)
register("string", {"Template": Lazy(_template_class)})


@raw("string.capwords")
def capwords(machine: Machine, text: object, *args: object) -> object:
    """Return a text with every word capitalised."""
    return plain_or_named(machine, "string.capwords", string.capwords, text, *args)


def _wrapping(name: str) -> RawNative:
    def wrap(machine: Machine, text: object, *args: object, **kwargs: object) -> object:
        import textwrap

        return plain_or_named(machine, f"textwrap.{name}", getattr(textwrap, name), text, *args, **kwargs)

    return RawNative(f"textwrap.{name}", wrap)


register("textwrap", {name: _wrapping(name) for name in ("dedent", "indent", "fill", "wrap", "shorten")})
register("inspect", {"cleandoc": _wrapping("dedent")})


# literals


@raw("ast.literal_eval")
def literal_eval(machine: Machine, text: object) -> object:
    """Return the value of a literal."""
    import ast

    if not isinstance(text, str):
        return plain_or_named(machine, "ast.literal_eval", ast.literal_eval, text)
    if len(text) > 10_000:
        too_large("ast.literal_eval()")
    try:
        return machine.guard(ast.literal_eval, text)
    except SyntaxError as error:
        return machine.raise_error("SyntaxError", error.msg)
    except (RecursionError, MemoryError):
        too_large("ast.literal_eval()")


@raw("json.loads")
def loads(machine: Machine, text: object, **kwargs: object) -> object:
    """Return the value of a JSON text."""
    import json

    text = contents(text)
    if not isinstance(text, str | bytes) or kwargs:
        return (
            plain_or_named(machine, "json.loads", json.loads, text)
            if not kwargs
            else _unsupported(machine, "json.loads()")
        )
    fits(machine, len(text), "a JSON text")
    try:
        return json.loads(text)
    except ValueError as error:
        return machine.throw(machine.call(_decode_error(machine), (str(error),), {}))
    except RecursionError:
        too_large("json.loads()")


_decode_error = shared_class(
    "json.JSONDecodeError",
    lambda machine: machine.new_class("JSONDecodeError", [machine.builtin_class("ValueError")], {}),
)


def _unsupported(machine: Machine, what: str) -> Unknown:
    return machine.unknown(Why.UNSUPPORTED, what)


@raw("json.dumps")
def dumps(machine: Machine, value: object, **kwargs: object) -> object:
    """Return a value as a JSON text."""
    import json

    return plain_or_named(machine, "json.dumps", json.dumps, value, **kwargs)


register(
    "json",
    {"load": unknown_call("json.load"), "dump": RawNative("json.dump", lambda _machine, *_args, **_kwargs: None)},
)
register("json", {"JSONEncoder": unknown_call("json.JSONEncoder"), "JSONDecodeError": Lazy(_decode_error)})


# regular expressions

_FLAGS = {
    "A": 256,
    "ASCII": 256,
    "I": 2,
    "IGNORECASE": 2,
    "M": 8,
    "MULTILINE": 8,
    "S": 16,
    "DOTALL": 16,
    "X": 64,
    "VERBOSE": 64,
    "U": 32,
    "UNICODE": 32,
}
register("re", _FLAGS)
_EFFORT = 10_000_000
"""Steps that matching may take in the worst case."""


def compiled(machine: Machine, pattern: object, flags: object = 0) -> re.Pattern[str]:
    """Return a compiled pattern, or raise ``Undetermined``."""
    import re
    import warnings

    if isinstance(pattern, re.Pattern):
        return pattern
    unknown = first_unknown((pattern, flags), machine)
    if unknown is not None:
        raise Undetermined(Unknown(unknown.why, f"a pattern with {unknown.symbol or unknown.what}", unknown.where))
    if not isinstance(pattern, str) or not isinstance(flags, int) or len(pattern) > 2_000:
        raise Undetermined(_unsupported(machine, "such a regular expression"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(pattern, flags)
        except (re.error, RecursionError, OverflowError, ValueError) as error:
            machine.raise_error("ValueError", str(error))


def check_effort(pattern: re.Pattern[str], text: str) -> None:
    """Raise ``Undetermined`` where matching could take too long."""
    depth, repeats = _repeats(pattern.pattern)
    size = max(len(text), 1)
    if depth > 1 and size > 18:
        too_large("a nested repetition in a regular expression")
    if size ** (min(repeats, 64) + 1) > _EFFORT and repeats > 1 and size > 64:
        too_large("matching a regular expression")
    if size > 100_000:
        too_large("matching a long text")


def _repeats(pattern: str) -> tuple[int, int]:
    """Return how deep repetitions are nested, and how many there are, roughly and never too low."""
    depth, count = 0, 0
    open_groups: list[bool] = []
    closed_with_repeat = False
    previous = ""
    escaped = False
    in_class = False
    for character in pattern:
        if escaped:
            escaped, previous, closed_with_repeat = False, "x", False
            continue
        if character == "\\":
            escaped = True
        elif in_class:
            in_class = character != "]"
            previous, closed_with_repeat = "x", False
        elif character == "[":
            in_class = True
        elif character == "(":
            open_groups.append(False)
            previous = "("
        elif character == ")":
            closed_with_repeat = open_groups.pop() if open_groups else False
            if open_groups and closed_with_repeat:
                open_groups[-1] = True
            previous = ")"
        elif character in "*+{":
            count += 1
            depth = max(depth, 2 if previous == ")" and closed_with_repeat else 1)
            if open_groups:
                open_groups[-1] = True
            previous = character
        elif character == "|" or (character == "?" and previous not in "(*+}?"):
            if open_groups:
                open_groups[-1] = True
            previous = character
        else:
            previous = character
    return depth, count


def _subject(value: object) -> str:
    value = contents(value)
    if isinstance(value, Unknown):
        raise Undetermined(Unknown(value.why, f"matching {value.symbol or value.what}", value.where))
    if isinstance(value, str):
        return value
    raise Undetermined(Unknown(Why.UNSUPPORTED, "matching what is no text"))


def _searching(name: str) -> None:
    @raw(f"re.{name}")
    def search(machine: Machine, pattern: object, text: object, flags: object = 0) -> object:
        return _applied(machine, compiled(machine, pattern, flags), name, text)

    @raw(f"method:Pattern.{name}")
    def search_compiled(machine: Machine, pattern: object, text: object, *positions: object) -> object:
        return _applied(machine, compiled(machine, pattern), name, text, *positions)


def _applied(machine: Machine, pattern: re.Pattern[str], name: str, text: object, *args: object) -> object:
    subject = _subject(text)
    check_effort(pattern, subject)
    found = machine.guard(getattr(pattern, name), subject, *args)
    return iter(list(found)) if name == "finditer" else found  # type: ignore[call-overload]


for _name in ("match", "search", "fullmatch", "findall", "finditer"):
    _searching(_name)


@raw("re.compile")
def compile_pattern(machine: Machine, pattern: object, flags: object = 0) -> object:
    """Return a compiled pattern."""
    return compiled(machine, pattern, flags)


@raw("re.split", "method:Pattern.split")
def split(machine: Machine, pattern: object, text: object, maxsplit: object = 0, flags: object = 0) -> object:
    """Return the parts between matches."""
    return _applied(machine, compiled(machine, pattern, flags), "split", text, maxsplit)


@raw("re.sub", "method:Pattern.sub")
def substitute(
    machine: Machine, pattern: object, replacement: object, text: object, count: object = 0, flags: object = 0
) -> object:
    """Return a text with the matches replaced."""
    subject = _subject(text)
    regular = compiled(machine, pattern, flags)
    check_effort(regular, subject)
    if isinstance(replacement, str):
        if len(replacement) * (len(subject) + 1) > ITEMS:
            too_large("a text with replacements")
        return machine.guard(regular.sub, replacement, subject, count)

    def replace(match: re.Match[str]) -> str:
        found = machine.call(replacement, (match,), {})
        if isinstance(found, str):
            return found
        raise Undetermined(found if isinstance(found, Unknown) else _unsupported(machine, "a replacement"))

    return machine.guard(regular.sub, replace, subject, count)


@raw("re.subn", "method:Pattern.subn")
def substitute_counted(
    machine: Machine, pattern: object, replacement: object, text: object, *args: object, **kwargs: object
) -> object:
    """Return a text with the matches replaced, and how many there were."""
    made: list[object] = []

    def count(machine: Machine, match: re.Match[str]) -> object:
        made.append(match)
        return match.expand(replacement) if isinstance(replacement, str) else machine.call(replacement, (match,), {})

    found = substitute(machine, pattern, RawNative("re.subn", count), text, *args, **kwargs)
    return (found, len(made))


@raw("re.escape")
def escape(machine: Machine, text: object) -> object:
    """Return a text with special characters escaped."""
    import re

    return plain_or_named(machine, "re.escape", re.escape, text)


register("re", {"error": RawNative("re.error", lambda machine, *_: _unsupported(machine, "re.error()"))})
register("re", {"Pattern": RawNative("re.Pattern", lambda machine, *_: _unsupported(machine, "re.Pattern"))})


def _match_method(name: str) -> RawNative:
    def call(machine: Machine, match: object, *args: object) -> object:
        return plain_or_named(machine, f"re.Match.{name}", getattr(match, name), *args)

    return RawNative(f"Match.{name}", call)


register(
    "method:Match",
    {n: _match_method(n) for n in ("group", "groups", "groupdict", "start", "end", "span", "expand", "__getitem__")},
)
