"""KL404 metric-task-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.head.losses import (
    BINARY,
    CATEGORICAL,
    CROSSENTROPIES,
    REGRESSIONS,
    SPARSE,
    Head,
    Objective,
    compiled,
)
from keraslint_rules.records import Records, once

_ACCURACIES = {
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "top_k_categorical_accuracy",
}
_THRESHOLDS = {"binary_accuracy": "threshold", "precision": "thresholds", "recall": "thresholds", "auc": "from_logits"}
"""Metric -> the argument that suits it to logits."""
_ONE_HOT = {"precision", "recall", "auc", "f1_score", "f_beta_score", "binary_accuracy", "categorical_accuracy",
            "top_k_categorical_accuracy"}  # fmt: skip
_WHOLE_NUMBERS = {"sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"}
_CONTINUOUS = {"linear", "relu", "softplus", "exponential"}


class MetricTaskMismatch(Rule):
    """A metric measures another task than the model is trained for.

    ## Why

    - Accuracy beside a regression loss compares numbers with labels: it shows the share of predictions that happen
      to fall on the right side of 0.5, or are exactly equal, and says nothing.
    - `Precision`, `Recall`, `AUC`, `F1Score`, `CategoricalAccuracy` and their like want one-hot labels. With the whole
      numbers that sparse cross-entropy takes they raise, or give a wrong number; so does `SparseCategoricalAccuracy`
      with the one-hot labels of categorical cross-entropy.
    - `accuracy` on one unit, `Precision`, `Recall` and `AUC` cut at 0.5. On logits, which `from_logits=True` says
      these are, the cut belongs at 0, and `AUC` has an argument `from_logits`.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["accuracy"])  # KL404
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(1)])
    model.compile(  # KL404
        "adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae", keras.metrics.R2Score()])
    binary = keras.Sequential([keras.Input((16,)), layers.Dense(1)])
    metrics = [keras.metrics.BinaryAccuracy(threshold=0.0), keras.metrics.AUC(from_logits=True)]
    binary.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=metrics)
    ```

    ## References

    - [Accuracy metrics](https://keras.io/api/metrics/accuracy_metrics/)
    """

    code = "KL404"
    name = "metric-task-mismatch"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each metric that does not go with the loss and the head."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for item in compiled(analysis):
            numbers = {id(head): number for number, head in enumerate(item.heads)}
            for head, loss in item.pairs():
                for metric in item.metrics(numbers[id(head)]):
                    message = _fault(head, loss, metric)
                    if message is None:
                        continue
                    records = records or Records(analysis)
                    layer = records.layers.get(head.layer)
                    where = layer.span if layer is not None else None
                    related = (Related("the last layer", where),) if where is not None else ()
                    yield self.report(message, item.span, related=related)


def _fault(head: Head, loss: Objective, metric: Objective) -> str | None:
    if loss.name in REGRESSIONS and metric.name in _ACCURACIES and head.activation in _CONTINUOUS:
        return f"`{metric.name}` says nothing of a regression with `{loss.name}`; use `mae` or `R2Score`"
    labels = _labels(head, loss, metric)
    if labels is not None:
        return labels
    if loss.name not in CROSSENTROPIES or not loss.from_logits or head.activation != "linear":
        return None
    name = metric.name
    if name == "accuracy" and loss.name in BINARY and not metric.is_object:
        name = "binary_accuracy"
    if name not in _THRESHOLDS or metric.arguments.get(_THRESHOLDS[name]) is not None:
        return None
    if metric.arguments.get("class_id") is not None or metric.arguments.get("top_k") is not None:
        return None
    argument = {"threshold": "threshold=0.0", "thresholds": "thresholds=0.0", "from_logits": "from_logits=True"}
    classes = {"binary_accuracy": "BinaryAccuracy", "precision": "Precision", "recall": "Recall", "auc": "AUC"}
    cut = "takes probabilities" if name == "auc" else "cuts at 0.5"
    return f"`{metric.name}` {cut}, and the head gives logits; use `{classes[name]}({argument[_THRESHOLDS[name]]})`"


def _labels(head: Head, loss: Objective, metric: Objective) -> str | None:
    """Return what is wrong where a metric wants other labels than the loss: one-hot ones, or whole numbers."""
    if head.width is None or head.width < 2 or metric.arguments.get("class_id") is not None:
        return None
    if loss.name in SPARSE and metric.name in _ONE_HOT:
        return f"`{metric.name}` wants one-hot labels, and `{loss.name}` takes whole numbers; use `SparseCategoricalAccuracy`"
    if loss.name in CATEGORICAL and metric.name in _WHOLE_NUMBERS:
        return f"`{metric.name}` wants whole numbers, and `{loss.name}` takes one-hot labels; use `CategoricalAccuracy`"
    return None
