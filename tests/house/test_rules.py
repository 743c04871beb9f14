"""Every rule has one code, one name, one file and a manual."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

import pytest

from keraslint.diagnose.manual import manual_of
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.rule import Rule

RULES = load_registry().rules


def test_there_are_rules() -> None:
    assert {"KL001", "KL101"} <= {rule.code for rule in RULES}


def test_one_code_is_one_rule() -> None:
    words = Counter(word for rule in RULES for word in (rule.code, rule.name))
    assert [word for word, count in words.items() if count > 1] == []


def test_one_file_is_one_rule() -> None:
    modules = Counter(rule.__module__ for rule in RULES)
    assert [module for module, count in modules.items() if count > 1] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_manual(rule: type[Rule]) -> None:
    manual = manual_of(rule)
    assert manual.summary
    assert {"Why", "Bad", "Good"} <= {section.title for section in manual.sections}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_lies_in_the_file_of_its_name(rule: type[Rule]) -> None:
    assert rule.__module__.rpartition(".")[2] == rule.name.replace("-", "_")


def test_every_module_of_the_pack_is_found() -> None:
    package = importlib.import_module("keraslint_rules")
    modules = {info.name for info in pkgutil.walk_packages(package.__path__, "keraslint_rules.") if not info.ispkg}
    assert {rule.__module__ for rule in RULES if rule.__module__.startswith("keraslint_rules.")} <= modules
