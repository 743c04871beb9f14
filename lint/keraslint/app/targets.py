"""What a command is asked about: ``path``, ``path::name``, ``path::EXPRESSION``, for ``explain`` a line or layer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A file or folder, what is evaluated in it (empty: the whole file), and which line or layer is meant."""

    path: str
    expression: str = ""
    line: int | None = None
    layer: str = ""


def parse_target(text: str) -> Target:
    """Return a target as ``summary`` reads it."""
    path, _, expression = text.partition("::")
    return Target(path or ".", expression.strip())


def parse_place(text: str) -> Target:
    """Return a target as ``explain`` reads it: with ``:LINE`` or ``:LAYER`` at its end."""
    target = parse_target(text)
    subject = target.expression or target.path
    pattern = r"(.+?):([\w./-]+)" if target.expression else r"(.+\.(?:py|ipynb)):([\w.-]+)"
    match = re.fullmatch(pattern, subject, re.DOTALL)
    if match is None or subject.startswith("lambda"):
        return target
    line = int(match[2]) if match[2].isdigit() else None
    layer = "" if line is not None else match[2]
    if target.expression:
        return Target(target.path, match[1].strip(), line, layer)
    return Target(match[1], "", line, layer)


def by_file(targets: Iterable[Target]) -> dict[tuple[str, bool], list[str]]:
    """Return (path, whether the whole file is meant) -> expressions, in the order of the first of each."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for target in targets:
        expressions = groups.setdefault((target.path, not target.expression), [])
        if target.expression and target.expression not in expressions:
            expressions.append(target.expression)
    return groups
