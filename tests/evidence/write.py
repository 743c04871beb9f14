"""Writes `rules/EVIDENCE.md` from the judged findings: `python -m tests.evidence.write`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from keraslint.diagnose.registry import load_registry
from tests.evidence.collect import LEFT_OUT, PACKAGES, read_findings
from tests.evidence.neuralint import RULES as PEERS

EVIDENCE = Path(__file__).parents[2] / "rules" / "EVIDENCE.md"
LEAST = 0.9
"""The precision below which a rule is off by default."""

HEAD = """# How precise the rules are

What every rule finds in code that nobody here wrote, with all rules selected, judged one by one by reading the code, and
errors by what Keras does. A finding is true where it says what is so and its reader would want to know it. This page is
written by `python -m tests.evidence.write` from `fixtures/evidence/findings.jsonl`, where each finding stands with its
judgement; `python -m tests.evidence.collect` brings findings of packages into it. Rules about what only a user of
keraslint writes ({}) have nothing to find there.
"""


def evidence() -> str:
    """Return the page."""
    findings = read_findings()
    head = HEAD.format(", ".join(LEFT_OUT))
    return "\n".join([head, *_packages(), *_rules(findings), *_false(findings), *_errors(findings), *_peers()]) + "\n"


def _packages() -> Iterator[str]:
    counts = json.loads(PACKAGES.read_text())
    yield "## The packages\n"
    total = sum(count["files"] for count in counts.values())
    yield f"{len(counts)} packages of the Python Package Index, {total:,} files:\n"
    yield ", ".join(f"{name.replace('==', ' ')}" for name in sorted(counts, key=str.lower)) + ".\n"
    late = [path for count in counts.values() for path in count["left out"]]
    if late:
        yield f"Left out, because they take too long: {', '.join(late)}.\n"


def _rules(findings: list[dict]) -> Iterator[str]:
    yield "## Findings by rule\n"
    yield "| code | name | findings | true | precision | default |\n|---|---|--:|--:|--:|---|"
    number = Counter(item["code"] for item in findings)
    true = Counter(item["code"] for item in findings if item["verdict"])
    for rule in load_registry().rules:
        if rule.code not in LEFT_OUT:
            count = number[rule.code]
            share = f"{true[rule.code] / count:.2f}" if count else "–"
            default = "on" if rule.is_default else "off"
            yield f"| {rule.code} | {rule.name} | {count} | {true[rule.code]} | {share} | {default} |"
    yield ""


def _false(findings: list[dict]) -> Iterator[str]:
    yield "## The false ones\n"
    false = [item for item in findings if not item["verdict"]]
    for item in false:
        yield f"- {item['code']} {item['package']} `{item['path']}:{item['line']}`: {item['message']}. {item['why']}"
    yield "None.\n" if not false else ""


def _errors(findings: list[dict]) -> Iterator[str]:
    yield "## Errors, and how real Keras shows them\n"
    errors = [item for item in findings if item["severity"] == "error"]
    for item in errors:
        yield f"- {item['code']} {item['package']} `{item['path']}:{item['line']}`: {item['message']}. {item['why']}"
    yield ""
    own = [item for item in errors if item["package"].startswith("keras==")]
    yield f"Errors in `keras/src/applications`: {len(own)}.\n"


def _peers() -> Iterator[str]:
    yield "## NeuraLint's rules and ours\n"
    yield "The 23 rules of [NeuraLint](https://doi.org/10.1145/3470006), the code that answers each, and a program.\n"
    yield "| NeuraLint | keraslint | program |\n|---|---|---|"
    for rule, codes, program in PEERS:
        yield f"| {rule} | {codes} | {program} |"


if __name__ == "__main__":
    EVIDENCE.write_text(evidence())
