"""The list of all rules, as markdown: what ``rules/README.md`` holds and ``keraslint rules`` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keraslint.diagnose.manual import manual_of
from keraslint.diagnose.rule import Rule


def list_rules(rules: Iterable[type[Rule]]) -> str:
    """Return a markdown table for each group of rules, a group being the folder that they lie in."""
    return "\n".join(_lines(rules)) + "\n"


def group_of(rule: type[Rule]) -> str:
    """Return the folder that a rule's file lies in."""
    parts = rule.__module__.split(".")
    return parts[-2] if len(parts) > 1 else parts[0]


def _lines(rules: Iterable[type[Rule]]) -> Iterator[str]:
    yield "# The rules"
    yield ""
    yield "Each rule is one file, whose docstring is its manual: `keraslint rule KL101` prints it. A code, a beginning"
    yield "of one (`KL1`), a name or `ALL` may stand wherever rules are chosen or ignored. This list is generated from"
    yield "the rules themselves: `pytest tests/rules --update` writes it anew."
    group = ""
    for rule in rules:
        if group_of(rule) != group:
            group = group_of(rule)
            yield from ("", f"## {group}", "", _HEAD, "|---|---|---|---|---|---|")
        summary = " ".join(manual_of(rule).summary.split()).replace("|", "\\|")
        fix = rule.fixes.value if rule.fixes is not None else "none"
        default = "on" if rule.is_default else "off"
        cells = (rule.code, rule.name, summary, rule.severity.value, fix, default)
        yield f"| {' | '.join(cells)} |"


_HEAD = "| code | name | what | severity | fix | default |"
