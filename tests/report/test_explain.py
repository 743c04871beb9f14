"""Explanations over records made by hand."""

from __future__ import annotations

from keraslint.report.explain import ExplainReport, explain, formula
from keraslint.values.dim import symbol
from tests.report.records import batch_normalization, layer, model, span, weight


def test_the_formula_has_the_numbers_in_it() -> None:
    kernel, bias = weight("kernel", (7, 7, 3, 32), 1), weight("bias", (32,), 2)
    assert formula((kernel, bias)) == "7 × 7 × 3 × 32 + 32"
    text = explain(ExplainReport(layers=[layer("conv0", "Conv2D", (kernel, bias))]))
    assert "7 × 7 × 3 × 32 = 4,704" in text
    assert "7 × 7 × 3 × 32 + 32 = 4,736 parameters" in text
    assert "kernel height × kernel width × input channels × filters" in text


def test_a_sum_in_a_formula_has_its_brackets() -> None:
    inputs = symbol("n") + 1
    assert formula((weight("kernel", (inputs, 3), 1),)) == "(n + 1) × 3"


def test_statistics_say_why_they_are_not_trained() -> None:
    text = explain(ExplainReport(layers=[batch_normalization()]))
    assert (
        "moving_mean      (32,)  32  not trained  training sets it by averaging over the data, not by gradient" in text
    )
    assert "32 + 32 + 32 + 32 = 128 parameters" in text
    assert "64 trained, 64 not" in text


def test_frozen_weights_say_where_they_were_frozen() -> None:
    frozen = (weight("kernel", (4, 3), 1, trainable=False),)
    text = explain(ExplainReport(layers=[layer("d", "Dense", frozen, frozen_at=span(12))]))
    assert "frozen: trainable = False at net.py:12:5" in text


def test_a_model_is_the_sum_of_its_layers() -> None:
    dense = layer("fc", "Dense", (weight("kernel", (32, 1), 1), weight("bias", (1,), 2)), key=2, line=5)
    text = explain(ExplainReport(models=[model((layer("in", "InputLayer", key=9), batch_normalization(), dense))]))
    assert "  128 + 33 = 161\n" in text
    assert "The other layer has no weights." in text
    assert "Where the 64 non-trainable come from:\n   bn0 (line 3): moving_mean 32 + moving_variance 32 = 64\n" in text
    assert "Why bn0 has 128: 32 + 32 + 32 + 32 = 128" in text


def test_a_shared_weight_counts_once_and_that_is_said() -> None:
    shared = weight("kernel", (4, 3), 1)
    both = (layer("a", "Dense", (shared,)), layer("b", "Dense", (shared,), key=2))
    total = model(both[:1]).count
    assert "less 12 that several layers share" in explain(ExplainReport(models=[model(both, count=total)]))


def test_weights_that_no_layer_holds_are_told() -> None:
    own = model((batch_normalization(),), count=model((batch_normalization(),)).count)
    more = model((batch_normalization(),), count=type(own.count)(130, 66, 64))
    assert "weights of the model itself: 2" in explain(ExplainReport(models=[more]))
    assert "of the model itself" not in explain(ExplainReport(models=[own]))


def test_a_layer_without_weights_says_so() -> None:
    assert "no weights, so no parameters" in explain(ExplainReport(layers=[layer("relu", "Activation")]))
