"""Records what real Keras makes of ``keras.applications``: the layers of each model in many configurations.

Run it once a version, with the package installed:

    python tests/record/applications.py 3 [name ...]
    python tests/record/applications.py 2 [name ...]

It writes ``fixtures/applications/keras-<version>.json.gz``; with names of models, only theirs are recorded again. No
weights are loaded: where a program asks for trained ones, the model is built as for them and left as it is.
"""

from __future__ import annotations

import gzip
import importlib
import json
import math
import os
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "applications"

FAMILIES = {
    "VGG16": ["VGG19"],
    "ResNet50": ["ResNet101", "ResNet152"],
    "ResNet50V2": ["ResNet101V2", "ResNet152V2"],
    "MobileNet": [],
    "MobileNetV2": [],
    "MobileNetV3Small": ["MobileNetV3Large"],
    "Xception": [],
    "InceptionV3": [],
    "InceptionResNetV2": [],
    "DenseNet121": ["DenseNet169", "DenseNet201"],
    "NASNetMobile": ["NASNetLarge"],
    "EfficientNetB0": [f"EfficientNetB{i}" for i in range(1, 8)],
    "EfficientNetV2B0": [f"EfficientNetV2{size}" for size in ("B1", "B2", "B3", "S", "M", "L")],
    "ConvNeXtTiny": [f"ConvNeXt{size}" for size in ("Small", "Base", "Large", "XLarge")],
    "RegNetX002": [f"RegNetX{n:03d}" for n in (4, 6, 8, 16, 32, 40, 64, 80, 120, 160, 320)],
    "RegNetY002": [f"RegNetY{n:03d}" for n in (4, 6, 8, 16, 32, 40, 64, 80, 120, 160, 320)],
    "ResNetRS50": [f"ResNetRS{n}" for n in (101, 152, 200, 270, 350, 420)],
}
"""The model that is recorded in every way, and its sisters, which differ from it by numbers only."""

ALWAYS = ["weights=None", "weights=None, include_top=False, pooling='avg', input_shape=(139, 230, 3)"]

EVERY_WAY = [
    "",
    "weights=None, include_top=False, pooling='max', input_shape=(None, None, 3)",
    "weights='imagenet', include_top=False",
    "weights='imagenet', include_top=False, pooling='avg', classes=10, input_shape=(331, 331, 3)",
    "weights='imagenet', include_top=False, input_tensor=keras.Input((160, 160, 3))",
    "weights='net.weights.h5', classes=7, classifier_activation=None",
    "weights=None, classes=2, classifier_activation='sigmoid', input_shape=(128, 128, 1)",
    "weights=None, include_top=False, input_tensor=keras.layers.Conv2D(3, 1)(keras.Input((96, 96, 1)))",
    "weights=None, include_top=False, input_shape=(96, 128, 4), name='encoder'",
    "weights=None, include_top=False, input_tensor=keras.Input((128, 128, 3)), input_shape=(128, 128, 3)",
    # refused
    "weights='imagenet', classes=10",
    "weights='imagenet', input_shape=(200, 200, 3)",
    "weights='imagenet', classifier_activation='sigmoid'",
    "weights='imagenet', include_top=False, input_shape=(224, 224, 1)",
    "weights=None, include_top=False, input_shape=(31, 224, 3)",
    "weights=None, include_top=False, input_shape=(224, 224)",
    "weights=None, input_shape=(None, None, 3)",
    "weights=None, no_such_argument=1",
]

MORE = {
    "MobileNet": [
        "alpha=0.25",
        "alpha=0.6",
        "alpha=0.6, weights=None",
        "depth_multiplier=2",
        "depth_multiplier=2, alpha=0.75, weights=None, dropout=0.5",
        "input_shape=(192, 192, 3)",
        "weights='imagenet', include_top=False, input_shape=(128, 160, 3)",
    ],
    "MobileNetV2": [
        "alpha=0.35",
        "alpha=1.4",
        "alpha=0.6",
        "alpha=0.6, weights=None",
        "input_shape=(96, 96, 3)",
        "weights='imagenet', include_top=False, input_shape=(128, 160, 3)",
        "weights=None, include_top=False, input_tensor=keras.Input((128, 128, 3)), input_shape=(96, 96, 3)",
    ],
    "MobileNetV3Small": [
        "alpha=0.75",
        "alpha=0.6",
        "alpha=1.5, weights=None",
        "minimalistic=True",
        "minimalistic=True, weights=None, include_top=False, include_preprocessing=False, pooling='max'",
        "include_preprocessing=False",
        "dropout_rate=0.5",
        "dropout_rate=0, weights=None",
        "weights=None, include_top=False, input_tensor=keras.Input((128, 128, 3)), input_shape=(96, 96, 3)",
        "weights=None, input_tensor=keras.Input((32, 32, 3))",
    ],
    "MobileNetV3Large": ["minimalistic=True", "alpha=0.75", "alpha=0.5, weights=None"],
    "EfficientNetV2B0": [
        "include_preprocessing=False",
        "weights=None, include_preprocessing=False, input_shape=(64, 64, 4)",
    ],
    "EfficientNetV2S": ["include_preprocessing=False", ""],
    "EfficientNetB0": ["weights='net.weights.h5', drop_connect_rate=0.4"],
    "ConvNeXtTiny": ["include_preprocessing=False"],
    "RegNetX002": ["include_preprocessing=False"],
    "ResNetRS50": ["include_preprocessing=False", "weights='imagenet-i224'"],
    "VGG16": ["False, None, None, (64, 64, 3), 'avg'"],
    "ResNet50": ["False, None, None, (64, 64, 3), 'avg'"],
}


def programs() -> dict[str, list[str]]:
    """Return the programs by the model that they build."""
    result: dict[str, list[str]] = {}
    for first, others in FAMILIES.items():
        for name in (first, *others):
            arguments = dict.fromkeys([*ALWAYS, *(EVERY_WAY if name == first else ()), *MORE.get(name, ())])
            result[name] = [f"model = keras.applications.{name}({text})" for text in arguments]
        made = f"model = keras.applications.{first}(weights=None, include_top=False, pooling='avg', input_shape="
        result[first].append(f"keras.backend.set_image_data_format('channels_first')\n{made}(3, 97, 128))")
        result[first].append(
            f"other = keras.Sequential([keras.layers.Dense(2), keras.layers.ReLU()])\n{made}(96, 64, 3))"
        )
    model = "model = keras.Model(image, keras.layers.Conv2D(2, 1)(x))"
    for module, shape in (
        ("resnet50", "(None, None, 3)"),
        ("densenet", "(32, 32, 3)"),
        ("xception", "(64, 64, 3)"),
        ("efficientnet", "(64, 64, 3)"),
    ):
        result[module] = [
            f"image = keras.Input({shape})\nx = keras.applications.{module}.preprocess_input(image)\n{model}",
        ]
    return result


def described(layer) -> dict[str, object]:
    """Return what is compared of a layer."""
    trained = {id(weight) for weight in layer.trainable_weights}
    weights = [[list(weight.shape), id(weight) in trained] for weight in layer.weights]
    try:
        output = layer.output
    except (AttributeError, ValueError):
        output = None
    shape = list(output.shape) if hasattr(output, "shape") else None
    record: dict[str, object] = {"name": layer.name, "class": type(layer).__name__, "shape": shape, "weights": weights}
    if getattr(layer, "layers", None):
        record["layers"] = [described(child) for child in layer.layers]
    return record


def built(keras, program: str) -> dict[str, object]:
    """Return what Keras makes of a program."""
    keras.backend.clear_session()
    keras.backend.set_image_data_format("channels_last")
    namespace = {"keras": keras}
    try:
        exec(program, namespace)
    except Exception as error:  # noqa: BLE001  it is what the program comes to
        return {"error": type(error).__name__, "message": str(error)[:160]}
    finally:
        keras.backend.set_image_data_format("channels_last")
    model = namespace["model"]
    count = sum(math.prod(weight.shape) for weight in model.weights)
    trained = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    return {
        "name": model.name,
        "total": count,
        "trained": trained,
        "layers": [described(layer) for layer in model.layers],
    }


def keras_without_weights(version: str):
    """Return the package, with the loading of weights left out."""
    if version == "3":
        keras = importlib.import_module("keras")
        files = importlib.import_module("keras.src.utils.file_utils")
        files.get_file = lambda *_, **__: "net.weights.h5"
    else:
        keras = importlib.import_module("tf_keras")
        files = importlib.import_module("tf_keras.src.utils.data_utils")
        files.get_file = lambda *_, **__: "net.weights.h5"
    keras.Model.load_weights = lambda *_, **__: None
    os.chdir(tempfile.mkdtemp())
    Path("net.weights.h5").touch()
    return keras


def main(version: str, names: list[str]) -> None:
    """Record."""
    keras = keras_without_weights(version)
    path = FOLDER / f"keras-{version}.json.gz"
    recorded = json.loads(gzip.decompress(path.read_bytes())) if path.exists() and names else {}
    for name, texts in programs().items():
        if (names and name not in names) or not hasattr(keras.applications, name):
            continue
        for program in texts:
            recorded[program] = built(keras, program)
        write(path, recorded)
        print(name, len(texts), flush=True)


def write(path: Path, recorded: dict[str, dict[str, object]]) -> None:
    """Write the records, one a line."""
    path.parent.mkdir(exist_ok=True)
    lines = (f"{json.dumps(program)}: {json.dumps(record)}" for program, record in sorted(recorded.items()))
    path.write_bytes(gzip.compress(("{\n" + ",\n".join(lines) + "\n}\n").encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
