"""Applying fixes to a text: those that do not touch each other, in one pass."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from keraslint.diagnose.diagnostic import Applicability, Diagnostic, Edit, Fix
from keraslint.diagnose.places import offsets_of
from keraslint.source.text import SourceFile


@dataclass(frozen=True, slots=True)
class Replacement:
    """Text that replaces ``start:end`` of the old text, in offsets."""

    start: int
    end: int
    content: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text after one pass: what was applied, and what has to wait for the next pass."""

    text: str
    applied: tuple[Diagnostic, ...]
    waiting: tuple[Diagnostic, ...]
    replacements: tuple[Replacement, ...]
    """In ascending order; for a caller that has to carry other things (notebook cells) over."""


def apply_fixes(source: SourceFile, diagnostics: Iterable[Diagnostic], *, unsafe: bool = False) -> Fixed:
    """Apply the fixes of diagnostics, first come first served; one that overlaps an earlier one waits.

    Only edits of this file count: a fix that edits another file is left out.
    """
    taken: list[Replacement] = []
    applied: list[Diagnostic] = []
    waiting: list[Diagnostic] = []
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or not is_applicable(fix, unsafe=unsafe) or not _is_local(source, fix):
            continue
        wanted = [replacement_of(source, edit) for edit in fix.edits]
        new = [item for item in wanted if item not in taken or item.start == item.end]
        if any(_touch(a, b) for a in new for b in taken):
            waiting.append(diagnostic)
            continue
        taken.extend(new)
        applied.append(diagnostic)
    taken.sort(key=lambda item: (item.start, item.end))
    return Fixed(replace_all(source.text, taken), tuple(applied), tuple(waiting), tuple(taken))


def apply_edits(source: SourceFile, edits: Iterable[Edit]) -> str:
    """Return the text with edits made, which may not overlap."""
    replacements = sorted((replacement_of(source, edit) for edit in edits), key=lambda item: (item.start, item.end))
    for before, after in itertools.pairwise(replacements):
        if after.start < before.end:
            message = "edits overlap"
            raise ValueError(message)
    return replace_all(source.text, replacements)


def replace_all(text: str, replacements: Iterable[Replacement]) -> str:
    """Return a text with replacements made; they are in ascending order and do not overlap."""
    parts: list[str] = []
    position = 0
    for item in replacements:
        parts += (text[position : item.start], item.content)
        position = item.end
    return "".join([*parts, text[position:]])


def replacement_of(source: SourceFile, edit: Edit) -> Replacement:
    """Return an edit in offsets; new lines in its content become those of the text."""
    content = edit.content
    if "\n" in content and "\r" in source.text:
        newline = "\r\n" if "\r\n" in source.text else "\n" if "\n" in source.text else "\r"
        content = content.replace("\r\n", "\n").replace("\n", newline)
    return Replacement(*offsets_of(source, edit.span), content)


def is_applicable(fix: Fix, *, unsafe: bool) -> bool:
    """Return whether a fix may be made: a safe one always, an unsafe one only where that is asked for."""
    return unsafe or fix.applicability is Applicability.SAFE


def _is_local(source: SourceFile, fix: Fix) -> bool:
    return all(edit.span.path == source.path for edit in fix.edits)


def _touch(a: Replacement, b: Replacement) -> bool:
    if a.start == a.end and b.start == b.end:
        return a.start == b.start
    return a.start < b.end and b.start < a.end
