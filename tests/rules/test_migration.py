"""Files of Keras 2, after the fixes, are built by real Keras 3 with the counts that they had."""

from __future__ import annotations

import pytest

from keraslint.diagnose.edits import apply_fixes
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.rule import Settings
from keraslint.diagnose.runner import run_rules
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

pytestmark = pytest.mark.tensorflow

_HEAD = "import keras\nimport numpy as np\nfrom keras.models import Sequential\n"
_CORE = f"{_HEAD}from keras.layers.core import Dense, Dropout, Flatten\n"
_CONVOLUTION = f"{_CORE}from keras.layers.convolutional import Conv2D, MaxPooling2D\n"
_FIT = "model.fit(np.zeros((4, 8)), np.zeros((4, 1)), verbose=0{})\n"
_PERCEPTRON = "model = Sequential()\nmodel.add(Dense(6, input_shape=(8,)))\nmodel.add(Dense(1))\n"
_BATCHES = "def batches():\n    for _ in range(2):\n        yield np.zeros((4, 8)), np.zeros((4, 1))\n\n\n"

PROGRAMS = {
    "modules": _CORE + _PERCEPTRON,
    "convolutions": f"{_CONVOLUTION}model = Sequential([Conv2D(4, 3, input_shape=(9, 9, 1)), MaxPooling2D(), Flatten()])\n",
    "np_utils": f"{_CORE}from keras.utils import np_utils\n{_PERCEPTRON}y = np_utils.to_categorical([0, 1], 2)\n",
    "to_categorical": f"{_CORE}from keras.utils.np_utils import to_categorical\n{_PERCEPTRON}y = to_categorical([0, 1], 2)\n",
    "lr": f'{_CORE}{_PERCEPTRON}model.compile(keras.optimizers.Adam(lr=0.1), "mse")\n',
    "lr and decay": f'{_CORE}{_PERCEPTRON}model.compile(keras.optimizers.SGD(lr=0.1, decay=1e-6), "mse")\n',
    "workers": f'{_CORE}{_PERCEPTRON}model.compile("sgd", "mse")\n{_FIT.format(", workers=2")}',
    "queue": f'{_CORE}{_PERCEPTRON}model.compile("sgd", "mse")\n{_FIT.format(", max_queue_size=2, use_multiprocessing=False")}',
    "generator": f'{_CORE}{_BATCHES}{_PERCEPTRON}model.compile("sgd", "mse")\n'
    "model.fit_generator(generator=batches(), steps_per_epoch=1, verbose=0)\n",
    "evaluate": f'{_CORE}{_BATCHES}{_PERCEPTRON}model.compile("sgd", "mse")\nmodel.evaluate_generator(batches(), steps=1)\n',
    "embedding": f"{_HEAD}from keras.layers.embeddings import Embedding\n"
    "model = Sequential([keras.Input((5,)), Embedding(10, 3, input_length=5)])\n",
    "leaky": f"{_CORE}from keras.layers.advanced_activations import LeakyReLU\n"
    "model = Sequential([keras.Input((8,)), Dense(4), LeakyReLU(alpha=0.2)])\n",
    "normalisation": f"{_CORE}from keras.layers.normalization import BatchNormalization\n"
    "model = Sequential([keras.Input((8,)), Dense(4), BatchNormalization(fused=False)])\n",
    "pooling": f"{_HEAD}from keras.layers.pooling import AveragePooling2D\n"
    "model = Sequential([keras.Input((8, 8, 2)), AveragePooling2D(), keras.layers.Conv2D(3, 1)])\n",
    "save": f'{_CORE}{_PERCEPTRON}model.save("model")\n',
    "weights": f'{_CORE}{_PERCEPTRON}model.save_weights("weights.h5")\n',
    "checkpoint": f'{_CORE}{_PERCEPTRON}model.compile("sgd", "mse")\n'
    'best = keras.callbacks.ModelCheckpoint("best.hdf5")\n' + _FIT.format(", callbacks=[best]"),
    "output_shape": f"{_CORE}{_PERCEPTRON}width = model.layers[0].output_shape[-1]\nmodel.add(Dense(width))\n",
    "merge": f"{_CORE}from keras.layers.merge import concatenate\ninputs = keras.Input((8,))\n"
    "model = keras.Model(inputs, concatenate([Dense(3)(inputs), Dense(4)(inputs)]))\n",
    "recurrent": f"{_HEAD}from keras.layers.recurrent import LSTM\nfrom keras.layers.wrappers import Bidirectional\n"
    "model = Sequential([keras.Input((5, 3)), Bidirectional(LSTM(4, time_major=False))])\n",
    "engine": f"{_HEAD}from keras.engine.topology import Layer\n\n\nclass Scale(Layer):\n"
    "    def build(self, shape):\n        self.scale = self.add_weight(shape=(8,))\n\n"
    "    def call(self, x):\n        return x * self.scale\n\n\nmodel = Sequential([keras.Input((8,)), Scale()])\n",
    "batch shape": f"{_HEAD}from keras.layers import LSTM, Dense\nmodel = Sequential()\n"
    "model.add(LSTM(8, batch_input_shape=(4, 10, 3), stateful=True))\nmodel.add(Dense(1))\n",
    "slashes": f'{_CORE}model = Sequential([keras.Input((8,)), Dense(6, name="fc/1"), Dense(1, name="fc/%d" % 2)])\n',
    "a number for a shape": f"{_CORE}width = 12\ninputs = keras.Input(shape=width)\n"
    "model = keras.Model(inputs, Dense(4, weights=None)(inputs))\n",
    "a number alone": f"{_CORE}inputs = keras.Input(8)\nmodel = keras.models.Model(inputs, outputs=Dense(2)(inputs))\n",
}


_TENSORFLOW = "import tensorflow as tf\nfrom tensorflow.keras import layers, Model\n"
OPERATIONS = {
    "reductions": "i = layers.Input((5, 4))\nx = tf.concat([tf.reduce_mean(i, axis=1), tf.reduce_max(i, 1)], axis=-1)\n"
    "model = Model(i, layers.Dense(2)(x))\n",
    "padding": "i = layers.Input((8, 8, 3))\nx = tf.pad(i, [[0, 0], [1, 1], [1, 1], [0, 0]])\n"
    "x = tf.reshape(tf.nn.relu(layers.Conv2D(4, 3)(x)), [-1, 256])\nmodel = Model(i, layers.Dense(2)(x))\n",
    "gates": "i = layers.Input((8, 4))\na, b = tf.split(i, 2, axis=-1)\nx = tf.multiply(a, tf.sigmoid(b), name='gate')\n"
    "model = Model(i, layers.Dense(2)(tf.reduce_sum(x, 1)))\n",
    "helpers": "def block(x, units):\n    y = tf.nn.leaky_relu(layers.Dense(units)(x), alpha=0.2)\n"
    "    return tf.concat([x, y], -1)\n\n\ni = x = layers.Input((6,))\nfor units in (2, 3):\n    x = block(x, units)\n"
    "model = Model(i, tf.abs(x))\n",
    "axes": "i = layers.Input((6, 4))\nx = tf.transpose(i, perm=[0, 2, 1])\n"
    "model = Model(i, tf.stack([layers.Dense(3)(x)] * 2, axis=1))\n",
}


def _fixed(text: str) -> str:
    rules = [rule() for rule in load_registry().rules if rule.code.startswith("KL6")]
    for _ in range(10):
        source = SourceFile("example.py", text)
        analysis = analyse_source(source, (), Options(read=lambda _: None, keras="3"))
        fixed = apply_fixes(source, run_rules(analysis, rules, Settings()).diagnostics, unsafe=True)
        if not fixed.applied:
            break
        text = fixed.text
    return text


@pytest.mark.parametrize("name", [*PROGRAMS, *OPERATIONS])
def test_a_fixed_program_has_the_counts_it_had(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = PROGRAMS[name] if name in PROGRAMS else _TENSORFLOW + OPERATIONS[name]
    source = SourceFile("example.py", text)
    before = analyse_source(source, (), Options(read=lambda _: None, keras="2"))
    counts = [model.count.total for model in before.models if "model" in model.variables]
    namespace: dict[str, object] = {"__name__": "program"}
    exec(compile(_fixed(text), name, "exec"), namespace)
    assert [namespace["model"].count_params()] == counts


def test_there_are_programs_enough() -> None:
    assert len(PROGRAMS) >= 20
