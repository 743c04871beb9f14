"""Analysing files one by one: what each is given, and no file's trouble, nor a bug of ours, ends the run."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING

from keraslint.app import disk
from keraslint.app.config import Configurations
from keraslint.app.locks import Locks
from keraslint.graph.analysis import Analysis, AnalysisError

if TYPE_CHECKING:  # evaluation takes a third of a second to import, and many runs need none
    from keraslint.interp.analyse import Options

RECURSION = 12_000
"""Frames of our own evaluator; its bound on nested calls of the program comes long before."""
GARBAGE = 1_000_000
"""Objects after which garbage in cycles is collected, between two files: while trees are made, the collector only costs."""


@dataclass(slots=True)
class Analyst:
    """Analyses files under the configuration that holds for each."""

    configurations: Configurations
    is_verbose: bool = False
    read: Callable[[str], bytes | None] = disk.read
    is_folder: Callable[[str], bool] = disk.is_folder
    why_unreadable: Callable[[str], str] = disk.why_unreadable
    given_locks: InitVar[Locks | None] = None
    locks: Locks = field(init=False)
    """Those that are given, or of the configurations."""

    def __post_init__(self, given_locks: Locks | None) -> None:
        self.locks = given_locks or Locks(self.configurations)

    def roots(self, path: str) -> Sequence[str]:
        """Return the configured folders in which a file's imports are looked up."""
        return self.configurations.of(path).texts("root")

    def options(self, path: str) -> Options:
        """Return what the analysis of a file takes as given."""
        from keraslint.interp.analyse import Options

        configuration = self.configurations.of(path)
        environment = {name: str(value) for name, value in configuration.table("env").items()}
        return Options(
            read=self.read,
            is_folder=self.is_folder,
            keras=configuration.text("target-keras"),
            assume=configuration.assumptions(),
            environment=environment,
            roots=configuration.texts("root"),
            home=os.getcwd().replace(os.sep, "/") if self.read is disk.read else "",
        )

    def analyse(self, path: str, targets: Sequence[str] = (), *, options: Options | None = None) -> Analysis:
        """Return the analysis of a file, of these targets in it; an error in it where that failed."""
        if gc.get_count()[0] > GARBAGE:
            gc.collect()
        reason = "" if options is not None else self.why_unreadable(path)
        if reason:
            return failed(path, targets, reason, "read")
        from keraslint.interp.analyse import analyse_file

        try:
            return analyse_file(path, targets, options or self.options(path))
        except Exception as problem:  # noqa: BLE001  a bug of ours in one file must not end the run
            if self.is_verbose:
                traceback.print_exc()
            return failed(path, targets, describe(problem), "internal")


@contextlib.contextmanager
def quick_allocation() -> Iterator[None]:
    """Let our own recursion go deep, and keep the collector from walking over trees that are being made."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION))
    collects = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
        gc.unfreeze()
        sys.setrecursionlimit(limit)


def describe(problem: BaseException) -> str:
    """Return an exception in one line, with the place in our code."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    return f"{type(problem).__name__}: {problem}{place}"


def failed(path: str, targets: Sequence[str], message: str, kind: str) -> Analysis:
    """Return the analysis of a file, or of these targets, that could not be analysed."""
    shown = [f"{path}::{target}" for target in targets] or [path]
    errors = tuple(
        AnalysisError(target, path, 1, 1, message, "internal" if kind == "internal" else "read") for target in shown
    )
    return Analysis(path, "", "3", {}, (), (), (), errors, ())
