"""The lock file: counts of models as they were agreed on, in TOML that people review, and the edits that renew it.

``named_models`` says what a file's models are called in it, ``lock_edits`` gives what has to be
written where a model's counts have changed, or it is new, or gone; all else in the file stays as it is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from keraslint.diagnose.diagnostic import Applicability, Edit, Fix
from keraslint.diagnose.edits import apply_edits
from keraslint.diagnose.places import span_between
from keraslint.graph.analysis import Analysis, ModelRecord
from keraslint.source.text import SourceFile
from keraslint.values.unknown import Span

NAME = "keraslint.lock"
"""The file's name; it stands beside the configuration."""
HEAD = "# The counts of every model, written by `keraslint lock`; `keraslint check` compares them.\n"
COUNTS = ("total", "trainable", "non-trainable")

Counts = Mapping[str, int | str]
"""Which count -> its number, or its formula."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A model in the lock."""

    key: str
    """As it is written: path, ``::`` and name."""
    counts: Counts
    tolerance: object = None
    """By how much a count may differ, None where it does not say."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file and what it says."""

    source: SourceFile
    models: Mapping[str, Locked] = field(default_factory=dict)
    """Path as it is shown, ``::`` and name -> model."""
    home: str = ""
    """What the paths in it are relative to, with a slash at its end, as it is shown; empty for the working folder."""

    def of(self, path: str) -> dict[str, Locked]:
        """Return the models of one file by their names."""
        lead = f"{path}::"
        return {key.removeprefix(lead): model for key, model in self.models.items() if key.startswith(lead)}

    def key(self, path: str, name: str) -> str:
        """Return how a model is written."""
        return f"{path.removeprefix(self.home)}::{name}"

    def place(self, key: str) -> Span:
        """Return the line that begins a model."""
        section = _section(self.source.text, key)
        start = section.start if section is not None else 0
        end = self.source.text.find("\n", start)
        return span_between(self.source, start, end if end >= 0 else len(self.source.text))


def named_models(analysis: Analysis) -> list[tuple[str, ModelRecord]]:
    """Return the models of a file whose counts are known or were meant to be, each by a name that stays when lines move."""
    seen: Counter[str] = Counter()
    named: list[tuple[str, ModelRecord]] = []
    for model in analysis.models:
        if not (model.class_name or model.layers):
            continue  # a function that gives no model, or one of which nothing is known
        name = _name(model)
        seen[name] += 1
        named.append((name if seen[name] == 1 else f"{name}#{seen[name]}", model))
    return named


def counts_of(model: ModelRecord) -> Counts | None:
    """Return the counts that a lock holds of a model; None where one is not known."""
    count = model.count
    amounts = dict(zip(COUNTS, (count.total, count.trainable, count.non_trainable), strict=True))
    if not model.built or None in amounts.values():
        return None
    return {name: amount if isinstance(amount, int) else str(amount) for name, amount in amounts.items()}


def lock_edits(lock: Lock, key: str, counts: Counts | None) -> tuple[Edit, ...]:
    """Return what has to be written so that the lock holds a model's counts; None: that it has none."""
    source = lock.source
    section = _section(source.text, key)
    if section is None:
        if counts is None:
            return ()
        later = [other for other in _sections(source.text) if other.key > key]
        start = later[0].start if later else len(source.text)
        text = _text(key, counts)
        return (Edit(span_between(source, start, start), f"{text}\n" if later else f"\n{text}"),)
    if counts is None:
        return (Edit(span_between(source, section.start, section.end), ""),)
    return tuple(_changes(source, section, counts))


def gone_from(lock: Lock, model: Locked) -> tuple[str, Span, Fix | None]:
    """Return what is to be reported of a model that only the lock has: the message, the place and the fix."""
    path, _, name = model.key.rpartition("::")
    message = f"{path} has no model `{name}` any more; take it out of the lock with `--fix`"
    edits = lock_edits(lock, model.key, None)
    fix = Fix("take it out of the lock", Applicability.SAFE, edits) if edits else None
    return message, lock.place(model.key), fix


def renewed(lock: Lock, edits: Iterable[Edit]) -> str:
    """Return the lock's text with edits of several models made."""
    text = apply_edits(lock.source, sorted(set(edits), key=lambda edit: edit.content))
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


@dataclass(frozen=True, slots=True)
class _Section:
    """The lines of one model, comments above it not counted."""

    key: str
    start: int
    end: int


_HEADER = re.compile(r'^\["((?:[^"\\\n]|\\.)*)"\][^\n]*\n?', re.MULTILINE)


def _sections(text: str) -> Iterator[_Section]:
    found = list(_HEADER.finditer(text))
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        above = re.search(r"(?:^#[^\n]*\n)+\Z", text[match.end() : end], re.MULTILINE)
        if above is not None:
            end = match.end() + above.start()
        yield _Section(json.loads(f'"{match[1]}"'), match.start(), end)


def _section(text: str, key: str) -> _Section | None:
    return next((section for section in _sections(text) if section.key == key), None)


def _changes(source: SourceFile, section: _Section, counts: Counts) -> Iterator[Edit]:
    text = source.text[section.start : section.end]
    for name, amount in counts.items():
        match = re.search(rf'^{name}[ \t]*=[ \t]*("[^"\n]*"|[\d_]+)', text, re.MULTILINE)
        if match is None:
            after = section.start + text.find("\n") + 1
            yield Edit(span_between(source, after, after), f"{name} = {_amount(amount)}\n")
        elif match[1] != _amount(amount):
            start, end = match.span(1)
            yield Edit(span_between(source, section.start + start, section.start + end), _amount(amount))


def _text(key: str, counts: Counts) -> str:
    lines = [f"[{json.dumps(key, ensure_ascii=False)}]", *(f"{name} = {_amount(n)}" for name, n in counts.items())]
    return "\n".join(lines) + "\n"


def _amount(amount: int | str) -> str:
    return f"{amount:_}" if isinstance(amount, int) else json.dumps(amount)


def _name(model: ModelRecord) -> str:
    """Return a model's name in the lock: what makes it and the first name that it is bound to."""
    maker = (model.function or "").removesuffix(".__init__") or model.target.partition("::")[2].partition("(")[0]
    names = [maker, *model.variables[:1]]
    return ".".join(filter(None, names)) or model.name
