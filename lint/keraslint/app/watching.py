"""``--watch``: a command again and again, each time that a file of the project changes."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, cast

from keraslint.app import disk, terminal
from keraslint.app.failure import FAILED, UsageError
from keraslint.app.files import SKIPPED, SUFFIXES
from keraslint.app.targets import parse_target
from keraslint.app.terminal import complain
from keraslint.report.text import plural

SETTINGS = ("pyproject.toml", "keraslint.toml", "keraslint.lock")
Watch = Callable[..., Iterator[set[tuple[object, str]]]]


class Watchfiles(Protocol):
    """What is used of the package ``watchfiles``."""

    watch: Watch


def run_watched(command: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run a command, which tells what ends it, now and after each change, until it is interrupted."""
    try:
        watch = cast("Watchfiles", importlib.import_module("watchfiles")).watch
    except ImportError as problem:
        message = "`--watch` needs a package more: `pip install keraslint[watch]`"
        raise UsageError(message) from problem
    folders = _folders(getattr(arguments, "paths", None) or getattr(arguments, "targets", None) or ["."])
    changes = watch(*folders, watch_filter=_concerns, debounce=200, rust_timeout=100, yield_on_timeout=True)
    next(changes)  # from here on nothing is missed
    while True:
        _run_once(command, arguments)
        complain(f"keraslint: watching {plural(len(folders), 'folder')}; Ctrl-C ends it")
        sys.stderr.flush()
        if not any(changes):  # the first that is no timeout
            return FAILED


def _run_once(command: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> None:
    disk.looked_at.clear()
    terminal.printed.clear()
    if sys.stdout.isatty():
        terminal.write("\x1b[2J\x1b[H")
    command(arguments)


def _folders(targets: Sequence[str]) -> list[str]:
    """Return the folders to watch: those of the targets, and the working folder for what they import."""
    paths = [parse_target(target).path for target in targets]
    wanted = [".", *(path if os.path.isdir(path) else os.path.dirname(path) or "." for path in paths)]
    absolute = sorted({os.path.realpath(path) for path in wanted if os.path.isdir(path)}, key=len)
    return [
        path for index, path in enumerate(absolute) if not any(_is_below(path, other) for other in absolute[:index])
    ]


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _concerns(_change: object, path: str) -> bool:
    """Return whether a change of a file may change an answer."""
    parts = path.split(os.sep)
    return SKIPPED.isdisjoint(parts) and (path.endswith(SUFFIXES) or parts[-1] in SETTINGS)
