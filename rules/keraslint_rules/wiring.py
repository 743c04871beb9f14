"""Which layer of a model feeds which, by the names in the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from keraslint import Analysis, LayerRecord, ModelRecord

HARMLESS = {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout", "AlphaDropout",
            "GaussianNoise", "ActivityRegularization", "Identity"}  # fmt: skip
"""Layers that change neither the shape nor what the values stand for."""


class Wiring:
    """The graph of one model: what feeds a layer, and what it feeds."""

    def __init__(self, model: ModelRecord) -> None:
        self.model = model
        rows = model.rows or model.layers
        self._named: dict[str, LayerRecord | None] = {row.name: row for row in rows}
        if len(self._named) < len(rows):
            often = Counter(row.name for row in rows)
            self._named.update((name, None) for name in self._named if often[name] > 1)
        self._fed: dict[str, list[LayerRecord]] | None = None
        self._classes: dict[str, list[LayerRecord]] | None = None

    def __iter__(self) -> Iterator[LayerRecord]:
        """Yield the layers and operations, in order."""
        return iter(self.model.rows or self.model.layers)

    def of(self, classes: Iterable[str]) -> Iterator[LayerRecord]:
        """Yield the layers of some classes that are Keras' own, class by class."""
        if self._classes is None:
            self._classes = {}
            for row in self:
                if not row.is_custom:
                    self._classes.setdefault(row.class_name, []).append(row)
        for name in classes:
            yield from self._classes.get(name, ())

    def before(self, layer: LayerRecord) -> Sequence[LayerRecord]:
        """Return what feeds a layer; nothing where that is not known: a name of two layers, a layer called twice."""
        if len(layer.call_spans) > 1:
            return ()
        if len(layer.inputs) == 1:  # nearly always
            one = self._named.get(layer.inputs[0])
            return (one,) if one is not None else ()
        found = [self._named.get(name) for name in layer.inputs]
        known = [other for other in found if other is not None]
        return known if len(known) == len(found) else ()

    def after(self, layer: LayerRecord) -> Sequence[LayerRecord]:
        """Return the layers that a layer feeds; nothing for an output of the model."""
        if self._fed is None:
            self._fed = {}
            for row in self:
                for name in row.inputs:
                    self._fed.setdefault(name, []).append(row)
        return self._fed.get(layer.name, ())

    def source(self, layer: LayerRecord, through: set[str]) -> LayerRecord | None:
        """Return the one layer that feeds another, straight or through layers of some classes."""
        for _ in range(50):
            fed = self.before(layer)
            if len(fed) != 1:
                return None
            (layer,) = fed
            if layer.class_name not in through or layer.is_custom:
                return layer
        return None


def made_before(analysis: Analysis, name: str, key: int) -> LayerRecord | None:
    """Return the layer of a name: of several, the last one that was made before the layer of a key."""
    found = [(i, layer) for i, layer in enumerate(analysis.layers) if layer.name == name]
    if len(found) < 2:
        return found[0][1] if found else None
    place = next((i for i, layer in enumerate(analysis.layers) if layer.key == key), 0)
    return next((layer for i, layer in reversed(found) if i < place), None)


def wirings(analysis: Analysis) -> Iterator[Wiring]:
    """Yield the graph of each model whose layers are known: functional and Sequential ones, made once for all rules."""
    if not _latest or _latest[0][0] is not analysis:
        models = [model for model in analysis.models if model.kind != "subclassed" and model.layers]
        _latest[:] = [(analysis, [Wiring(model) for model in models])]
    yield from _latest[0][1]


_latest: list[tuple[Analysis, list[Wiring]]] = []
