"""Records what real Keras makes of the programs of ``fixtures/programs``.

    python -m tests.programs.recording [name ...]

With no names, the programs that have no record yet, or that changed since.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.programs.listing import entry_of, names, record_of

VERSIONS = ("3", "2")


def made_by_keras(version: str, programs: Sequence[str], *, timeout: float = 600) -> dict[str, dict[str, object]]:
    """Return what real Keras makes of programs, by name."""
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "KERAS_BACKEND": "tensorflow",
        "TF_USE_LEGACY_KERAS": "1" if version == "2" else "0",
    }
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        script = str(Path(__file__).with_name("real.py"))
        done = subprocess.run(
            [sys.executable, script, version, str(answer), *programs],
            capture_output=not os.environ.get("TRACE"), text=True, timeout=timeout, check=False, env=environment,
        )  # fmt: skip
        if not answer.exists():
            raise RuntimeError(done.stderr and done.stderr[-2000:])
        results: dict[str, dict[str, object]] = json.loads(answer.read_text(encoding="utf-8"))
    return results


def write(name: str, answers: dict[str, dict[str, object]]) -> None:
    """Write what each version made of a program, one model a line."""
    path = record_of(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(answers, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n", encoding="utf-8")


def is_stale(name: str) -> bool:
    """Return whether a program changed since it was recorded."""
    record = record_of(name)
    return not record.exists() or record.stat().st_mtime < entry_of(name).stat().st_mtime


def main(programs: Sequence[str]) -> None:
    """Record."""
    programs = programs or [name for name in names() if is_stale(name)]
    if not programs:
        return
    answers = {version: made_by_keras(version, programs) for version in VERSIONS}  # a process each
    for name in programs:
        write(name, {version: answers[version][name] for version in VERSIONS})


if __name__ == "__main__":
    main(sys.argv[1:])
