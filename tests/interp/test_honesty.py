"""What evaluation takes for granted is said: no number is certain that something unseen could change."""

from __future__ import annotations

import time

import pytest

from keraslint.graph.analysis import ModelRecord
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

HEAD = "import keras\nfrom keras import layers\nx = keras.Input((4,))\n"


def models_of(text: str) -> list[ModelRecord]:
    analysis = analyse_source(SourceFile("program.py", HEAD + text), [], Options(read=lambda _path: None))
    assert analysis.errors == ()
    return list(analysis.models)


def test_a_module_that_may_be_missing_makes_two_variants() -> None:
    text = "try:\n    import addons\n    units = 3\nexcept ImportError:\n    units = 5\n"
    found = models_of(f"{text}model = keras.Model(x, layers.Dense(units)(x))\n")
    assert {(model.certainty, model.count.total) for model in found} == {("assumed", 15), ("assumed", 25)}
    assert {model.assumptions[0].text for model in found} == {
        "import addons succeeds is true",
        "import addons succeeds is false",
    }


def test_a_module_that_is_needed_makes_no_variant() -> None:
    (model,) = models_of("import addons\nmodel = keras.Model(x, layers.Dense(3)(x))\n")
    assert model.certainty == "exact"


def test_a_model_that_goes_to_an_unseen_function_stands_on_an_assumption() -> None:
    (model,) = models_of("from mine import freeze\nmodel = keras.Model(x, layers.Dense(3)(x))\nfreeze(model)\n")
    assert (model.certainty, model.count.total) == ("assumed", 15)
    assert model.assumptions[0].line == 6
    assert "freeze" in model.assumptions[0].text


def test_the_devices_of_the_machine_are_the_same_wherever_they_are_asked_for() -> None:
    text = """
import tensorflow as tf


def block(x):
    if len(tf.config.experimental.list_logical_devices("TPU")) != 0:
        return keras.layers.Dense(8, use_bias=False)(x)
    return keras.layers.Dense(8)(x)


model = keras.Model(x, block(block(block(x))))
"""
    found = models_of(text)
    assert {model.count.total for model in found} == {4 * 8 + 2 * 64, 4 * 8 + 2 * 64 + 3 * 8}
    assert {len(model.assumptions) for model in found} == {1}


def test_a_value_that_each_round_of_a_loop_reads_anew_has_a_name_of_its_own() -> None:
    text = "y = x\nfor path in ['a', 'b']:\n    units = int(open(path).read())\n    y = layers.Dense(units)(y)\n"
    (model,) = models_of(f"{text}model = keras.Model(x, y)\n")
    assert model.certainty == "symbolic"
    assert str(model.count.total) == "units*units_2 + 5*units + units_2"


def test_a_loop_over_what_is_not_known_leaves_no_count() -> None:
    text = "y = x\nfor units in open('sizes'):\n    y = layers.Dense(int(units))(y)\n"
    (model,) = models_of(f"{text}model = keras.Model(x, y)\n")
    assert model.certainty in {"partial", "unknown"}
    assert model.count.total is None


def test_an_endless_loop_ends_and_what_was_built_before_is_not_certain() -> None:
    text = "model = keras.Model(x, layers.Dense(3)(x))\nwhile True:\n    pass\n"
    (model,) = models_of(text)
    assert model.certainty in {"partial", "unknown"}
    assert model.unresolved[0].why == "fuel"


def test_a_model_behind_an_unseen_function_is_not_resolved_rather_than_refused() -> None:
    (model,) = models_of("from mine import block\ny = block(x)\nmodel = keras.Model(x, layers.Dense(3)(y))\n")
    assert model.count.total is None
    assert "block" in model.unresolved[0].reason


def test_a_member_of_keras_that_is_not_modelled_is_not_resolved_and_does_not_end_the_program() -> None:
    text = "y = keras.ops.no_such_operation_yet(x)\nmodel = keras.Model(x, layers.Dense(3)(y))\n"
    model, other = models_of(f"{text}other = keras.Model(x, layers.Dense(2)(x))\n")
    assert model.count.total is None
    assert "no_such_operation_yet" in model.unresolved[0].reason
    assert other.count.total == 10


def test_an_exception_that_ends_the_program_is_told() -> None:
    text = HEAD + "a = keras.Model(x, layers.Dense(3)(x))\nint('x')\nb = keras.Model(x, layers.Dense(2)(x))\n"
    analysis = analyse_source(SourceFile("program.py", text), [], Options(read=lambda _path: None))
    assert [model.count.total for model in analysis.models] == [15]
    (event,) = [event for event in analysis.events if event.kind == "raised"]
    assert event.span is not None
    assert (event.span.line, event.facts["message"]) == (5, "ValueError: invalid literal for int() with base 10: 'x'")


def test_a_generator_runs_when_it_is_drawn_from_and_an_endless_one_costs_little() -> None:
    text = HEAD + (
        "import numpy as np\n"
        "def batches(size):\n"
        "    while True:\n"
        "        yield np.zeros((size, 4)), np.zeros((size, 1))\n"
        "def widths():\n"
        "    made.append(1)\n"
        "    yield from (3, 5)\n"
        "made = []\n"
        "generator, endless = widths(), batches(8)\n"
        "before = len(made)\n"
        "y = x\n"
        "for width in generator:\n"
        "    y = layers.Dense(width + before)(y)\n"
        "a = keras.Model(x, y)\n"
        "data, _ = next(endless)\n"
        "b = keras.Model(x, layers.Dense(data.shape[0])(x))\n"
    )
    assert [model.count.total for model in models_of(text)] == [35, 40]


def test_a_file_is_given_a_bounded_effort_however_many_functions_it_has() -> None:
    spin = "".join(f"def spin_{n}():\n    while True:\n        keras.layers.Dense(3)\n" for n in range(40))
    start = time.process_time()
    models_of(f"import keras\n{spin}")
    assert time.process_time() - start < 20  # forty budgets take minutes


def test_what_is_rounded_of_a_number_that_need_not_be_whole_is_a_name_of_its_own() -> None:
    text = "def net(alpha, shape):\n    y = layers.Dense(int(64 * alpha))(x)\n    return keras.Model(x, y)\n"
    (model,) = models_of(text)
    assert set(model.symbols) == {"int(64*alpha)"}
    text = "def net(shape):\n    y = keras.Input(shape)\n    z = layers.Dense(int(shape[1] * 2))(y)\n    return keras.Model(y, z)\n"
    (model,) = models_of(text)
    assert "int(" not in str(model.count.total)


def test_a_text_that_evaluates_itself_ends() -> None:
    (model,) = models_of("again = 'ev' 'al(again)'\nmodel = keras.Model(x, layers.Dense(3)(x))\neval(again)\n")
    assert model.unresolved[0].why == "fuel"


def test_a_name_that_an_incomplete_module_may_have_given_is_not_known() -> None:
    text = (
        "from tensorflow.python.ops.rnn_cell import *\ncell = GRUCell(3)\nmodel = keras.Model(x, layers.Dense(3)(x))\n"
    )
    (model,) = models_of(text)
    assert model.count.total == 15


def test_a_named_tuple_of_a_class_of_its_own_is_made_by_its_own_new() -> None:
    text = (
        "from collections import namedtuple\n"
        "class Feature(namedtuple('Feature', ['name', 'size'])):\n"
        "    def __new__(cls, name, size=4):\n"
        "        return super(Feature, cls).__new__(cls, name, size * 2)\n"
        "class Wide(Feature):\n"
        "    def __new__(cls, name):\n"
        "        return super().__new__(cls, name, 3)\n"
        "model = keras.Model(x, layers.Dense(Wide('a').size)(x))\n"
    )
    (model,) = models_of(text)
    assert model.count.total == 30


GROWING = """
def net(columns):
    inputs = keras.Input((3,))
    grown = [inputs]
    for column in range(columns):
        grown.append(layers.Dense(4)(inputs))
    {}
"""


@pytest.mark.parametrize(
    "end",
    [
        "return keras.Model(inputs, grown)",
        "return keras.Model(inputs, {'all': grown, 'one': layers.Dense(2)(inputs)})",
        "return keras.Model(inputs, layers.Dense(3)(layers.Concatenate()(grown)))",
        "return keras.Model(inputs, layers.Dense(3)(layers.Add()([*grown, inputs])))",
        "return keras.Model(inputs, layers.Dense(3)(keras.ops.concatenate(grown)))",
        "return keras.Model(inputs, layers.Dense(3)(keras.ops.concatenate(tuple(grown))))",
    ],
)
def test_a_list_that_grows_in_a_loop_of_unknown_length_gives_no_number(end: str) -> None:
    assert {model.count.total for model in models_of(GROWING.format(end))} <= {None}


@pytest.mark.parametrize("value", ["[[1, 1], [1, 5]]", "7"])
def test_a_constant_that_is_laid_out_anew_has_its_new_shape(value: str) -> None:
    text = f"import tensorflow as tf\nkernel = tf.constant({value}, shape=[2, 2, 1, 1]) / 2.0\n"
    (model,) = models_of(f"{text}model = keras.Model(x, layers.Dense(kernel.shape[0])(x))\n")
    assert (model.certainty, model.count.total) == ("exact", 10)


def test_a_layer_that_chance_draws_of_a_dict_may_be_one_more() -> None:
    text = (
        "import random\n"
        "class Drawn(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        choices = {'a': layers.Dense(3), 'b': layers.Dense(3)}\n"
        "        self.other = choices[random.choice('ab')]\n"
        "        self.dense = layers.Dense(3)\n"
        "    def call(self, x):\n"
        "        return self.dense(x)\n"
        "model = Drawn()\n"
        "y = model(x)\n"
    )
    (model,) = models_of(text)
    assert model.certainty in {"partial", "unknown"}
    assert model.count.total is None
