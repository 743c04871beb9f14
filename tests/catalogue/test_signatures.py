"""Signatures: what is recorded is what the packages have, and arguments are bound as Python and Keras do it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keraslint.catalogue.signatures import bind, layer_signature, members, object_signature, understood
from keraslint.catalogue.spec import Refused, layer_specs
from keraslint.catalogue.versions import Keras
from tests.catalogue.oracle import build

ROOT = Path(__file__).parents[2]
DATA = ROOT / "lint" / "keraslint" / "catalogue" / "data"

CALLS = (
    "layers.Dense()",
    "layers.Dense(3, units=4)",
    "layers.Dense(3, nb_units=4)",
    "layers.Conv2D(nb_filter=3, nb_row=3, nb_col=3)",
    "layers.Conv2D(3)",
    "layers.Conv2D(3, 3, border_mode='same')",
    "layers.MaxPooling2D((2, 2), (2, 2), 'same', 'channels_last', 'it', 1, 2)",
    "layers.LSTM(output_dim=3)",
    "layers.Dropout(p=0.5)",
    "layers.SpatialDropout2D(0.5, trainable=False)",
    "layers.SpatialDropout2D(0.5, batch_input_shape=(None, 3, 3, 3))",
    "layers.Dense(3, batch_input_shape=(None, 3))",
    "layers.Dense(3, weights=[])",
    "layers.LeakyReLU(alpha=0.1)",
    "layers.LeakyReLU(negative_slope=0.1)",
    "layers.LSTM(3, time_major=True)",
    "layers.LSTM(3, implementation=1)",
    "layers.Embedding(3, 3, input_length=3)",
    "layers.AveragePooling2D()",
    "layers.InputLayer(shape=(3,))",
    "layers.InputLayer(input_shape=(3,))",
)


def _arguments(*args: object, **kwargs: object) -> tuple[tuple[object, ...], dict[str, object]]:
    return args, kwargs


@pytest.mark.tensorflow
@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_calls_are_refused_where_keras_refuses_them_and_in_its_words(keras: Keras) -> None:
    package = "tf_keras" if keras is Keras.TWO else "keras"
    texts = [
        f"import {package} as keras\nfrom {package} import layers\n{call}\nmodel = keras.Sequential()\n"
        for call in CALLS
    ]
    for call, answer in zip(CALLS, build(keras.value, texts), strict=True):
        name, _, arguments = call.removeprefix("layers.").partition("(")
        signature = layer_signature(name, keras)
        assert signature is not None
        args, kwargs = eval(f"arguments({arguments}", {"arguments": _arguments})
        try:
            bind(signature, args, kwargs)
        except Refused as refused:
            assert f"{refused.error}: {refused.message}" == answer.error.partition("\n")[0], call  # noqa: PT017
        else:
            assert answer.error == "" or "argument" not in answer.error, call


@pytest.mark.tensorflow
@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_what_is_recorded_is_what_the_package_has(keras: Keras, tmp_path: Path) -> None:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    script = ROOT / "tests" / "record" / "signatures.py"
    command = [sys.executable, str(script), "--keras", keras.value, "--output", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=300)
    name = f"signatures-{keras.value}.json"
    recorded, found = (json.loads((folder / name).read_text(encoding="utf-8")) for folder in (DATA, tmp_path))
    if recorded["package"] != found["package"]:
        pytest.skip(f"recorded from {recorded['package']}, installed is {found['package']}")
    assert recorded == found


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_an_alias_is_the_class_that_it_names(keras: Keras) -> None:
    for alias, canonical in {
        "Convolution2D": "Conv2D",
        "MaxPool2D": "MaxPooling2D",
        "GlobalAvgPool1D": "GlobalAveragePooling1D",
    }.items():
        signature = layer_signature(alias, keras)
        assert signature is not None
        assert signature.canonical == canonical


def test_every_default_is_filled_in() -> None:
    signature = layer_signature("Conv2D", Keras.THREE)
    assert signature is not None
    bound = bind(signature, (8, 3), {"padding": "same", "name": "stem"})
    assert bound["filters"] == 8
    assert bound["strides"] == (1, 1)
    assert bound["trainable"] is True
    assert bound["name"] == "stem"
    assert bound["lora_rank"] is None


def test_members_that_are_no_layers_are_recorded_too() -> None:
    adam = object_signature("optimizers", "Adam", Keras.THREE)
    assert adam is not None
    assert [parameter.name for parameter in adam.parameters[:2]] == ["learning_rate", "beta_1"]
    assert "load_data" in members("datasets.mnist", Keras.TWO)
    assert "relu" in understood("activations", Keras.THREE)


def test_a_specification_stands_under_a_name_that_keras_has() -> None:
    for name in layer_specs():
        spellings = (name, f"experimental.{name}", f"compat.v1.{name}")
        assert any(layer_signature(spelling, keras) for spelling in spellings for keras in Keras), name
