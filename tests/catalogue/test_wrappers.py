"""Bidirectional and TimeDistributed around many layers are as real Keras makes them."""

from __future__ import annotations

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import COUNT, Draw, differences, module

pytestmark = pytest.mark.tensorflow

INNER = (
    ("Dense(3)", 1), ("Dense(3)", 2), ("Conv1D(2, 2)", 2), ("Conv2D(2, 3, padding='same')", 3), ("Flatten()", 3),
    ("LSTM(3)", 2), ("LSTM(2, return_sequences=True)", 2), ("GRU(2, return_state=True)", 2), ("Dropout(0.2)", 1),
    ("BatchNormalization()", 2), ("MaxPooling2D(2)", 3), ("GlobalAveragePooling1D()", 2), ("Reshape((-1, 1))", 2),
    ("Activation('relu')", 2), ("Bidirectional(layers.LSTM(2))", 2), ("TimeDistributed(layers.Dense(2))", 2),
    ("LayerNormalization()", 1), ("UpSampling2D(2)", 3), ("PReLU()", 2), ("Permute((2, 1))", 2), ("RepeatVector(2)", 1),
    ("EinsumDense('abc,cd->abd', (None, 3))", 2), ("MultiHeadAttention(2, 3)", 2), ("Rescaling(0.5)", 3),
)  # fmt: skip
"""Layers to wrap, with the rank of one step that they take."""


def both_ways(draw: Draw) -> str:
    """Return a module with a Bidirectional, perhaps with a backward layer and initial states."""
    name = draw.one(("SimpleRNN", "GRU", "LSTM", "LSTM", "RNN", "ConvLSTM1D") if draw.chance(0.4) else ("GRU", "LSTM"))
    units = draw.number(1, 4)
    options = draw.some(0.35, {"return_sequences": (True,), "return_state": (True,)})
    options += draw.some(0.08, {"go_backwards": (True,), "trainable": (False,), "stateful": (True,)})
    heads = {"RNN": f"[layers.LSTMCell(2), layers.GRUCell({units})]", "ConvLSTM1D": f"{units}, 2"}

    def wrapped(head: str, more: list[str]) -> str:
        return f"layers.{name}({', '.join([head, *more])})"

    arguments = [wrapped(heads.get(name, str(units)), options)]
    arguments += draw.some(0.6, {"merge_mode": ("concat", "sum", "mul", "ave", None, "nonsense")})
    if draw.chance(0.3):
        back = [option for option in options if "go_backwards" not in option]
        back += ["go_backwards=True"] if draw.chance(0.9) else []
        head = heads.get(name, str(units + draw.one((0, 0, 1))))
        arguments.append(f"backward_layer={wrapped(head, back)}")
    inputs, call = [draw.input(draw.shape(3 if name == "ConvLSTM1D" else 2, 3, 6, 0.08), "", draw.batch())], "x0"
    if name in {"GRU", "LSTM"} and draw.chance(0.2):
        count = (4 if name == "LSTM" else 2) - draw.one((0, 0, 0, 0, 1))
        inputs += [draw.input((units,))] * count
        call = f"x0, initial_state=[{', '.join(f'x{index + 1}' for index in range(count))}]"
    return module(draw, inputs, "Bidirectional", [*arguments, *draw.common()], call)


def each_step(draw: Draw) -> str:
    """Return a module with a TimeDistributed, mostly around a layer that takes such a step."""
    inner, rank = draw.one(INNER)
    shape = (draw.dim(1, 6), *draw.shape(rank, 2, 6, 0.08))
    arguments = [f"layers.{inner}" if draw.chance(0.97) else "3", *draw.common()]
    return module(draw, [draw.input(shape, "", draw.batch())], "TimeDistributed", arguments, "x0")


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_wrappers_are_as_keras_makes_them(keras: Keras) -> None:
    assert differences(keras, {"both_ways": both_ways, "each_step": each_step}, COUNT * 2) == ""
