"""KL607 duplicate-layer-name."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Related,
    Rule,
    Settings,
    Severity,
    Span,
    argument_source,
    source_of,
    text_of,
    with_argument,
)
from keraslint_rules.occurrences import events_of


class DuplicateLayerName(Rule):
    """Two layers of one model have one name.

    ## Why

    Names are how `get_layer`, saved weights and losses by name find a layer: Keras raises where two layers of a model
    share one. A name that is given in a helper or a loop is given every time that it runs.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(32, activation="relu", name="hidden")(inputs)
    x = layers.Dense(32, activation="relu", name="hidden")(x)  # KL607
    model = keras.Model(inputs, layers.Dense(1)(x))
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    x = inputs = keras.Input((16,))
    for index in range(2):
        x = layers.Dense(32, activation="relu", name=f"hidden_{index}")(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(32, activation="relu", name="hidden")(inputs)
    x = layers.Dense(32, activation="relu", name="hidden_1")(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    ```

    Weights that were saved by name are found by it: the fix is unsafe.
    """

    code = "KL607"
    name = "duplicate-layer-name"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield the second layer of each such pair."""
        del settings
        for event in events_of(analysis, "refused"):
            if event.facts.get("contract") != "duplicate-name" or event.span is None:
                continue
            name = str(event.facts.get("layer"))
            made = [layer.span for layer in analysis.layers if layer.name == name and layer.span is not None]
            span = made[1] if len(made) > 1 else event.span
            is_repeated = len(set(made)) == 1 and len(made) > 1
            way = 'give each its own, as in `name=f"…_{index}"`' if is_repeated else "give one of them another"
            if len(made) < 2:
                way = "a layer is in the model twice, or has the name of another; make a second one"
            related = [Related("the model is made here", event.span)] if span != event.span else []
            if made and made[0] != span:
                related.append(Related("the first one is made here", made[0]))
            fix = _rename(analysis, span, name) if len(made) > 1 and not is_repeated else None
            message = f"two layers of `{event.facts.get('name')}` are called `{name}`: Keras raises; {way}"
            yield self.report(message, span, related=tuple(related), fix=fix)


def _rename(analysis: Analysis, span: Span, name: str) -> Fix | None:
    """Return the fix that gives the second layer a name of its own, where its name is written out there."""
    if span.path != analysis.path:
        return None
    call = text_of(source_of(analysis), span)
    if (argument_source(call, "name") or "").strip("\"'") != name:
        return None
    taken = {layer.name for layer in analysis.layers}
    new = next(f"{name}_{number}" for number in range(1, len(taken) + 2) if f"{name}_{number}" not in taken)
    text = with_argument(call, "name", f'"{new}"')
    if text is None:
        return None
    return Fix(f"call it `{new}`", Applicability.UNSAFE, (Edit(span, text),), changes_counts=True)
