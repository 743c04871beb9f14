"""Reshaping, cropping, padding and upsampling layers are as real Keras makes them."""

from __future__ import annotations

import math

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import Draw, differences, module

pytestmark = pytest.mark.tensorflow

FORMATS = ("channels_first", "channels_last", "channels_first", None, "nonsense")


def elements(draw: Draw) -> str:
    """Return a module with Flatten, Reshape, Permute or RepeatVector."""
    name = draw.one(("Flatten", "Reshape", "Reshape", "Permute", "RepeatVector"))
    rank = draw.number(1, 4) if name != "RepeatVector" else draw.one((1, 1, 1, 2))
    shape = draw.shape(rank, 1, 9)
    size = math.prod(dim or 1 for dim in shape)
    targets = (
        (-1,), (size,), (size, 1), (-1, 1), (1, -1), (2, -1), (size // 2, 2), (3, 4), (-1, -1), (), (None, 2), (-2, 3),
        [-1, 1], (0, -1), (2.0, -1),
    )  # fmt: skip
    axes = tuple(draw.shuffled(range(1, rank + 1))) if draw.chance(0.8) else draw.one(((1,), (0, 1), (1, 3), (1, 1)))
    arguments = {
        "Flatten": draw.some(0.4, {"data_format": FORMATS}),
        "Reshape": [repr(draw.one(targets))],
        "Permute": [repr(axes)],
        "RepeatVector": [repr(draw.one((1, 2, 3, 0, -1, 2.0, True, "3")))],
    }[name]
    dtype = draw.one(("", "", "", "int32", "float64"))
    return module(draw, [draw.input(shape, dtype, draw.batch())], name, [*arguments, *draw.common()], "x0")


def spatial(draw: Draw) -> str:
    """Return a module that crops, pads or repeats along spatial axes."""
    kind, dimensions = draw.one(("Cropping", "ZeroPadding", "UpSampling")), draw.number(1, 3)
    shape = draw.shape(dimensions + draw.one((1,) * 12 + (0, 2)), 1, 9)
    numbers = (0, 1, 1, 2, 3)
    pairs = tuple((draw.one(numbers), draw.one(numbers)) for _ in range(dimensions))
    odd = draw.one((-1, (1,), ((1, 2),), "1", 1.5, (1, -1), None, ((1, 1),) * dimensions))
    sizes = (1, 2, 2, 3, (2,) * dimensions, draw.one((0, -1, 2.0, 2.5, "2", (1, 2, 3, 4), None, True)))
    options: dict[str, dict[str, tuple[object, ...]]] = {
        "Cropping": {"cropping": (1, draw.one(numbers), pairs if dimensions > 1 else pairs[0], odd)},
        "ZeroPadding": {"padding": (1, draw.one(numbers), pairs if dimensions > 1 else pairs[0], odd)},
        "UpSampling": {"size": sizes},
    }
    arguments = draw.some(0.85, options[kind])
    if dimensions > 1:
        arguments += draw.some(0.25, {"data_format": FORMATS})
    if kind == "UpSampling" and dimensions == 2:
        arguments += draw.some(0.3, {"interpolation": ("nearest", "bilinear", "area", "nonsense", "BILINEAR")})
    text = draw.input(shape, draw.one(("", "", "", "int32")), draw.batch())
    return module(draw, [text], f"{kind}{dimensions}D", [*arguments, *draw.common()], "x0")


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_reshaping_layers_are_as_keras_makes_them(keras: Keras) -> None:
    assert differences(keras, {"elements": elements, "spatial": spatial}, 80) == ""
