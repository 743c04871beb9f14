"""Stands in for the files that ``keras.datasets`` downloads: zeros of the shapes that Keras documents for them.

What ``load_data`` makes of them is done by Keras' own code. Sequences are of one and of three words; labels count up.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np

FOLDER = Path(tempfile.gettempdir()) / "keraslint-data-files"


def _labels(count: int, classes: int, dtype: str = "int64") -> np.ndarray:
    return (np.arange(count) % classes).astype(dtype)


def _sequences(count: int) -> np.ndarray:
    rows = np.empty(count, dtype=object)
    rows[:] = [[1, 2, 3] if index % 2 else [1] for index in range(count)]
    return rows


def _contents(name: str) -> dict[str, np.ndarray]:
    match name:
        case "mnist.npz":
            return {
                "x_train": np.zeros((60000, 28, 28), "uint8"),
                "y_train": _labels(60000, 10, "uint8"),
                "x_test": np.zeros((10000, 28, 28), "uint8"),
                "y_test": _labels(10000, 10, "uint8"),
            }
        case "imdb.npz":
            half, labels = _sequences(25000), _labels(25000, 2)
            return {"x_train": half, "y_train": labels, "x_test": half, "y_test": labels}
        case "reuters.npz":
            return {"x": _sequences(11228), "y": _labels(11228, 46)}
        case "boston_housing.npz":
            return {"x": np.zeros((506, 13)), "y": np.zeros(506)}
        case _:
            return {"x": np.zeros((20640, 8), "float32"), "y": np.zeros(20640, "float32")}


def get_file(fname: str, *_: object, **__: object) -> str:
    """Return the path of a file of zeros."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / fname
    if fname.endswith(".json"):
        path.write_text(json.dumps({"the": 1}))
    elif fname.endswith(".npz") and not path.exists():
        np.savez_compressed(path, **_contents(fname))
    elif fname.endswith("-ubyte.gz") and not path.exists():
        count = 60000 if fname.startswith("train") else 10000
        labels = bytes(8) + _labels(count, 10, "uint8").tobytes()
        path.write_bytes(gzip.compress(labels if "labels" in fname else bytes(16 + count * 28 * 28), 1))
    return str(path)


def load_batch(fpath: str, label_key: str = "labels") -> tuple[np.ndarray, object]:
    """Return what a batch of cifar holds: ten thousand pictures, the hundred classes' file fifty thousand."""
    count = 50000 if fpath.endswith("train") else 10000
    classes = {"fine_labels": 100, "coarse_labels": 20}.get(label_key, 10)
    return np.zeros((count, 3, 32, 32), "uint8"), [index % classes for index in range(count)]


def install(package: str) -> None:
    """Let the data sets of ``keras`` or ``tf_keras`` be loaded without a network."""
    for name in (
        "mnist",
        "imdb",
        "reuters",
        "boston_housing",
        "california_housing",
        "fashion_mnist",
        "cifar10",
        "cifar100",
    ):
        if package == "tf_keras" and name == "california_housing":
            continue
        module = import_module(f"{package}.src.datasets.{name}")
        module.get_file = get_file
        if name.startswith("cifar"):
            module.load_batch = load_batch
        if hasattr(module, "npz_utils"):
            module.npz_utils.load_npz = lambda path: np.load(path, allow_pickle=True)
