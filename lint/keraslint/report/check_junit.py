"""``--output-format junit``: JUnit's XML, which Jenkins and most others read: a test case a finding, a suite a file.

What is no more than a hint is a test that has passed, with the hint as its output.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.graph.analysis import AnalysisError
from keraslint.report.machine import message_of, path_of
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean, place


@reporter("junit")
def junit(report: CheckReport) -> str:
    """Return one document; a run that found nothing is one test that has passed."""
    suites = [
        _suite(path_of(own[0].span, report), [_case(found) for found in own], failures=_failures(own))
        for own in _by_file(report.diagnostics)
    ]
    if report.errors:
        suites.append(_suite("not analysed", [_error(error) for error in report.errors], errors=len(report.errors)))
    if not suites:
        suites.append(_suite("keraslint", ['<testcase name="no findings" classname="keraslint"/>']))
    failures, errors = _failures(report.diagnostics), len(report.errors)
    tests = len(report.diagnostics) + errors or 1
    head = f'<testsuites name="keraslint" tests="{tests}" failures="{failures}" errors="{errors}">'
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _by_file(diagnostics: Sequence[Diagnostic]) -> Iterator[Sequence[Diagnostic]]:
    for _, own in itertools.groupby(diagnostics, key=lambda found: found.span.path):
        yield list(own)


def _suite(name: str, cases: Sequence[str], *, failures: int = 0, errors: int = 0) -> str:
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
    return "\n".join(
        [f'  <testsuite name="{_safe(name)}" {counts}>', *(f"    {case}" for case in cases), "  </testsuite>"]
    )


def _failures(diagnostics: Sequence[Diagnostic]) -> int:
    return sum(found.severity is not Severity.INFO for found in diagnostics)


def _case(found: Diagnostic) -> str:
    where = place(found.span)
    text = "\n".join([f"{where}: {message_of(found)}", *map(clean, found.notes)])
    case = f'name="{_safe(f"{found.code} {where}")}" classname="keraslint.{_safe(found.name)}"'
    kind = f'type="{found.severity.value}" message="{_safe(message_of(found))}"'
    if found.severity is Severity.INFO:
        return f"<testcase {case}><system-out>{_safe(text, is_body=True)}</system-out></testcase>"
    return f"<testcase {case}><failure {kind}>{_safe(text, is_body=True)}</failure></testcase>"


def _error(error: AnalysisError) -> str:
    where = f"{error.path}:{error.line}:{error.column}"
    case = f'name="{_safe(where)}" classname="keraslint.{error.kind}"'
    return f'<testcase {case}><error type="{error.kind}" message="{_safe(error.message)}"/></testcase>'


_NOT_XML = re.compile(r"[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _safe(text: str, *, is_body: bool = False) -> str:
    """Return text for an attribute or a body: marks as entities, and what XML cannot have spelled out."""
    lines = map(clean, text.split("\n")) if is_body else [clean(text)]
    spelled = _NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", "\n".join(lines))
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        spelled = spelled.replace(mark, entity)
    return spelled
