"""Every rule's manual is right: its programs are run."""

from __future__ import annotations

import pytest

from keraslint.diagnose.examples import check_manual
from keraslint.diagnose.manual import manual_of, render
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.rule import Rule
from tests.rules.programs import manual_test

RULES = load_registry().rules


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_the_manual_of_a_rule_says_what_the_rule_does(rule: type[Rule]) -> None:
    assert not check_manual(rule, manual_test())


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_a_manual_is_printed_with_its_sections(rule: type[Rule]) -> None:
    text = render(rule)
    assert text.startswith(f"# {rule.code} {rule.name}\n")
    assert all(f"\n## {section.title}\n" in text for section in manual_of(rule).sections)
    assert "\x00" not in text
