"""``keraslint check``: findings, and their fixes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from keraslint.app.analysed import analyst_of, complain_of_ends, missing, style_of_arguments
from keraslint.app.annotate import unified_diff
from keraslint.app.baseline import Baselines
from keraslint.app.config import Configuration
from keraslint.app.failure import FAILED, FOUND, OK, UsageError
from keraslint.app.files import find_files, is_left_out, read, shown, speaking_of_keras
from keraslint.app.fixing import Fixer, Outcome, with_content
from keraslint.app.lock import Locks, renew, without_models
from keraslint.app.progress import with_progress
from keraslint.app.run import Analyst
from keraslint.app.terminal import complain, complain_of, write
from keraslint.app.write import replace_file
from keraslint.diagnose.budgets import unmatched_budgets
from keraslint.diagnose.configuration import ConfigurationError
from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.diagnose.ignores import with_ignores
from keraslint.diagnose.lock import gone_from
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.runner import Findings, in_order, run_rules
from keraslint.graph.analysis import Analysis, AnalysisError
from keraslint.report.closing import Closing, closing
from keraslint.report.report import CheckReport, UnknownFormatError, reporter
from keraslint.report.statistics import statistics, statistics_json
from keraslint.report.text import Style, clean, plural
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile
from keraslint.values.unknown import Span


@dataclass(slots=True)
class Checked:
    """What came of a run so far."""

    locks: Locks
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
    checked = Checked(Locks(analyst.configurations, is_isolated=arguments.isolated))
    is_stdin = bool(arguments.stdin_filename) or arguments.paths == ["-"]
    home = analyst.configurations.of(shown(arguments.stdin_filename) if arguments.stdin_filename else ".")
    format_name = arguments.output_format or home.text("output-format") or "concise"
    try:
        render = reporter.find(format_name)
    except UnknownFormatError as problem:
        where = None if arguments.output_format else home.settings["output-format"].where
        raise ConfigurationError(str(problem), where) from problem
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
    style = Style() if arguments.output_file and arguments.color != "always" else style_of_arguments(arguments)
    report = CheckReport(new, checked.errors, sources, style)
    if arguments.statistics:
        text = (statistics_json if format_name.startswith("json") else statistics)(new, checked.analyses)
    else:
        text = render(report)
        end = "" if arguments.quiet else _closing(new, len(found) - len(new), checked, arguments)
        if arguments.diff and checked.output:
            text = end
        elif format_name in {"concise", "full"}:
            text += end
    _deliver(text, checked, arguments)
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
    named = {shown(path) for path in paths if os.path.isfile(path)}
    speaking = set(speaking_of_keras(found.files))
    for path in with_progress(found.files, quiet=arguments.quiet):
        if path in named or path in speaking:
            _check_file(path, analyst, checked, arguments)
        else:
            checked.silent += 1
            analyst.configurations.of(path).rule_settings()
    if not found.files and not found.missing:
        analyst.configurations.of(paths[0]).rule_settings()
        if not arguments.quiet:
            complain("keraslint: no Python files here")
    checked.diagnostics.extend(_idle_budgets(paths, analyst, checked.analyses))
    checked.diagnostics.extend(_gone(paths, analyst, checked))
    if arguments.fix or arguments.diff:
        fixed, difference = renew(checked.diagnostics, checked.locks.all(), is_planned=arguments.diff)
        checked.fixed.extend(fixed)
        checked.output += difference
        checked.diagnostics = [item for item in checked.diagnostics if item not in fixed]


def _check_file(path: str, analyst: Analyst, checked: Checked, arguments: argparse.Namespace) -> None:
    judge = _judge(path, analyst, checked.locks)
    analysis = analyst.analyse(path)
    findings = judge(analysis)
    if arguments.add_ignore is not None:
        judge = _ignoring(judge, arguments.add_ignore)
        findings = judge(analysis)
    found = len(findings.diagnostics)
    if _is_fixing(arguments) and any(found.fix is not None for found in findings.diagnostics):
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
    judge = _judge(path, analyst, checked.locks)
    analysis = analyst.analyse(path, options=with_content(analyst.options(path), path, data))
    findings = judge(analysis)
    if _is_fixing(arguments):
        outcome = Outcome(data, analysis, findings, (), ())
        if not analysis.errors:
            outcome = Fixer(analyst, judge, unsafe=arguments.unsafe_fixes).fix(path, data, analysis, findings)
        analysis, findings = outcome.analysis, outcome.findings
        old, new = data.decode("utf-8", "replace"), outcome.data.decode("utf-8", "replace")
        checked.output = unified_diff(path, old, new) if arguments.diff else new
        checked.fixed.extend(outcome.applied)
    _collect(analysis, findings, checked)


def _judge(path: str, analyst: Analyst, locks: Locks) -> Callable[[Analysis], Findings]:
    """Return what runs the rules that are selected for one path."""
    configuration = analyst.configurations.of(path)
    rules, settings = configuration.rules(path), replace(configuration.rule_settings(), lock=locks.of(path))
    return lambda analysis: run_rules(analysis, rules, settings)


def _ignoring(judge: Callable[[Analysis], Findings], reason: str) -> Callable[[Analysis], Findings]:
    """Return a judge whose findings are fixed by comments that suppress them."""

    def judge_and_ignore(analysis: Analysis) -> Findings:
        findings = judge(analysis)
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
        rules = [rule for rule in configuration.rules() if rule.code == "KL004"]
        for budget in unmatched_budgets(own, configuration.rule_settings()) if rules else ():
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
    for lock in checked.locks.all():
        place = lock.source.path
        rules = [rule for rule in analyst.configurations.of(place).rules() if rule.code == "KL102"]
        if rules and _is_whole(os.path.dirname(os.path.abspath(place)), paths):
            for message, span, fix in (gone_from(lock, model) for model in without_models(lock, seen)):
                yield rules[0].report(message, span, fix=fix)


def _is_whole(home: str, paths: Sequence[str]) -> bool:
    """Return whether a run over these paths sees all of a folder."""
    return any(os.path.isdir(path) and _is_below(home, path) for path in paths)


def _is_below(path: str, folder: str) -> bool:
    top = os.path.abspath(folder)
    return os.path.commonpath([os.path.abspath(path), top]) == top


def _is_fixing(arguments: argparse.Namespace) -> bool:
    return bool(arguments.fix or arguments.diff or arguments.add_ignore is not None)


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
        before, after = decode(old, path), decode(outcome.data, path)
        checked.output += unified_diff(path, before.raw or before.text, after.raw or after.text)
    else:
        try:
            replace_file(path, outcome.data)
        except OSError as error:
            return (AnalysisError(path, path, 1, 1, f"cannot be written: {error.strerror or error}", "read"),)
    if arguments.add_ignore is None:
        checked.fixed.extend(outcome.applied)
    return ()


def _deliver(text: str, checked: Checked, arguments: argparse.Namespace) -> None:
    if arguments.output_file:
        try:
            with open(arguments.output_file, "w", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            message = f"{arguments.output_file}: cannot be written: {error.strerror or error}"
            raise UsageError(message) from error
    is_source = arguments.fix and (bool(arguments.stdin_filename) or arguments.paths == ["-"])
    if checked.output or is_source:
        write(checked.output)
        if not arguments.output_file and text:
            complain(text.rstrip("\n"))
    elif not arguments.output_file:
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
        try:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(baseline.written(own, sources, paths))
        except OSError as error:
            message = f"{path}: cannot be written: {error.strerror or error}"
            raise UsageError(message) from error
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
    sources = {a.path: SourceFile(a.path, a.text, cells=a.cells) for a in checked.analyses if a.text}
    for found in checked.diagnostics:
        for span in (found.span, *(related.span for related in found.related)):
            if span.path not in sources:
                try:
                    sources[span.path] = decode(read(span.path) or b"", span.path)
                except SourceError:
                    continue
    return sources
