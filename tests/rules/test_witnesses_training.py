"""Real Keras does what the rules about training and about heads say of it, each version its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

BOTH = pytest.mark.parametrize("version", ["keras", "tf_keras"])
ROWS = 8


def load(version: str) -> Any:
    """Return one of the two packages."""
    return pytest.importorskip(version)


def data(width: int = 6, outputs: int = 1) -> Any:
    """Return inputs and targets."""
    numpy = pytest.importorskip("numpy")
    random = numpy.random.default_rng(1)
    return random.normal(size=(ROWS, width)).astype("float32"), random.normal(size=(ROWS, outputs)).astype("float32")


def moved(layer: Any, train: Callable[[], object]) -> bool:
    """Return whether a training changes a layer's weights."""
    before = layer.get_weights()
    train()
    return any((a != b).any() for a, b in zip(before, layer.get_weights(), strict=True))


@BOTH
def test_a_flag_that_is_set_after_a_fit_changes_nothing(version: str) -> None:  # KL201
    keras = load(version)
    x, y = data()
    layer = keras.layers.Dense(4)
    model = keras.Sequential([keras.Input((6,)), layer, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    layer.trainable = False
    assert moved(layer, lambda: model.fit(x, y, verbose=0))
    model.compile("sgd", "mse")
    assert not moved(layer, lambda: model.fit(x, y, verbose=0))
    layer.trainable = True
    assert not moved(layer, lambda: model.fit(x, y, verbose=0))


@BOTH
def test_a_flag_that_is_set_between_compile_and_fit(version: str) -> None:  # KL201
    keras = load(version)
    x, y = data()
    layer = keras.layers.Dense(4)
    model = keras.Sequential([keras.Input((6,)), layer, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    layer.trainable = False
    assert moved(layer, lambda: model.fit(x, y, verbose=0)) == (version == "tf_keras")


@BOTH
def test_a_backbone_is_one_layer_and_zero_has_no_sign(version: str) -> None:  # KL202
    keras = load(version)
    inputs = keras.Input((6,))
    base = keras.Model(inputs, keras.layers.Dense(4)(keras.layers.Dense(4)(inputs)))
    outer = keras.Input((6,))
    model = keras.Model(outer, keras.layers.Dense(1)(base(outer)))
    assert [layer is base for layer in model.layers] == [False, True, False]
    assert model.layers[:-20] == []
    assert model.layers[-20:] == model.layers == model.layers[-0:]


@BOTH
def test_statistics_move_by_the_flag_of_their_layer(version: str) -> None:  # KL203
    keras = load(version)
    x, y = data()

    def statistics_move(*, freeze: bool, tail: bool, training: bool | None) -> list[bool]:
        inputs = keras.Input((6,))
        first, second = keras.layers.BatchNormalization(), keras.layers.BatchNormalization()
        base = keras.Model(inputs, second(keras.layers.Dense(5)(first(inputs))))
        if freeze:
            base.trainable = False
        if tail:
            second.trainable = True
        outer = keras.Input((6,))
        output = base(outer) if training is None else base(outer, training=training)
        model = keras.Model(outer, keras.layers.Dense(1)(output))
        model.compile("sgd", "mse")
        before = [layer.get_weights()[2] for layer in (first, second)]
        model.fit(x, y, verbose=0)
        return [bool((layer.get_weights()[2] != old).any()) for layer, old in zip((first, second), before, strict=True)]

    is_new = version == "keras"
    assert statistics_move(freeze=False, tail=False, training=None) == [True, True]
    assert statistics_move(freeze=True, tail=False, training=None) == [False, False]
    assert statistics_move(freeze=True, tail=True, training=None) == [False, True]
    assert statistics_move(freeze=False, tail=False, training=False) == [is_new, is_new]
    assert statistics_move(freeze=True, tail=True, training=False) == [False, is_new]


@BOTH
def test_a_layer_made_in_call_is_nobodys(version: str) -> None:  # KL204
    keras = load(version)

    class Head(keras.layers.Layer):
        def call(self, x: object) -> object:
            return keras.layers.Dense(3)(x)

    inputs = keras.Input((6,))
    model = keras.Model(inputs, Head()(inputs))
    assert model.count_params() == 0
    assert not model.trainable_weights


@BOTH
def test_a_variable_made_in_call_raises(version: str) -> None:  # KL204
    keras, tensorflow = load(version), pytest.importorskip("tensorflow")

    class Shift(keras.layers.Layer):
        def call(self, x: Any) -> object:
            return x + tensorflow.Variable(tensorflow.zeros((6,)))

    with pytest.raises(ValueError, match="call"):
        Shift()(keras.Input((6,)))


@BOTH
def test_a_variable_of_tensorflow_counts_in_keras_2_only(version: str) -> None:  # KL205
    keras, tensorflow = load(version), pytest.importorskip("tensorflow")

    class Scale(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.scale = tensorflow.Variable(tensorflow.ones((6,)))
            self.parts = {"list": [tensorflow.Variable(tensorflow.ones((2,)))]}

        def call(self, x: Any) -> object:
            return x * self.scale

    model = keras.Sequential([keras.Input((6,)), Scale()])
    assert model.count_params() == (0 if version == "keras" else 8)


@BOTH
def test_a_model_with_nothing_to_train_is_trained(version: str) -> None:  # KL206
    keras = load(version)
    x, y = data()
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    model.trainable = False
    model.compile("sgd", "mse")
    assert not moved(model, lambda: model.fit(x, y, verbose=0))


@BOTH
def test_a_layer_unfrozen_in_a_frozen_backbone(version: str) -> None:  # KL207
    keras = load(version)
    inputs = keras.Input((6,))
    base = keras.Model(inputs, keras.layers.Dense(4)(keras.layers.Dense(8)(inputs)))
    base.trainable = False
    base.layers[-1].trainable = True
    outer = keras.Input((6,))
    model = keras.Model(outer, keras.layers.Dense(1)(base(outer)))
    assert not base.trainable_weights
    assert len(model.trainable_weights) == (4 if version == "keras" else 2)


@BOTH
def test_a_list_of_layers_has_no_flag_and_a_typo_is_taken(version: str) -> None:  # KL211
    keras = load(version)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    model.layers[0].trainble = False
    assert model.layers[0].trainable
    with pytest.raises(AttributeError):
        model.layers.trainable = False


@BOTH
def test_a_flag_that_is_set_to_what_it_is(version: str) -> None:  # KL212
    keras = load(version)
    base = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4)])
    for layer in base.layers:
        layer.trainable = False
    base.trainable = True
    assert len(base.trainable_weights) == (0 if version == "keras" else 2)
    base.trainable = False
    base.trainable = True
    assert len(base.trainable_weights) == 2


@BOTH
def test_a_constructor_freezes_a_wrapper_in_name_only(version: str) -> None:  # KL213
    keras = load(version)
    wrapped = keras.layers.TimeDistributed(keras.layers.Dense(4), trainable=False)
    model = keras.Sequential([keras.Input((5, 6)), wrapped, keras.layers.Dense(1, trainable=False)])
    assert not wrapped.trainable_weights
    assert len(model.trainable_weights) == (2 if version == "keras" else 0)
    wrapped.trainable = True
    wrapped.trainable = False
    assert not model.trainable_weights


@BOTH
def test_a_model_that_is_not_compiled_raises(version: str) -> None:  # KL701
    keras = load(version)
    x, y = data()
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    with pytest.raises((ValueError, RuntimeError), match="compile"):
        model.fit(x, y, verbose=0)
    model.compile("sgd", "mse")
    copy = keras.models.clone_model(model)
    if version == "keras":
        copy.fit(x, y, verbose=0)
        return
    with pytest.raises(RuntimeError, match="compile"):
        copy.fit(x, y, verbose=0)


@BOTH
def test_training_does_not_stop_without_validation_data(version: str) -> None:  # KL702
    keras = load(version)
    x, y = data()
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    stop = keras.callbacks.EarlyStopping(patience=1)
    assert len(model.fit(x, y, epochs=5, verbose=0, callbacks=[stop]).epoch) == 5
    assert len(model.fit(x, y, epochs=5, verbose=0, callbacks=[stop], validation_split=0.5).epoch) == 2


@BOTH
def test_a_metric_is_watched_by_the_name_it_was_given(version: str) -> None:  # KL702
    keras = load(version)
    x, y = data()
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "mse", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping("val_acc", patience=1)
    arguments = {"epochs": 3, "verbose": 0, "validation_split": 0.5, "callbacks": [stop]}
    if version == "keras":
        with pytest.raises(ValueError, match="val_acc"):
            model.fit(x, y, **arguments)
        return
    history = model.fit(x, y, **arguments)
    assert "val_accuracy" in history.history
    assert len(history.epoch) == 3


@BOTH
def test_two_rescalings_multiply(version: str) -> None:  # KL703
    keras = load(version)
    numpy = pytest.importorskip("numpy")
    image = keras.Input((2, 2, 3))
    inner = keras.Model(image, keras.layers.Rescaling(1 / 255)(image))
    inputs = keras.Input((2, 2, 3))
    model = keras.Model(inputs, inner(keras.layers.Rescaling(1 / 255)(inputs)))
    result = model.predict(numpy.full((1, 2, 2, 3), 255.0), verbose=0)
    assert abs(float(result.max()) - 1 / 255) < 1e-6


@BOTH
def test_a_layer_that_reaches_no_output_is_in_no_model(version: str) -> None:  # KL210
    keras = load(version)

    class Block(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.first = keras.layers.Dense(8)
            self.second = keras.layers.Dense(8)

        def call(self, x: Any) -> Any:
            return self.first(x)

    inputs = keras.Input((8,))
    side = keras.layers.Dense(64)(inputs)
    model = keras.Model(inputs, Block()(inputs))
    assert side.shape[-1] == 64
    assert model.count_params() == 72


@BOTH
def test_statistics_move_as_in_the_first_step(version: str) -> None:  # KL203
    keras = load(version)
    x, y = data()
    layer = keras.layers.BatchNormalization()
    layer.trainable = False
    model = keras.Sequential([keras.Input((6,)), layer, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    layer.trainable = True
    assert not moved(layer, lambda: model.fit(x, y, verbose=0))
    model.compile("sgd", "mse")
    assert moved(layer, lambda: model.fit(x, y, verbose=0))
