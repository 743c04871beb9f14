"""KL402 loss-head-width."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.head.edits import with_activation
from keraslint_rules.head.losses import BINARY, CATEGORICAL, SPARSE, Head, Objective, compiled
from keraslint_rules.records import Records, once


class LossHeadWidth(Rule):
    """The number of units of the head does not go with its activation or with the loss.

    ## Why

    - `softmax` over one unit is 1 whatever the input: the model always predicts the same. Keras 3 warns, 2 does not.
    - Categorical cross-entropy on one unit is 0, its gradient too; the sparse one takes no label but 0.
    - Binary cross-entropy over `softmax` of three or more units asks of each unit by itself what only their sum can
      answer, and nothing warns. Over two units it is the categorical one by another name: a warning.
    - Categorical cross-entropy over `sigmoid` units: Keras finds the logits and trains a softmax, and `predict`
      gives numbers that do not sum to 1. A warning.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy")  # KL402
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(5, activation="softmax")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])  # KL402
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    labels = keras.Sequential([keras.Input((16,)), layers.Dense(5, activation="sigmoid")])
    labels.compile("adam", "binary_crossentropy")
    classes = keras.Sequential([keras.Input((16,)), layers.Dense(5, activation="softmax")])
    classes.compile("adam", "sparse_categorical_crossentropy")
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    ```

    ## References

    - [Probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KL402"
    name = "loss-head-width"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each head whose width does not go with its loss."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for item in compiled(analysis):
            losses = {id(head): loss for head, loss in item.pairs()}
            for head in item.heads:
                found = _fault(head, losses.get(id(head)))
                if found is None:
                    continue
                records = records or Records(analysis)
                message, severity, activation = found
                layer = records.layers.get(head.layer)
                where = layer.span if layer is not None else None
                related = (Related("the last layer", where),) if where is not None else ()
                fix = with_activation(analysis, records, head.layer, activation) if activation else None
                yield self.report(message, item.span, related=related, fix=fix, severity=severity)


def _fault(head: Head, loss: Objective | None) -> tuple[str, Severity, str | None] | None:
    """Return what is wrong: the message, how bad it is, and the activation that would do."""
    width, activation = head.width, head.activation
    if width == 1 and activation == "softmax":
        message = "`softmax` over one unit is always 1; use `sigmoid`, or one unit a class"
        return message, Severity.ERROR, "sigmoid"
    if loss is None or width is None:
        return None
    if width == 1 and loss.name in CATEGORICAL:
        message = f"`{loss.name}` over one unit is always 0; use `binary_crossentropy` or one unit a class"
        return message, Severity.ERROR, None
    if width == 1 and loss.name in SPARSE:
        message = f"`{loss.name}` over one unit takes no label but 0; use `binary_crossentropy` or one unit a class"
        return message, Severity.ERROR, None
    if width > 1 and loss.name in BINARY and activation == "softmax":
        severity = Severity.WARNING if width == 2 else Severity.ERROR
        message = (
            f"`{loss.name}` treats the {width} units of a softmax as {width} answers of their own; use "
            "`categorical_crossentropy`, or `sigmoid` where several can be true"
        )
        return message, severity, None
    if width > 1 and loss.name in CATEGORICAL | SPARSE and activation == "sigmoid" and loss.from_logits is False:
        message = f"`{loss.name}` over {width} sigmoid units, which do not sum to 1; use `softmax`"
        return message, Severity.WARNING, "softmax"
    return None
