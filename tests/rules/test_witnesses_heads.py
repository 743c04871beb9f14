"""Real Keras does with losses, heads and metrics what the rules about them say, each version its own way."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from keraslint_rules.head import names
from tests.rules.test_witnesses_training import BOTH, ROWS, load

pytestmark = pytest.mark.tensorflow


def numpy() -> Any:
    """Return numpy."""
    return pytest.importorskip("numpy")


def model_of(keras: Any, units: int, activation: str | None) -> Any:
    """Return a model of one Dense layer."""
    return keras.Sequential([keras.Input((6,)), keras.layers.Dense(units, activation=activation)])


def two_outputs(keras: Any) -> Any:
    """Return a model with the outputs `a` and `b`."""
    inputs = keras.Input((6,))
    return keras.Model(inputs, [keras.layers.Dense(1, name="a")(inputs), keras.layers.Dense(1, name="b")(inputs)])


def one_output(keras: Any) -> Any:
    """Return a functional model with the output `o`."""
    inputs = keras.Input((6,))
    return keras.Model(inputs, keras.layers.Dense(1, name="o")(inputs))


def fit(model: Any, targets: Any, **arguments: object) -> tuple[Any, list[str]]:
    """Compile and train a model; return its history and the warnings."""
    model.compile("sgd", **arguments)
    inputs = numpy().random.default_rng(1).normal(size=(ROWS, 6)).astype("float32")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = model.fit(inputs, targets, verbose=0).history
    return history, [str(item.message) for item in caught]


def classes(number: int) -> Any:
    """Return one-hot targets."""
    return numpy().eye(number)[[i % number for i in range(ROWS)]]


def column() -> Any:
    """Return targets of one column, zeros and ones."""
    return numpy().array([[i % 2] for i in range(ROWS)], dtype="float32")


@BOTH
def test_a_linear_head_where_probabilities_are_expected_is_silent(version: str) -> None:  # KL401
    keras = load(version)
    for loss, targets in (("categorical_crossentropy", classes(3)), ("binary_crossentropy", classes(3))):
        _, said = fit(model_of(keras, 3, None), targets, loss=loss)
        assert not said


@BOTH
def test_probabilities_as_logits_are_found_out(version: str) -> None:  # KL401
    keras = load(version)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model = model_of(keras, 3, "softmax")
    weights = model.get_weights()
    history, said = fit(model, classes(3), loss=loss)
    assert any("from_logits" in text for text in said)
    plain = model_of(keras, 3, "softmax")
    plain.set_weights(weights)
    other, _ = fit(plain, classes(3), loss="categorical_crossentropy")
    assert abs(history["loss"][0] - other["loss"][0]) < 1e-5


@BOTH
def test_softmax_over_one_unit_is_always_1(version: str) -> None:  # KL402
    keras = load(version)
    model = model_of(keras, 1, "softmax")
    predicted = model.predict(numpy().random.normal(size=(ROWS, 6)), verbose=0)
    assert (predicted == 1).all()


@BOTH
def test_cross_entropies_on_one_unit(version: str) -> None:  # KL402
    keras = load(version)
    history, _ = fit(model_of(keras, 1, "sigmoid"), column(), loss="categorical_crossentropy")
    assert abs(history["loss"][0]) < 1e-5
    error = pytest.importorskip("tensorflow").errors.InvalidArgumentError
    with pytest.raises(error):
        fit(model_of(keras, 1, "sigmoid"), column(), loss="sparse_categorical_crossentropy")


@BOTH
def test_binary_cross_entropy_over_softmax(version: str) -> None:  # KL402
    keras = load(version)
    _, said = fit(model_of(keras, 3, "softmax"), classes(3), loss="binary_crossentropy")
    assert not said
    losses = keras.losses
    probabilities = numpy().array([[0.2, 0.8], [0.7, 0.3]], dtype="float32")
    targets = numpy().eye(2, dtype="float32")
    of_two = [
        float(loss(targets, probabilities)) for loss in (losses.BinaryCrossentropy(), losses.CategoricalCrossentropy())
    ]
    assert abs(of_two[0] - of_two[1]) < 1e-5


@BOTH
def test_categorical_cross_entropy_over_sigmoids_trains_a_softmax(version: str) -> None:  # KL402
    keras = load(version)
    model = model_of(keras, 3, "sigmoid")
    weights = model.get_weights()
    history, _ = fit(model, classes(3), loss="categorical_crossentropy")
    softmax = model_of(keras, 3, "softmax")
    softmax.set_weights(weights)
    other, _ = fit(softmax, classes(3), loss="categorical_crossentropy")
    assert abs(history["loss"][0] - other["loss"][0]) < 1e-5


@BOTH
def test_relu_before_a_cross_entropy_is_silent(version: str) -> None:  # KL403
    keras = load(version)
    for activation in ("relu", "tanh"):
        _, said = fit(model_of(keras, 1, activation), column(), loss="binary_crossentropy")
        assert not said


@BOTH
def test_accuracy_of_a_logit_cuts_at_a_half(version: str) -> None:  # KL404
    keras = load(version)
    model = model_of(keras, 1, None)
    model.set_weights([numpy().zeros((6, 1)), numpy().array([0.25])])
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    result = model.evaluate(numpy().zeros((ROWS, 6)), numpy().ones((ROWS, 1)), verbose=0)
    assert result[1] == 0  # a logit of 0.25 is a probability of 0.56


def taken(get: Callable[[str], object], candidates: frozenset[str]) -> set[str]:
    """Return the names that Keras takes."""
    found = set()
    for name in candidates:
        try:
            is_taken = not isinstance(get(name), str)  # Keras 2 hands some names back, and fails when it calls them
        except (ValueError, TypeError):
            continue
        if is_taken:
            found.add(name)
    return found


@BOTH
def test_the_names_of_losses_and_metrics(version: str) -> None:  # KL405
    keras = load(version)
    is_new = version == "keras"
    losses = names.LOSSES_3 if is_new else names.LOSSES_2
    metrics = names.METRICS_3 if is_new else names.METRICS_2
    every_loss, every_metric = names.LOSSES_2 | names.LOSSES_3, names.METRICS_2 | names.METRICS_3
    assert taken(keras.losses.get, every_loss) == losses
    every_optimizer = names.OPTIMIZERS_2 | names.OPTIMIZERS_3
    assert taken(keras.optimizers.get, every_optimizer) == (names.OPTIMIZERS_3 if is_new else names.OPTIMIZERS_2)
    needs_arguments = {name for name in metrics if "io_u" in name or "IoU" in name or "_at_" in name or "At" in name}
    assert taken(keras.metrics.get, every_metric) - needs_arguments == metrics - needs_arguments


@BOTH
@pytest.mark.parametrize("arguments", [{"loss": "binary_crossentopy"}, {"loss": "mse", "metrics": ["rmse"]}])
def test_compile_takes_an_unknown_name_and_fit_does_not(version: str, arguments: dict[str, object]) -> None:  # KL405
    keras = load(version)
    model = model_of(keras, 1, None)
    model.compile("sgd", **arguments)
    with pytest.raises((ValueError, TypeError)):
        fit(model, column(), **arguments)


BAD_3 = [
    {"loss": "mse", "metrics": ["mae"]},
    {"loss": ["mse"] * 3},
    {"loss": {"a": "mse"}},
    {"loss": {"a": "mse", "c": "mse"}},
    {"loss": "mse", "metrics": {"c": "mae"}},
    {"loss": {"a": "mse", "b": "mse"}, "loss_weights": {"a": 1.0}},
    {"loss": ["mse", "mse"], "loss_weights": [1.0]},
]
BAD_2 = [
    {"loss": {"a": "mse", "c": "mse"}},
    {"loss": "mse", "metrics": {"c": "mae"}},
    {"loss": "mse", "metrics": [["mae"]]},
    {"loss": "mse", "loss_weights": {"a": 1.0, "c": 0.5}},
]
GOOD_2 = [
    {"loss": "mse", "metrics": ["mae"]},
    {"loss": {"a": "mse"}},
    {"loss": "mse", "metrics": ["mae", "mse", "mape"]},
]
GOOD_3 = [
    {"loss": ["mse", "mae"], "loss_weights": [1.0, 0.5], "metrics": [["mae"], ["mse", "mae"]]},
    {"loss": {"a": "mse", "b": None}, "metrics": {"a": ["mae"]}},
    {"loss": "mse", "metrics": ["mae", "mse"]},
]


@pytest.mark.parametrize(
    ("version", "arguments"), [*(("keras", a) for a in BAD_3), *(("tf_keras", a) for a in BAD_2)], ids=str
)
def test_what_does_not_go_with_two_outputs_raises(version: str, arguments: dict[str, object]) -> None:  # KL406
    keras = load(version)
    with pytest.raises((ValueError, KeyError)):
        fit(two_outputs(keras), [column(), column()], **arguments)


@pytest.mark.parametrize(
    ("version", "arguments"), [*(("keras", a) for a in GOOD_3), *(("tf_keras", a) for a in GOOD_2)], ids=str
)
def test_what_goes_with_two_outputs_runs(version: str, arguments: dict[str, object]) -> None:  # KL406
    keras = load(version)
    fit(two_outputs(keras), [column(), column()], **arguments)


@BOTH
def test_one_output_takes_a_dict_of_its_name(version: str) -> None:  # KL406
    keras = load(version)
    fit(one_output(keras), column(), loss={"o": "mse"}, metrics={"o": "mae"})
    with pytest.raises(ValueError, match=r"u|key|output"):
        fit(one_output(keras), column(), loss={"u": "mse"})
    if version == "keras":
        with pytest.raises(TypeError):
            fit(model_of(keras, 1, None), column(), loss={"dense": "mse"})


@BOTH
@pytest.mark.parametrize(
    ("loss", "metric"),
    [
        ("sparse_categorical_crossentropy", "Precision"),
        ("sparse_categorical_crossentropy", "AUC"),
        ("sparse_categorical_crossentropy", "F1Score"),
        ("categorical_crossentropy", "SparseCategoricalAccuracy"),
    ],
)
def test_a_metric_takes_no_other_labels_than_its_own(version: str, loss: str, metric: str) -> None:  # KL404
    keras = load(version)
    model = model_of(keras, 5, "softmax")
    model.compile("sgd", loss, metrics=[getattr(keras.metrics, metric)()])
    labels = numpy().arange(ROWS) % 5
    y = labels if loss.startswith("sparse") else numpy().eye(5)[labels]
    with pytest.raises(Exception):  # noqa: B017, PT011  (TensorFlow's own in Keras 3, ValueError in Keras 2)
        model.fit(numpy().zeros((ROWS, 6)), y, verbose=0)


@BOTH
def test_a_categorical_accuracy_of_whole_numbers_says_nothing(version: str) -> None:  # KL404
    keras = load(version)
    model = model_of(keras, 5, "softmax")
    model.set_weights([numpy().zeros((6, 5)), numpy().array([0.0, 9.0, 0.0, 0.0, 0.0])])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["categorical_accuracy", "accuracy"])
    result = model.evaluate(numpy().zeros((ROWS, 6)), numpy().ones(ROWS), verbose=0)
    assert result[2] == 1  # every row is right
    assert result[1] != 1
