"""What the packages have at their top, beside the packages themselves."""

from __future__ import annotations

import subprocess
import sys

import pytest

from keraslint.catalogue.public_names import ONLY_TENSORFLOW_1, PUBLIC
from keraslint.catalogue.versions import Keras
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile


@pytest.mark.tensorflow
def test_the_names_are_those_of_the_packages() -> None:
    code = "import tf_keras, keras, tensorflow as tf\nfor m in (tf_keras, keras, tf): print(*(n for n in dir(m) if n[0] != '_'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    two, three, tensorflow = (set(line.split()) for line in done.stdout.splitlines()[-3:])
    assert set(PUBLIC[Keras.TWO]) == two
    assert set(PUBLIC[Keras.THREE]) == three
    assert not ONLY_TENSORFLOW_1 & tensorflow


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ('hasattr(keras, "ops")', [4, 8]),
        ('hasattr(keras, "dtensor")', [8, 4]),
        ('hasattr(keras, "Operation")', [4, 8]),
        ('hasattr(keras, "layers") and not hasattr(tf, "contrib")', [8, 8]),
    ],
)
def test_a_program_that_asks_for_a_name_is_answered(asked: str, counts: list[int]) -> None:
    text = f"import tensorflow as tf\nfrom tensorflow import keras\nn = 2 if {asked} else 1\n"
    text += "m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(n)])\n"
    found = [analyse_source(SourceFile("net.py", text), [], Options(read=lambda _p: None, keras=k)) for k in "23"]
    assert [[model.count.total for model in analysis.models] for analysis in found] == [[count] for count in counts]
