"""``keraslint test-rules``: runs the programs in the manuals of a pack's rules, as the built-in ones are tested."""

from __future__ import annotations

import argparse

from keraslint.app.failure import FOUND, OK, UsageError
from keraslint.app.terminal import complain, write
from keraslint.diagnose.examples import ManualTest, check_manual
from keraslint.diagnose.registry import build_registry, load_registry, rules_of
from keraslint.graph.analysis import Analysis
from keraslint.interp.analyse import Options, analyse_source
from keraslint.report.text import plural
from keraslint.source.text import SourceFile


def run(arguments: argparse.Namespace) -> int:
    """Print what is wrong with the manuals of packs, installed or only importable."""
    problems: list[str] = []
    for package in arguments.packages:
        rules = rules_of(package)
        if not rules:
            raise UsageError(f"`{package}` has no rules: classes that derive from `keraslint.Rule` and have a `code`")
        test = ManualTest(build_registry(dict.fromkeys([*load_registry().rules, *rules])), _analyse)
        found = [problem for rule in rules for problem in check_manual(rule, test)]
        problems += found
        if not arguments.quiet:
            complain(f"keraslint: {plural(len(rules), 'rule')} of {package}: {plural(len(found), 'problem')}")
    write("".join(f"{problem}\n" for problem in problems))
    return FOUND if problems else OK


def _analyse(text: str, path: str) -> Analysis:
    return analyse_source(SourceFile(path, text), (), Options(read=lambda _: None))
