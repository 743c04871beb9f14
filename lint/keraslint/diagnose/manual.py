"""A rule's manual: its docstring, in markdown sections whose code blocks are examples that tests run.

A docstring begins with one sentence. Then come ``## Why``, ``## Bad``, ``## Good``, ``## Fixed``, ``## Options`` and
``## References``. Blocks fenced as ``python`` are programs; a line of one that has to be reported ends in ``# KL101``.
A block fenced as ``toml`` is the ``[tool.keraslint]`` table under which the programs below it in its section are read.
A block fenced as ``toml keraslint.lock`` is the lock file that they are compared with, likewise.
A ``Fixed`` program is what the fixes of the ``Bad`` program of the same number make of it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from keraslint.diagnose.rule import Rule

SECTIONS = ("Why", "Bad", "Good", "Fixed", "Options", "References")
"""Sections of a manual, in order; Why, Bad and Good have to be there."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what is written behind its fence (its language, perhaps a file's name) and its text."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its title, its markdown, and the blocks in it."""

    title: str
    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Manual:
    """A rule's docstring, read."""

    summary: str
    sections: tuple[Section, ...]

    def section(self, title: str) -> Section | None:
        """Return the section of a title, or None."""
        return next((section for section in self.sections if section.title == title), None)


@dataclass(frozen=True, slots=True)
class Program:
    """A program of a manual: its text without the marks, and what they say has to be reported."""

    title: str
    """Where it stands, such as ``Bad 1``."""
    text: str
    marks: tuple[tuple[int, str], ...]
    """(Line, code), in order."""
    configuration: str
    """The TOML of ``[tool.keraslint]`` that it is read under; empty for none."""
    lock: str = ""
    """The lock file that it is compared with; empty for none."""


def manual_of(rule: type[Rule]) -> Manual:
    """Return a rule's manual."""
    text = inspect.cleandoc(rule.__doc__ or "")
    head, *parts = re.split(r"^## +(.+)$", _guarded(text), flags=re.MULTILINE)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    sections = [(title.strip(), _unguarded(body)) for title, body in pairs]
    return Manual(head.strip(), tuple(Section(title, body, _blocks(body)) for title, body in sections))


def programs_of(manual: Manual, title: str) -> tuple[Program, ...]:
    """Return the programs of a section, each with its configuration."""
    section = manual.section(title)
    return tuple(_programs(section)) if section is not None else ()


def program_of(title: str, text: str, configuration: str, lock: str = "") -> Program:
    """Return a program of its text with marks: they are taken out, and remembered by their lines."""
    lines: list[str] = []
    marks: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        match = _MARK.search(line)
        if match is not None:
            marks += [(number, code) for code in match[1].split(", ")]
        lines.append(line[: match.start()] if match is not None else line)
    return Program(title, "\n".join(lines), tuple(marks), configuration, lock)


def render(rule: type[Rule]) -> str:
    """Return a rule's manual as markdown, headed by its code, its name and how it behaves."""
    manual = manual_of(rule)
    fix = f"{rule.fixes.value} fix" if rule.fixes is not None else "no fix"
    default = "on by default" if rule.is_default else "off by default"
    lines = [f"# {rule.code} {rule.name}", "", f"{rule.severity.value}, {fix}, {default}", "", manual.summary]
    for section in manual.sections:
        lines += ["", f"## {section.title}", "", section.text.strip()]
    return "\n".join(lines) + "\n"


_FENCE = re.compile(r"^```([\w .]*)[^\n]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"[ \t]*# ((?:[A-Z]+\d{3})(?:, [A-Z]+\d{3})*)$")
_GUARD = "\x00"


def _guarded(text: str) -> str:
    """Hide what looks like a heading inside fences (``## …`` is a comment in Python)."""
    return _FENCE.sub(lambda match: match[0].replace("\n## ", f"\n{_GUARD}## "), text)


def _unguarded(text: str) -> str:
    return text.replace(_GUARD, "")


def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(Block(match[1].strip(), match[2]) for match in _FENCE.finditer(text))


def _programs(section: Section) -> Iterator[Program]:
    configuration = lock = ""
    number = 0
    for block in section.blocks:
        if block.language == "toml":
            configuration = block.text
        elif block.language == "toml keraslint.lock":
            lock = block.text
        elif block.language == "python":
            number += 1
            yield program_of(f"{section.title} {number}", block.text, configuration, lock)
