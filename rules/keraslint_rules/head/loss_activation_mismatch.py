"""KL401 loss-activation-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.head.edits import with_activation
from keraslint_rules.head.losses import BINARY, CROSSENTROPIES, Compiled, Head, Objective, compiled
from keraslint_rules.records import Records, once


class LossActivationMismatch(Rule):
    """A cross-entropy takes logits and gets probabilities, or the other way round.

    ## Why

    `from_logits=True` says that the last layer has no activation; the default says that it has `softmax` or
    `sigmoid`. A linear head under the default is clipped into [0, 1] and its gradients are mostly 0: the model
    trains badly and nothing warns. That is an error.

    Probabilities with `from_logits=True` are a warning: inside a model Keras finds the logits behind the activation,
    computes the right loss, and says so at run time. Code that calls the loss by itself gets a wrong one.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(10)])
    model.compile("adam", "sparse_categorical_crossentropy")  # KL401
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(10, activation="softmax")])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))  # KL401
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    ```

    ## References

    - [Probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    - `_get_logits` in `keras/src/backend/tensorflow/nn.py`
    """

    code = "KL401"
    name = "loss-activation-mismatch"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each head whose activation and loss disagree about logits."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for item in compiled(analysis):
            for head, loss in item.pairs():
                if loss.name not in CROSSENTROPIES or loss.from_logits is None:
                    continue
                is_probability = head.activation in {"softmax", "sigmoid"}
                if (loss.from_logits and is_probability) or (not loss.from_logits and head.activation == "linear"):
                    records = records or Records(analysis)
                    yield self._finding(analysis, records, item, head, loss)

    def _finding(self, analysis: Analysis, records: Records, item: Compiled, head: Head, loss: Objective) -> Diagnostic:
        layer = records.layers.get(head.layer)
        made = f"`{layer.class_name}`" if layer is not None else "the head"
        related = (Related("the last layer", layer.span),) if layer is not None and layer.span is not None else ()
        if loss.from_logits:
            message = (
                f"`{loss.name}` takes logits (`from_logits=True`), but {made} ends in {head.activation}; "
                "leave one of them out"
            )
            fix = with_activation(analysis, records, head.layer, None)
            return self.report(message, item.span, related=related, fix=fix, severity=Severity.WARNING)
        wanted = "sigmoid" if loss.name in BINARY else "softmax"
        message = (
            f"`{loss.name}` takes probabilities, but {made} has no activation; use `from_logits=True` or "
            f'`activation="{wanted}"`'
        )
        fix = with_activation(analysis, records, head.layer, wanted)
        return self.report(message, item.span, related=related, fix=fix)
