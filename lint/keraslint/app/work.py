"""Work in several processes: tasks go to whoever is free, answers come back in the order of the tasks.

Processes are forked, as making them anew would cost more than most runs; where a system cannot, one process does all.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.context import ForkProcess

Compute = Callable[[int], bytes]
"""Number of a task -> its packed answer."""


def processes_for(sizes: Sequence[int], jobs: int | None) -> int:
    """Return how many processes are worth their start for files of these sizes; ``jobs``: at most (None: the cores)."""
    cores = jobs or available_cores()
    if not hasattr(os, "fork"):
        return 1
    return max(1, min(cores, len(sizes) // FILES, sum(sizes) // BYTES))


FILES = 5
BYTES = 40_000
"""A process pays with so many files, and so many bytes, of its own: about a tenth of a second of work."""


def available_cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def in_processes(compute: Compute, count: int, processes: int) -> Iterator[bytes | None]:
    """Yield ``compute(0)`` … ``compute(count - 1)``, worked out by several processes; None where one of them died."""
    done: dict[int, bytes | None] = {}
    waiting = iter(range(count))
    try:
        for _ in range(processes):
            _give(_start(compute), next(waiting, None))
        for index in range(count):
            while index not in done:
                for connection in wait([worker.connection for worker in _WORKERS]):
                    worker = next(worker for worker in _WORKERS if worker.connection is connection)
                    number = worker.task
                    assert number is not None  # one that has no task is let go
                    try:
                        done[number] = worker.connection.recv_bytes()
                    except (EOFError, OSError):
                        done[number] = None
                        _let_go(worker)
                        worker = _start(compute)
                    _give(worker, next(waiting, None))
            yield done.pop(index)
    finally:
        stop()


def stop() -> None:
    """End all processes at once."""
    while _WORKERS:
        _let_go(_WORKERS[-1])


class _Worker:
    def __init__(self, process: ForkProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection
        self.task: int | None = None


_WORKERS: list[_Worker] = []


def _start(compute: Compute) -> _Worker:
    ours, theirs = Pipe()
    others = [ours, *(worker.connection for worker in _WORKERS)]
    process = ForkProcess(target=_serve, args=(compute, theirs, others), daemon=True)
    process.start()
    theirs.close()
    worker = _Worker(process, ours)
    _WORKERS.append(worker)
    return worker


def _give(worker: _Worker, task: int | None) -> None:
    worker.task = task
    if task is None:
        _let_go(worker)
    else:
        worker.connection.send_bytes(b"%d" % task)


def _let_go(worker: _Worker) -> None:
    _WORKERS.remove(worker)
    worker.connection.close()
    worker.process.terminate()
    worker.process.join()


def _serve(compute: Compute, connection: Connection, others: Sequence[Connection]) -> None:
    """Answer until the other end is closed; Ctrl-C ends a worker without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for other in others:  # so that each sees the end of its own
        other.close()
    while True:
        try:
            number = int(connection.recv_bytes())
            connection.send_bytes(compute(number))
        except (EOFError, OSError):
            os._exit(0)
