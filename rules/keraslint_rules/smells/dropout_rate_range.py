"""KL506 dropout-rate-range."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Rule,
    Settings,
    Severity,
    Span,
    source_of,
    text_of,
    with_argument,
    with_argument_at,
)
from keraslint_rules.occurrences import events_of, layers_by_class


class DropoutRateRange(Rule):
    """The rate of a dropout is not from 0 up to, but not including, 1.

    ## Why

    The rate is the fraction that is dropped. `Dropout(50)` raises: percent are meant. `Dropout(1.0)` is accepted, and
    drops everything: in training nothing of the input comes through (Keras 2 raises there). The `dropout` of a recurrent layer is cut to the
    range without a word, so that `LSTM(32, dropout=20)` drops everything too.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dropout(50)(inputs)  # KL506
    ```

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((10, 16))
    x = layers.LSTM(32, dropout=20)(inputs)  # KL506
    x = layers.Dropout(1.0)(x)  # KL506
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((10, 16))
    x = layers.LSTM(32, dropout=0.2)(inputs)
    x = layers.Dropout(0.5)(x)
    x = layers.Dropout(0)(x)
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dropout(0.5)(inputs)
    ```

    ## References

    - [Dropout](https://keras.io/api/layers/regularization_layers/dropout/)
    """

    code = "KL506"
    name = "dropout-rate-range"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each rate out of range, once a place."""
        del settings
        seen: set[Span] = set()
        for owner, argument, rate, span in _rates(analysis):
            if span in seen or 0 <= rate < 1:
                continue
            seen.add(span)
            effect = "drops everything" if rate == 1 else _effect(owner, rate)
            message = f"`{owner}` with `{argument}={rate}` {effect}; a rate is a fraction from 0 to below 1"
            yield self.report(message, span, fix=_as_percent(analysis, span, argument, rate))


_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}


def _rates(analysis: Analysis) -> Iterator[tuple[str, str, float, Span]]:
    """Yield (class, argument, rate, place) of what drops out: layers that were made, and those that Keras refuses."""
    for event in events_of(analysis, "refused"):
        name, rate = str(event.facts.get("class")), event.facts.get("received")
        is_rate = "`rate`" in str(event.facts.get("message"))
        if is_rate and "Dropout" in name and isinstance(rate, int | float) and event.span is not None:
            yield name, "rate", rate, event.span
    for name, layers in layers_by_class(analysis).items():
        is_dropout = name.endswith("Dropout") or name.startswith("SpatialDropout")
        for argument in ("dropout", "recurrent_dropout") if name in _RECURRENT else ("rate",) if is_dropout else ():
            for layer in layers:
                rate = layer.arguments.get(argument)
                if not layer.is_custom and isinstance(rate, int | float) and layer.span is not None:
                    yield name, argument, rate, layer.span


def _effect(owner: str, rate: float) -> str:
    if owner in _RECURRENT:
        return "drops everything" if rate > 1 else "drops nothing"
    return "is refused"


def _as_percent(analysis: Analysis, span: Span, argument: str, rate: float) -> Fix | None:
    """Return the fix that reads a number above 1 as percent."""
    if not 1 < rate < 100 or span.path != analysis.path:
        return None
    call, value = text_of(source_of(analysis), span), f"{rate / 100:g}"
    text = with_argument_at(call, 0, value) if argument == "rate" else None
    if text is None and f"{argument}=" in call.replace(" ", ""):
        text = with_argument(call, argument, value)
    if text is None:
        return None
    return Fix(f"write {value}", Applicability.UNSAFE, (Edit(span, text),), changes_counts=True)
