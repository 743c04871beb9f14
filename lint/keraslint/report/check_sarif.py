"""``--output-format sarif``: SARIF 2.1.0, as code scanning of GitHub and others reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub makes of it:
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections.abc import Sequence

from keraslint import __version__
from keraslint.diagnose.diagnostic import Diagnostic, Edit, Fix, Severity
from keraslint.diagnose.manual import manual_of, render
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.rule import Rule
from keraslint.graph.analysis import AnalysisError
from keraslint.report.machine import fingerprinted, in_file, json_text, message_of, path_of, uri_of
from keraslint.report.manuals import HOME, manual_url
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean
from keraslint.values.unknown import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
FINGERPRINT = "keraslint/v1"

Json = dict[str, object]


@reporter("sarif")
def sarif(report: CheckReport) -> str:
    """Return one log with one run: the rules that found something, the findings, and what could not be analysed."""
    codes = sorted({found.code for found in report.diagnostics})
    run: Json = {
        "tool": {
            "driver": {
                "name": "keraslint",
                "version": __version__,
                "informationUri": HOME,
                "rules": [_rule(code, report.diagnostics) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.errors,
                "toolExecutionNotifications": [_notification(error, report) for error in report.errors],
            }
        ],
        "results": [_result(found, mark, codes.index(found.code), report) for found, mark in fingerprinted(report)],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(code: str, diagnostics: Sequence[Diagnostic]) -> Json:
    """Return a rule with its manual; of a finding that no installed rule stands for, what the finding says of it."""
    known = next((rule for rule in load_registry().find(code) if rule.code == code), None)
    if known is None:
        found = next(item for item in diagnostics if item.code == code)
        return {"id": code, "name": found.name, "defaultConfiguration": {"level": LEVELS[found.severity]}}
    url = manual_url(code)
    return {
        "id": code,
        "name": known.name,
        "shortDescription": _message(" ".join(manual_of(known).summary.split())),
        "help": _help(known),
        **({"helpUri": url} if url else {}),
        "defaultConfiguration": {"level": LEVELS[known.severity]},
        "properties": {"tags": ["keras", known.__module__.split(".")[-2]]},
    }


def _help(rule: type[Rule]) -> Json:
    text = render(rule)
    return {"text": text, "markdown": text}


def _result(found: Diagnostic, fingerprint: str, index: int, report: CheckReport) -> Json:
    notes = "".join(f"\n{clean(note)}" for note in found.notes)
    result: Json = {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": LEVELS[found.severity],
        "message": _message(message_of(found) + notes),
        "locations": [_location(found.span, report)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if found.related:
        result["relatedLocations"] = [
            {"id": number, **_location(related.span, report), "message": _message(clean(related.message))}
            for number, related in enumerate(found.related, start=1)
        ]
    if found.fix is not None and all(edit.span.cell is None for edit in found.fix.edits):
        result["fixes"] = [_fix(found.fix, report)]
    return result


def _fix(fix: Fix, report: CheckReport) -> Json:
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.span.path, []).append(edit)
    return {
        "description": _message(clean(fix.message)),
        "artifactChanges": [
            {
                "artifactLocation": _artifact(edits[0].span, report),
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}} for edit in edits
                ],
            }
            for edits in by_path.values()
        ],
    }


def _notification(error: AnalysisError, report: CheckReport) -> Json:
    span = Span(error.path, error.line, error.column, error.line, error.column)
    return {
        "level": "error",
        "message": _message(clean(error.message)),
        **({"locations": [_location(span, report)]} if error.path else {}),
    }


def _location(span: Span, report: CheckReport) -> Json:
    return {
        "physicalLocation": {"artifactLocation": _artifact(span, report), "region": _region(in_file(span))},
    }


def _artifact(span: Span, report: CheckReport) -> Json:
    path = path_of(span, report)
    return {"uri": uri_of(path), **({} if path.startswith("/") else {"uriBaseId": "%SRCROOT%"})}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _message(text: str) -> Json:
    """Return a message; ``[name](address)`` would be a link, and a name of a stranger's could make one."""
    return {"text": text.replace("](", "] (")}
