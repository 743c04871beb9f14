"""Runs keraslint over hostile files, each run in a process of its own whose time, memory and end are measured.

The processes are forked from one that has imported everything: ``python tests/hostile/running.py`` reads a run a line
(JSON: folder, arguments) and prints how it ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SECONDS = 30
"""CPU time that a run over one hostile file may take."""
MEGABYTES = 1000
"""Memory that it may take."""
COMMANDS = (["check", "--select", "ALL"], ["summary", "--output-format", "json"])


@dataclass(frozen=True)
class Measured:
    """How a run ended."""

    status: int
    seconds: float
    megabytes: float
    err: str

    @property
    def fault(self) -> str:
        """What is wrong with it; empty where nothing is."""
        if self.status < 0:
            return f"ended by signal {-self.status} after {self.seconds:.1f} s"
        if self.status not in {0, 1, 2}:
            return f"status {self.status}"
        if "internal error" in self.err or "Traceback" in self.err:
            return self.err.strip()[-300:]
        if self.seconds > SECONDS:
            return f"{self.seconds:.1f} s"
        return f"{self.megabytes:.0f} MB" if self.megabytes > MEGABYTES else ""


class Runner:
    """The process that runs are forked from."""

    def __init__(self) -> None:
        root = Path(__file__).parents[2]
        environment = {**os.environ, "XDG_CACHE_HOME": "", "PYTHONPATH": str(root)}
        self._process = subprocess.Popen(
            [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def measure(self, name: str, data: bytes, command: Sequence[str]) -> Measured:
        """Run a command over one file in a folder of its own."""
        with tempfile.TemporaryDirectory(prefix="keraslint-hostile-") as folder:
            Path(folder, name).write_bytes(data)
            return self.run([*command, name], folder)

    def run(self, arguments: Sequence[str], folder: str | Path) -> Measured:
        """Run keraslint in a folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder), list(arguments)]) + "\n")
        self._process.stdin.flush()
        return Measured(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def _serve() -> None:
    from keraslint.app import check, fixing, summary  # noqa: F401  what most runs import
    from keraslint.diagnose.registry import load_registry
    from keraslint.interp import analyse  # noqa: F401

    load_registry()
    for line in sys.stdin:
        folder, arguments = json.loads(line)
        with tempfile.TemporaryFile() as err:
            pid = os.fork()
            if pid == 0:
                _run(folder, arguments, err.fileno())
            _, status, used = os.wait4(pid, 0)
            err.seek(0)
            text = err.read(100_000).decode("utf-8", "replace")
        seconds = used.ru_utime + used.ru_stime
        print(
            json.dumps(asdict(Measured(os.waitstatus_to_exitcode(status), seconds, used.ru_maxrss / 1024, text))),
            flush=True,
        )


def _run(folder: str, arguments: list[str], err: int) -> None:
    status = 99
    try:
        os.chdir(folder)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(err, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        signal.alarm(60 * SECONDS)
        from keraslint.app.cli import main

        status = main([arguments[0], "--no-cache", "--jobs", "1", *arguments[1:]])
        sys.stderr.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])
    _serve()
