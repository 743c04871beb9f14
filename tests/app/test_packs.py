"""Rules of somebody else's pack, from the outside: found by their entry point, selected, suppressed, explained."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from keraslint.diagnose.registry import load_registry
from tests.app.running import Project

RULE = '''\
"""ABC123 too-narrow."""

from keraslint import Rule, Severity


class TooNarrow(Rule):
    """A model has fewer than ten parameters.

    ## Why

    Because the pack says so.
    """

    code = "ABC123"
    name = "too-narrow"
    severity = Severity.WARNING

    def check(self, analysis, settings):
        for model in analysis.models:
            yield self.report("the model is narrow", model.span)
'''
NET = "import keras\nm = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]){}\n"


@pytest.fixture
def acme(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Return a project with the pack `acme` installed beside it."""
    project.write("../site/acme_rules/__init__.py", "")
    project.write("../site/acme_rules/narrow.py", RULE)
    project.write("../site/acme-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    project.write("../site/acme-1.0.dist-info/entry_points.txt", "[keraslint.rules]\nacme = acme_rules\n")
    monkeypatch.syspath_prepend(str(project.folder.parent / "site"))
    load_registry.cache_clear()
    yield project
    load_registry.cache_clear()


def _codes(project: Project, comment: str) -> list[str]:
    project.write("net.py", NET.format(comment))
    return [found["code"] for found in json.loads(project.run("check", "--output-format", "json").out)]


def test_its_rules_run_and_are_selected(acme: Project) -> None:
    assert _codes(acme, "") == ["ABC123"]
    assert acme.run("check", "--select", "KL").status == 0
    assert acme.run("check", "--select", "ABC").status == 1
    assert "ABC123  too-narrow" in acme.run("rules").out
    assert acme.run("rule", "ABC123").out.startswith("# ABC123 too-narrow\n")


@pytest.mark.parametrize(
    "comment",
    [
        "  # keraslint: ignore[ABC123]",
        "  # keraslint: ignore[ABC]",
        "  # keraslint: ignore[too-narrow] it is a toy",
        "  # noqa: ABC123",
        "  # noqa: E501, ABC123",
        "  # noqa: ABC1",
        "\n# keraslint: file-ignore[ABC123]",
    ],
)
def test_its_codes_are_understood_in_comments(acme: Project, comment: str) -> None:
    assert _codes(acme, comment) == []


def test_its_codes_are_audited_as_ours_are(acme: Project) -> None:
    assert _codes(acme, "\nx = 1  # keraslint: ignore[ABC123]") == ["ABC123", "KL003"]
    assert _codes(acme, "\nx = 1  # noqa: ABC123, E501") == ["ABC123", "KL003"]
    assert _codes(acme, "\nx = 1  # noqa: ABC999") == ["ABC123", "KL004"]
    assert _codes(acme, "\nx = 1  # noqa: E999") == ["ABC123"]


def test_a_code_of_no_pack_names_the_nearest(project: Project) -> None:
    project.write("net.py", NET.format("  # keraslint: ignore[ABC123]"))
    assert "KL004 `ABC123` names no rule" in project.run("check").out
    project.write("net.py", NET.format("  # keraslint: ignore[KL1O1]"))
    assert "KL004" in project.run("check").out
