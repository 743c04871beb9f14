"""Programs that have to be reported, and near misses that must not be; shape errors are checked with real Keras."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from keraslint.diagnose.configuration import settings_of
from keraslint.diagnose.diagnostic import Severity
from keraslint.diagnose.examples import lock_of
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.runner import run_rules
from tests.rules.programs import CASES, Case, analyse, read_cases

CODES = sorted(path.stem for path in CASES.glob("KL*.md"))
ALL = [(code, case) for code in CODES for case in read_cases(code)]
ENOUGH = 5


@pytest.mark.parametrize(("code", "case"), ALL, ids=[f"{code}: {case.title}" for code, case in ALL])
def test_marked_lines_are_reported_and_no_others(code: str, case: Case) -> None:
    rules = [rule() for rule in load_registry().rules if rule.is_default or rule.code == code]
    settings = replace(settings_of(_table(case)), lock=lock_of(case.program.lock))
    findings = run_rules(analyse(case.program.text), rules, settings)
    assert not findings.errors
    told = [item for item in findings.diagnostics if item.code == code or item.severity is not Severity.INFO]
    assert {(item.span.line, item.code) for item in told} == set(case.program.marks), [
        (item.span.line, item.code, item.message) for item in told
    ]
    assert bool(case.program.marks) == (case.kind == "Fires")


@pytest.mark.parametrize("code", CODES)
def test_a_rule_has_programs_enough(code: str) -> None:
    kinds = [case.kind for case in read_cases(code)]
    assert kinds.count("Fires") >= ENOUGH
    assert kinds.count("Silent") >= ENOUGH


def _table(case: Case) -> dict[str, object]:
    return tomllib.loads(case.program.configuration)
