"""Formulas at numbers: a count over names, with the names' values put in, is the count of the model with the values."""

from __future__ import annotations

import random

import pytest

from keraslint.graph.analysis import ModelRecord
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile
from keraslint.values.dim import Poly, substitute, symbols

_HEAD = "import math\nimport numpy as np\nimport keras\nfrom keras import layers, Sequential, Model, Input\n\n\n"
_BUILDERS = {
    "a dense layer": "def net(a, b):\n    x = Input((a,))\n    return Model(x, layers.Dense(b)(x))",
    "two in a row": "def net(a, b, c):\n    x = Input((a,))\n    return Model(x, layers.Dense(c)(layers.Dense(b)(x)))",
    "a loop of known length": "def net(a):\n    x = y = Input((3,))\n    for i in range(4):\n        y = layers.Dense(a * (i + 1))(y)\n    return Model(x, y)",
    "a sum and a product": "def net(a, b):\n    x = Input((a + 2 * b,))\n    return Model(x, layers.Dense(a * b + 1)(x))",
    "floor division": "def net(a):\n    x = Input((5,))\n    return Model(x, layers.Dense(a // 3 + 1)(x))",
    "a remainder": "def net(a):\n    x = Input((5,))\n    return Model(x, layers.Dense(a % 7 + 1)(x))",
    "the lower and the greater": "def net(a, b):\n    x = Input((5,))\n    return Model(x, layers.Dense(max(a, b))(layers.Dense(min(a, 16))(x)))",
    "rounded to eights": "def net(a):\n    n = max(8, (a + 4) // 8 * 8)\n    x = Input((5,))\n    return Model(x, layers.Dense(n)(x))",
    "a power": "def net(a):\n    x = Input((a ** 2,))\n    return Model(x, layers.Dense(a)(x))",
    "a half without floats": "def net(a):\n    x = Input((7,))\n    y = layers.Dense(2 * a)(x)\n    return Model(x, layers.Dense((2 * a) // 2)(y))",
    "a convolution's channels": "def net(a, b):\n    x = Input((16, 16, a))\n    return Model(x, layers.Conv2D(b, 3)(x))",
    "strides over a size": "def net(a):\n    x = Input((a + 20, 32, 3))\n    y = layers.Conv2D(4, 3, strides=2)(x)\n    return Model(x, layers.Dense(2)(layers.Flatten()(y)))",
    "strides with same": "def net(a):\n    x = Input((a + 20, a + 20, 3))\n    y = layers.Conv2D(4, 3, strides=2, padding='same')(x)\n    y = layers.MaxPooling2D()(y)\n    return Model(x, layers.Dense(2)(layers.Flatten()(y)))",
    "pooling three times": "def net(a):\n    x = y = Input((a + 64, 3))\n    for n in (4, 8, 16):\n        y = layers.MaxPooling1D(2)(layers.Conv1D(n, 3, padding='same')(y))\n    return Model(x, layers.Dense(2)(layers.Flatten()(y)))",
    "a transposed convolution": "def net(a):\n    x = Input((a, 8, 3))\n    y = layers.Conv2DTranspose(4, 3, strides=2)(x)\n    return Model(x, layers.Dense(2)(layers.Flatten()(y)))",
    "joined": "def net(a, b):\n    x, z = Input((a,)), Input((b,))\n    return Model([x, z], layers.Dense(3)(layers.Concatenate()([x, z])))",
    "joined with itself": "def net(a):\n    x = Input((a,))\n    return Model(x, layers.Dense(3)(layers.Concatenate()([x, layers.Dense(2 * a)(x)])))",
    "reshaped": "def net(a, b):\n    x = Input((a * b,))\n    return Model(x, layers.Dense(5)(layers.Reshape((a, b))(x)))",
    "flattened": "def net(a, b, c):\n    x = Input((a, b, c))\n    return Model(x, layers.Dense(5)(layers.Flatten()(x)))",
    "repeated": "def net(a):\n    x = Input((4,))\n    return Model(x, layers.Dense(3)(layers.Flatten()(layers.RepeatVector(a)(x))))",
    "recurrent": "def net(a, b):\n    x = Input((10, a))\n    return Model(x, layers.GRU(b)(layers.LSTM(2 * b, return_sequences=True)(x)))",
    "both ways": "def net(a):\n    x = Input((10, 3))\n    return Model(x, layers.Dense(a)(layers.Bidirectional(layers.LSTM(a))(x)))",
    "embedded": "def net(a, b):\n    x = Input((12,))\n    return Model(x, layers.Dense(1)(layers.GlobalAveragePooling1D()(layers.Embedding(a, b)(x))))",
    "attention": "def net(a, b):\n    x = Input((6, a))\n    return Model(x, layers.MultiHeadAttention(num_heads=2, key_dim=b)(x, x))",
    "normalized": "def net(a):\n    x = Input((6, a))\n    return Model(x, layers.LayerNormalization()(layers.BatchNormalization()(x)))",
    "depthwise": "def net(a):\n    x = Input((9, 9, a))\n    return Model(x, layers.SeparableConv2D(a + 1, 3, depth_multiplier=2)(layers.DepthwiseConv2D(3)(x)))",
    "padded and cropped": "def net(a):\n    x = Input((a + 9, 3))\n    y = layers.Cropping1D((1, 2))(layers.ZeroPadding1D(4)(x))\n    return Model(x, layers.Dense(2)(layers.Flatten()(y)))",
    "enlarged": "def net(a):\n    x = Input((a, 4, 2))\n    return Model(x, layers.Dense(2)(layers.Flatten()(layers.UpSampling2D((2, 3))(x))))",
    "a sequential model": "def net(a, b):\n    m = Sequential([Input((a,))])\n    for k in (1, 2, 3):\n        m.add(layers.Dense(b * k))\n    return m",
    "a function in a function": "def net(a, b):\n    def block(y, n):\n        return layers.Dense(n)(layers.Dense(n // 2 + 1)(y))\n    x = Input((a,))\n    return Model(x, block(block(x, b), 2 * b))",
    "a shape's entries": "def net(input_shape):\n    x = Input(input_shape)\n    return Model(x, layers.Dense(input_shape[0] + 1)(layers.Flatten()(layers.Conv2D(2, 3, padding='same')(x))))",
    "an attribute": "def net(config):\n    x = Input((config.size,))\n    return Model(x, layers.Dense(config.units * 2)(x))",
    "an item": "def net(config):\n    x = Input((5,))\n    return Model(x, layers.Dense(config['units'] + 1)(x))",
    "a comprehension": "def net(a):\n    x = Input((3,))\n    return Model(x, layers.Concatenate()([layers.Dense(a + i)(x) for i in range(3)]))",
    "shared twice": "def net(a):\n    d = layers.Dense(a)\n    x, z = Input((4,)), Input((4,))\n    return Model([x, z], layers.Dense(2)(layers.Add()([d(x), d(z)])))",
    "a model in a model": "def net(a):\n    i = Input((a,))\n    inner = Model(i, layers.Dense(a)(i))\n    x = Input((a,))\n    return Model(x, layers.Dense(2)(inner(x)))",
    "a product of a shape": "def net(a, b):\n    x = Input((a, b))\n    y = layers.Dense(int(np.prod((3, 4))))(layers.Flatten()(x))\n    return Model(x, y)",
    "frozen": "def net(a):\n    x = Input((a,))\n    d = layers.Dense(a)\n    y = d(x)\n    d.trainable = False\n    return Model(x, layers.Dense(3)(y))",
    "a custom layer": "class Scale(layers.Layer):\n    def __init__(self, n):\n        super().__init__()\n        self.n = n\n    def build(self, shape):\n        self.w = self.add_weight(shape=(shape[-1], self.n))\n    def call(self, x):\n        return keras.ops.matmul(x, self.w)\n\n\ndef net(a, b):\n    x = Input((a,))\n    return Model(x, Scale(b)(Scale(2 * b)(x)))",
    "a choice that both sides of a bound decide": "def net(a):\n    x = Input((4,))\n    return Model(x, layers.Dense(a + 1 if a + 1 > 0 else 7)(x))",
}


def _model(text: str, assume: dict[str, int]) -> ModelRecord:
    given = {name: str(value) for name, value in assume.items() if "shape[" not in name}
    shape = [value for name, value in sorted(assume.items()) if "shape[" in name]
    if shape:
        given["input_shape"] = str((*shape,))
    source = SourceFile("program.py", _HEAD + text)
    analysis = analyse_source(source, ["net"], Options(read=lambda _path: None, assume=given))
    assert analysis.errors == ()
    (model,) = (model for model in analysis.models if model.returned)
    return model


def _counts(model: ModelRecord) -> tuple[object, ...]:
    return model.count.total, model.count.trainable, model.count.non_trainable


@pytest.mark.parametrize("title", _BUILDERS)
def test_a_formula_at_numbers_is_the_count_with_the_numbers(title: str) -> None:
    text = _BUILDERS[title]
    symbolic = _model(text, {})
    assert symbolic.certainty == "symbolic"
    formulas = [count for count in _counts(symbolic) if isinstance(count, Poly | int)]
    names = sorted(symbolic.symbols)
    assert {name for formula in formulas for name in symbols(formula)} <= set(names)
    choose = random.Random(title)
    for _ in range(4):
        values = {name: choose.randint(1, 40) for name in names}
        concrete = _model(text, values)
        assert concrete.certainty == "exact"
        assert [substitute(formula, values) for formula in formulas] == list(_counts(concrete))
