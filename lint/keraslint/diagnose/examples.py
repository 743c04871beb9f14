"""Runs the programs of a rule's manual: marked lines have to be reported, others silent, *Fixed* what the fix makes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from keraslint.diagnose.configuration import settings_of
from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.diagnose.edits import apply_fixes
from keraslint.diagnose.lock import Lock
from keraslint.diagnose.lock_reading import parse_lock
from keraslint.diagnose.manual import SECTIONS, Manual, Program, manual_of, programs_of
from keraslint.diagnose.options import checked_options
from keraslint.diagnose.places import source_of
from keraslint.diagnose.registry import Registry
from keraslint.diagnose.rule import Rule, Settings
from keraslint.diagnose.runner import Findings, run_rules
from keraslint.graph.analysis import Analysis
from keraslint.source.text import SourceFile

Analyse = Callable[[str, str], Analysis]
"""Text and path of a program to its analysis."""

_PASSES = 10


@dataclass(frozen=True, slots=True)
class ManualTest:
    """What a manual is tested with: all rules that there are, and how a program is analysed."""

    registry: Registry
    analyse: Analyse


def check_manual(rule: type[Rule], test: ManualTest) -> tuple[str, ...]:
    """Return what is wrong with a rule's manual, one sentence each; nothing where it is right."""
    manual = manual_of(rule)
    return (*_form(rule, manual), *_programs(rule, manual, test), *_fixes(rule, manual, test))


def _form(rule: type[Rule], manual: Manual) -> Iterator[str]:
    titles = [section.title for section in manual.sections]
    if not manual.summary or "\n\n" in manual.summary:
        yield f"{rule.code}: the manual has to begin with one sentence"
    for title in ("Why", "Bad", "Good"):
        if title not in titles:
            yield f"{rule.code}: the manual has no section {title}"
    if titles != [title for title in SECTIONS if title in titles]:
        yield f"{rule.code}: sections are {', '.join(titles)}; their order is {', '.join(SECTIONS)}"
    if not any(program.marks for program in programs_of(manual, "Bad")):
        yield f"{rule.code}: no line of a Bad program is marked # {rule.code}"
    if rule.fixes is not None and not programs_of(manual, "Fixed"):
        yield f"{rule.code}: a rule with a fix has to show it in a section Fixed"
    told = manual.section("Options")
    for name in rule.options:
        if told is None or f"`{name}`" not in told.text:
            yield f"{rule.code}: the section Options does not speak of `{name}`"


def _programs(rule: type[Rule], manual: Manual, test: ManualTest) -> Iterator[str]:
    for title in ("Bad", "Good", "Fixed"):
        for program in programs_of(manual, title):
            findings = _run(program.text, program, rule, test)
            yield from (f"{rule.code} {program.title}: {error.message}" for error in findings.errors)
            reported = {(item.span.line, item.code) for item in findings.diagnostics if _is_told(item, rule)}
            marked = set(program.marks)
            if title == "Bad" and not marked:
                yield f"{rule.code} {program.title}: no line is marked"
            for line, code in sorted(marked - reported):
                yield f"{rule.code} {program.title}: line {line} is marked # {code} and not reported"
            for line, code in sorted(reported - marked):
                message = next(d.message for d in findings.diagnostics if (d.span.line, d.code) == (line, code))
                yield f"{rule.code} {program.title}: line {line} is reported and not marked: {code} {message}"


def _is_told(diagnostic: Diagnostic, rule: type[Rule]) -> bool:
    """Return whether a finding counts in a rule's manual: hints of other rules do not."""
    return diagnostic.code == rule.code or diagnostic.severity is not Severity.INFO


def _fixes(rule: type[Rule], manual: Manual, test: ManualTest) -> Iterator[str]:
    bad = programs_of(manual, "Bad")
    for program, fixed in zip(bad, programs_of(manual, "Fixed"), strict=False):
        made = fix_text(program, rule, test)
        if made.strip() != fixed.text.strip():
            yield f"{rule.code} {fixed.title}: the fix makes of {program.title}\n{made}"


def fix_text(program: Program, rule: type[Rule], test: ManualTest) -> str:
    """Return a program after all fixes, unsafe ones too, in as many passes as it takes."""
    text = program.text
    for _ in range(_PASSES):
        analysis = test.analyse(text, "example.py")
        findings = _findings(analysis, program, rule, test)
        fixed = apply_fixes(source_of(analysis), _of_rule(findings.diagnostics, rule), unsafe=True)
        if not fixed.applied:
            break
        text = fixed.text
    return text


def _of_rule(diagnostics: tuple[Diagnostic, ...], rule: type[Rule]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics if diagnostic.code == rule.code]


def _run(text: str, program: Program, rule: type[Rule], test: ManualTest) -> Findings:
    return _findings(test.analyse(text, "example.py"), program, rule, test)


def _findings(analysis: Analysis, program: Program, rule: type[Rule], test: ManualTest) -> Findings:
    """Run all rules that are on by default, and this one."""
    wanted = [item() for item in test.registry.rules if item.is_default or item.code == rule.code]
    return run_rules(analysis, wanted, _settings(program, test.registry), registry=test.registry)


def _settings(program: Program, registry: Registry) -> Settings:
    table = tomllib.loads(program.configuration)
    settings = settings_of(table.get("tool", {}).get("keraslint", table))
    return replace(settings, options=checked_options(settings.options, registry), lock=lock_of(program.lock))


def lock_of(text: str) -> Lock | None:
    """Return the lock file of a program in a manual."""
    source = SourceFile("keraslint.lock", text)
    return Lock(source, parse_lock(source)) if text else None
