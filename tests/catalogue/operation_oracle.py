"""What real packages make of calls of operations: shapes and dtypes, or how they refuse; in a process of their own.

Run as a script, this file reads calls as JSON and writes an answer for each: a nest of ``[shape, dtype]``, or an error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def ask(keras: str, calls: Sequence[str], *, timeout: float = 300) -> list[dict[str, object]]:
    """Return what Keras (``"2"``: tf_keras, ``"3"``: keras) makes of each call."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    environment["TF_USE_LEGACY_KERAS"] = "1" if keras == "2" else "0"
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), keras],
        input=json.dumps(list(calls)),
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        check=False,
    )
    last = done.stdout.strip().rpartition("\n")[2]
    try:
        answers: list[dict[str, object]] = json.loads(last)
    except ValueError:
        raise RuntimeError(done.stderr[-2000:]) from None
    return answers


# what follows runs in the subprocess


def _main(keras: str, calls: Sequence[str]) -> None:
    import warnings

    warnings.simplefilter("ignore")
    namespace = _namespace_three() if keras == "3" else _namespace_two()
    sys.stdout.write("\n" + json.dumps([_answer(text, namespace) for text in calls]) + "\n")


def _namespace_three() -> dict[str, object]:
    import keras

    def symbolic(shape, dtype="float32"):  # type: ignore[no-untyped-def]
        return keras.KerasTensor(shape, dtype=dtype)

    def data(shape, dtype="float32"):  # type: ignore[no-untyped-def]
        return keras.ops.ones(shape, dtype=dtype)

    return {"keras": keras, "T": symbolic, "A": data}


def _namespace_two() -> dict[str, object]:
    import tensorflow as tf
    import tf_keras

    def symbolic(shape, dtype="float32"):  # type: ignore[no-untyped-def]
        return tf_keras.Input(batch_shape=shape, dtype=dtype)

    def data(shape, dtype="float32"):  # type: ignore[no-untyped-def]
        return tf.ones(shape, dtype=dtype)

    return {"tf": tf, "keras": tf_keras, "T": symbolic, "A": data}


def _answer(text: str, namespace: dict[str, object]) -> dict[str, object]:
    try:
        return {"output": _describe(eval(text, namespace))}
    except Exception as error:  # noqa: BLE001  whatever is raised is the answer
        return {"error": f"{type(error).__name__}: {error}"[:300]}


def _describe(value) -> object:  # type: ignore[no-untyped-def]
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        dtype = getattr(value.dtype, "name", value.dtype)
        if getattr(value.shape, "rank", 0) is None:
            return ["unknown", dtype]
        return [list(value.shape), dtype]
    if isinstance(value, dict):
        return {"nest": [_describe(item) for item in value.values()]}
    if isinstance(value, list | tuple):
        return {"nest": [_describe(item) for item in value]}
    return {"plain": repr(value)[:60]}


if __name__ == "__main__":
    _main(sys.argv[1], json.load(sys.stdin))
