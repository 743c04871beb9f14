"""KL306 rnn-needs-return-sequences."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    LayerRecord,
    Related,
    Rule,
    Settings,
    Severity,
    Span,
    shape_text,
    source_of,
    text_of,
    with_argument,
)
from keraslint_rules.shape.refusal import Refusal, refusals
from keraslint_rules.shape.sequences import RECURRENT, swallowed_sequence


class RnnNeedsReturnSequences(Rule):
    """A recurrent layer gives its last step only, and the next layer wants the sequence.

    ## Why

    A recurrent layer returns (batch, units) unless it is told `return_sequences=True`. The layer behind it that wants
    (batch, steps, features), another recurrent one, `Conv1D`, `TimeDistributed`, refuses that. In a stack of recurrent
    layers all but the last one need the argument.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((20, 8)),
            layers.LSTM(32),  # KL306
            layers.Dropout(0.2),
            layers.LSTM(16),
            layers.Dense(1),
        ]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((20, 8)),
            layers.LSTM(32, return_sequences=True),
            layers.Dropout(0.2),
            layers.LSTM(16),
            layers.Dense(1),
        ]
    )
    inputs = keras.Input((20, 8))
    x = layers.LSTM(16)(inputs)
    x = layers.RepeatVector(20)(x)
    x = layers.LSTM(16, return_sequences=True)(x)
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((20, 8)),
            layers.LSTM(32, return_sequences=True),
            layers.Dropout(0.2),
            layers.LSTM(16),
            layers.Dense(1),
        ]
    )
    ```

    A decoder may want `RepeatVector` instead: the fix is unsafe.

    ## References

    - [Working with RNNs](https://keras.io/guides/working_with_rnns/)
    """

    code = "KL306"
    name = "rnn-needs-return-sequences"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each recurrent layer whose last step is refused."""
        del settings
        for refusal in refusals(analysis, "rank"):
            layer = swallowed_sequence(analysis, refusal)
            if layer is not None:
                yield self._finding(analysis, refusal, layer)

    def _finding(self, analysis: Analysis, refusal: Refusal, layer: LayerRecord) -> Diagnostic:
        shape = refusal.shape()
        assert shape is not None
        message = (
            f"`{layer.name}` gives its last step {shape_text(shape)}, and {refusal.subject} takes a "
            "sequence; add `return_sequences=True`"
        )
        notes = refusal.notes(analysis.path)
        related = (Related("refused here", refusal.span),)
        fix = _return_sequences(analysis, layer)
        return self.report(message, layer.span or refusal.span, related=related, notes=notes, fix=fix)


def _return_sequences(analysis: Analysis, layer: LayerRecord) -> Fix | None:
    made = _maker(analysis, layer)
    if made is None or made.path != analysis.path:
        return None
    text = with_argument(text_of(source_of(analysis), made), "return_sequences", "True")
    if text is None:
        return None
    return Fix("add `return_sequences=True`", Applicability.UNSAFE, (Edit(made, text),), changes_counts=True)


def _maker(analysis: Analysis, layer: LayerRecord) -> Span | None:
    """Return the call that makes the recurrent layer itself, for a wrapper the one inside."""
    outer = layer.span
    if layer.class_name != "Bidirectional" or outer is None:
        return outer
    inner = [
        other.span
        for other in analysis.layers
        if other.span and other.class_name in RECURRENT and outer < other.span and other.span.end_line <= outer.end_line
    ]
    return inner[0] if len(set(inner)) == 1 else None
