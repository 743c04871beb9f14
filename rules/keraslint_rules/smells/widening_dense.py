"""KL514 widening-dense."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.smells.chains import BETWEEN, followers


class WideningDense(Rule):
    """A hidden `Dense` is wider than the hidden `Dense` before it.

    ## Why

    A classifier's dense layers narrow towards the classes: a wider one has to make features of what was thrown away
    before. Decoders widen on purpose.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(128, activation="relu"),  # KL514
            layers.Dense(10, activation="softmax"),
        ]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(100, activation="softmax"),
        ]
    )
    ```

    ## Options

    One of the pedantic rules, off unless they are selected (`KL51`): good models break it too.

    ## References

    - [Automatic fault detection for deep learning programs using graph transformations](https://doi.org/10.1145/3470006)
    """

    code = "KL514"
    name = "widening-dense"
    severity = Severity.INFO
    is_default = False

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such `Dense`."""
        del settings
        for model, before, layer in followers(analysis, ("Dense",), BETWEEN):
            if layer.is_custom or layer.span is None:
                continue
            old, new = before.arguments.get("units"), layer.arguments.get("units")
            is_last = not any(layer.name in other.inputs for other in model.rows or model.layers)
            if isinstance(old, int) and isinstance(new, int) and new > old and not is_last:
                related = (Related("the layer before it", before.span),) if before.span is not None else ()
                message = f"`{layer.name}` has {new} units, and `{before.name}` before it {old}"
                yield self.report(message, layer.span, related=related)
