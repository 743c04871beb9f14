"""Real Keras of both versions says the same of the programs about shapes: it refuses those, and builds these."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from tests.rules.programs import Case, read_cases

pytestmark = pytest.mark.tensorflow

SHAPE_CODES = ("KL301", "KL302", "KL303", "KL304", "KL305", "KL306", "KL311", "KL608")
CASES = [(code, case) for code in SHAPE_CODES for case in read_cases(code)]
RUNS = [(keras, code, case) for keras in ("keras", "tf_keras") for code, case in CASES]


@pytest.mark.parametrize(
    ("keras", "code", "case"), RUNS, ids=[f"{keras} {code}: {case.title}" for keras, code, case in RUNS]
)
def test_keras_refuses_what_is_reported_and_builds_the_rest(keras: str, code: str, case: Case) -> None:
    del code
    if "Keras 3" in case.title and keras == "tf_keras":
        pytest.skip("a case for Keras 3")
    module = pytest.importorskip(keras)
    assert isinstance(module, ModuleType)
    text = re.sub(r"^import keras\b", f"import {keras} as keras", case.program.text, flags=re.MULTILINE)
    text = re.sub(r"^from keras\b", f"from {keras}", text, flags=re.MULTILINE)
    program = compile(text, case.title, "exec")
    if case.kind == "Silent":
        exec(program, {})
        return
    with pytest.raises((ValueError, TypeError, IndexError)):
        exec(program, {})


def test_freezing_a_model_freezes_what_another_shares_with_it() -> None:
    for name in ("keras", "tf_keras"):
        keras = pytest.importorskip(name)
        inputs = keras.Input((16,))
        trunk = keras.layers.Dense(32)(inputs)
        first = keras.Model(inputs, keras.layers.Dense(1)(trunk))
        second = keras.Model(inputs, keras.layers.Dense(90)(trunk))
        first.trainable = False
        trained = sum(int(weight.shape.num_elements()) for weight in second.trainable_weights)
        assert trained == 32 * 90 + 90
        assert second.count_params() == trained + 544
