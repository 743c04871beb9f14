"""Any module as input: ``python -m tests.interp.soak [--share N] [FOLDER …]`` tells which files crash or take long.

Without folders, the standard library and the installed numpy, keras and tf_keras are read; every file is evaluated in a
process of its own that may take a gigabyte.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import sysconfig
import time
import traceback
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from keraslint.app.run import quick_allocation
from keraslint.interp.analyse import Options, analyse_file

SECONDS = 2.0
"""CPU time of evaluating one file."""
MEGABYTES = 1024
_SKIPPED = {"site-packages", "bad_coding.py", "lib2to3"}


def modules(folders: list[str], share: int = 1) -> list[Path]:
    """Return every ``share``-th module of some folders."""
    found = [path for folder in folders for path in sorted(Path(folder).rglob("*.py"))]
    kept = [path for path in found if not _SKIPPED & set(path.parts) and path.stat().st_size < 400_000]
    return kept[::share]


def default_folders() -> list[str]:
    """Return the standard library, and of the large packages those that are installed."""
    specs = [find_spec(name) for name in ("numpy", "keras", "tf_keras")]
    return [sysconfig.get_path("stdlib"), *(str(Path(spec.origin).parent) for spec in specs if spec and spec.origin)]


def evaluate(path: Path) -> tuple[float, str]:
    """Return the CPU time of a file, parsing left out where it can be, and what went wrong in our own code."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES << 20, MEGABYTES << 20))
    options = Options(read=lambda name: Path(name).read_bytes() if Path(name).is_file() else None)
    start = time.process_time()
    try:
        with quick_allocation():
            analyse_file(str(path), [], options)
    except Exception as problem:  # noqa: BLE001  whatever it is, it is told
        return time.process_time() - start, "".join(traceback.format_exception(problem)[-3:])
    return time.process_time() - start, ""


def evaluated_apart(path: Path) -> tuple[float, str]:
    """Evaluate a file in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(evaluate(path), pipe)
            pipe.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    seconds, problem = json.loads(told) if told else (0.0, f"the process ended with {status}")
    return seconds, problem


def troubles(paths: list[Path], allowed: float = SECONDS) -> Iterator[str]:
    """Yield what is wrong with each file that crashes or takes too long."""
    for path in paths:
        seconds, problem = evaluated_apart(path)
        if problem or seconds > allowed:
            yield f"{path}: {seconds:.1f} s {problem}".strip()


def main() -> None:
    """Read the arguments and print the troubles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--share", type=int, default=1, help="read every N-th file only")
    arguments = parser.parse_args()
    paths = modules(arguments.folders or default_folders(), arguments.share)
    for trouble in troubles(paths):
        sys.stdout.write(f"{trouble}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(paths)} files\n")


if __name__ == "__main__":
    main()
