"""A progress bar on standard error, on a terminal and only when the work lasts."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence

PATIENCE = 1.0
"""Seconds before a bar appears."""


def with_progress(paths: Sequence[str], *, quiet: bool) -> Iterator[str]:
    """Yield paths; show how far the work on them is where somebody may be watching."""
    if quiet or len(paths) < 2 or not sys.stderr.isatty():
        yield from paths
        return
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        bar = None
        for index, path in enumerate(paths):
            if bar is None and time.monotonic() - started > PATIENCE:
                from rich.console import Console  # 34 ms, and most runs show no bar
                from rich.progress import Progress

                bar = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
                bar.add_task("keraslint", total=len(paths))
            if bar is not None:
                bar.update(bar.task_ids[0], completed=index)
            yield path
