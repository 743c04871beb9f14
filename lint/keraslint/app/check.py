"""``keraslint check``: findings, and their fixes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from keraslint.app.analysed import (
    analyst_of,
    complain_of_ends,
    complain_of_left_out,
    missing,
    results_of,
    style_of_arguments,
)
from keraslint.app.baseline import Baselines
from keraslint.app.config import Configuration
from keraslint.app.disk import is_file, is_folder, read
from keraslint.app.failure import FAILED, FOUND, OK, UsageError
from keraslint.app.files import find_files, is_left_out, shown
from keraslint.app.locks import without_models
from keraslint.app.outputs import deliver, outputs_of, prefix_of
from keraslint.app.progress import with_progress
from keraslint.app.results import Task, judge_of
from keraslint.app.run import Analyst
from keraslint.app.speaking import speaking_of_keras
from keraslint.app.terminal import complain, complain_of, write, write_source
from keraslint.app.write import replace_file
from keraslint.diagnose.budgets import unmatched_budgets
from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.diagnose.runner import Findings, in_order
from keraslint.graph.analysis import Analysis, AnalysisError
from keraslint.report.closing import Closing, closing
from keraslint.report.report import CheckReport
from keraslint.report.statistics import statistics, statistics_json
from keraslint.report.text import Style, clean, plural
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile
from keraslint.values.unknown import Span

if TYPE_CHECKING:  # fixes, and what rewrites files, are imported where they are made
    from keraslint.app.fixing import Outcome


@dataclass(slots=True)
class Checked:
    """What came of a run so far."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    errors: list[AnalysisError] = field(default_factory=list)
    analyses: list[Analysis] = field(default_factory=list)
    fixed: list[Diagnostic] = field(default_factory=list)
    origins: dict[tuple[str, Span], str] = field(default_factory=dict)
    """Code and place -> the file whose analysis found it: of several that import a helper, one tells of it."""
    ignored: int = 0
    """Findings for which a comment was written."""
    silent: int = 0
    """Files that do not speak of Keras."""
    output: str = ""
    """Diffs, or the fixed standard input."""


def run(arguments: argparse.Namespace) -> int:
    """Check files, fix what may be fixed, and print what is left."""
    _refuse_what_does_not_go_together(arguments)
    started = time.monotonic()
    analyst = analyst_of(arguments)
    checked = Checked()
    is_stdin = bool(arguments.stdin_filename) or arguments.paths == ["-"]
    home = analyst.configurations.of(shown(arguments.stdin_filename) if arguments.stdin_filename else ".")
    main, files = outputs_of(arguments, home)
    if is_stdin:
        _check_stdin(arguments, analyst, checked)
    else:
        _check_paths(arguments, analyst, checked)
    sources = _sources(checked)
    found = in_order(checked.diagnostics)
    baselines = Baselines(analyst.configurations, is_isolated=arguments.isolated, is_rewritten=arguments.write_baseline)
    if arguments.write_baseline:
        return _write_baselines(found, sources, baselines, checked, arguments)
    new = [item for item in found if baselines.of(item.span.path).new([item], sources)]
    if arguments.error_on_warning:
        new = [_stricter(item) for item in new]
    style, in_file = style_of_arguments(arguments), Style(color=arguments.color == "always")
    report = CheckReport(new, checked.errors, sources, in_file, prefix_of(os.environ))
    for output in files:
        deliver(output.render(report), output.path)
    if arguments.statistics:
        text = (statistics_json if main.name.startswith("json") else statistics)(new, checked.analyses)
    else:
        text = main.render(report if main.path else replace(report, style=style))
        end = "" if arguments.quiet else _closing(new, len(found) - len(new), checked, arguments)
        if arguments.diff and checked.output:
            text = end
        elif main.is_for_readers:
            text += end
    _print(text, main.path, checked, arguments)
    for error in checked.errors:
        complain_of(error)
    if arguments.verbose:
        complain_of_ends(checked.analyses)
        _tell(checked, home, time.monotonic() - started)
    if checked.errors:
        return FAILED
    is_changed = (arguments.diff and bool(checked.output)) or (arguments.exit_non_zero_on_fix and bool(checked.fixed))
    is_failing = not arguments.exit_zero and any(_counts(item, analyst) for item in new)
    return FOUND if is_changed or is_failing else OK


def _counts(found: Diagnostic, analyst: Analyst) -> bool:
    """Return whether a finding makes a run fail: a hint (``info``) does so where its rule was selected by the user."""
    if found.severity is not Severity.INFO:
        return True
    from keraslint.diagnose.registry import load_registry

    selection = analyst.configurations.of(found.span.path).selection()
    asked = (*(selection.select or ()), *selection.extend_select)
    return any(rule.code == found.code for selector in asked for rule in load_registry().find(selector))


def _refuse_what_does_not_go_together(arguments: argparse.Namespace) -> None:
    writing = [
        option
        for option, is_set in (
            ("--add-ignore", arguments.add_ignore is not None),
            ("--write-baseline", arguments.write_baseline),
            ("--fix", arguments.fix),
            ("--diff", arguments.diff),
        )
        if is_set
    ]
    if len(writing) > 1 and writing != ["--fix", "--diff"]:
        message = f"`{writing[0]}` and `{writing[1]}` do not go together"
        raise UsageError(message)
    if arguments.paths.count("-") and len(arguments.paths) > 1:
        message = "`-` is standard input, and goes with no other path"
        raise UsageError(message)


def _stricter(found: Diagnostic) -> Diagnostic:
    if found.severity is not Severity.WARNING:
        return found
    return msgspec.structs.replace(found, severity=Severity.ERROR)


def _check_paths(arguments: argparse.Namespace, analyst: Analyst, checked: Checked) -> None:
    paths = arguments.paths or ["."]
    found = find_files(paths, lambda path: analyst.configurations.of(path).excludes())
    checked.errors.extend(missing(path).errors[0] for path in found.missing)
    complain_of_left_out(found)
    named = {shown(path) for path in paths if is_file(path)}
    speaking = named.union(speaking_of_keras([path for path in found.files if path not in named], analyst.roots))
    wanted = [path for path in found.files if path in speaking]
    checked.silent = len(found.files) - len(wanted)
    for folder in {os.path.dirname(path) for path in found.files}:
        analyst.configurations.of(folder or ".").rule_settings()
        analyst.locks.of(folder or ".")
    results = results_of(arguments, analyst)
    if _is_fixing(arguments):
        results.jobs, results.execute = 1, None  # a fix may change what the next file imports
    answers = results.of([Task(path, has_rules=True) for path in wanted])
    for path, result in zip(with_progress(wanted, quiet=arguments.quiet), answers, strict=True):
        if _is_to_fix(result.findings.diagnostics, arguments):
            _fix_file(path, analyst, checked, arguments)
            results.forget(path)
        else:
            _collect(result.analysis, result.findings, checked)
    results.trim()
    if not found.files and not found.missing:
        analyst.configurations.of(paths[0]).rule_settings()
        if not arguments.quiet:
            complain("keraslint: no Python files here")
    checked.diagnostics.extend(_idle_budgets(paths, analyst, checked.analyses))
    checked.diagnostics.extend(_gone(paths, analyst, checked))
    if arguments.fix or arguments.diff:
        from keraslint.app.lock import renew

        fixed, difference = renew(checked.diagnostics, analyst.locks.all(), is_planned=arguments.diff)
        checked.fixed.extend(fixed)
        checked.output += difference
        checked.diagnostics = [item for item in checked.diagnostics if item not in fixed]


def _fix_file(path: str, analyst: Analyst, checked: Checked, arguments: argparse.Namespace) -> None:
    judge = judge_of(path, analyst)
    analysis = analyst.analyse(path)
    findings = judge(analysis)
    if arguments.add_ignore is not None:
        judge = _ignoring(judge, arguments.add_ignore)
        findings = judge(analysis)
    found = len(findings.diagnostics)
    if any(found.fix is not None for found in findings.diagnostics):
        from keraslint.app.fixing import Fixer

        data = read(path) or b""
        outcome = Fixer(analyst, judge, unsafe=arguments.unsafe_fixes).fix(path, data, analysis, findings)
        analysis, findings = outcome.analysis, outcome.findings
        errors = list(_deliver_fixes(path, data, outcome, checked, arguments))
        checked.errors.extend(errors)
        if arguments.add_ignore is not None and not errors:
            checked.ignored += found - len(findings.diagnostics)
    _collect(analysis, findings, checked)


def _check_stdin(arguments: argparse.Namespace, analyst: Analyst, checked: Checked) -> None:
    path = shown(arguments.stdin_filename or "-.py")
    data = sys.stdin.buffer.read()
    if is_left_out(path, lambda folder: analyst.configurations.of(folder).excludes()):
        checked.output = data.decode("utf-8", "replace") if arguments.fix and not arguments.diff else ""
        return
    from keraslint.app.fixing import Fixer, Outcome, with_content

    judge = judge_of(path, analyst)
    analysis = analyst.analyse(path, options=with_content(analyst.options(path), path, data))
    findings = judge(analysis)
    if _is_fixing(arguments):
        outcome = Outcome(data, analysis, findings, (), ())
        if not analysis.errors:
            outcome = Fixer(analyst, judge, unsafe=arguments.unsafe_fixes).fix(path, data, analysis, findings)
        analysis, findings = outcome.analysis, outcome.findings
        from keraslint.app.annotate import unified_diff

        old, new = data.decode("utf-8", "replace"), outcome.data.decode("utf-8", "replace")
        checked.output = unified_diff(path, old, new) if arguments.diff else new
        checked.fixed.extend(outcome.applied)
    _collect(analysis, findings, checked)


def _ignoring(judge: Callable[[Analysis], Findings], reason: str) -> Callable[[Analysis], Findings]:
    """Return a judge whose findings are fixed by comments that suppress them."""

    def judge_and_ignore(analysis: Analysis) -> Findings:
        findings = judge(analysis)
        from keraslint.diagnose.ignores import with_ignores
        from keraslint.diagnose.registry import load_registry

        words = " ".join(reason.replace("#", "").split())
        return replace(findings, diagnostics=with_ignores(analysis, findings.diagnostics, load_registry(), words))

    return judge_and_ignore


def _collect(analysis: Analysis, findings: Findings, checked: Checked) -> None:
    checked.analyses.append(analysis)
    own = analysis.path
    for found in findings.diagnostics:
        origin = checked.origins.get((found.code, found.span), own)
        if origin != own and found.span.path == own:  # the file itself knows best
            checked.diagnostics = [d for d in checked.diagnostics if (d.code, d.span) != (found.code, found.span)]
            origin = own
        checked.origins[found.code, found.span] = origin
        if origin == own:
            checked.diagnostics.append(found)
    is_reported = any(found.code == "KL001" for found in [*findings.diagnostics, *findings.suppressed])
    checked.errors.extend(error for error in analysis.errors if not (error.kind == "syntax" and is_reported))
    checked.errors.extend(findings.errors)


def _idle_budgets(paths: Sequence[str], analyst: Analyst, analyses: Sequence[Analysis]) -> Iterator[Diagnostic]:
    """Yield KL004 for budgets that match no model, where this run has seen all that they could match."""
    by_file: dict[str, tuple[Configuration, list[Analysis]]] = {}
    for path in paths:
        configuration = analyst.configurations.of(path)
        by_file.setdefault(configuration.path, (configuration, []))
    for analysis in analyses:
        configuration = analyst.configurations.of(analysis.path)
        by_file.setdefault(configuration.path, (configuration, []))[1].append(analysis)
    for configuration, own in by_file.values():
        idle = unmatched_budgets(own, configuration.rule_settings())
        rules = [rule for rule in configuration.rules() if rule.code == "KL004"] if idle else []
        for budget in idle if rules else ():
            pattern = budget.model.partition("::")[0]
            home = os.path.dirname(os.path.abspath(configuration.path)) if configuration.path else os.getcwd()
            is_exact = any(analysis.path.endswith(pattern) for analysis in own) and "*" not in pattern
            is_whole = _is_whole(home, paths)
            if budget.where is not None and (is_exact or is_whole):
                message = f"the budget for `{budget.model}` matches no model; correct the pattern or remove it"
                yield rules[0].report(message, budget.where)


def _gone(paths: Sequence[str], analyst: Analyst, checked: Checked) -> Iterator[Diagnostic]:
    """Yield KL102 for models that a lock has of files that are gone, where this run has looked at all."""
    seen = {analysis.path for analysis in checked.analyses}
    for lock in analyst.locks.all():
        place = lock.source.path
        rules = [rule for rule in analyst.configurations.of(place).rules() if rule.code == "KL102"]
        if rules and _is_whole(os.path.dirname(os.path.abspath(place)), paths):
            from keraslint.diagnose.lock import gone_from

            for message, span, fix in (gone_from(lock, model) for model in without_models(lock, seen)):
                yield rules[0].report(message, span, fix=fix)


def _is_whole(home: str, paths: Sequence[str]) -> bool:
    """Return whether a run over these paths sees all of a folder."""
    return any(is_folder(path) and _is_below(home, path) for path in paths)


def _is_below(path: str, folder: str) -> bool:
    top = os.path.abspath(folder)
    return os.path.commonpath([os.path.abspath(path), top]) == top


def _is_fixing(arguments: argparse.Namespace) -> bool:
    return bool(arguments.fix or arguments.diff or arguments.add_ignore is not None)


def _is_to_fix(found: Sequence[Diagnostic], arguments: argparse.Namespace) -> bool:
    if arguments.add_ignore is not None:
        return bool(found)
    return _is_fixing(arguments) and any(item.fix is not None for item in found)


def _deliver_fixes(
    path: str, old: bytes, outcome: Outcome, checked: Checked, arguments: argparse.Namespace
) -> Iterable[AnalysisError]:
    """Write a file's fixes, or keep the diff; return what went wrong with that."""
    what = "fix of" if arguments.add_ignore is None else "comment for"
    for found in outcome.refused:
        complain(
            f"keraslint: {clean(path)}:{found.span.line}: the {what} {found.code} was not made: it would change other counts or shapes, or what Keras builds"
        )
    if outcome.data == old:
        return ()
    if arguments.diff:
        from keraslint.app.annotate import unified_diff

        before, after = decode(old, path), decode(outcome.data, path)
        checked.output += unified_diff(path, before.raw or before.text, after.raw or after.text)
    else:
        try:
            replace_file(path, outcome.data, old=old)
        except OSError as error:
            return (AnalysisError(path, path, 1, 1, f"cannot be written: {error.strerror or error}", "read"),)
    if arguments.add_ignore is None:
        checked.fixed.extend(outcome.applied)
    return ()


def _print(text: str, path: str, checked: Checked, arguments: argparse.Namespace) -> None:
    if path:
        deliver(text, path)
    is_source = arguments.fix and (bool(arguments.stdin_filename) or arguments.paths == ["-"])
    if checked.output or is_source:
        (write_source if arguments.diff else write)(checked.output)
        if not path and text:
            complain(text.rstrip("\n"))
    elif not path:
        write(text)


def _write_baselines(
    found: Sequence[Diagnostic],
    sources: dict[str, SourceFile],
    baselines: Baselines,
    checked: Checked,
    arguments: argparse.Namespace,
) -> int:
    """Write what was found into the baseline of each configuration that the run has met."""
    for error in checked.errors:
        complain_of(error)
    paths = [analysis.path for analysis in checked.analyses]
    kept = {baseline.path: baseline for baseline in map(baselines.of, [*paths, *(item.span.path for item in found)])}
    for path, baseline in kept.items():
        own = [item for item in found if baselines.of(item.span.path) is baseline]
        deliver(baseline.written(own, sources, paths), path)
        if not arguments.quiet:
            complain(f"keraslint: {plural(len(own), 'finding')} written to {clean(path)}")
    return FAILED if checked.errors else OK


def _tell(checked: Checked, configuration: Configuration, seconds: float) -> None:
    """Say what the run has looked at."""
    models = plural(sum(len(analysis.models) for analysis in checked.analyses), "model")
    files = plural(len(checked.analyses), "file")
    silent = f", {checked.silent} more that do not speak of Keras" if checked.silent else ""
    settings = clean(configuration.path) or "no configuration file"
    complain(f"keraslint: {models} in {files}{silent}; settings: {settings}; {seconds:.2f} s")


def _closing(new: Sequence[Diagnostic], known: int, checked: Checked, arguments: argparse.Namespace) -> str:
    return closing(
        Closing(
            new,
            checked.fixed,
            ignored=checked.ignored,
            known=known,
            has_errors=bool(checked.errors),
            is_planned=arguments.diff,
            shows_fixes=arguments.show_fixes,
            offers_fixes=not _is_fixing(arguments),
            unsafe=arguments.unsafe_fixes,
        )
    )


def _sources(checked: Checked) -> dict[str, SourceFile]:
    """Return the text of every file that a finding speaks of."""
    spoken_of = {found.span.path for found in checked.diagnostics}
    sources = {
        analysis.path: SourceFile(analysis.path, analysis.text, cells=analysis.cells)
        for analysis in checked.analyses
        if analysis.text and analysis.path in spoken_of
    }
    for found in checked.diagnostics:
        for span in (found.span, *(related.span for related in found.related)):
            if span.path not in sources:
                try:
                    sources[span.path] = decode(read(span.path) or b"", span.path)
                except SourceError:
                    continue
    return sources
