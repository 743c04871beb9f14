"""``keraslint lock``, and the renewal of lock files by ``check --fix``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence

from keraslint.app.analysed import analyst_of, missing
from keraslint.app.annotate import unified_diff
from keraslint.app.failure import FAILED, OK, UsageError
from keraslint.app.files import find_files, shown
from keraslint.app.locks import home_of
from keraslint.app.progress import with_progress
from keraslint.app.speaking import speaking_of_keras
from keraslint.app.terminal import complain, complain_of
from keraslint.app.write import replace_file
from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.lock import HEAD, Counts, Lock, counts_of, lock_edits, named_models, renewed
from keraslint.graph.analysis import Analysis
from keraslint.report.text import clean, plural
from keraslint.source.text import SourceFile


def run(arguments: argparse.Namespace) -> int:
    """Write the counts of every model into the lock file of its configuration."""
    analyst = analyst_of(arguments)
    locks = analyst.locks
    paths = arguments.paths or ["."]
    found = find_files(paths, lambda path: analyst.configurations.of(path).excludes())
    errors = [missing(path).errors[0] for path in found.missing]
    named = {shown(path) for path in paths if os.path.isfile(path)}
    speaking = set(speaking_of_keras(found.files, analyst.roots))
    wanted = [path for path in found.files if path in named or path in speaking]
    analyses = [analyst.analyse(path) for path in with_progress(wanted, quiet=arguments.quiet)]
    errors += [error for analysis in analyses for error in analysis.errors]
    seen = set(found.files) - {analysis.path for analysis in analyses if analysis.errors}
    for place in dict.fromkeys(map(locks.place, [*paths, *wanted])):
        own = [a for a in analyses if locks.place(a.path) == place and a.path in seen]
        lock = locks.at(place) or Lock(SourceFile(place, HEAD), {}, home_of(place))
        _write(lock, own, seen, quiet=arguments.quiet)
    for error in errors:
        complain_of(error)
    return FAILED if errors else OK


def renew(found: Sequence[Diagnostic], locks: Iterable[Lock], *, is_planned: bool) -> tuple[list[Diagnostic], str]:
    """Write what findings would write into locks; return those findings, and the difference where it is but planned."""
    fixed: list[Diagnostic] = []
    difference = ""
    for lock in locks:
        place = lock.source.path
        own = [item for item in found if item.fix is not None and item.fix.edits[0].span.path == place]
        edits = [edit for item in own if item.fix is not None for edit in item.fix.edits]
        if not edits:
            continue
        text = renewed(lock, edits)
        if is_planned:
            difference += unified_diff(place, lock.source.text, text)
        else:
            _replace(place, text)
        fixed.extend(own)
    return fixed, difference


def _write(lock: Lock, analyses: Sequence[Analysis], seen: set[str], *, quiet: bool) -> None:
    """Write the counts of analysed files into their lock, and take out what is gone."""
    new: dict[str, Counts] = {}
    unresolved = 0
    for analysis in analyses:
        for name, model in named_models(analysis):
            counts = counts_of(model)
            if counts is None:
                unresolved += 1
            else:
                new[f"{analysis.path}::{name}"] = counts
    paths = {key: key.partition("::")[0] for key in lock.models}
    gone = [key for key, path in paths.items() if key not in new and (path in seen or not os.path.exists(path))]
    edits = [
        *(edit for key in gone for edit in lock_edits(lock, lock.models[key].key, None)),
        *(edit for key, counts in new.items() for edit in lock_edits(lock, key.removeprefix(lock.home), counts)),
    ]
    place = lock.source.path
    if edits:
        _replace(place, renewed(lock, edits))
    if not quiet:
        rest = f"; {plural(unresolved, 'model')} not resolved" if unresolved else ""
        complain(f"keraslint: {plural(len(new), 'model')} written to {clean(place)}{rest}")


def _replace(place: str, text: str) -> None:
    try:
        replace_file(place, text.encode())
    except OSError as error:
        raise UsageError(f"{place}: cannot be written: {error.strerror or error}") from error
