"""Runs rules over an analysis: findings in order of place, without the suppressed ones, and the errors of rules."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.registry import Registry, load_registry
from keraslint.diagnose.rule import Rule, Settings
from keraslint.diagnose.suppress import DirectiveAudit, DirectiveRule, audit_directives, registry_directive_codes, sift
from keraslint.graph.analysis import Analysis, AnalysisError


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules say of one file."""

    diagnostics: tuple[Diagnostic, ...]
    """Sorted by place, then by code."""
    suppressed: tuple[Diagnostic, ...] = ()
    """What a comment hides, in the same order."""
    errors: tuple[AnalysisError, ...] = ()
    """Rules that failed (kind ``internal``): a bug of the rule, not a finding."""


def run_rules(
    analysis: Analysis, rules: Sequence[Rule], settings: Settings, *, registry: Registry | None = None
) -> Findings:
    """Run rules over one analysis; ``registry`` (default: all installed packs) says which codes comments may name."""
    known = registry or load_registry()
    errors: list[AnalysisError] = []

    def guard(rule: Rule, found: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
        try:
            yield from found
        except Exception as problem:  # noqa: BLE001  one broken rule must not end the run
            errors.append(_internal_error(analysis, rule, problem))

    ordinary = [rule for rule in rules if not isinstance(rule, DirectiveRule)]
    sifted = sift(
        (found for rule in ordinary for found in guard(rule, _check(rule, analysis, settings))),
        analysis,
        known,
    )
    ran = {rule.code for rule in ordinary} - {error.target for error in errors}
    audit = audit_directives(analysis, sifted.suppressed, known, ran - registry_directive_codes(known))
    late = sift(
        (
            found
            for rule in rules
            if isinstance(rule, DirectiveRule)
            for found in guard(rule, _check_directives(rule, analysis, settings, audit))
        ),
        analysis,
        known,
    )
    return Findings(
        in_order([*sifted.kept, *late.kept]), in_order([*sifted.suppressed, *late.suppressed]), tuple(errors)
    )


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics sorted by place, then code, each once."""
    unique: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        unique.setdefault((diagnostic.code, diagnostic.span, diagnostic.message), diagnostic)
    return tuple(sorted(unique.values(), key=_place))


def _check(rule: Rule, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
    """Call a rule when the first finding is asked for, so that one that fails before does so under guard too."""
    yield from rule.check(analysis, settings)


def _check_directives(
    rule: DirectiveRule, analysis: Analysis, settings: Settings, audit: DirectiveAudit
) -> Iterator[Diagnostic]:
    yield from rule.check_directives(analysis, settings, audit)


def _place(diagnostic: Diagnostic) -> tuple[object, ...]:
    span = diagnostic.span
    return span.path, span.cell or 0, span.line, span.column, diagnostic.code, diagnostic.message


def _internal_error(analysis: Analysis, rule: Rule, problem: Exception) -> AnalysisError:
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" ({frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    message = f"rule {rule.code} ({rule.name}) failed: {type(problem).__name__}: {problem}{place}"
    return AnalysisError(rule.code, analysis.path, 1, 1, message, "internal")
