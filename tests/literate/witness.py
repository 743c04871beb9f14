"""Runs the literate cases under real Keras and prints, as JSON, what every ``reveal`` saw: run as a script."""

from __future__ import annotations

import json
import sys


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


def main() -> None:
    """Read programs from standard input, run each, print what they reveal."""
    import keras

    results = []
    for program in json.load(sys.stdin):
        seen: list[tuple[int, str]] = []

        def reveal(value: object, seen: list[tuple[int, str]] = seen) -> None:
            line = sys._getframe(1).f_lineno
            if isinstance(value, keras.KerasTensor):
                text = str(tuple(value.shape))
            elif isinstance(value, keras.layers.Layer):
                text = count_text(value.weights, value.trainable_weights)
            else:
                text = repr(value)
            seen.append((line, text))

        keras.utils.clear_session()
        error = ""
        try:
            exec(compile(program, "case", "exec"), {"reveal": reveal, "__name__": "case"})
        except Exception as problem:  # noqa: BLE001  reported as the case's result
            error = f"{type(problem).__name__}: {problem}"
        results.append({"seen": seen, "error": error})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
