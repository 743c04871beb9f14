"""Runs the literate cases under real Keras and prints, as JSON, what every ``reveal`` saw: run as a script."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parent))

from data_files import install


def count_text(weights: object, trainable: object) -> str:
    """Return counts as the cases write them."""

    def size(variables: object) -> int:
        total = 0
        for variable in variables:  # type: ignore[attr-defined]
            product = 1
            for dim in variable.shape:
                product *= dim
            total += product
        return total

    total, trained = size(weights), size(trainable)
    return f"{total} params ({trained} trainable, {total - trained} non-trainable)"


def reveal_text(value: object) -> str:
    """Return what a value is, as the cases write it."""
    import numpy as np
    import tensorflow as tf

    for package in packages():
        if isinstance(value, package.layers.Layer) and not isinstance(value, package.metrics.Metric):
            return count_text(value.weights, value.trainable_weights)
    if type(value).__name__ == "KerasTensor":
        return str(tuple(value.shape))
    if isinstance(value, tf.TensorShape):
        return repr(tuple(value))
    if isinstance(value, tf.Tensor | tf.Variable | np.ndarray | tf.TensorSpec):
        name = value.dtype.name if isinstance(value.dtype, tf.DType | np.dtype) else value.dtype
        return f"{name} {tuple(value.shape)}"
    if isinstance(value, tuple | list) and has_data(value):
        return f"[{', '.join(reveal_text(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {reveal_text(item)}" for key, item in value.items()) + "}"
    return repr(value.item() if isinstance(value, np.generic) else value)


def has_data(value: object) -> bool:
    """Return whether there is an array in a nest."""
    if isinstance(value, tuple | list):
        return any(has_data(item) for item in value)
    return hasattr(value, "dtype")


def packages() -> list[ModuleType]:
    """Return the versions of Keras that are there by now."""
    return [sys.modules[name] for name in ("keras", "tf_keras") if name in sys.modules]


def reset() -> None:
    """Forget what a program set, and let both versions load their data sets without a network."""
    for package in packages():
        install(package.__name__)
        package.backend.clear_session()
        package.backend.set_floatx("float32")
        package.backend.set_image_data_format("channels_last")
        package.mixed_precision.set_global_policy("float32" if package.__name__ == "keras" else None)
        if package.__name__ == "keras":
            package.utils.clear_session()


def main() -> None:
    """Read programs from standard input, run each, print what they reveal."""
    import keras  # noqa: F401

    results = []
    for program in json.load(sys.stdin):
        seen: list[tuple[int, str]] = []

        def reveal(value: object, seen: list[tuple[int, str]] = seen) -> None:
            seen.append((sys._getframe(1).f_lineno, reveal_text(value)))

        if "tf_keras" in program:
            import tf_keras  # noqa: F401
        reset()
        error = ""
        try:
            with redirect_stdout(sys.stderr):
                exec(compile(program, "case", "exec"), {"reveal": reveal, "__name__": "case"})
        except Exception as problem:  # noqa: BLE001  reported as the case's result
            error = f"{type(problem).__name__}: {problem}"
        results.append({"seen": seen, "error": error})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
