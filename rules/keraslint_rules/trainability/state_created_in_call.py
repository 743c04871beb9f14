"""KL204 state-created-in-call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Event,
    Fix,
    Related,
    Rule,
    Settings,
    Severity,
    Span,
    class_bounds,
    source_of,
    span_between,
)
from keraslint_rules.numbers import count_text
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, once, span_text
from keraslint_rules.trainability.untraced import layers_in_call


class StateCreatedInCall(Rule):
    """A layer or a variable is made in `call()`, so it is nobody's: not counted, and never trained.

    ## Why

    Keras finds weights through attributes. A layer that `call` makes, uses and forgets has weights that no model
    holds: they count 0, the optimizer does not see them, and each trace draws them anew. Nothing warns. A
    `tf.Variable` made in `call` raises instead.

    Make the layer in `__init__` (or in `build`) and keep it as an attribute. Layers without weights may be made in
    `call`.

    ## Bad

    ```python
    import keras
    from keras import layers


    class Head(layers.Layer):
        def __init__(self):
            super().__init__()
            self.norm = layers.LayerNormalization()

        def call(self, x):
            return layers.Dense(8, activation="relu")(self.norm(x))  # KL204


    inputs = keras.Input((16,))
    model = keras.Model(inputs, Head()(inputs))
    ```

    ## Good

    ```python
    import keras
    from keras import layers


    class Head(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(8)

        def call(self, x):
            return layers.ReLU()(self.dense(x))


    inputs = keras.Input((16,))
    model = keras.Model(inputs, Head()(inputs))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers


    class Head(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(8, activation="relu")
            self.norm = layers.LayerNormalization()

        def call(self, x):
            return self.dense(self.norm(x))


    inputs = keras.Input((16,))
    model = keras.Model(inputs, Head()(inputs))
    ```

    ## References

    - [Making new layers and models](https://keras.io/guides/making_new_layers_and_models_via_subclassing/)
    """

    code = "KL204"
    name = "state-created-in-call"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each layer and variable that a `call` makes."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for event in events_of(analysis, "made-in-call", "variable-in-call"):
            if event.span is None:
                continue
            records = records or Records(analysis)
            yield self._finding(analysis, records, event, event.span)
        for found in layers_in_call(analysis):
            yield self._layer(analysis, found.name, found.owner, "its weights are", found.span)

    def _finding(self, analysis: Analysis, records: Records, event: Event, span: Span) -> Diagnostic:
        layer = records.layers.get(event.subject)
        if event.kind == "variable-in-call":
            owner = layer.class_name if layer is not None else "a layer"
            message = f"`tf.Variable` made in `call` of `{owner}`: Keras raises; use `self.add_weight` in `build`"
            return self.report(message, span)
        owner = str(event.facts.get("owner"))
        count = layer.count.total if layer is not None else None
        weights = f"its {count_text(count)} parameters are" if count is not None else "its weights are"
        made = layer.class_name if layer is not None else "a layer"
        return self._layer(analysis, made, owner, weights, span)

    def _layer(self, analysis: Analysis, made: str, owner: str, weights: str, span: Span) -> Diagnostic:
        message = (
            f"`{made}` is made in `call` of `{owner}`: {weights} not counted and never trained; make it in `__init__`"
        )
        bounds = class_bounds(source_of(analysis), owner) if span.path == analysis.path else None
        related: tuple[Related, ...] = ()
        if bounds is not None:
            source = source_of(analysis)
            end = source.text.find("\n", bounds[0])
            related = (Related(f"`{owner}` is defined here", span_between(source, bounds[0], end)),)
        return self.report(message, span, related=related, fix=_hoist(analysis, owner, span))


_INIT = re.compile(
    r"^([ \t]*)super\(\)\.__init__\(.*\)[ \t]*$|^([ \t]*)super\(\w+, self\)\.__init__\(.*\)[ \t]*$", re.MULTILINE
)
_PLAIN = re.compile(r"[\w.]+\((?:\s*(?:\w+\s*=\s*)?(?:-?\d[\w.]*|True|False|None|\"[^\"]*\"|'[^']*')\s*,?)*\)")


def _hoist(analysis: Analysis, owner: str, span: Span) -> Fix | None:
    """Return the fix that makes a layer of plain arguments in `__init__` and keeps it as an attribute."""
    source = source_of(analysis)
    text = span_text(analysis, span)
    bounds = class_bounds(source, owner)
    if bounds is None or not _PLAIN.fullmatch(text):
        return None
    init = _INIT.search(source.text, *bounds)
    start = source.offset(span.line, span.column, span.cell)
    if init is None or not bounds[0] < init.start() < start < bounds[1]:
        return None
    body = source.text[bounds[0] : bounds[1]]
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.partition("(")[0].rpartition(".")[2]).lower()
    attribute = next(name for name in (stem, *(f"{stem}_{n}" for n in range(1, 100))) if f"self.{name}" not in body)
    indent = init[1] if init[1] is not None else init[2]
    where = span_between(source, init.end(), init.end())
    edits = (Edit(where, f"\n{indent}self.{attribute} = {text}"), Edit(span, f"self.{attribute}"))
    return Fix(f"make it in `__init__` as `self.{attribute}`", Applicability.UNSAFE, edits, changes_counts=True)
