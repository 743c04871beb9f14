"""The builders of ``fixtures/formulas`` at several assignments, and what real Keras builds there.

``python -m tests.programs.formulas`` records it; with ``--run`` it is the process of real Keras.
"""

from __future__ import annotations

import inspect
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "formulas"
BUILDERS = FOLDER / "builders.py"
RECORD = FOLDER / "recorded.json"
VALUES = ((32, 20, 10), (36, 12, 6), (61, 24, 4), (47, 9, 8), (100, 50, 2))
"""What is given to the parameters, in order."""


def made_by_keras() -> dict[str, list[list[int]]]:
    """Return what real Keras counts, total and trained, for each builder at each assignment."""
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
    }
    done = subprocess.run(
        [sys.executable, __file__, "--run"], capture_output=True, text=True, timeout=300, check=True, env=environment
    )
    results: dict[str, list[list[int]]] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return results


def _run() -> None:
    namespace = runpy.run_path(str(BUILDERS))
    builders = {name: value for name, value in namespace.items() if inspect.isfunction(value)}
    counts = {}
    for name, build in builders.items():
        number = len(inspect.signature(build).parameters)
        models = [build(*values[:number]) for values in VALUES]
        counts[name] = [
            [model.count_params(), sum(int(weight.shape.num_elements() if hasattr(weight.shape, "num_elements") else _size(weight.shape)) for weight in model.trainable_weights)]
            for model in models
        ]  # fmt: skip
    print(json.dumps(counts))


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for dim in shape:
        size *= dim
    return size


if __name__ == "__main__":
    if "--run" in sys.argv:
        _run()
    else:
        rows = (f"{json.dumps(name)}: {json.dumps(counts)}" for name, counts in made_by_keras().items())
        RECORD.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
