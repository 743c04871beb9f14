"""Which lock file the models of a file stand in."""

from __future__ import annotations

import os
from collections.abc import Iterator

from keraslint.app.config import Configurations
from keraslint.app.disk import read
from keraslint.app.files import shown
from keraslint.diagnose.configuration import ConfigurationError
from keraslint.diagnose.lock import NAME, Lock, Locked
from keraslint.diagnose.lock_reading import parse_lock
from keraslint.source.read import decode
from keraslint.source.text import SourceError
from keraslint.values.unknown import Span


class Locks:
    """The lock file of every configuration that is met; each is read once."""

    def __init__(self, configurations: Configurations) -> None:
        self._configurations = configurations
        self._by_place: dict[str, Lock | None] = {}

    def place(self, path: str) -> str:
        """Return where the lock file for a path is, or would be."""
        return shown(os.path.join(os.path.dirname(self._configurations.of(path).path), NAME))

    def of(self, path: str) -> Lock | None:
        """Return the lock that a file's models stand in; None where there is none."""
        return None if self._configurations.is_isolated else self.at(self.place(path))

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


def _parsed(place: str, data: bytes) -> Lock:
    try:
        source = decode(data, place)
    except SourceError as problem:
        where = Span(place, problem.line, problem.column, problem.line, problem.column)
        raise ConfigurationError(f"not a lock file: {problem.message}", where) from problem
    home = home_of(place)
    models = {f"{home}{key}" if home else key: model for key, model in parse_lock(source).items()}
    return Lock(source, models, home)


def home_of(place: str) -> str:
    """Return the folder that the paths in a lock file start from, with a slash behind it."""
    folder = os.path.dirname(place)
    return f"{folder}/" if folder else ""
