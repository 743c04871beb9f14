"""``keraslint annotate``: counts as comments in the source, and their removal."""

from __future__ import annotations

import argparse
import difflib

from keraslint.annotate.rewrite import ChangedProgramError, annotated, bare
from keraslint.app.analysed import analyst_of, complain_of_left_out, missing
from keraslint.app.disk import is_file, read, why_unreadable
from keraslint.app.failure import FAILED, FOUND, OK, UsageError
from keraslint.app.files import find_files, shown
from keraslint.app.progress import with_progress
from keraslint.app.run import Analyst, describe
from keraslint.app.speaking import speaking_of_keras
from keraslint.app.terminal import complain, complain_of, write_source
from keraslint.app.write import replace_file
from keraslint.graph.analysis import AnalysisError
from keraslint.report.text import clean
from keraslint.source.read import decode, encode
from keraslint.source.text import SourceError, SourceFile


def run(arguments: argparse.Namespace) -> int:
    """Rewrite the files, or show or check what would be written."""
    if arguments.check and arguments.remove:
        message = "`--check` and `--remove` do not go together"
        raise UsageError(message)
    analyst = analyst_of(arguments)
    paths = arguments.paths or ["."]
    named = {shown(path) for path in paths if is_file(path)}
    found = find_files(paths, lambda path: analyst.configurations.of(path).excludes())
    complain_of_left_out(found)
    status = OK
    for path in found.missing:
        complain_of(missing(path).errors[0])
        status = FAILED
    speaking = set(speaking_of_keras(found.files, analyst.roots))
    for path in with_progress(found.files, quiet=arguments.quiet):
        if path in named or path in speaking:
            status = max(status, _file(path, analyst, arguments))
    return status


def _file(path: str, analyst: Analyst, arguments: argparse.Namespace) -> int:
    reason = why_unreadable(path)
    data = read(path)
    if reason or data is None:
        complain_of(AnalysisError(path, path, 1, 1, reason or "no such file", "read"))
        return FAILED
    try:
        source = decode(data, path)
        text = _rewritten(source, analyst, arguments)
        if text is None:
            return FAILED
        new = encode(source, text)
    except SourceError as error:
        complain_of(AnalysisError(path, path, error.line, error.column, error.message, "syntax"))
        return FAILED
    except ChangedProgramError as error:
        complain_of(AnalysisError(path, path, 1, 1, str(error), "internal"))
        return FAILED
    except Exception as error:  # noqa: BLE001  a bug of ours in one file must not end the run
        complain_of(AnalysisError(path, path, 1, 1, describe(error), "internal"))
        return FAILED
    if new == data:
        return OK
    if arguments.diff:
        write_source(unified_diff(path, source.raw or source.text, text))
        return FOUND if arguments.check else OK
    if arguments.check:
        name = clean(path)
        complain(f"keraslint: {name}: the counts in its comments are stale; run `keraslint annotate {name}`")
        return FOUND
    return _replace(path, data, new, arguments)


def _rewritten(source: SourceFile, analyst: Analyst, arguments: argparse.Namespace) -> str | None:
    if arguments.remove:
        return bare(source)
    analysis = analyst.analyse(source.path)
    for error in analysis.errors:
        complain_of(error)
    if analysis.errors:
        return None
    length = arguments.line_length or analyst.configurations.of(source.path).number("line-length")
    return annotated(source, analysis, line_length=length)


def _replace(path: str, old: bytes, new: bytes, arguments: argparse.Namespace) -> int:
    try:
        replace_file(path, new, old=old)
    except OSError as error:
        complain_of(AnalysisError(path, path, 1, 1, f"cannot be written: {error.strerror or error}", "read"))
        return FAILED
    if not arguments.quiet:
        complain(f"keraslint: {'removed the counts from' if arguments.remove else 'annotated'} {clean(path)}")
    return OK


def unified_diff(path: str, old: str, new: str) -> str:
    """Return what a rewrite changes, as ``diff -u`` shows it."""
    name = clean(path)
    lines = difflib.unified_diff(_lines(old), _lines(new), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]
