"""Rules are found in packages, selected by code, prefix, name or ALL, and clashes raise."""

from __future__ import annotations

import pytest

from keraslint.diagnose.configuration import ConfigurationError, Selection
from keraslint.diagnose.diagnostic import Severity
from keraslint.diagnose.registry import Registry, build_registry, load_registry
from keraslint.diagnose.rule import Rule


def make_rule(code: str, name: str, *, is_default: bool = True) -> type[Rule]:
    """Return a rule class."""
    members = {"code": code, "name": name, "severity": Severity.WARNING, "is_default": is_default}
    return type("Made", (Rule,), members)


@pytest.fixture
def registry() -> Registry:
    """Return four rules, one of them off by default."""
    return build_registry(
        [
            make_rule("KL503", "stacked-linear", is_default=False),
            make_rule("KL101", "params-over-budget"),
            make_rule("KL102", "params-changed"),
            make_rule("KL501", "bias-before-batchnorm"),
        ]
    )


def codes(registry: Registry, selection: Selection, path: str = "") -> list[str]:
    """Return the codes of the rules that a selection runs."""
    return [rule.code for rule in registry.select(selection, path)]


def test_rules_that_are_off_by_default_run_when_they_are_named(registry: Registry) -> None:
    assert codes(registry, Selection()) == ["KL101", "KL102", "KL501"]
    assert codes(registry, Selection(extend_select=("KL503",))) == ["KL101", "KL102", "KL501", "KL503"]
    assert codes(registry, Selection(select=("ALL",))) == ["KL101", "KL102", "KL501", "KL503"]


def test_rules_are_selected_by_code_prefix_and_name(registry: Registry) -> None:
    assert codes(registry, Selection(select=("KL1",))) == ["KL101", "KL102"]
    assert codes(registry, Selection(select=("KL10", "stacked-linear"))) == ["KL101", "KL102", "KL503"]
    assert codes(registry, Selection(select=())) == []


def test_the_more_exact_selector_wins(registry: Registry) -> None:
    assert codes(registry, Selection(select=("KL1",), ignore=("KL101",))) == ["KL102"]
    assert codes(registry, Selection(select=("KL101",), ignore=("KL1",))) == ["KL101"]
    assert codes(registry, Selection(select=("KL101",), ignore=("params-over-budget",))) == []
    assert codes(registry, Selection(ignore=("ALL",))) == []


def test_files_have_ignores_of_their_own(registry: Registry) -> None:
    selection = Selection(per_file_ignores={"experiments/**": ("KL5",), "old.py": ("ALL",)})
    assert codes(registry, selection, "experiments/deep/net.py") == ["KL101", "KL102"]
    assert codes(registry, selection, "src/old.py") == []
    assert codes(registry, selection, "src/net.py") == ["KL101", "KL102", "KL501"]


def test_an_unknown_selector_is_answered_with_the_nearest(registry: Registry) -> None:
    with pytest.raises(ConfigurationError, match="`KL1o2` in ignore names no rule; did you mean `KL102`"):
        registry.select(Selection(ignore=("KL1o2",)))
    with pytest.raises(ConfigurationError, match="did you mean `params-over-budget`"):
        registry.select(Selection(select=("param-over-budget",)))


def test_two_rules_of_one_code_or_name_raise() -> None:
    with pytest.raises(ConfigurationError, match="KL101"):
        build_registry([make_rule("KL101", "one-name"), make_rule("KL101", "another-name")])
    with pytest.raises(ConfigurationError, match="one-name"):
        build_registry([make_rule("KL101", "one-name"), make_rule("KL102", "one-name")])


def test_the_installed_packs_are_loaded_through_their_entry_points() -> None:
    found = {rule.code for rule in load_registry().rules}
    assert {"KL001", "KL002", "KL003", "KL004", "KL101", "KL209", "KL302", "KL303"} <= found
