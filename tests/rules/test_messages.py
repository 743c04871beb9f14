"""What findings say, word for word."""

from __future__ import annotations

from keraslint.diagnose.budgets import unmatched_budgets
from keraslint.diagnose.configuration import settings_of
from keraslint.diagnose.diagnostic import Applicability
from keraslint.diagnose.edits import apply_fixes
from keraslint.source.text import SourceFile
from tests.rules.programs import analyse, find

UNET = """\
import keras
from keras import layers


def convolve(x, filters):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.Activation("relu")(layers.BatchNormalization()(x))


def unet(shape, depth=3):
    inputs = x = keras.Input(shape)
    skips = []
    for i in range(depth):
        x = convolve(x, 8 * 2**i)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = convolve(x, 8 * 2**depth)
    for i, skip in reversed(list(enumerate(skips))):
        x = layers.Conv2DTranspose(8 * 2**i, 2, strides=2)(x)
        x = layers.concatenate([x, skip])
        x = convolve(x, 8 * 2**i)
    return keras.Model(inputs, x)


"""

BUDGET = """\
import keras

# keraslint: budget(max_params=40_000, message="has to fit the watch")
model = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(512), keras.layers.BatchNormalization(), keras.layers.Dense(10)],
    name="head",
)
"""


def test_a_unet_of_358_is_told_352_or_360() -> None:
    (finding,) = find(UNET + "model = unet((358, 358, 1))\n").diagnostics
    assert finding.message == (
        "`Concatenate` of (None, 88, 88, 32) and (None, 89, 89, 32): 88 is not 89 (axis 1); "
        "an input of 352 or 360 would fit"
    )
    assert finding.span.line == 20
    assert [item.span.line for item in finding.related] == [19, 7]
    assert "max_pooling2d_1 (None, 89, 89, 16) (line 16) → " in finding.notes[0]


def test_the_sizes_that_a_unet_is_told_do_fit() -> None:
    for size in (352, 360):
        assert not find(f"{UNET}model = unet(({size}, {size}, 1))\n").diagnostics


def test_an_image_that_is_no_square_is_told_the_axis_that_does_not_fit() -> None:
    (finding,) = find(UNET + "model = unet((352, 358, 1))\n").diagnostics
    assert finding.message.endswith("88 is not 89 (axis 2); an input of 352 or 360 would fit")


def test_a_budget_says_by_how_much_and_what_weighs_most() -> None:
    (finding,) = find(BUDGET).diagnostics
    assert finding.message == "`head` has 40,458 parameters, 458 (1.1 %) over the limit of 40,000"
    assert finding.notes == (
        "the budget says: has to fit the watch",
        "heaviest: dense (Dense, line 5), 33,280 parameters, 82 %",
        "then dense_1 (Dense, line 5), 5,130 parameters, 13 %",
        "then batch_normalization (BatchNormalization, line 5), 2,048 parameters, 5.1 %",
    )
    (related,) = finding.related
    assert (related.message, related.span.line) == ("the limit is written here", 3)


def test_a_formula_that_is_over_for_every_value_says_so() -> None:
    text = "import keras\n\n\ndef build(n):\n    i = keras.Input((64,))\n    return keras.Model(i, keras.layers.Dense(n)(i))\n"
    (finding,) = find(text, {"budget": [{"model": "build", "max-params": 50}]}).diagnostics
    assert finding.message.endswith("has 65*n parameters, at least 65, over the limit of 50 for every value")


def test_a_budget_of_the_configuration_that_speaks_of_no_model_is_found() -> None:
    settings = settings_of({"budget": [{"model": "a", "max-params": 1}, {"model": "head", "max-params": 1}]})
    assert [budget.model for budget in unmatched_budgets([analyse(BUDGET)], settings)] == ["a"]


def test_positional_padding_is_replaced_by_the_fix() -> None:
    text = 'import keras\n\nx = keras.layers.MaxPooling2D(9, 1, "valid")(keras.Input((4, 4, 1)))\n'
    findings = find(text).diagnostics
    assert [item.fix.applicability for item in findings if item.fix is not None] == [Applicability.UNSAFE]
    assert apply_fixes(SourceFile("example.py", text), findings).text == text
    assert 'MaxPooling2D(9, 1, "same")' in apply_fixes(SourceFile("example.py", text), findings, unsafe=True).text


def test_a_comment_loses_only_what_suppresses_nothing() -> None:
    text = (
        "import keras\r\n"
        "x = keras.layers.MaxPooling2D(9)(keras.Input((4, 4, 1)))  # noqa: E501, KL302, KL303  # why\r\n"
        "y = 1  # type: ignore  # keraslint: ignore[KL302]\r\n"
        "# keraslint: ignore[KL303]\r\n"
        "z = 1\r\n"
    )
    fixed = apply_fixes(SourceFile("example.py", text), find(text).diagnostics).text
    assert fixed == (
        "import keras\r\n"
        "x = keras.layers.MaxPooling2D(9)(keras.Input((4, 4, 1)))  # noqa: E501, KL302  # why\r\n"
        "y = 1  # type: ignore\r\n"
        "z = 1\r\n"
    )
