"""Layers of ``tensorflow_addons`` are as the real package made them (``tests/record/addons.py``)."""

from __future__ import annotations

import json

import pytest

from keraslint.graph.analysis import Analysis
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile
from tests.catalogue.oracle import shapes_of
from tests.record.addons import FIXTURES, HEAD, programs

ANSWERS = json.loads((FIXTURES / "addons.json").read_text(encoding="utf-8"))
NOT_FOLLOWED = ("activations.sparsemax(", "activations.rrelu(")
"""Functions of dozens of operations, or by chance: not resolved."""


def analysed(text: str) -> Analysis:
    return analyse_source(SourceFile("module.py", text), [], Options(read=lambda _path: None))


@pytest.mark.parametrize(("text", "answer"), list(zip(programs(), ANSWERS, strict=True)))
def test_a_program_makes_what_the_real_package_makes(text: str, answer: dict[str, object]) -> None:
    found = [model for model in analysed(text).models if "model" in model.variables]
    if any(name in text for name in NOT_FOLLOWED):
        assert found[-1].certainty != "exact"
        return
    if "error" in answer:
        assert found == [] or found[-1].certainty != "exact"
        return
    model = found[-1]
    assert model.certainty == "exact"
    made = [
        [list(weight.shape or ()), weight.trainable, weight.dtype] for row in model.layers for weight in row.weights
    ]
    assert made == answer["weights"]
    assert shapes_of(model.outputs) == [tuple(shape) for shape in answer["outputs"]]  # type: ignore[attr-defined]
    rows = [[row.name, row.class_name] for row in model.layers]
    assert [row for row in rows if row in answer["layers"]] == answer["layers"]  # type: ignore[operator]


def test_a_layer_is_where_the_program_makes_it() -> None:
    analysis = analysed(f"{HEAD}x = keras.Input((5, 4))\nmodel = keras.Model(x, tfa.layers.CRF(3)(x))\n")
    assert {row.span.path for model in analysis.models for row in model.layers if row.span} == {"module.py"}


def test_what_is_not_known_of_the_library_is_not_resolved() -> None:
    text = f"{HEAD}x = keras.Input((4,))\nmodel = keras.Model(x, tfa.layers.NetVLAD(3)(x))\n"
    (model,) = analysed(text).models
    assert "NetVLAD of tensorflow_addons" in model.unresolved[0].reason


def test_keras_three_has_no_such_library() -> None:
    text = "import keras\nimport tensorflow_addons as tfa\nmodel = keras.Sequential([keras.Input((4,)), tfa.layers.GELU()])\n"
    analysis = analyse_source(SourceFile("module.py", text), [], Options(read=lambda _path: None, keras="3"))
    assert analysis.models[0].certainty != "exact"


def test_its_own_source_is_read_where_it_is_there() -> None:
    source = (
        b"import tensorflow as tf\nclass GELU(tf.keras.layers.Layer):\n"
        b"    def build(self, shape):\n        self.w = self.add_weight(shape=(7,))\n"
        b"    def call(self, x):\n        return x\n"
    )
    files = {"tensorflow_addons/__init__.py": b"from . import layers\n", "tensorflow_addons/layers.py": source}
    text = f"{HEAD}x = keras.Input((4,))\nmodel = keras.Model(x, tfa.layers.GELU()(x))\n"
    analysis = analyse_source(SourceFile("module.py", text), [], Options(read=files.get))
    assert analysis.models[0].count.total == 7
