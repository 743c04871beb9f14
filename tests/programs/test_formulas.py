"""Formulas are what real Keras counts, wherever they are evaluated."""

from __future__ import annotations

import ast
import json

import pytest

from keraslint.app.files import read
from keraslint.interp.analyse import Options, analyse_file
from keraslint.values.dim import substitute
from tests.programs.formulas import BUILDERS, RECORD, VALUES, made_by_keras

RECORDED: dict[str, list[list[int]]] = json.loads(RECORD.read_text(encoding="utf-8"))
PARAMETERS = {
    node.name: [argument.arg for argument in node.args.args]
    for node in ast.parse(BUILDERS.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef)
}


def test_there_are_builders() -> None:
    assert len(PARAMETERS) >= 20
    assert RECORDED.keys() == PARAMETERS.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_formula_is_what_keras_counts(name: str) -> None:
    analysis = analyse_file(str(BUILDERS), [name], Options(read=read, keras="3"))
    (model,) = [model for model in analysis.models if model.returned]
    assert model.certainty == "symbolic", model.unresolved
    total, trained = model.count.total, model.count.trainable
    assert total is not None
    assert trained is not None
    for values, counts in zip(VALUES, RECORDED[name], strict=True):
        given = dict(zip(PARAMETERS[name], values, strict=False))
        assert [substitute(total, given), substitute(trained, given)] == counts, (values, total)


@pytest.mark.tensorflow
def test_the_record_is_what_keras_counts_today() -> None:
    assert made_by_keras() == RECORDED
