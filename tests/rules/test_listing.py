"""``rules/README.md`` is what the rules themselves say."""

from __future__ import annotations

from pathlib import Path

from keraslint.diagnose.listing import list_rules
from keraslint.diagnose.registry import load_registry

README = Path(__file__).parents[2] / "rules" / "README.md"


def test_the_list_of_rules_is_up_to_date(is_update: bool) -> None:
    text = list_rules(rule for rule in load_registry().rules if rule.__module__.startswith("keraslint_rules."))
    if is_update:
        README.write_text(text)
    assert README.read_text() == text


def test_each_rule_has_a_file_named_for_it() -> None:
    for rule in load_registry().rules:
        assert rule.__module__.rpartition(".")[2] == rule.name.replace("-", "_")
