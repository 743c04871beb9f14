"""Keras' own application builders, read as source, against the same builders run by real Keras."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keraslint.interp.analyse import Options, analyse_file

pytestmark = pytest.mark.tensorflow

CALLS = {
    "vgg16": ["VGG16(weights=None)", "VGG16(weights=None, include_top=False, pooling='avg', input_shape=(48, 64, 3))"],
    "vgg19": ["VGG19(weights=None, classes=7)"],
    "resnet": [
        "ResNet50(weights=None)",
        "ResNet50(weights=None, include_top=False, input_shape=(None, None, 3))",
        "ResNet101(weights=None, classes=3, input_shape=(96, 64, 3))",
        "ResNet152(weights=None, include_top=False)",
    ],
    "mobilenet": ["MobileNet(weights=None)", "MobileNet(weights=None, alpha=0.75, depth_multiplier=2)"],
    "mobilenet_v2": [
        "MobileNetV2(weights=None)",
        "MobileNetV2(weights=None, alpha=1.3, input_shape=(160, 128, 3), classes=5)",
    ],
    "xception": ["Xception(weights=None)", "Xception(weights=None, include_top=False, pooling='max')"],
    "densenet": [
        "DenseNet121(weights=None)",
        "DenseNet169(weights=None, classes=10)",
        "DenseNet201(weights=None, include_top=False)",
    ],
    "inception_v3": [
        "InceptionV3(weights=None)",
        "InceptionV3(weights=None, include_top=False, input_shape=(150, 160, 3))",
    ],
}

WITNESS = """
import json, sys
import keras
results = {}
for module, calls in json.load(sys.stdin).items():
    namespace = dict(vars(__import__(f"keras.src.applications.{module}", fromlist=["x"])))
    for call in calls:
        keras.utils.clear_session()
        model = eval(call, namespace)
        results[call] = {
            "total": model.count_params(),
            "trainable": sum(int(w.shape.num_elements() if hasattr(w.shape, "num_elements") else __import__("math").prod(w.shape)) for w in model.trainable_weights),
            "layers": [[layer.name, type(layer).__name__, layer.count_params(), [list(w.shape) for w in layer.weights],
                        list(layer.output.shape) if not isinstance(layer.output, list) else list(layer.output[0].shape)] for layer in model.layers],
        }
json.dump(results, sys.stdout)
"""


def site_packages() -> Path:
    """Return the folder in which Keras is installed."""
    spec = importlib.util.find_spec("keras")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parents[1]


@pytest.fixture(scope="module")
def witness() -> dict[str, dict[str, object]]:
    """Return what real Keras built for every call, by call."""
    done = subprocess.run(
        [sys.executable, "-c", WITNESS],
        input=json.dumps(CALLS),
        capture_output=True,
        text=True,
        timeout=400,
        check=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
    )
    results: dict[str, dict[str, object]] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize(("module", "call"), [(module, call) for module, calls in CALLS.items() for call in calls])
def test_a_builder_of_keras_counts_as_keras_counts_it(
    witness: dict[str, dict[str, object]], module: str, call: str
) -> None:
    root = site_packages()

    def read(path: str) -> bytes | None:
        file = root / path
        return file.read_bytes() if file.is_file() else None

    analysis = analyse_file(f"keras/src/applications/{module}.py", [call], Options(read=read, keras="3", roots=("",)))
    (model,) = [model for model in analysis.models if model.returned]
    assert model.certainty == "exact", model.unresolved
    expected = witness[call]
    assert (model.count.total, model.count.trainable) == (expected["total"], expected["trainable"])
    layers = [
        [
            layer.name,
            layer.class_name,
            layer.count.total,
            [list(weight.shape or ()) for weight in layer.weights],
            list(layer.output_shape) if isinstance(layer.output_shape, tuple) else layer.output_shape,
        ]
        for layer in model.layers
    ]
    assert layers == expected["layers"]
