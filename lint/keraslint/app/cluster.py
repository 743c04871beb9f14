"""Files spread over a Dask cluster that is there already: text travels with the tasks, answers come back in order.

A worker reads no file. It answers from what it was sent; where that does not say enough it names the files and folders that
it would look at, and gets the task again with what they hold, until nothing is missing.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keraslint.app import disk
from keraslint.app.config import Configuration, Configurations
from keraslint.app.failure import UsageError
from keraslint.app.locks import Locks
from keraslint.app.results import Execute, Task, compute, our_code, pack, rule_code
from keraslint.app.run import Analyst, quick_allocation
from keraslint.diagnose.lock import Lock

IN_FLIGHT = 4
"""Tasks that are sent ahead for each thread of the cluster."""

_ALONE = threading.Lock()
"""A worker has threads; evaluation remembers much that it does not guard, and would gain nothing."""

Given = Mapping[tuple[str, str], bytes | None]
"""(how, path) -> the content of a file, or what is there; None for nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker made of a task: the packed answer, or what it has to be told first."""

    packed: bytes | None = None
    missing: tuple[tuple[str, str], ...] = ()
    code: tuple[str, str] = ("", "")
    """The worker's own code; answers of another version of keraslint are none."""


def answer(task: Task, configuration: Configuration, lock: Lock | None, given: Given) -> Answer:
    """Work a task out, on a worker."""
    missing: dict[tuple[str, str], None] = {}

    def look(how: str, path: str) -> bytes | None:
        if (how, path) not in given:
            missing[how, path] = None
        return given.get((how, path))

    analyst = Analyst(
        _Same(configuration),
        read=functools.partial(look, disk.CONTENT),
        is_folder=lambda path: look(disk.KIND, path) == disk.FOLDER.encode(),
        why_unreadable=lambda _path: "",
        given_locks=_SameLock(lock),
    )
    with _ALONE, quick_allocation():
        result, asked = compute(analyst, task)
    code = our_code(), rule_code()
    if missing:
        return Answer(missing=tuple(missing), code=code)
    return Answer(pack(result, asked), code=code)


def execute_on(address: str, analyst: Analyst) -> Execute:
    """Return what works tasks out on the cluster whose scheduler has this address."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as problem:
        message = "`--executor dask=…` needs Dask: install `keraslint[distributed]`"
        raise UsageError(message) from problem
    return functools.partial(_execute, distributed, address, analyst)


def _execute(distributed: Any, address: str, analyst: Analyst, tasks: Sequence[Task]) -> Iterator[bytes | None]:
    if not tasks:
        return
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as problem:
        message = f"no Dask scheduler answers at {address}: {problem}"
        raise UsageError(message) from problem
    with client:
        yield from _Run(distributed, client, analyst, tasks).answers()


class _Same(Configurations):
    """One configuration for every path."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(is_isolated=True)
        self._configuration = configuration

    def of(self, path: str) -> Configuration:
        """Return it."""
        del path
        return self._configuration


class _SameLock(Locks):
    """One lock for every path."""

    def __init__(self, lock: Lock | None) -> None:
        super().__init__(Configurations(is_isolated=True))
        self._lock = lock

    def of(self, path: str) -> Lock | None:
        """Return it."""
        del path
        return self._lock


@dataclass(slots=True)
class _Run:
    distributed: Any
    client: Any
    analyst: Analyst
    tasks: Sequence[Task]
    numbers: dict[str, int] = field(default_factory=dict)
    """Key of a future -> number of its task."""
    given: dict[int, dict[tuple[str, str], bytes | None]] = field(default_factory=dict)
    done: dict[int, bytes | None] = field(default_factory=dict)

    def answers(self) -> Iterator[bytes | None]:
        """Yield the packed answers in order."""
        ahead = max(IN_FLIGHT * sum(self.client.nthreads().values()), IN_FLIGHT)
        waiting = iter(range(len(self.tasks)))
        with self.client.as_current():
            futures = self.distributed.as_completed()
        for number in itertools.islice(waiting, ahead):
            futures.add(self._sent(number))
        position = 0
        for future in futures:
            number = self.numbers.pop(future.key)
            again = self._received(number, future)
            if again is None:
                again = next(waiting, None)
            if again is not None:
                futures.add(self._sent(again))
            while position in self.done:
                yield self.done.pop(position)
                position += 1

    def _sent(self, number: int) -> Any:
        task = self.tasks[number]
        given = self.given.setdefault(number, {(disk.CONTENT, task.path): disk.read(task.path)})
        configuration = self.analyst.configurations.of(task.path).located()
        lock = self.analyst.locks.of(task.path) if task.has_rules else None
        future = self.client.submit(answer, task, configuration, lock, given, pure=False)
        self.numbers[future.key] = number
        return future

    def _received(self, number: int, future: Any) -> int | None:
        """Keep a task's answer; return its number where it has to be sent again."""
        problem = future.exception()
        if problem is not None:
            if type(problem).__name__ != "KilledWorker":
                message = f"the Dask cluster does not answer as keraslint does: {type(problem).__name__}: {problem}"
                raise UsageError(message)
            self._finish(number, None)
            return None
        found: Answer = future.result()
        if found.code != (our_code(), rule_code()):
            message = "the workers of the Dask cluster have another version of keraslint or of its rules than this one"
            raise UsageError(message)
        if not found.missing:
            self._finish(number, found.packed)
            return None
        for how, path in found.missing:
            known = disk.read(path) if how == disk.CONTENT else disk.kind(path).encode()
            self.given[number][how, path] = known
        return number

    def _finish(self, number: int, packed: bytes | None) -> None:
        del self.given[number]
        self.done[number] = packed
