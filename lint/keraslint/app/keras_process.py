"""Starting the witness: the program runs in a process of its own, and what it answers comes back by a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import msgspec

from keraslint.app.files import shown
from keraslint.report.comparison import RealModel

SCRIPT = os.path.join(os.path.dirname(__file__), "witness.py")
TAIL = 3
"""Lines of the program's output that are told when the process ends without an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the process is to run."""

    path: str
    """Absolute."""
    module: str
    """The file's dotted name."""
    expression: str
    """Empty: the whole file."""
    cells: Sequence[tuple[int, str]]
    """A notebook's code cells by number."""
    assume: Mapping[str, str]
    roots: Sequence[str]
    """Folders in which imports are looked up, the file's own first."""
    keras: str
    """``"2"`` or ``"3"``."""


class Failure(msgspec.Struct, frozen=True):
    """How the program ended before its end."""

    message: str
    missing: str = ""
    """The module that is not installed."""
    trace: str = ""
    path: str = ""
    line: int = 0
    cell: int | None = None


class Answer(msgspec.Struct, frozen=True):
    """The models that the program made, and what went wrong."""

    models: list[RealModel]
    error: Failure | None = None
    broken: list[Failure] = []
    """What ended single cells of a notebook; the others ran all the same."""


def ask(
    request: Request, *, python: str, environment: Mapping[str, str], timeout: float, is_loud: bool = False
) -> Answer:
    """Run a program under real Keras; ``is_loud``: what it prints goes to standard error, else nowhere."""
    legacy = {"TF_USE_LEGACY_KERAS": "1" if request.keras == "2" else "0"}
    with tempfile.TemporaryDirectory(prefix="keraslint-") as folder:
        asked, answered, printed = (os.path.join(folder, name) for name in ("request", "answer", "output"))
        with open(asked, "w", encoding="utf-8") as file:
            json.dump(asdict(request), file)
        with open(printed, "wb") as output:
            stream = 2 if is_loud else output
            process = subprocess.Popen(  # noqa: S603  running the program is what was asked for
                [python, SCRIPT, asked, answered],
                stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env={**environment, **legacy},
                start_new_session=True,
            )  # fmt: skip
            try:
                status = process.wait(timeout)
            except subprocess.TimeoutExpired:
                return Answer([], Failure(f"the program did not end within {timeout:g} seconds (`--timeout`)"))
            finally:
                _end(process)
        if not os.path.exists(answered):
            return Answer([], Failure(_silent(status, printed)))
        with open(answered, "rb") as file:
            answer = msgspec.json.decode(file.read(), type=Answer)
    models = [
        msgspec.structs.replace(model, path=shown(model.path)) if model.path else model for model in answer.models
    ]
    error = None if answer.error is None else _shown(answer.error)
    return Answer(models, error, [_shown(failure) for failure in answer.broken])


def _shown(failure: Failure) -> Failure:
    return msgspec.structs.replace(failure, path=shown(failure.path)) if failure.path else failure


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, and what it may have started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    else:
        process.kill()
    process.wait()


def _silent(status: int, printed: str) -> str:
    with open(printed, encoding="utf-8", errors="replace") as file:
        tail = [line.strip() for line in file.read().splitlines() if line.strip()][-TAIL:]
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    said = f": {' | '.join(tail)}" if tail else ""
    return f"the process ended {how} and gave no answer{said}"
