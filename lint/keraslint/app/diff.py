"""``keraslint diff``: the counts of every model before and after a change."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from keraslint.app import disk
from keraslint.app.analysed import analyst_of, style_of_arguments
from keraslint.app.failure import FAILED, FOUND, OK, UsageError
from keraslint.app.files import SKIPPED, SUFFIXES, Excludes, find_files, shown
from keraslint.app.git import Revision
from keraslint.app.locks import Locks
from keraslint.app.progress import with_progress
from keraslint.app.run import Analyst
from keraslint.app.speaking import names_in, speaking_of_keras
from keraslint.app.terminal import complain, complain_of, write
from keraslint.diagnose.globs import path_matches
from keraslint.diagnose.lock import Lock, Locked, counts_of, named_models
from keraslint.graph.analysis import AnalysisError
from keraslint.report.changes import Change, Limit, Tally, changes, limit_of, tally_of, tally_of_locked
from keraslint.report.report import DiffReport, UnknownFormatError, differ
from keraslint.report.text import clean


@dataclass(slots=True)
class Side:
    """One of the two that are compared: its files, and how they are read."""

    label: str
    files: Sequence[str]
    read: Callable[[str], bytes | None] = disk.read
    is_folder: Callable[[str], bool] = disk.is_folder
    names: Callable[[str], Iterable[str]] = names_in
    top: str = "."
    """What paths are told from."""
    lock: Lock | None = None
    """A lock file, which has counts and no models."""
    errors: list[AnalysisError] = field(default_factory=list)

    def tallies(self, analyst: Analyst, *, as_locked: bool, quiet: bool) -> Iterator[Tally]:
        """Yield the counts of every model; ``as_locked``: called as lock files call them."""
        if self.lock is not None:
            yield from map(tally_of_locked, self.lock.models.values())
            return
        speaking = speaking_of_keras(self.files, analyst.roots, read=self.read, names=self.names)
        for path in with_progress(speaking, quiet=quiet):
            options = replace(analyst.options(path), read=self.read, is_folder=self.is_folder)
            analysis = analyst.analyse(path, options=options)
            self.errors.extend(analysis.errors)
            name = os.path.relpath(path, self.top).replace(os.sep, "/")
            if as_locked:
                for key, model in named_models(analysis):
                    yield tally_of_locked(Locked(f"{name}::{key}", counts_of(model) or {}))
            else:
                yield from (tally_of(model, name) for model in analysis.models)


def run(arguments: argparse.Namespace) -> int:
    """Compare, and print what changed; 1 where a model grew by more than is allowed, or nobody can say."""
    try:
        render = differ.find(arguments.output_format)
    except UnknownFormatError as problem:
        raise UsageError(str(problem)) from problem
    limit = None if arguments.fail_on_increase is None else limit_of(arguments.fail_on_increase)
    if arguments.fail_on_increase is not None and limit is None:
        message = f"`--fail-on-increase {arguments.fail_on_increase}`: write a share such as `5%`, or a number such as `10_000`"
        raise UsageError(message)
    analyst = analyst_of(arguments)
    with ExitStack() as stack:
        base = _side(arguments.base, analyst, stack)
        head = _side(arguments.head, analyst, stack)
        if len(base.files) == len(head.files) == 1 and disk.is_file(arguments.base) and disk.is_file(arguments.head):
            base.top, head.top = base.files[0], head.files[0]  # two states of one file
        for one, other in ((base, head), (head, base)):
            if one.lock is not None and other.top == ".":
                other.top = one.top
        as_locked = base.lock is not None or head.lock is not None
        quiet = arguments.quiet
        before, after = (list(side.tallies(analyst, as_locked=as_locked, quiet=quiet)) for side in (base, head))
    found = changes(before, after)
    report = DiffReport(found, base.label, head.label, head.errors, arguments.all, style_of_arguments(arguments))
    write(render(report))
    told = {(error.path, error.message) for error in head.errors}
    for error in base.errors:
        if (error.path, error.message) not in told:
            complain(f"keraslint: {clean(base.label)}: {clean(error.path)}:{error.line}: {clean(error.message)}")
    for error in head.errors:
        complain_of(error)
    over = [] if limit is None else list(_excesses(found, limit))
    for line in over:
        complain(f"keraslint: {line}")
    return FAILED if head.errors else FOUND if over else OK


def _side(name: str, analyst: Analyst, stack: ExitStack) -> Side:
    """Return what a name stands for: a folder, a file (a lock too), or else a revision, of which the working folder is taken."""

    def excludes(folder: str) -> Excludes:
        return analyst.configurations.of(folder).excludes()

    if disk.is_folder(name):
        label = "working folder" if name == "." else name
        return Side(label, find_files([name], excludes).files, top=name)
    if name.endswith(".lock") and disk.is_file(name):
        lock = Locks(analyst.configurations).at(shown(name))
        return Side(name, [], top=os.path.dirname(name) or ".", lock=lock)
    if disk.exists(name):
        return Side(name, [shown(name)], top=os.path.dirname(name) or ".")
    revision = stack.enter_context(Revision(name, os.environ))
    files = [path for path in revision.files() if not _is_left_out(path, excludes("."))]
    return Side(name, files, revision.read, revision.is_folder, revision.names)


def _is_left_out(path: str, excludes: Excludes) -> bool:
    """Return whether walking the folders would not come to a file."""
    parts = path.split("/")
    if not path.endswith(SUFFIXES) or not SKIPPED.isdisjoint(parts[:-1]):
        return True
    above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return any(path_matches(folder, pattern) for folder in above for pattern in excludes.patterns)


def _excesses(found: Sequence[Change], limit: Limit) -> Iterator[str]:
    for change in found:
        exceeds = change.exceeds(limit)
        if exceeds is not False and change.after is not None:
            verb = "grew" if exceeds else "may have grown"
            yield f"{clean(change.after.label)} {verb} by more than {limit.text}"
