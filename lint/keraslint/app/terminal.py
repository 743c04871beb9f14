"""Printing: standard output and standard error, colours, width, closed pipes."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from keraslint.app.failure import UsageError
from keraslint.report.text import Style, clean, clean_lines

if TYPE_CHECKING:  # the records take longer to import than many runs need
    from keraslint.graph.analysis import AnalysisError


printed: list[tuple[int, str]] = []
"""(1 for standard output or 2 for standard error, text): what the run has printed so far."""


def prepare() -> None:
    """Make both streams write UTF-8, and spell out what they cannot write."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def style_of(color: str, environment: Mapping[str, str]) -> Style:
    """Return how text is to look on standard output: ``color`` is ``auto``, ``always`` or ``never``."""
    is_terminal = sys.stdout.isatty()
    is_colored = color == "always" or (
        color == "auto"
        and not environment.get("NO_COLOR")
        and (bool(environment.get("FORCE_COLOR")) or (is_terminal and environment.get("TERM") != "dumb"))
    )
    has_links = is_terminal and is_colored and environment.get("TERM") not in {"linux", "dumb"}
    return Style(is_colored, shutil.get_terminal_size().columns if is_terminal else None, has_links)


def write(text: str) -> None:
    """Write text to standard output."""
    printed.append((1, text))
    with _full_disk_told():
        sys.stdout.write(text)


def write_source(text: str) -> None:
    """Write source code, such as a diff: byte for byte into a pipe; spelled out where it could act on a reader's end."""
    is_read = sys.stdout.isatty() or bool(os.environ.get("GITHUB_ACTIONS"))
    write(clean_lines(text) if is_read else text)


def flush() -> None:
    """Have all that was written so far on its way."""
    with _full_disk_told():
        sys.stdout.flush()


def complain(message: str) -> None:
    """Write one line to standard error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:  # told when the run ends, or being told now
        pass
    printed.append((2, f"{message}\n"))
    sys.stderr.write(f"{message}\n")


@contextlib.contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        message = f"standard output cannot be written: {problem.strerror or problem}"
        raise UsageError(message) from problem


def complain_of(error: AnalysisError) -> None:
    """Write where and why a file or target could not be analysed."""
    where = f"{clean(error.path)}:{error.line}:{error.column}: " if error.path else ""
    target = "" if error.target in {"", error.path} or error.kind == "internal" else f" ({clean(error.target)})"
    kind = "internal error, please report it: " if error.kind == "internal" else ""
    complain(f"keraslint: {where}{kind}{clean(error.message)}{target}")


def close_quietly() -> None:
    """After a closed pipe: keep the interpreter from complaining about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
