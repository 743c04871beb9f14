"""What Keras 3's layers keep to themselves when a class derives from them, beside real Keras."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from keraslint.catalogue.overriding import BUILT_WITHOUT_SHAPE, COMPLETE_AT_ONCE, READ_ONLY, TRACED

SCRIPT = """
import inspect, json, keras
layer = keras.layers.Layer
def is_default(method):
    return getattr(method, "_is_default", False)
found = {}
for name in dir(keras.layers):
    cls = getattr(keras.layers, name)
    if not (inspect.isclass(cls) and issubclass(cls, layer)):
        continue
    own = [base for base in cls.__mro__ if base.__module__.startswith("keras.src.layers") and base is not layer]
    is_traced = is_default(cls.compute_output_shape) and cls.compute_output_spec is layer.compute_output_spec
    fixed = [key for base in own for key, value in vars(base).items() if isinstance(value, property) and not value.fset]
    is_complete = False
    for args in ((), (3,), (0.1,), ("relu",)):
        try:
            is_complete = cls(*args).built
            break
        except Exception:
            continue
    found[cls.__name__] = [is_traced, is_default(cls.build), is_complete, fixed]
print(json.dumps(found))
"""


@pytest.mark.tensorflow
def test_tables_are_what_real_keras_has() -> None:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=environment, timeout=120
    )
    found = json.loads(done.stdout)
    assert {name for name, facts in found.items() if facts[0]} == TRACED - {"AbstractRNNCell"}
    assert {name for name, facts in found.items() if facts[1]} == BUILT_WITHOUT_SHAPE
    assert [name for name in COMPLETE_AT_ONCE if not found[name][2]] == []
    assert [name for name, names in READ_ONLY.items() if not names <= set(found[name][3])] == []
