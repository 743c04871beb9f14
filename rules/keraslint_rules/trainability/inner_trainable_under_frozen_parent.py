"""KL207 inner-trainable-under-frozen-parent."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Dim, LayerRecord, ModelRecord, Related, Rule, Settings, Severity, Span
from keraslint_rules.numbers import count_text
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, once


class InnerTrainableUnderFrozenParent(Rule):
    """A layer is unfrozen inside a backbone that stays frozen: the versions of Keras disagree about it.

    ## Why

    Setting `trainable = False` on a model reaches every layer in it. A layer that is set True again afterwards is
    trained by the model around in Keras 3, which asks each weight; in Keras 2 every level between has to be True, so
    it stays frozen. `base.trainable_weights` is empty in both. What was written to freeze all but the last layers
    therefore trains another number of parameters in each version.

    Set the backbone True first and freeze the layers that are to stay: that means the same in both.

    ## Bad

    ```python
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.Dense(8)], name="backbone")
    base.trainable = False
    base.layers[-1].trainable = True  # KL207
    model = keras.Sequential([base, layers.Dense(1)])
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.Dense(8)], name="backbone")
    for layer in base.layers[:-1]:
        layer.trainable = False
    model = keras.Sequential([base, layers.Dense(1)])
    ```

    ## References

    - `trainable_weights` in `keras/src/layers/layer.py` and in `tf_keras/src/engine/base_layer.py`
    """

    code = "KL207"
    name = "inner-trainable-under-frozen-parent"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each line that unfreezes layers of a frozen model."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        unfrozen = {
            event.subject: event.span
            for event in events_of(analysis, "trainable-set")
            if event.facts.get("value") is True and event.span is not None
        }
        if not unfrozen:
            return
        records = Records(analysis)
        futile = {event.subject for event in events_of(analysis, "trainable-set") if event.facts.get("stays")}
        for model in analysis.models:
            for parent in _frozen_parents(model.layers):
                if parent.key in futile:  # it was meant to be frozen as a whole again: KL212 says that it is not
                    continue
                yield from self._of_parent(analysis, records, model, parent, unfrozen)

    def _of_parent(
        self,
        analysis: Analysis,
        records: Records,
        model: ModelRecord,
        parent: LayerRecord,
        unfrozen: dict[int, Span],
    ) -> Iterator[Diagnostic]:
        inner = [layer for layer in _leaves(parent) if layer.trainable and layer.key in unfrozen]
        size = _size(inner)
        trained, total = model.count.trainable, model.count.total
        if not size or trained is None or total is None:
            return
        on_3, on_2 = (trained, trained - size) if analysis.keras == "3" else (trained + size, trained)
        span = unfrozen[inner[-1].key]
        names = f"`{inner[0].name}`" if len(inner) == 1 else f"{len(inner)} layers"
        verb = "is" if len(inner) == 1 else "are"
        message = (
            f"{names} of the frozen `{records.name(parent.key)}` {verb} unfrozen: `{records.name(model.key)}` trains "
            f"{count_text(on_3)} of {count_text(total)} parameters in Keras 3, {count_text(on_2)} in Keras 2; unfreeze "
            f"`{records.name(parent.key)}`, then freeze the others"
        )
        related = (Related("frozen as a whole here", parent.frozen_at),) if parent.frozen_at is not None else ()
        yield self.report(message, span, related=related)


def _frozen_parents(layers: tuple[LayerRecord, ...]) -> Iterator[LayerRecord]:
    for layer in layers:
        if layer.layers and not layer.trainable:
            yield layer
        elif layer.layers:
            yield from _frozen_parents(layer.layers)


def _leaves(layer: LayerRecord) -> Iterator[LayerRecord]:
    for child in layer.layers:
        if child.layers:
            yield from _leaves(child)
        else:
            yield child


def _size(layers: list[LayerRecord]) -> Dim | None:
    total: Dim = 0
    for weight in {weight.key: weight for layer in layers for weight in layer.weights if not weight.why}.values():
        if weight.params is None:
            return None
        total = total + weight.params
    return total
