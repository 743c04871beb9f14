"""``keraslint check``: findings, and their fixes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from keraslint.app.analysed import analyst_of, complain_of_ends, missing, style_of_arguments
from keraslint.app.annotate import unified_diff
from keraslint.app.config import Configuration
from keraslint.app.failure import FAILED, FOUND, OK, UsageError
from keraslint.app.files import find_files, read, shown, speaking_of_keras
from keraslint.app.fixing import Fixer, Outcome, with_content
from keraslint.app.progress import with_progress
from keraslint.app.run import Analyst
from keraslint.app.terminal import complain, complain_of, write
from keraslint.app.write import replace_file
from keraslint.diagnose.budgets import unmatched_budgets
from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.runner import Findings, in_order, run_rules
from keraslint.graph.analysis import Analysis, AnalysisError
from keraslint.report.report import CheckReport, UnknownFormatError, reporter
from keraslint.report.statistics import statistics
from keraslint.report.text import clean, plural
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile


@dataclass(slots=True)
class Checked:
    """What came of a run so far."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    errors: list[AnalysisError] = field(default_factory=list)
    analyses: list[Analysis] = field(default_factory=list)
    fixed: int = 0
    fixable: int = 0
    output: str = ""
    """Diffs, or the fixed standard input."""


def run(arguments: argparse.Namespace) -> int:
    """Check files, fix what may be fixed, and print what is left."""
    format_name = arguments.output_format or "concise"
    analyst = analyst_of(arguments)
    checked = Checked()
    if arguments.stdin_filename or arguments.paths == ["-"]:
        _check_stdin(arguments, analyst, checked)
    else:
        format_name = arguments.output_format or analyst.configurations.of(".").text("output-format") or format_name
        _check_paths(arguments, analyst, checked)
    try:
        render = reporter.find(format_name)
    except UnknownFormatError as problem:
        raise UsageError(str(problem)) from problem
    style = style_of_arguments(arguments)
    report = CheckReport(in_order(checked.diagnostics), checked.errors, _sources(checked), style)
    if arguments.statistics:
        text = statistics(report.diagnostics, checked.analyses)
    else:
        text = render(report)
        if format_name in {"concise", "full"} and not arguments.quiet:
            text += _closing(checked, arguments)
    _deliver(text, checked, arguments)
    for error in checked.errors:
        complain_of(error)
    if arguments.verbose:
        complain_of_ends(checked.analyses)
    if checked.errors:
        return FAILED
    would_fix = arguments.diff and bool(checked.output)
    return FOUND if (checked.diagnostics or would_fix) and not arguments.exit_zero else OK


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
            analyst.configurations.of(path).rule_settings()
    if not found.files and not found.missing:
        analyst.configurations.of(paths[0]).rule_settings()
        if not arguments.quiet:
            complain("keraslint: no Python files here")
    checked.diagnostics.extend(_idle_budgets(paths, analyst, checked.analyses))


def _check_file(path: str, analyst: Analyst, checked: Checked, arguments: argparse.Namespace) -> None:
    judge = _judge(path, analyst)
    analysis = analyst.analyse(path)
    findings = judge(analysis)
    if _is_fixing(arguments) and any(found.fix is not None for found in findings.diagnostics):
        data = read(path) or b""
        outcome = Fixer(analyst, judge, unsafe=arguments.unsafe_fixes).fix(path, data, analysis, findings)
        analysis, findings = outcome.analysis, outcome.findings
        checked.errors.extend(_deliver_fixes(path, data, outcome, checked, arguments))
    _collect(analysis, findings, checked)


def _check_stdin(arguments: argparse.Namespace, analyst: Analyst, checked: Checked) -> None:
    path = shown(arguments.stdin_filename or "-.py")
    data = sys.stdin.buffer.read()
    judge = _judge(path, analyst)
    analysis = analyst.analyse(path, options=with_content(analyst.options(path), path, data))
    findings = judge(analysis)
    if _is_fixing(arguments):
        outcome = Outcome(data, analysis, findings, (), ())
        if not analysis.errors:
            outcome = Fixer(analyst, judge, unsafe=arguments.unsafe_fixes).fix(path, data, analysis, findings)
        analysis, findings = outcome.analysis, outcome.findings
        old, new = data.decode("utf-8", "replace"), outcome.data.decode("utf-8", "replace")
        checked.output = unified_diff(path, old, new) if arguments.diff else new
        checked.fixed += len(outcome.applied)
    _collect(analysis, findings, checked)


def _judge(path: str, analyst: Analyst) -> _Judge:
    configuration = analyst.configurations.of(path)
    return _Judge(configuration, path)


class _Judge:
    """Runs the rules that are selected for one path."""

    def __init__(self, configuration: Configuration, path: str) -> None:
        self._rules = load_registry().select(configuration.selection(), path)
        self._settings = configuration.rule_settings()

    def __call__(self, analysis: Analysis) -> Findings:
        return run_rules(analysis, self._rules, self._settings)


def _collect(analysis: Analysis, findings: Findings, checked: Checked) -> None:
    checked.analyses.append(analysis)
    checked.diagnostics.extend(findings.diagnostics)
    checked.fixable += sum(f.fix is not None and f.fix.applicability.value == "safe" for f in findings.diagnostics)
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
        rules = [rule for rule in load_registry().select(configuration.selection()) if rule.code == "KL004"]
        for budget in unmatched_budgets(own, configuration.rule_settings()) if rules else ():
            pattern = budget.model.partition("::")[0]
            home = os.path.dirname(os.path.abspath(configuration.path)) if configuration.path else os.getcwd()
            is_exact = any(analysis.path.endswith(pattern) for analysis in own) and "*" not in pattern
            is_whole = any(os.path.isdir(path) and _is_below(home, path) for path in paths)
            if budget.where is not None and (is_exact or is_whole):
                message = f"the budget for `{budget.model}` matches no model; correct the pattern or remove it"
                yield rules[0].report(message, budget.where)


def _is_below(path: str, folder: str) -> bool:
    top = os.path.abspath(folder)
    return os.path.commonpath([os.path.abspath(path), top]) == top


def _is_fixing(arguments: argparse.Namespace) -> bool:
    return bool(arguments.fix or arguments.diff)


def _deliver_fixes(
    path: str, old: bytes, outcome: Outcome, checked: Checked, arguments: argparse.Namespace
) -> Iterable[AnalysisError]:
    """Write a file's fixes, or keep the diff; return what went wrong with that."""
    for found in outcome.refused:
        complain(f"keraslint: {clean(path)}:{found.span.line}: the fix of {found.code} was not made: it changes counts")
    if outcome.data == old:
        return ()
    if arguments.diff:
        before, after = decode(old, path), decode(outcome.data, path)
        checked.output += unified_diff(path, before.raw or before.text, after.raw or after.text)
        return ()
    try:
        replace_file(path, outcome.data)
    except OSError as error:
        return (AnalysisError(path, path, 1, 1, f"cannot be written: {error.strerror or error}", "read"),)
    checked.fixed += len(outcome.applied)
    return ()


def _deliver(text: str, checked: Checked, arguments: argparse.Namespace) -> None:
    if arguments.output_file:
        try:
            with open(arguments.output_file, "w", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            message = f"{arguments.output_file}: cannot be written: {error.strerror or error}"
            raise UsageError(message) from error
    is_source = bool(arguments.stdin_filename) and _is_fixing(arguments)
    if checked.output or is_source:
        write(checked.output)
        if not arguments.output_file and not arguments.diff:
            complain(text.rstrip("\n"))
    elif not arguments.output_file:
        write(text)


def _closing(checked: Checked, arguments: argparse.Namespace) -> str:
    lines = []
    if checked.fixed:
        lines.append(f"Fixed {plural(checked.fixed, 'finding')}.")
    if checked.diagnostics:
        lines.append(f"Found {plural(len(checked.diagnostics), 'finding')}.")
    elif not checked.errors and not checked.fixed:
        lines.append("All checks passed!")
    if checked.fixable and not _is_fixing(arguments):
        lines.append(f"[*] {checked.fixable} fixable with the `--fix` option.")
    return "".join(f"{line}\n" for line in lines)


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
