"""KL504 redundant-activation."""

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
    source_of,
    text_of,
    without_argument,
)
from keraslint_rules.smells.activations import activation_of
from keraslint_rules.wiring import HARMLESS, Wiring, wirings


class RedundantActivation(Rule):
    """An activation is applied to what it has made already.

    ## Why

    `softmax` of a softmax flattens the probabilities: of ten classes none can come above 0.24, and the loss stops far
    from zero. `sigmoid` of a sigmoid stays between 0.5 and 0.73. Both train, and badly. `relu` of a relu changes
    nothing, and reads as if it did.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.ReLU()(x)  # KL504
    x = layers.Dense(10, activation="softmax")(x)
    model = keras.Model(inputs, layers.Softmax()(x))  # KL504
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64)(inputs)
    x = layers.ReLU()(x)
    x = layers.Dense(10)(x)
    model = keras.Model(inputs, layers.Softmax()(x))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64)(inputs)
    x = layers.ReLU()(x)
    x = layers.Dense(10)(x)
    model = keras.Model(inputs, layers.Softmax()(x))
    ```

    Taking a second `relu` away is safe, a second `softmax` or `sigmoid` is not: it changes what the model says.

    ## References

    - [Softmax](https://keras.io/api/layers/activation_layers/softmax/)
    """

    code = "KL504"
    name = "redundant-activation"
    severity = Severity.WARNING
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each second application."""
        del settings
        seen: set[object] = set()
        for wiring in wirings(analysis):
            for layer in wiring.of(_ACTIVATIONS):
                if layer.span is None or layer.span in seen:
                    continue
                name = activation_of(layer)
                first = wiring.source(layer, HARMLESS)
                if first is not None and name in _IDEMPOTENT | _SQUASHING and activation_of(first) == name:
                    seen.add(layer.span)
                    yield self._finding(analysis, wiring, first, layer, str(name))

    def _finding(
        self, analysis: Analysis, wiring: Wiring, first: LayerRecord, layer: LayerRecord, name: str
    ) -> Diagnostic:
        assert layer.span is not None
        related = (Related(f"`{first.name}` applies it here", first.span),) if first.span is not None else ()
        what = "changes nothing" if name in _IDEMPOTENT else "flattens what comes out"
        message = f"`{layer.name}` applies `{name}` to the `{name}` of `{first.name}`: it {what}; use it once"
        severity = Severity.ERROR if name == "softmax" else Severity.WARNING
        fix = _use_once(analysis, wiring, first, name)
        return self.report(message, layer.span, related=related, severity=severity, fix=fix)


_ACTIVATIONS = ("Activation", "ReLU", "Softmax")
_IDEMPOTENT = {"relu", "relu6"}
_SQUASHING = {"softmax", "sigmoid"}


def _use_once(analysis: Analysis, wiring: Wiring, first: LayerRecord, name: str) -> Fix | None:
    """Return the fix that takes `activation=` from the first layer, where each layer made there is followed by it."""
    if first.span is None or first.span.path != analysis.path or first.class_name in _ACTIVATIONS:
        return None
    made_there = [layer for layer in wiring if layer.span == first.span]
    fed = [wiring.after(layer) for layer in made_there]
    if any(len(layers) != 1 or activation_of(layers[0]) != name for layers in fed):
        return None
    text = without_argument(text_of(source_of(analysis), first.span), "activation")
    if text is None:
        return None
    safety = Applicability.SAFE if name in _IDEMPOTENT else Applicability.UNSAFE
    return Fix(f"take `activation` from `{first.name}`", safety, (Edit(first.span, text),))
