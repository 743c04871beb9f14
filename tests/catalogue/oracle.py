"""Real Keras in a process of its own: what it makes of the texts of modules, each of which builds ``model``.

``build("3", texts)`` runs all texts in one subprocess and returns an answer for each. A text may be a whole program;
what counts is the variable ``model`` that it leaves behind. Run as a script, this file is that subprocess.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Built:
    """What real Keras made of a text; ``error`` is how it refused, empty where it did not."""

    weights: list[tuple[tuple[int, ...], bool]]
    """Shape, and whether it is trained, in Keras' order."""
    names: list[str]
    dtypes: list[str]
    output_shape: object
    """A shape, or a nest (lists, dicts) of shapes; None where there is none."""
    layers: list[tuple[str, str, int | None, object]]
    """Name, class, parameters and output shape of each of ``model.layers``."""
    total: int | None
    trainable: int | None
    error: str


class OracleError(Exception):
    """The subprocess did not answer."""


def build(keras: str, texts: Sequence[str], *, timeout: float = 300) -> list[Built]:
    """Return what Keras (``"2"``: tf_keras, ``"3"``: keras) makes of each text."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    environment["TF_USE_LEGACY_KERAS"] = "1" if keras == "2" else "0"
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), keras],
        input=json.dumps(list(texts)),
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        check=False,
    )
    last = done.stdout.strip().rpartition("\n")[2]
    try:
        answers = json.loads(last)
    except ValueError:
        raise OracleError(done.stderr[-2000:]) from None
    return [_built(answer) for answer in answers]


def _built(answer: dict[str, object]) -> Built:
    weights = answer["weights"]
    assert isinstance(weights, list)
    return Built(**{**answer, "weights": [(tuple(shape), trained) for shape, trained in weights]})  # type: ignore[arg-type]


def shapes_of(nest: object) -> list[tuple[int | None, ...] | None]:
    """Return the shapes in a nest, in order."""
    if isinstance(nest, dict):
        nest = list(nest.values())
    if nest is None:
        return [None]
    assert isinstance(nest, list | tuple)
    if all(item is None or isinstance(item, int) for item in nest):
        return [tuple(nest)]
    return [shape for item in nest for shape in shapes_of(item)]


# what follows runs in the subprocess


def _main(keras: str, texts: Iterable[str]) -> None:
    import warnings

    warnings.simplefilter("ignore")
    if keras == "2":
        import tf_keras as package
    else:
        import keras as package
    gc.freeze()  # clear_session collects garbage each time, and need not look through TensorFlow
    answers = [_answer(package, text) for text in texts]
    sys.stdout.write("\n" + json.dumps(answers) + "\n")


def _answer(package, text: str) -> dict[str, object]:  # type: ignore[no-untyped-def]
    empty: dict[str, object] = {
        "weights": [], "names": [], "dtypes": [], "output_shape": None, "layers": [], "total": None, "trainable": None,
    }  # fmt: skip
    package.backend.clear_session()
    try:
        namespace: dict[str, object] = {"__name__": "module"}
        exec(compile(text, "module.py", "exec"), namespace)
        return {**empty, **_describe(namespace["model"]), "error": ""}
    except Exception as error:  # noqa: BLE001  whatever Keras raises is the answer
        return {**empty, "error": f"{type(error).__name__}: {error}"}


def _describe(model) -> dict[str, object]:  # type: ignore[no-untyped-def]
    trained = {id(weight) for weight in model.trainable_weights}
    weights = [weight for weight in model.weights if hasattr(weight, "shape")]  # a lookup's vocabulary has none
    sizes = [_size(weight) for weight in weights]
    return {
        "weights": [([_dim(dim) for dim in weight.shape], id(weight) in trained) for weight in weights],
        "names": [weight.name for weight in weights],
        "dtypes": [str(getattr(weight.dtype, "name", weight.dtype)) for weight in weights],
        "output_shape": _plain(_output_shape(model)),
        "layers": [
            (layer.name, type(layer).__name__, _count(layer), _plain(_output_shape(layer))) for layer in model.layers
        ],
        "total": sum(sizes),
        "trainable": sum(size for weight, size in zip(weights, sizes, strict=True) if id(weight) in trained),
    }


def _size(weight) -> int:  # type: ignore[no-untyped-def]
    size = 1
    for dim in weight.shape:
        size *= _dim(dim) or 0  # ``count_params`` counts an open dimension as 0
    return size


def _dim(dim) -> int | None:  # type: ignore[no-untyped-def]
    return None if dim is None else int(dim)


def _count(layer) -> int | None:  # type: ignore[no-untyped-def]
    try:
        return int(layer.count_params())
    except Exception:  # noqa: BLE001  an unbuilt layer has no count
        return None


def _output_shape(layer) -> object:  # type: ignore[no-untyped-def]
    try:
        return _map_shapes(layer.output)
    except Exception:  # noqa: BLE001  neither built nor called
        outputs = getattr(layer, "outputs", None)  # a Sequential of Keras 3 has no ``output`` before it is called
        return _map_shapes(outputs[0]) if isinstance(outputs, list) and len(outputs) == 1 else None


def _map_shapes(nest) -> object:  # type: ignore[no-untyped-def]
    if isinstance(nest, dict):
        return {str(key): _map_shapes(item) for key, item in nest.items()}
    if isinstance(nest, list | tuple):
        return [_map_shapes(item) for item in nest]
    shape = nest.shape
    return None if getattr(shape, "rank", 0) is None else list(shape)


def _plain(nest: object) -> object:
    if isinstance(nest, dict):
        return {str(key): _plain(item) for key, item in nest.items()}
    if isinstance(nest, list | tuple):
        return [_plain(item) for item in nest]
    return nest if nest is None else int(nest)  # type: ignore[call-overload]


if __name__ == "__main__":
    _main(sys.argv[1], json.loads(sys.stdin.read()))
