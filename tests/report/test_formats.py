"""Formats of ``check`` for other programs: as their documents have them, and safe whatever a name or message holds."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import cast

import jsonschema
import pytest
import xmlschema

from keraslint.diagnose.diagnostic import Applicability, Diagnostic, Edit, Fix, Related, Severity
from keraslint.diagnose.registry import load_registry
from keraslint.graph.analysis import AnalysisError
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import Style
from keraslint.source.text import Cell, SourceFile
from keraslint.values.unknown import Span
from tests.report.records import finding

SCHEMAS = Path(__file__).parents[2] / "fixtures" / "schemas"
SOURCE = SourceFile("net.py", "x = 1\ny = Dense(1)\nz = 2\n")
MACHINES = ("json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson")
READERS = ("concise", "full", "grouped")


def rendered(name: str, *diagnostics: Diagnostic, sources: tuple[SourceFile, ...] = (SOURCE,), prefix: str = "") -> str:
    report = CheckReport(diagnostics, sources={source.path: source for source in sources}, prefix=prefix)
    return reporter.find(name)(report)


def known(code: str = "KL101", **changes: object) -> Diagnostic:
    rule = next(rule for rule in load_registry().rules if rule.code == code)
    values: dict[str, object] = {"severity": rule.severity, "message": "too large", "span": Span("net.py", 2, 5, 2, 13)}
    return Diagnostic(code, rule.name, **cast("dict[str, object]", {**values, **changes}))  # type: ignore[arg-type]


def sarif(*diagnostics: Diagnostic, **options: object) -> dict[str, object]:
    document = json.loads(rendered("sarif", *diagnostics, **options))  # type: ignore[arg-type]
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
    return document["runs"][0]


def junit(report: CheckReport) -> ET.Element:
    text = reporter.find("junit")(report)
    xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(text)
    return ET.fromstring(text)


def test_there_are_the_formats_that_the_help_names() -> None:
    assert set(reporter.names()) == {*MACHINES, *READERS}


def test_sarif_has_the_rule_with_its_manual() -> None:
    run = sarif(known())
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("KL101", "params-over-budget")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert "## Why" in rule["help"]["markdown"]
    assert rule["helpUri"].endswith("/rules/keraslint_rules/budget/params_over_budget.py")


def test_sarif_has_places_fixes_and_fingerprints() -> None:
    (result,) = sarif(finding())["results"]
    region = {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 13}
    artifact = {"uri": "net.py", "uriBaseId": "%SRCROOT%"}
    assert result["level"] == "warning"
    assert result["locations"] == [{"physicalLocation": {"artifactLocation": artifact, "region": region}}]
    assert result["relatedLocations"][0]["message"] == {"text": "made here"}
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "Dense(2)"}}]
    assert list(result["partialFingerprints"]) == ["keraslint/v1"]


def test_sarif_of_a_run_that_failed_says_so() -> None:
    errors = [AnalysisError("a.py", "a.py", 3, 1, "cannot be read")]
    document = json.loads(reporter.find("sarif")(CheckReport([], errors)))
    (invocation,) = document["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"] == {"text": "cannot be read"}


def test_a_fingerprint_stays_when_lines_move_and_tells_equal_lines_apart() -> None:
    def marks(text: str, *lines: int) -> list[str]:
        found = [known(span=Span("net.py", line, 1, line, 2)) for line in lines]
        report = json.loads(rendered("gitlab", *found, sources=(SourceFile("net.py", text),)))
        return [item["fingerprint"] for item in report]

    before = marks("y = Dense(1)\ny = Dense(1)\n", 1, 2)
    assert before == marks("import keras\n\ny = Dense(1)\nz = 1\n  y = Dense(1)\n", 3, 5)
    assert len(set(before)) == 2


def test_a_finding_in_a_notebook_is_told_by_cell_and_line() -> None:
    source = SourceFile("n.ipynb", "a = 1\nb = 2\nc = 3\n", cells=(Cell(1, 0), Cell(2, 6)))
    found = known(span=Span("n.ipynb", 2, 1, 2, 2, 2))
    (result,) = sarif(found, sources=(source,))["results"]
    assert result["message"]["text"] == "cell 2, line 2: too large"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert "line=1,col=1,endLine=1,endColumn=1::n.ipynb:cell 2:2:1: " in rendered("github", found, sources=(source,))


def test_github_commands_are_escaped_as_its_toolkit_does() -> None:
    found = known(message="100%: a, b", span=Span("a,b:c%.py", 2, 5, 2, 13), notes=("and more",))
    expected = (
        "::error title=keraslint (KL101),file=a%2Cb%3Ac%25.py,line=2,col=5,endLine=2,endColumn=13"
        "::a,b:c%25.py:2:5: KL101 100%25: a, b%0Aand more\n"
    )
    assert rendered("github", found, sources=()) == expected


def test_github_takes_columns_only_on_one_line() -> None:
    text = rendered("github", known(severity=Severity.INFO, span=Span("net.py", 2, 5, 3, 2)))
    assert text.startswith("::notice title=keraslint (KL101),file=net.py,line=2,endLine=3::")


def test_gitlab_has_the_fields_of_code_quality() -> None:
    (only,) = json.loads(rendered("gitlab", known(), prefix="nets/"))
    assert re.fullmatch(r"[0-9a-f]{32}", only.pop("fingerprint"))
    assert only == {
        "description": "KL101 too large",
        "check_name": "KL101",
        "severity": "major",
        "location": {"path": "nets/net.py", "lines": {"begin": 2, "end": 2}},
    }


def test_junit_is_a_suite_a_file_and_a_case_a_finding() -> None:
    error = AnalysisError("b.py", "b.py", 1, 1, "cannot be read", "read")
    top = junit(CheckReport([known(), finding()], [error]))
    assert (top.get("tests"), top.get("failures"), top.get("errors")) == ("3", "2", "1")
    assert [suite.get("name") for suite in top] == ["net.py", "not analysed"]
    failure = top.find(".//failure")
    assert failure is not None
    assert (failure.get("type"), failure.text) == ("error", "net.py:2:5: too large")


def test_a_hint_fails_no_job() -> None:
    top = junit(CheckReport([known(severity=Severity.INFO)]))
    assert (top.get("tests"), top.get("failures")) == ("1", "0")
    assert top.findtext(".//system-out") == "net.py:2:5: too large"


def test_junit_of_nothing_is_a_test_that_has_passed() -> None:
    (suite,) = junit(CheckReport([]))
    assert [len(case) for case in suite] == [0]


def test_rdjson_counts_bytes_and_suggests_fixes() -> None:
    source = SourceFile("net.py", "s = '漢é'; Dense(1)\n")
    span = Span("net.py", 1, 11, 1, 19)
    found = known(span=span, fix=Fix("f", Applicability.SAFE, (Edit(span, "Dense(2)"),)))
    (only,) = json.loads(rendered("rdjson", found, sources=(source,)))["diagnostics"]
    expected = {"start": {"line": 1, "column": 14}, "end": {"line": 1, "column": 22}}
    assert source.text.encode()[13:21] == b"Dense(1)"
    assert only["location"] == {"path": "net.py", "range": expected}
    assert only["suggestions"] == [{"range": expected, "text": "Dense(2)"}]
    assert (only["severity"], only["code"]["value"]) == ("ERROR", "KL101")


def test_grouped_has_the_findings_below_their_file() -> None:
    other = known(span=Span("other.py", 12, 1, 12, 2))
    assert rendered("grouped", known(), finding(), other) == (
        "net.py:\n  2:5  KL101 too large\n  2:5  KL999 `Dense` is too narrow\n\nother.py:\n  12:1  KL101 too large\n\n"
    )


def test_codes_are_links_on_a_terminal_that_takes_them() -> None:
    for name in READERS:
        text = reporter.find(name)(CheckReport([known()], style=Style(links=True)))
        assert re.search(r"\x1b]8;;https://\S+/params_over_budget\.py\x1b\\KL101\x1b]8;;\x1b\\", text)
        assert "\x1b" not in reporter.find(name)(CheckReport([known()]))


EVIL = "::error file=x::\x1b[2J\x07##[add-mask]a\r\n::stop-commands::x\u202e\x9b\ufffe]]>\"<b>&'[link](http://x)"


def evil_report() -> CheckReport:
    here = Span(EVIL, 1, 1, 1, 3)
    fix = Fix(EVIL, Applicability.SAFE, (Edit(here, EVIL),))
    found = Diagnostic("KL999", "made-up", Severity.ERROR, EVIL, here, (Related(EVIL, here),), (EVIL,), fix)
    error = AnalysisError(EVIL, EVIL, 1, 1, EVIL, "read")
    return CheckReport([found], [error], {EVIL: SourceFile(EVIL, f"{EVIL}\n{EVIL}\n")})


@pytest.mark.parametrize("name", [*READERS, *MACHINES])
def test_names_and_messages_act_on_no_terminal_and_no_log(name: str) -> None:
    text = reporter.find(name)(evil_report())
    assert re.findall(r"[^\n\x20-\x7e]", text.replace("\ufffe", "")) == []
    assert "##[" not in text
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == (1 if name == "github" else 0)
    assert all(line.startswith("::error title=keraslint (KL999),file=") for line in commands)


def test_evil_names_keep_documents_valid() -> None:
    junit(evil_report())
    document = json.loads(reporter.find("sarif")(evil_report()))
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(document)
    (result,) = document["runs"][0]["results"]
    assert "](" not in result["message"]["text"]


def test_a_command_of_github_has_no_other_within() -> None:
    (line,) = reporter.find("github")(evil_report()).splitlines()
    properties, _, _ = line.removeprefix("::error ").partition("::")
    assert re.fullmatch(r"(\w+=[^,:]*,?)+", properties)
