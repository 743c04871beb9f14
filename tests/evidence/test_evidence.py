"""The evidence is written from the judgements, all findings are judged, and no rule that errs often is on by default."""

from __future__ import annotations

from collections import defaultdict

from keraslint.diagnose.registry import load_registry
from tests.evidence.collect import read_findings
from tests.evidence.neuralint import RULES
from tests.evidence.write import EVIDENCE, LEAST, evidence
from tests.rules.programs import read_cases


def test_the_page_is_up_to_date(is_update: bool) -> None:
    if is_update:
        EVIDENCE.write_text(evidence())
    assert EVIDENCE.read_text() == evidence()


def test_every_finding_is_judged_and_what_is_false_or_an_error_is_explained() -> None:
    for item in read_findings():
        assert item["verdict"] in {True, False}, item
        assert item["why"] or (item["verdict"] and item["severity"] != "error"), item


def test_a_rule_that_is_often_wrong_is_off_by_default() -> None:
    verdicts = defaultdict(list)
    for item in read_findings():
        verdicts[item["code"]].append(item["verdict"])
    rules = {rule.code: rule for rule in load_registry().rules}
    imprecise = [code for code, judged in verdicts.items() if sum(judged) < LEAST * len(judged)]
    assert [code for code in imprecise if rules[code].is_default] == []


def test_no_error_is_a_false_one_and_none_is_in_keras_itself() -> None:
    errors = [item for item in read_findings() if item["severity"] == "error"]
    assert [item for item in errors if not item["verdict"] or str(item["package"]).startswith("keras==")] == []


def test_the_programs_that_answer_the_peer_are_there() -> None:
    for rule, codes, program in RULES:
        code, _, title = program.partition(": ")
        if program != "–":
            assert code in codes, rule
            assert title in {case.title for case in read_cases(code) if case.kind == "Fires"}, program
        else:
            assert codes.startswith("does not apply"), rule
