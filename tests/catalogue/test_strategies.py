"""Every layer class has a strategy for the soak, or stands among those that have none, with a reason."""

from __future__ import annotations

import pytest

from keraslint.catalogue.signatures import layer_signature
from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import Draw
from tests.catalogue.strategies import NONE, class_names, write


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_every_layer_class_has_a_strategy(keras: Keras) -> None:
    for name in class_names(keras):
        if name.rpartition(".")[2] not in NONE:
            assert f"layers.{name}(" in write(name, keras, Draw(keras, name)), name


def test_classes_without_a_strategy_are_classes_of_keras() -> None:
    for name in NONE:
        spellings = (name, f"experimental.{name}", f"experimental.preprocessing.{name}")
        is_layer = any(layer_signature(spelling, keras) for spelling in spellings for keras in Keras)
        assert is_layer or name == "InputSpec", name
