"""Merging layers on random lists of inputs are as real Keras makes them."""

from __future__ import annotations

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import Draw, differences, module

pytestmark = pytest.mark.tensorflow


def elementwise(draw: Draw) -> str:
    """Return a module that adds, averages … inputs that broadcast, or do not."""
    name = draw.one(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
    base = draw.shape(draw.number(1, 3))
    dtype = draw.one(("", "", "", "", "int32"))
    inputs = []
    for _ in range(draw.one((1, 2, 2, 2, 3))):
        shape = [draw.one((dim,) * 7 + (1, None, draw.number(1, 8))) for dim in base]
        start = draw.number(0, len(base) - 1) if draw.chance(0.15) else 0
        inputs.append(draw.input(shape[start:], dtype, draw.batch() if draw.chance(0.3) else None))
    call = f"[{', '.join(f'x{i}' for i in range(len(inputs)))}]" if draw.chance(0.95) else "x0"
    return module(draw, inputs, name, draw.common(), call)


def concatenation(draw: Draw) -> str:
    """Return a module that joins inputs on some axis."""
    base = draw.shape(draw.number(1, 3))
    axis = draw.one((-1, -1, 1, 2, -2, 0, 3, -3, 4))
    inner = axis - 1 if axis > 0 else axis
    inputs = []
    for _ in range(draw.one((1, 2, 2, 3))):
        shape = [draw.one((dim,) * 9 + (None,)) for dim in base]
        if -len(shape) <= inner < len(shape):
            shape[inner] = draw.dim()
        inputs.append(draw.input(shape, draw.one(("", "", "", "", "", "int32")), draw.one((None, None, None, None, 2))))
    call = f"[{', '.join(f'x{i}' for i in range(len(inputs)))}]"
    return module(draw, inputs, "Concatenate", [*draw.some(0.8, {"axis": (axis,)}), *draw.common()], call)


def dot(draw: Draw) -> str:
    """Return a module with a dot product, mostly over axes that fit."""
    first, second = list(draw.shape(draw.number(1, 4), 2, 5)), list(draw.shape(draw.number(1, 4), 2, 5))
    axes = draw.one((1, -1, (1, 1), (2, 1), (1, 2), (-1, -1), (2, 2), (-1, 1), 0, 3, (1, 3)))
    left, right = axes if isinstance(axes, tuple) else (axes, axes)
    whole, other = [None, *first], [None, *second]
    if draw.chance(0.85) and left < len(whole) and right < len(other):
        other[right] = whole[left]
    inputs = [draw.input(first, "", draw.batch()), draw.input(other[1:], "", draw.one((None, None, None, 2)))]
    arguments = [f"axes={axes!r}", *draw.some(0.2, {"normalize": (True,)}), *draw.common()]
    return module(draw, inputs, "Dot", arguments, "[x0, x1]")


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_merging_layers_are_as_keras_makes_them(keras: Keras) -> None:
    makers = {"elementwise": elementwise, "concatenation": concatenation, "dot": dot}
    assert differences(keras, makers, 40) == ""
