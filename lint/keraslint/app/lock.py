"""``keraslint lock``, and the lock files that ``check`` compares with and renews."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Sequence

from keraslint.app.analysed import analyst_of, missing
from keraslint.app.annotate import unified_diff
from keraslint.app.config import Configurations
from keraslint.app.failure import FAILED, OK, UsageError
from keraslint.app.files import find_files, read, shown, speaking_of_keras
from keraslint.app.progress import with_progress
from keraslint.app.terminal import complain, complain_of
from keraslint.app.write import replace_file
from keraslint.diagnose.configuration import ConfigurationError
from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.lock import HEAD, NAME, Counts, Lock, Locked, counts_of, lock_edits, named_models, renewed
from keraslint.diagnose.lock_reading import parse_lock
from keraslint.graph.analysis import Analysis
from keraslint.report.text import clean, plural
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile
from keraslint.values.unknown import Span


def run(arguments: argparse.Namespace) -> int:
    """Write the counts of every model into the lock file of its configuration."""
    analyst = analyst_of(arguments)
    locks = Locks(analyst.configurations, is_isolated=False)
    paths = arguments.paths or ["."]
    found = find_files(paths, lambda path: analyst.configurations.of(path).excludes())
    errors = [missing(path).errors[0] for path in found.missing]
    named = {shown(path) for path in paths if os.path.isfile(path)}
    speaking = set(speaking_of_keras(found.files))
    wanted = [path for path in found.files if path in named or path in speaking]
    analyses = [analyst.analyse(path) for path in with_progress(wanted, quiet=arguments.quiet)]
    errors += [error for analysis in analyses for error in analysis.errors]
    seen = set(found.files) - {analysis.path for analysis in analyses if analysis.errors}
    for place in dict.fromkeys(map(locks.place, [*paths, *wanted])):
        own = [a for a in analyses if locks.place(a.path) == place and a.path in seen]
        lock = locks.at(place) or Lock(SourceFile(place, HEAD), {}, _home(place))
        _write(lock, own, seen, quiet=arguments.quiet)
    for error in errors:
        complain_of(error)
    return FAILED if errors else OK


class Locks:
    """The lock file of every configuration that is met; each is read once."""

    def __init__(self, configurations: Configurations, *, is_isolated: bool) -> None:
        self._configurations = configurations
        self._is_isolated = is_isolated
        self._by_place: dict[str, Lock | None] = {}

    def place(self, path: str) -> str:
        """Return where the lock file for a path is, or would be."""
        return shown(os.path.join(os.path.dirname(self._configurations.of(path).path), NAME))

    def of(self, path: str) -> Lock | None:
        """Return the lock that a file's models stand in; None where there is none."""
        return None if self._is_isolated else self.at(self.place(path))

    def at(self, place: str) -> Lock | None:
        """Return the lock file of a place."""
        if place not in self._by_place:
            data = read(place)
            self._by_place[place] = None if data is None else _parsed(place, data)
        return self._by_place[place]

    def all(self) -> list[Lock]:
        """Return the locks that were met."""
        return [lock for lock in self._by_place.values() if lock is not None]


def without_models(lock: Lock, seen: set[str]) -> Iterator[Locked]:
    """Yield what a lock holds of files that a run over all of them has not seen, and that can have no model."""
    for key, model in lock.models.items():
        path = key.partition("::")[0]
        if path not in seen and b"keras" not in (read(path) or b""):
            yield model


def renew(found: Sequence[Diagnostic], locks: Iterable[Lock], *, is_planned: bool) -> tuple[list[Diagnostic], str]:
    """Write what findings would write into locks; return those findings, and the difference where it is but planned."""
    fixed: list[Diagnostic] = []
    difference = ""
    for lock in locks:
        place = lock.source.path
        own = [item for item in found if item.fix is not None and item.fix.edits[0].span.path == place]
        edits = [edit for item in own if item.fix is not None for edit in item.fix.edits]
        if not edits:
            continue
        text = renewed(lock, edits)
        if is_planned:
            difference += unified_diff(place, lock.source.text, text)
        else:
            _replace(place, text)
        fixed.extend(own)
    return fixed, difference


def _parsed(place: str, data: bytes) -> Lock:
    try:
        source = decode(data, place)
    except SourceError as problem:
        where = Span(place, problem.line, problem.column, problem.line, problem.column)
        raise ConfigurationError(f"not a lock file: {problem.message}", where) from problem
    home = _home(place)
    models = {f"{home}{key}" if home else key: model for key, model in parse_lock(source).items()}
    return Lock(source, models, home)


def _home(place: str) -> str:
    folder = os.path.dirname(place)
    return f"{folder}/" if folder else ""


def _write(lock: Lock, analyses: Sequence[Analysis], seen: set[str], *, quiet: bool) -> None:
    """Write the counts of analysed files into their lock, and take out what is gone."""
    new: dict[str, Counts] = {}
    unresolved = 0
    for analysis in analyses:
        for name, model in named_models(analysis):
            counts = counts_of(model)
            if counts is None:
                unresolved += 1
            else:
                new[f"{analysis.path}::{name}"] = counts
    paths = {key: key.partition("::")[0] for key in lock.models}
    gone = [key for key, path in paths.items() if key not in new and (path in seen or not os.path.exists(path))]
    edits = [
        *(edit for key in gone for edit in lock_edits(lock, lock.models[key].key, None)),
        *(edit for key, counts in new.items() for edit in lock_edits(lock, key.removeprefix(lock.home), counts)),
    ]
    place = lock.source.path
    if edits:
        _replace(place, renewed(lock, edits))
    if not quiet:
        rest = f"; {plural(unresolved, 'model')} not resolved" if unresolved else ""
        complain(f"keraslint: {plural(len(new), 'model')} written to {clean(place)}{rest}")


def _replace(place: str, text: str) -> None:
    try:
        replace_file(place, text.encode())
    except OSError as error:
        raise UsageError(f"{place}: cannot be written: {error.strerror or error}") from error
