"""Our builders of ``keras.applications`` are plain Keras programs: run by real Keras they build Keras' own models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keraslint.catalogue import applications

pytestmark = pytest.mark.tensorflow

TEXTS = Path(applications.__file__).parent / "data" / "applications"

CALLS = {
    "3": {
        "vgg.VGG16": {"weights": None, "include_top": False, "pooling": "max", "input_shape": (48, 64, 3)},
        "mobilenet_v3.MobileNetV3Small": {"weights": None, "alpha": 0.75, "minimalistic": True},
        "efficientnet.EfficientNetB0": {"weights": None, "classes": 3, "input_shape": (65, 97, 3)},
    },
    "2": {
        "mobilenet_v2.MobileNetV2": {"weights": None, "alpha": 0.35, "input_shape": (96, 96, 3)},
        "convnext.ConvNeXtTiny": {"weights": None, "include_top": False, "pooling": "avg"},
        "regnet.RegNetY004": {"weights": None, "classes": 2, "include_preprocessing": False},
    },
}

WITNESS = """
import importlib, inspect, json, sys, types
version, folder, calls = json.load(sys.stdin)
if version == "2":
    import tf_keras as keras
    sys.modules["keras"] = keras
else:
    import keras
package = types.ModuleType("texts")
package.__path__ = [folder]
sys.modules["texts"] = package

def described(model):
    return [model.name, [[layer.name, type(layer).__name__, [list(weight.shape) for weight in layer.weights],
                          list(layer.output.shape)] for layer in model.layers]]

results = {}
for call, arguments in calls.items():
    file, name = call.split(".")
    function = getattr(keras.applications, name)
    arguments = {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}
    bound = inspect.signature(function).bind(**arguments)
    bound.apply_defaults()
    bound.arguments.pop("kwargs", None)
    keras.backend.clear_session()
    theirs = described(function(**arguments))
    keras.backend.clear_session()
    ours = described(importlib.import_module(f"texts.{file}").build(name, **bound.arguments))
    results[call] = [ours, theirs]
json.dump(results, sys.stdout)
"""


@pytest.mark.parametrize("version", CALLS)
def test_our_text_builds_what_keras_builds(version: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITNESS],
        input=json.dumps([version, str(TEXTS), CALLS[version]]),
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
    )
    for call, (ours, theirs) in json.loads(done.stdout).items():
        assert ours == theirs, call
