"""Findings come in order, once; a rule that fails ends nothing but itself; comments suppress."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.diagnose.registry import build_registry
from keraslint.diagnose.rule import Rule, Settings
from keraslint.diagnose.runner import run_rules
from keraslint.diagnose.suppress import DirectiveAudit, DirectiveRule
from keraslint.graph.analysis import Analysis, DirectiveRecord
from keraslint.values.unknown import Span


def span(line: int, column: int = 1) -> Span:
    """Return a place in the file."""
    return Span("a.py", line, column, line, column + 1)


def analysis_of(*directives: DirectiveRecord) -> Analysis:
    """Return an analysis with nothing but comments."""
    return Analysis("a.py", "", "3", {}, (), (), (), (), directives)


class Lines(Rule):
    """Reports some lines."""

    code = "KL901"
    name = "some-lines"
    severity = Severity.WARNING
    lines = (3, 1, 2, 1)

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield a finding for each line."""
        del analysis, settings
        for line in self.lines:
            yield self.report("found", span(line))


class First(Lines):
    """Reports the first line."""

    code = "KL900"
    name = "first-line"
    lines = (1,)


class Broken(Rule):
    """Reports a line and then fails."""

    code = "KL902"
    name = "broken-rule"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield one finding and fail."""
        del analysis, settings
        yield self.report("before", span(9))
        message = "no such thing"
        raise KeyError(message)


class Audits(DirectiveRule):
    """Reports the audit."""

    code = "KL903"
    name = "audits-comments"
    severity = Severity.WARNING

    def check_directives(self, analysis: Analysis, settings: Settings, audit: DirectiveAudit) -> Iterator[Diagnostic]:
        """Yield what the audit says."""
        del analysis, settings
        for unused in audit.unused:
            yield self.report(f"unused {', '.join(unused.codes)}", unused.directive.span)
        for unknown in audit.unknown:
            yield self.report(f"unknown {unknown.code} {unknown.nearest}", unknown.directive.span)


REGISTRY = build_registry([Lines, First, Broken, Audits])


def run(*directives: DirectiveRecord, rules: tuple[type[Rule], ...] = (Lines, First, Audits)) -> list[tuple[int, str]]:
    """Return the line and code of what is found, the audit's words instead of its code."""
    findings = run_rules(analysis_of(*directives), [rule() for rule in rules], Settings(), registry=REGISTRY)
    return [(item.span.line, item.message if item.code == "KL903" else item.code) for item in findings.diagnostics]


def test_findings_are_sorted_by_place_and_code_and_reported_once() -> None:
    assert run() == [(1, "KL900"), (1, "KL901"), (2, "KL901"), (3, "KL901")]


def test_a_rule_that_fails_is_an_error_of_the_run_and_not_a_finding() -> None:
    findings = run_rules(analysis_of(), [Broken(), First()], Settings(), registry=REGISTRY)
    assert [item.code for item in findings.diagnostics] == ["KL900", "KL902"]
    (error,) = findings.errors
    assert error.kind == "internal"
    assert "KL902 (broken-rule) failed: KeyError: 'no such thing'" in error.message


def test_a_comment_suppresses_by_code_prefix_and_name() -> None:
    rest = [(2, "KL901"), (3, "KL901")]
    assert run(DirectiveRecord("ignore", span(1), ("KL900", "KL901"), applies_to=1)) == rest
    assert run(DirectiveRecord("ignore", span(1), ("KL9",), applies_to=1), rules=(Lines, First)) == rest
    assert run(DirectiveRecord("noqa", span(1), ("KL901",), applies_to=1)) == [(1, "KL900"), *rest]
    assert run(DirectiveRecord("ignore", span(1), ("first-line",), applies_to=1)) == [(1, "KL901"), *rest]
    assert run(DirectiveRecord("file-ignore", span(9), ("some-lines",), applies_to=9)) == [(1, "KL900")]


def test_what_is_suppressed_is_given_apart() -> None:
    directive = DirectiveRecord("file-ignore", span(9), ("KL901",))
    findings = run_rules(analysis_of(directive), [Lines(), First()], Settings(), registry=REGISTRY)
    assert [item.span.line for item in findings.suppressed] == [1, 2, 3]


def test_the_audit_tells_unused_codes_of_rules_that_ran() -> None:
    directive = DirectiveRecord("ignore", span(2), ("KL900", "KL901"), applies_to=2)
    assert (2, "unused KL900") in run(directive)
    assert (2, "unused KL900") not in run(directive, rules=(Lines, Audits))


def test_the_audit_tells_codes_that_name_no_rule() -> None:
    assert (2, "unknown KL9O1 KL901") in run(DirectiveRecord("ignore", span(2), ("KL9O1",), applies_to=2))
    assert len(run(DirectiveRecord("noqa", span(2), ("XYZ12",), applies_to=2))) == 4


def test_a_comment_that_does_not_parse_suppresses_nothing() -> None:
    assert len(run(DirectiveRecord("ignore", span(1), ("KL901",), applies_to=1, error="no"))) == 4
