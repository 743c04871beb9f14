"""KL213 constructor-trainable-partial."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Dim,
    Edit,
    Fix,
    LayerRecord,
    ModelRecord,
    Rule,
    Settings,
    Severity,
    layers_of,
    without_argument,
)
from keraslint_rules.numbers import count_text
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, line_after, once, source_line, span_text


class ConstructorTrainablePartial(Rule):
    """`trainable=False` in the constructor of a composite layer does not freeze the layers in it.

    ## Why

    In Keras 3 the argument sets the flag of the layer itself, and nothing reaches the layers that it wraps or makes.
    Alone the layer trains nothing; inside a model, which asks each weight, the layers in it are trained. That holds
    for `Bidirectional` and `TimeDistributed`, for custom layers with sublayers, and for `Model(…, trainable=False)`.
    Keras 2 freezes all of it, and a plain `Dense(…, trainable=False)` is frozen in both.

    Set the attribute after the layer is made: that reaches everything below.

    ## Bad

    ```python
    import keras
    from keras import layers

    encoder = layers.Bidirectional(layers.LSTM(8), trainable=False)  # KL213
    model = keras.Sequential([keras.Input((20, 4)), encoder, layers.Dense(1)])
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    encoder = layers.Bidirectional(layers.LSTM(8))
    encoder.trainable = False
    model = keras.Sequential([keras.Input((20, 4)), encoder, layers.Dense(1, trainable=False)])
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    encoder = layers.Bidirectional(layers.LSTM(8))
    encoder.trainable = False
    model = keras.Sequential([keras.Input((20, 4)), encoder, layers.Dense(1)])
    ```
    """

    code = "KL213"
    name = "constructor-trainable-partial"
    severity = Severity.WARNING
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each composite layer that its constructor freezes in name only."""
        del settings
        if analysis.keras == "3" and "trainable" in analysis.text:
            yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        set_later = {event.subject for event in events_of(analysis, "trainable-set")}
        for model in analysis.models:
            for layer in layers_of(model):
                if layer.trainable or layer.span is None or layer.key in set_later:
                    continue
                if any(child.key in set_later for child in layers_of(layer)):
                    continue
                trained = _trained(layer)
                text = span_text(analysis, layer.span)
                if not trained or not re.search(r"\btrainable\s*=|\*\*", text):
                    continue
                records = records or Records(analysis)
                yield self._finding(analysis, records, model, layer, trained)

    def _finding(
        self, analysis: Analysis, records: Records, model: ModelRecord, layer: LayerRecord, trained: Dim
    ) -> Diagnostic:
        assert layer.span is not None
        message = (
            f"`trainable=False` reaches `{layer.class_name}` itself, not the layers in it: {count_text(trained)} of its "
            f"parameters are trained in `{records.name(model.key)}`; set `.trainable = False` after it is made"
        )
        return self.report(message, layer.span, fix=_fix(analysis, layer))


def _trained(layer: LayerRecord) -> Dim | None:
    total: Dim = 0
    for weight in layer.weights:
        if weight.trainable:
            if weight.params is None:
                return None
            total = total + weight.params
    return total


def _fix(analysis: Analysis, layer: LayerRecord) -> Fix | None:
    """Return the fix that sets the attribute behind the line ``name = Layer(…, trainable=False)``."""
    assert layer.span is not None
    line = source_line(analysis, layer.span)
    match = re.match(r"([\w.]+)\s*=\s*", line[1]) if line is not None else None
    if line is None or match is None or layer.span.column != len(line[0]) + match.end() + 1:
        return None
    after = line_after(analysis, layer.span, f"{match[1]}.trainable = False")
    call = without_argument(span_text(analysis, layer.span), "trainable")
    if after is None or call is None:
        return None
    edits = (Edit(layer.span, call), after)
    return Fix("freeze it after it is made", Applicability.UNSAFE, edits, changes_counts=True)
