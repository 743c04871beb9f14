"""Layers whose weights stand in no source that is read: models of other libraries, saved ones, tables of features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from keraslint.catalogue.spec import Call, LayerSpec, Output, WeightSpec, layer
from keraslint.values.unknown import Why, undetermined

REASONS: Mapping[str, str] = {
    "DenseFeatures": "what its feature columns make",
    "DynamicEmbedding": "a vocabulary that changes while it trains",
    "DynamicLookup": "a vocabulary that changes while it trains",
    "FlaxLayer": "the parameters of a Flax module",
    "JaxLayer": "the parameters that a JAX function makes",
    "TFSMLayer": "the weights in a saved model",
    "TorchModuleWrapper": "the parameters of a PyTorch module",
}


@layer(*REASONS)
class Foreign(LayerSpec):
    """A layer around something that is not read."""

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Raise ``Undetermined``."""
        self._unknown()

    def output(self, call: Call) -> Output:
        """Raise ``Undetermined``."""
        self._unknown()

    def _unknown(self) -> NoReturn:
        undetermined(Why.DATA, f"{REASONS[self.class_name]} (the layer {self.name})")
