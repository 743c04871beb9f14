"""Formulas: a layer on named dimensions gives what it gives on numbers, once the names have these values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, substitute, symbol
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined
from tests.catalogue.differential import Case, cases, ours
from tests.catalogue.pools_convolution import CONVOLUTIONS
from tests.catalogue.pools_layers import ACTIVATIONS, CORE, NORMALIZATIONS, POOLINGS, REGULARIZATIONS

POOLS = {**CONVOLUTIONS, **CORE, **NORMALIZATIONS, **POOLINGS, **ACTIVATIONS, **REGULARIZATIONS}


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_formulas_take_the_values_that_numbers_give(keras: Keras) -> None:
    compared, undetermined = 0, 0
    for case in cases(POOLS, keras, 25):
        try:
            expected = ours(case, keras)
        except (Refused, Undetermined):
            continue
        named, values = _named(case)
        try:
            weights, shapes = ours(named, keras)
        except Undetermined:
            undetermined += 1
            continue
        compared += 1
        assert [(_numbers(shape, values), trained) for shape, trained in weights] == expected[0], case.text(keras)
        assert [_numbers(shape, values) for shape in shapes] == expected[1], case.text(keras)
    assert compared > 500
    assert undetermined <= compared * 0.05


def _named(case: Case) -> tuple[Case, dict[str, Dim]]:
    """Return the case on named dimensions, and the names' values."""
    assert isinstance(case.shape, tuple)
    values: dict[str, Dim] = {f"d{axis}": dim for axis, dim in enumerate(case.shape) if isinstance(dim, int)}
    shape = tuple(symbol(f"d{axis}") if f"d{axis}" in values else None for axis in range(len(case.shape)))
    return replace(case, shape=shape), values


def _numbers(shape: Shape, values: dict[str, Dim]) -> Shape:
    return tuple(None if dim is None else substitute(dim, values) for dim in shape)
