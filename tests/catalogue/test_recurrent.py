"""Recurrent layers, their cells and RNN over cells are as real Keras makes them."""

from __future__ import annotations

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import COUNT, Draw, differences, module

pytestmark = pytest.mark.tensorflow


def flags(draw: Draw) -> list[str]:
    """Return arguments of the loop over time."""
    return [
        *draw.some(0.3, {"return_sequences": (True,), "return_state": (True,)}),
        *draw.some(0.1, {"go_backwards": (True,), "unroll": (True,), "stateful": (True, False)}),
    ]


def cell_arguments(draw: Draw, name: str) -> list[str]:
    """Return arguments of a cell."""
    options = draw.some(0.2, {"use_bias": (False,), "dropout": (0.2,), "recurrent_dropout": (0.1,)})
    options += draw.some(0.06, {"activation": ("relu", None, "nonsense"), "kernel_regularizer": ("l2", None)})
    options += draw.some(0.06, {"bias_constraint": ("non_neg",)})
    return options + (draw.some(0.3, {"reset_after": (True, False)}) if "GRU" in name else [])


def plain(draw: Draw) -> str:
    """Return a module with SimpleRNN, GRU or LSTM, perhaps with an initial state."""
    name = draw.one(("SimpleRNN", "GRU", "LSTM"))
    units = draw.number(1, 5) if draw.chance(0.9) else draw.one((0, -1, 2.0, 2.5, "3", True))
    shape = draw.shape(2) if draw.chance(0.93) else draw.shape(draw.one((1, 3)))
    options = flags(draw)
    if draw.keras is Keras.TWO and name != "SimpleRNN":
        options += draw.some(0.08, {"time_major": (True,)})
    if draw.keras is Keras.THREE and name != "SimpleRNN":
        options += draw.some(0.08, {"use_cudnn": (True, False, "auto", 3)})
    inputs, call = [draw.input(shape, "", draw.batch())], "x0"
    if draw.chance(0.25):
        count = (2 if name == "LSTM" else 1) + draw.one((0,) * 9 + (1,))
        size = units if isinstance(units, int) and units > 0 else 2
        inputs += [draw.input((int(size) + draw.one((0,) * 8 + (1,)),)) for _ in range(count)]
        states = ", ".join(f"x{index + 1}" for index in range(count))
        call = draw.one((f"x0, initial_state=[{states}]", f"x0, [{states}]", f"[x0, {states}]"))
    return module(draw, inputs, name, [repr(units), *cell_arguments(draw, name), *options, *draw.common()], call)


def cell(draw: Draw) -> str:
    """Return the text of a cell."""
    name = draw.one(("SimpleRNNCell", "GRUCell", "LSTMCell"))
    return f"layers.{name}({', '.join([str(draw.number(1, 5)), *cell_arguments(draw, name)])})"


def over_cells(draw: Draw) -> str:
    """Return a module with RNN over a cell, a list of cells, or a stack of them."""
    several = ", ".join(cell(draw) for _ in range(draw.number(1, 3)))
    given = draw.one((cell(draw), f"[{several}]", f"layers.StackedRNNCells([{several}])"))
    if draw.chance(0.04):
        given = draw.one(("layers.Dense(3)", "3", "None"))
    shape = draw.shape(2) if draw.keras is Keras.TWO or draw.chance(0.95) else draw.shape(3)
    return module(draw, [draw.input(shape, "", draw.batch())], "RNN", [given, *flags(draw), *draw.common()], "x0")


def one_step(draw: Draw) -> str:
    """Return a module that calls a cell itself."""
    name, units = draw.one(("SimpleRNNCell", "GRUCell", "LSTMCell")), draw.number(1, 4)
    states = 2 if name == "LSTMCell" else 1
    inputs = [draw.input((draw.number(1, 5),), "", draw.one((None, 2))), *[draw.input((units,))] * states]
    given = f"[{', '.join(f'x{index + 1}' for index in range(states))}]"
    if states == 1 and draw.chance(0.4):
        given = "x1"
    return module(draw, inputs, name, [str(units), *cell_arguments(draw, name)], f"x0, {given}")


def convolutional(draw: Draw) -> str:
    """Return a module with a ConvLSTM."""
    dimensions = draw.one((1, 2, 2, 3))
    shape = (draw.dim(1, 4), *draw.shape(dimensions + 1, 2, 7, 0.06))
    kernels = (1, 2, 3, (2,) * dimensions, tuple(draw.number(1, 3) for _ in range(dimensions)))
    kernel = draw.one(kernels) if draw.chance(0.95) else draw.one((0, (1,) * (dimensions + 1), "2"))
    arguments = [
        repr(draw.one((1, 2, 3)) if draw.chance(0.95) else draw.one((0, 2.0, -1))),
        repr(kernel),
        *draw.some(0.3, {"strides": (1, 2, 0), "padding": ("same", "valid", "SAME", "causal")}),
        *draw.some(0.15, {"data_format": ("channels_first", "channels_last"), "dilation_rate": (1, 2)}),
        *draw.some(0.15, {"use_bias": (False,), "dropout": (0.2,), "stateful": (True,), "unroll": (True, False)}),
        *draw.some(0.3, {"return_sequences": (True,), "return_state": (True,)}),
    ]
    text = draw.input(shape if draw.chance(0.95) else shape[:-1], "", draw.batch())
    return module(draw, [text], f"ConvLSTM{dimensions}D", [*arguments, *draw.common()], "x0")


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_recurrent_layers_are_as_keras_makes_them(keras: Keras) -> None:
    assert differences(keras, {"plain": plain, "over_cells": over_cells, "one_step": one_step}) == ""


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_convolutional_recurrent_layers_are_as_keras_makes_them(keras: Keras) -> None:
    assert differences(keras, {"convolutional": convolutional}, COUNT * 2) == ""
