"""Core layers, convolutions, poolings, normalizations, activations and regularizations agree with real Keras."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.differential import Pool, compare, report
from tests.catalogue.pools_convolution import CONVOLUTIONS
from tests.catalogue.pools_layers import ACTIVATIONS, CORE, NORMALIZATIONS, POOLINGS, REGULARIZATIONS

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
@pytest.mark.parametrize(
    ("pools", "count"),
    [
        pytest.param(CONVOLUTIONS, 40, id="convolutions"),
        pytest.param({**CORE, **NORMALIZATIONS}, 40, id="core-and-normalizations"),
        pytest.param({**POOLINGS, **ACTIVATIONS, **REGULARIZATIONS}, 20, id="poolings-activations-regularizations"),
    ],
)
def test_layers_under_random_arguments_are_as_keras_makes_them(
    pools: Mapping[str, Pool], count: int, keras: Keras
) -> None:
    verdicts = compare(pools, keras, count)
    assert report(verdicts, keras) == ""
    undetermined = [verdict for verdict in verdicts if verdict.is_undetermined]
    assert len(undetermined) <= len(verdicts) * 0.02
