"""The baseline: findings that were there when checking began, kept in a file and not reported until they change."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from keraslint.app.config import Configuration, Configurations
from keraslint.app.disk import read
from keraslint.app.failure import UsageError
from keraslint.app.files import shown
from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.source.text import SourceFile

NAME = "keraslint-baseline.json"
"""The file's name, beside the configuration, unless that sets ``baseline``."""
SCHEMA = 1


class Known(msgspec.Struct, frozen=True, order=True):
    """Findings of one code on lines of one text: the number of the line may change."""

    path: str
    """Relative to the folder of the baseline."""
    code: str
    line: str
    """Without the space around it."""
    count: int = 1


class _Document(msgspec.Struct):
    schema: int
    findings: list[Known]


@dataclass(slots=True)
class Baseline:
    """One file of known findings; those that are met are counted off."""

    path: str
    left: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def new(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]) -> list[Diagnostic]:
        """Return the findings that it does not know."""
        return [found for found in diagnostics if not self._knows(found, sources)]

    def written(
        self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile], checked: Iterable[str]
    ) -> str:
        """Return the text of the file that knows these findings, and of files that were not checked what it knew."""
        counts = Counter(self._key(found, sources) for found in diagnostics)
        seen = {self._relative(path) for path in checked}
        home = os.path.dirname(self.path)
        for key, count in self.left.items():
            if key[0] not in seen and os.path.exists(os.path.join(home, key[0])):
                counts[key] = count
        known = sorted(Known(*key, count) for key, count in counts.items())
        document = {"schema": SCHEMA, "findings": msgspec.to_builtins(known)}
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    def _knows(self, found: Diagnostic, sources: Mapping[str, SourceFile]) -> bool:
        key = self._key(found, sources)
        self.left[key] -= 1
        return self.left[key] >= 0

    def _key(self, found: Diagnostic, sources: Mapping[str, SourceFile]) -> tuple[str, str, str]:
        return self._relative(found.span.path), found.code, _line(found, sources.get(found.span.path))

    def _relative(self, path: str) -> str:
        home = os.path.dirname(os.path.abspath(self.path))
        return os.path.relpath(os.path.abspath(path), home).replace(os.sep, "/")


class Baselines:
    """The baseline of every configuration that is met; each file is read once."""

    def __init__(self, configurations: Configurations, *, is_isolated: bool, is_rewritten: bool) -> None:
        self._configurations = configurations
        self._is_isolated = is_isolated
        self._is_rewritten = is_rewritten
        self._by_path: dict[str, Baseline] = {}

    def of(self, path: str) -> Baseline:
        """Return the baseline for findings in a file."""
        place = _place(self._configurations.of(path))
        if place not in self._by_path:
            self._by_path[place] = self._load(place)
        return self._by_path[place]

    def _load(self, path: str) -> Baseline:
        if self._is_isolated:
            return Baseline(path)
        try:
            return _load(path)
        except UsageError:
            if self._is_rewritten:
                return Baseline(path)
            raise


def _place(configuration: Configuration) -> str:
    home = os.path.dirname(configuration.path)
    setting = configuration.settings.get("baseline")
    if setting is not None and setting.where is not None:
        home = os.path.dirname(setting.where.path)
    return shown(os.path.join(home, str(setting.value) if setting is not None else NAME))


def _load(path: str) -> Baseline:
    data = read(path)
    if data is None:
        return Baseline(path)
    try:
        document = msgspec.json.decode(data, type=_Document)
    except msgspec.DecodeError as problem:
        message = f"{path}: not a baseline ({problem}); write it anew with `--write-baseline`"
        raise UsageError(message) from problem
    if document.schema != SCHEMA:
        message = f"{path}: a baseline of schema {document.schema}, not {SCHEMA}; write it anew with `--write-baseline`"
        raise UsageError(message)
    left = Counter({(known.path, known.code, known.line): known.count for known in document.findings})
    return Baseline(path, left)


def _line(found: Diagnostic, source: SourceFile | None) -> str:
    if source is None:
        return ""
    start = source.offset(found.span.line, 1, found.span.cell)
    return re.split(r"[\r\n]", source.text[start:], maxsplit=1)[0].strip()
