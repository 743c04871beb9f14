"""Attention layers are as real Keras makes them."""

from __future__ import annotations

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import COUNT, Draw, Maker, differences, module

pytestmark = pytest.mark.tensorflow


def multi_head(draw: Draw) -> str:
    """Return a module with a MultiHeadAttention."""
    rank = draw.one((2, 2, 2, 2, 1, 3, 3))
    query = draw.shape(rank, 2, 6, 0.08)
    value = query if draw.chance(0.5) else draw.shape(rank, 2, 6, 0.08)
    arguments = [
        repr(draw.number(1, 3) if draw.chance(0.95) else draw.one((0, 2.0, -1))),
        repr(draw.number(1, 4) if draw.chance(0.95) else draw.one((0, "2", True))),
        *draw.some(0.2, {"value_dim": (1, 2, 3, None, 0), "use_bias": (False,), "dropout": (0.1,)}),
        *draw.some(
            0.2, {"output_shape": (3, (4,), (2, 3), [2, 2], None, 0, ()), "attention_axes": (1, (1,), (1, 2), [1])}
        ),
    ]
    if draw.keras is Keras.THREE:
        arguments += draw.some(0.15, {"use_gate": (True,), "sliding_window": (1, 2, 0, "a"), "seed": (3,)})
    inputs, call = [draw.input(query, "", draw.batch()), draw.input(value, "", draw.batch())], "x0, x1"
    if draw.chance(0.2):
        inputs.append(draw.input((*value[:-1], draw.number(1, 5))))
        call = draw.one(("x0, x1, x2", "x0, x1, key=x2"))
    elif draw.chance(0.25):
        inputs, call = inputs[:1], draw.one(("x0, x0", "x0, x0", "x0, x0", "x0"))
    call += ", return_attention_scores=True" if draw.chance(0.2) else ""
    call += ", use_causal_mask=True" if draw.chance(0.1) else ""
    return module(draw, inputs, "MultiHeadAttention", [*arguments, *draw.common()], call)


def grouped(draw: Draw) -> str:
    """Return a module with a GroupQueryAttention."""
    query = draw.shape(draw.one((2, 2, 2, 2, 1, 3)), 2, 6, 0.08)
    value = tuple(draw.one((dim,) * 6 + (draw.dim(2, 6),)) for dim in query)
    arguments = [
        repr(draw.number(1, 4) if draw.chance(0.95) else draw.one((0, -1, 2.0))),
        repr(draw.one((2, 4, 3))),
        repr(draw.one((1, 2, 1, 3, 0))),
        *draw.some(0.2, {"use_bias": (False,), "dropout": (0.1,), "use_gate": (True,), "sliding_window": (2,)}),
    ]
    call = "x0, x1, return_attention_scores=True" if draw.chance(0.2) else "x0, x1"
    inputs = [draw.input(query), draw.input(value)]
    return module(draw, inputs, "GroupQueryAttention", [*arguments, *draw.common()], call)


def dense(draw: Draw) -> str:
    """Return a module with Attention or AdditiveAttention."""
    name, rank = draw.one(("Attention", "AdditiveAttention")), draw.one((2, 2, 2, 2, 1, 3))
    query = draw.shape(rank, 2, 6, 0.08)
    value = list(query)
    if rank > 1 and draw.chance(0.6):
        value[-2] = draw.dim(2, 6)
    if draw.chance(0.12):
        value[-1] = draw.dim(1, 6)
    inputs, call = [draw.input(query, "", draw.batch()), draw.input(value, "", draw.batch())], "[x0, x1]"
    if draw.chance(0.25):
        inputs.append(draw.input(value))
        call = "[x0, x1, x2]"
    if draw.chance(0.06):
        call = draw.one(("(x0, x1)", "x0"))
    arguments = draw.some(0.3, {"use_scale": (True, False), "dropout": (0.1,)})
    arguments += draw.some(0.3, {"score_mode": ("dot", "concat", "concat", "nonsense")}) if name == "Attention" else []
    call += ", return_attention_scores=True" if draw.chance(0.2) else ""
    return module(draw, inputs, name, [*arguments, *draw.common()], call)


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_attention_layers_are_as_keras_makes_them(keras: Keras) -> None:
    makers: dict[str, Maker] = {"multi_head": multi_head, "dense": dense}
    if keras is Keras.THREE:
        makers["grouped"] = grouped
    assert differences(keras, makers, COUNT * 2) == ""
