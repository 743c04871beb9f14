"""Real Keras does what the rules about versions, data and smells say of it."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings

import pytest

from tests.rules.programs import Case, read_cases

pytestmark = pytest.mark.tensorflow

RAISING = ("KL310", "KL602", "KL604", "KL605", "KL607")
"""Rules whose programs Keras 3 refuses, in building, training, saving or importing."""
BUILDING = (
    "KL104",
    "KL307",
    "KL309",
    "KL501",
    "KL502",
    "KL503",
    "KL504",
    "KL505",
    "KL511",
    "KL512",
    "KL513",
    "KL514",
    "KL515",
    "KL516",
    "KL603",
)
"""Rules whose programs Keras builds, right or wrong: nothing at run time tells."""


def _programs(codes: tuple[str, ...], kind: str) -> list[tuple[str, Case]]:
    found = [(code, case) for code in codes for case in read_cases(code) if case.kind == kind]
    return [
        (code, case) for code, case in found if not re.search(r"settings|\.npy|tf_keras|sys\.argv", case.program.text)
    ]


def _run(text: str, title: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, title, "exec"), {"__name__": "program"})


REFUSED = _programs(RAISING, "Fires")
BUILT = _programs((*BUILDING, "KL310", "KL607", "KL602", "KL604", "KL605", "KL601"), "Silent") + _programs(
    BUILDING, "Fires"
)


@pytest.mark.parametrize(("code", "case"), REFUSED, ids=[f"{code}: {case.title}" for code, case in REFUSED])
def test_keras_3_refuses_what_is_reported(code: str, case: Case, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever it is that Keras raises there
        _run(case.program.text, f"{code}: {case.title}")


@pytest.mark.parametrize(("code", "case"), BUILT, ids=[f"{code} {case.kind}: {case.title}" for code, case in BUILT])
def test_keras_3_runs_these(code: str, case: Case, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights").mkdir()
    (tmp_path / "folder").mkdir()
    _run(case.program.text, f"{code}: {case.title}")


@pytest.mark.parametrize(
    ("argument", "make"),
    [
        ("lr", lambda k: k.optimizers.Adam(lr=0.1)),
        ("period", lambda k: k.callbacks.ModelCheckpoint("a.keras", period=2)),
        ("batch_input_shape", lambda k: k.layers.LSTM(2, batch_input_shape=(1, 2, 3))),
        ("time_major", lambda k: k.layers.LSTM(2, time_major=True)),
        ("weights", lambda k: k.layers.Dense(2, weights=[])),
        ("pool_size", lambda k: k.layers.AveragePooling2D()),
        ("data_format", lambda k: k.layers.GlobalAveragePooling2D(2)),
    ],
)
def test_arguments_that_keras_3_refuses(argument: str, make) -> None:
    keras = pytest.importorskip("keras")
    with pytest.raises((ValueError, TypeError), match=argument):
        make(keras)


def test_arguments_that_keras_3_only_warns_of() -> None:
    keras = pytest.importorskip("keras")
    for make in (
        lambda: keras.layers.Embedding(3, 2, input_length=4),
        lambda: keras.layers.LeakyReLU(alpha=0.1),
        lambda: keras.optimizers.Adam(decay=0.1),
    ):
        with pytest.warns(UserWarning, match="deprecated|ignored"):
            make()


def test_keras_2_ignores_lr() -> None:
    keras = pytest.importorskip("tf_keras")
    assert float(keras.optimizers.Adam(lr=0.5).learning_rate) == pytest.approx(0.001)


def test_rates_of_dropout() -> None:
    for name in ("keras", "tf_keras"):
        keras = pytest.importorskip(name)
        with pytest.raises(ValueError, match="rate"):
            keras.layers.Dropout(50)
        inputs = keras.Input((4,))
        model = keras.Model(inputs, keras.layers.Dropout(1.0)(inputs))
        data = sys.modules["numpy"].ones((2, 4))
        if name == "keras":
            assert not model(data, training=True).numpy().any()
        else:
            with pytest.raises(ValueError, match="rate"):
                model(data, training=True)
        assert keras.layers.LSTM(2, dropout=20) is not None


def test_a_bias_before_batch_normalisation_is_taken_out() -> None:
    for name in ("keras", "tf_keras"):
        keras = pytest.importorskip(name)
        numpy = sys.modules["numpy"]
        inputs = keras.Input((4,))
        dense = keras.layers.Dense(3)
        model = keras.Model(inputs, keras.layers.BatchNormalization()(dense(inputs)))
        data = numpy.random.default_rng(0).random((8, 4))
        before = model(data, training=True).numpy()
        kernel, bias = dense.get_weights()
        dense.set_weights([kernel, bias + 7])
        assert numpy.allclose(before, model(data, training=True).numpy(), atol=1e-4)


def test_weights_of_half_precision_take_half_the_bytes() -> None:
    keras = pytest.importorskip("keras")
    layer = keras.layers.Dense(2, dtype="float16")
    layer.build((None, 4))
    assert sum(weight.numpy().nbytes for weight in layer.weights) == 20
    mixed = keras.layers.Dense(2, dtype="mixed_float16")
    mixed.build((None, 4))
    assert sum(weight.numpy().nbytes for weight in mixed.weights) == 40


def test_the_counts_that_kl103_and_kl104_tell() -> None:
    keras = pytest.importorskip("keras")
    for code in ("KL103", "KL104"):
        for case in read_cases(code):
            if "assert" in case.program.text and case.kind == "Silent":
                subprocess.run([sys.executable, "-c", case.program.text], check=True, capture_output=True)
    assert keras is not None


def test_a_layer_of_the_other_package_is_refused_or_not_counted() -> None:
    import keras
    import tf_keras

    with pytest.raises(ValueError, match="Only instances of"):
        keras.Sequential([keras.Input((8,)), tf_keras.layers.Dense(2)])
    with pytest.raises(AttributeError):
        tf_keras.layers.Dense(2)(keras.Input((8,)))
    inputs = tf_keras.Input((8,))
    assert tf_keras.Model(inputs, keras.layers.Dense(2)(inputs)).count_params() == 0


def test_the_lists_of_some_applications_differ_between_the_versions() -> None:
    import keras
    import tf_keras

    arguments = {"weights": None, "include_top": False, "input_shape": (64, 64, 3)}
    for name, front in (("MobileNetV3Small", 4), ("ConvNeXtTiny", 9), ("MobileNetV2", None)):
        lists = [
            [type(layer).__name__ for layer in getattr(k.applications, name)(**arguments).layers]
            for k in (keras, tf_keras)
        ]
        assert lists[0][:front] == lists[1][:front]
        assert (lists[0] == lists[1]) == (front is None)
