"""``keraslint rule`` and ``keraslint rules``: a rule's manual, and the list of all."""

from __future__ import annotations

import argparse

from keraslint.app.failure import OK
from keraslint.app.terminal import write
from keraslint.diagnose.manual import manual_of, render
from keraslint.diagnose.registry import load_registry


def run_rule(arguments: argparse.Namespace) -> int:
    """Print the manual of each rule that is named."""
    registry = load_registry()
    found = [rule for name in arguments.rules for rule in registry.require(name, "`keraslint rule`")]
    write("\n".join(render(rule) for rule in found))
    return OK


def run_rules(arguments: argparse.Namespace) -> int:
    """Print a line a rule: code, name, severity, fix, whether it is on by default, and its first sentence."""
    del arguments
    rules = load_registry().rules
    width = max((len(rule.name) for rule in rules), default=0)
    for rule in rules:
        fix = f"{rule.fixes.value} fix" if rule.fixes is not None else ""
        default = "" if rule.is_default else "off by default; "
        summary = " ".join(manual_of(rule).summary.split())
        write(f"{rule.code}  {rule.name:<{width}}  {rule.severity.value:<7}  {fix:<10}  {default}{summary}\n")
    return OK
