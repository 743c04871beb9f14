"""What layers keep of their arguments, and other constants that programs read, beside the real packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

_ASKED = """\
L.Conv2D(2, 3).data_format == "channels_last"
L.Flatten().data_format == "channels_last"
L.MaxPooling2D().strides == (2, 2)
L.MaxPooling2D(3).strides == (3, 3)
L.AveragePooling1D(2).strides == (2,)
L.ZeroPadding2D(1).padding == ((1, 1), (1, 1))
L.ZeroPadding2D((1, 2)).padding == ((1, 1), (2, 2))
L.ZeroPadding2D(((1, 2), (3, 4))).padding == ((1, 2), (3, 4))
L.ZeroPadding1D(1).padding == (1, 1)
L.Cropping1D([1, 2]).cropping == (1, 2)
L.UpSampling1D(2).size == 2
L.UpSampling3D(2).size == (2, 2, 2)
L.Conv2D(2, 3, padding="SAME").padding == "same"
L.Conv2D(2, [3, 3]).kernel_size == (3, 3)
L.DepthwiseConv2D(3, strides=2).strides == (2, 2)
L.Reshape([2, 3]).target_shape == (2, 3)
L.Permute([2, 1]).dims == (2, 1)
tf.image.ResizeMethod.NEAREST_NEIGHBOR == "nearest"
not hasattr(L.Dense(2, input_shape=(3,)), "input_shape")
not hasattr(L.Dense(2), "nonsense")
hasattr(L.LeakyReLU(alpha=0.5), "alpha") is (not hasattr(tf.keras, "ops"))
getattr(L.Embedding(3, 4), "input_length", 7) == (7 if hasattr(tf.keras, "ops") else None)
""".splitlines()


@pytest.mark.tensorflow
@pytest.mark.parametrize("version", ["2", "3"])
def test_attributes_are_what_the_layers_have(version: str) -> None:
    code = f"import json, tensorflow as tf\nL = tf.keras.layers\nprint(json.dumps([eval(e) for e in {_ASKED!r}]))"
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1" if version == "2" else "0"}
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=True, timeout=300, env=environment)
    assert json.loads(done.stdout.splitlines()[-1]) == [True] * len(_ASKED)


@pytest.mark.parametrize("version", ["2", "3"])
@pytest.mark.parametrize("asked", _ASKED)
def test_attributes_are_known(asked: str, version: str) -> None:
    text = f"import tensorflow as tf\nL = tf.keras.layers\nn = 1 if {asked} else 2\n"
    text += "m = tf.keras.Sequential([tf.keras.Input((3,)), L.Dense(n)])\n"
    analysis = analyse_source(SourceFile("net.py", text), [], Options(read=lambda _path: None, keras=version))
    assert [model.count.total for model in analysis.models] == [4]
