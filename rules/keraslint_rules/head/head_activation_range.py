"""KL403 head-activation-range."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.head.edits import with_activation
from keraslint_rules.head.losses import BINARY, CROSSENTROPIES, compiled
from keraslint_rules.records import Records, once

_RANGES = {
    "relu": "0 or more",
    "relu6": "from 0 to 6",
    "tanh": "from -1 to 1",
    "softsign": "from -1 to 1",
    "elu": "above -1",
    "selu": "above -1.76",
    "leaky_relu": "any number",
    "gelu": "above -0.17",
    "softplus": "above 0",
    "exponential": "above 0",
}


class HeadActivationRange(Rule):
    """The last layer ends in `relu`, `tanh` or another hidden-layer activation, and the loss is a cross-entropy.

    ## Why

    A cross-entropy takes probabilities or logits. `relu` and `tanh` give neither: half of the logits cannot be
    reached, and as probabilities the values are clipped, where the gradient is 0. Nothing warns.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(1, activation="relu")])
    model.compile("adam", "binary_crossentropy")  # KL403
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    prices = keras.Sequential([keras.Input((16,)), layers.Dense(1, activation="relu")])
    prices.compile("adam", "mse")
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    ```
    """

    code = "KL403"
    name = "head-activation-range"
    severity = Severity.WARNING
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each head whose activation gives neither probabilities nor logits."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for item in compiled(analysis):
            for head, loss in item.pairs():
                if loss.name not in CROSSENTROPIES or head.activation not in _RANGES:
                    continue
                records = records or Records(analysis)
                layer = records.layers.get(head.layer)
                where = layer.span if layer is not None else None
                wanted = "sigmoid" if loss.name in BINARY or head.width == 1 else "softmax"
                takes = "logits" if loss.from_logits else "probabilities"
                way_out = "leave the activation out" if loss.from_logits else f"use `{wanted}`"
                message = (
                    f"`{loss.name}` takes {takes}, and the head ends in {head.activation}, which gives "
                    f"{_RANGES[head.activation]}; {way_out}"
                )
                related = (Related("the last layer", where),) if where is not None else ()
                fix = with_activation(analysis, records, head.layer, None if loss.from_logits else wanted)
                yield self.report(message, item.span, related=related, fix=fix)
