"""KL502 dropout-before-batchnorm."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.wiring import wirings


class DropoutBeforeBatchnorm(Rule):
    """`BatchNormalization` takes its statistics from what `Dropout` leaves.

    ## Why

    In training `Dropout` sets values to zero and scales the rest, which raises the variance. `BatchNormalization`
    right behind it keeps that variance in its moving statistics, and normalises with it in prediction, where nothing
    is dropped. The two go together the other way round.

    It is a hint, which by itself does not make a run fail: many published architectures have it so.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((16,)),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.5),  # KL502
            layers.BatchNormalization(),
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
            keras.Input((16,)),
            layers.Dense(64, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(1),
        ]
    )
    ```

    ## References

    - [Understanding the Disharmony between Dropout and Batch Normalization](https://arxiv.org/abs/1801.05134)
    """

    code = "KL502"
    name = "dropout-before-batchnorm"
    severity = Severity.INFO

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such `Dropout`."""
        del settings
        seen: set[object] = set()
        for wiring in wirings(analysis):
            for layer in wiring.of(("BatchNormalization",)):
                dropout = wiring.source(layer, _PASSED)
                if dropout is None or dropout.span is None or dropout.span in seen or dropout.is_custom:
                    continue
                rate = dropout.arguments.get("rate")
                if dropout.class_name in _DROPOUTS and isinstance(rate, int | float) and rate > 0:
                    seen.add(dropout.span)
                    related = (Related("`BatchNormalization` is made here", layer.span),) if layer.span else ()
                    message = (
                        f"`{layer.name}` takes its statistics from what `{dropout.name}` (rate {rate}) leaves; "
                        "put the dropout behind it"
                    )
                    yield self.report(message, dropout.span, related=related)


_DROPOUTS = {"Dropout", "AlphaDropout", "GaussianDropout"}
_PASSED = {"Activation", "ReLU", "LeakyReLU", "ELU", "Flatten", "Reshape"}
