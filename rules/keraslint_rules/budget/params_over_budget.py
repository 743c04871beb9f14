"""KL101 params-over-budget."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import (
    Analysis,
    Diagnostic,
    Dim,
    LayerRecord,
    ModelRecord,
    Related,
    Rule,
    Settings,
    Severity,
    Verdict,
    bounds,
    verdicts,
)
from keraslint_rules.numbers import bytes_text, count_text, layer_text, percent_text

_WHAT = {
    "max-params": "parameters",
    "max-trainable": "trainable parameters",
    "max-non-trainable": "non-trainable parameters",
    "max-layer-params": "parameters",
    "max-bytes": "of weights",
}
_HEAVIEST = 3
_MANY = 10
"""From so many times a limit on, percent are hard to read."""


class ParamsOverBudget(Rule):
    """A model, or a layer of one, has more parameters than its budget allows.

    ## Why

    What a model weighs decides where it can run, and one argument in one line can multiply it. A budget beside the
    model, or in the configuration for many models, says what it may weigh, and the change that breaks it is told at
    once: by how much, which layers weigh most, and where the limit is written.

    Limits are on the total, on what is trained and what is not, on each single layer, and on the bytes of the weights
    under their dtypes. Counts are Keras' own: a shared weight counts once.

    ## Bad

    ```python
    import keras


    # keraslint: budget(max_params=1_000_000)
    def build(input_shape):
        inputs = keras.Input(input_shape)
        x = keras.layers.Conv2D(64, 3, activation="relu")(inputs)
        x = keras.layers.Flatten()(x)
        outputs = keras.layers.Dense(10)(x)
        return keras.Model(inputs, outputs, name="classifier")  # KL101


    model = build((64, 64, 3))
    ```

    The budget in the configuration, by the path and name of what builds the model:

    ```toml
    [[budget]]
    model = "*.py::encoder"
    max-layer-params = 10_000
    message = "has to fit the watch"
    ```

    ```python
    import keras

    encoder = keras.Sequential(
        [
            keras.Input((128,)),
            keras.layers.Dense(64),
            keras.layers.Dense(256),  # KL101
        ]
    )
    ```

    ## Good

    ```python
    import keras


    # keraslint: budget(max_params=1_000_000)
    def build(input_shape):
        inputs = keras.Input(input_shape)
        x = keras.layers.Conv2D(64, 3, activation="relu")(inputs)
        x = keras.layers.GlobalAveragePooling2D()(x)
        outputs = keras.layers.Dense(10)(x)
        return keras.Model(inputs, outputs, name="classifier")


    model = build((64, 64, 3))
    ```

    ## Options

    A budget in the configuration is a table `[[tool.keraslint.budget]]`: `model`, a path glob, `::` and a glob over
    the names of functions, classes, models and variables; `max-params`, `max-trainable`, `max-non-trainable`,
    `max-layer-params`, `max-bytes`; and a `message` that is shown with a finding. Amounts may be written as `"5M"` and
    `"20 MB"`. A comment `# keraslint: budget(max_params=…)` stands above a def, a class or a model, and its limits have
    underscores.

    A model that is not resolved does not pass: it is KL002.
    """

    code = "KL101"
    name = "params-over-budget"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each limit that a count is over, whatever its symbols are."""
        for verdict in verdicts(analysis, settings):
            if verdict.is_over and verdict.actual is not None:
                yield self._over(verdict, verdict.actual, analysis.path)

    def _over(self, verdict: Verdict, actual: Dim, path: str) -> Diagnostic:
        model, layer, limit = verdict.model, verdict.layer, verdict.limit
        subject = f"`{model.name}`" if layer is None else f"`{layer.name}` of `{model.name}`"
        text = bytes_text if verdict.name == "max-bytes" else count_text
        head = f"{subject} has {text(actual)} {_WHAT[verdict.name]}"
        if isinstance(actual, int):
            share = f" ({_share(actual, limit)})" if limit else ""
            message = f"{head}, {text(actual - limit)}{share} over the limit of {text(limit)}"
        else:
            least, _ = bounds(actual)
            over = f", at least {text(least)}" if least is not None else ""
            message = f"{head}{over}, over the limit of {text(limit)} for every value"
        where = verdict.budget.where
        related = (Related("the limit is written here", where),) if where is not None else ()
        span = layer.span if layer is not None and layer.span is not None else model.span
        return self.report(message, span, related=related, notes=tuple(_notes(verdict, path)))


def _share(actual: int, limit: int) -> str:
    """Return by how much a limit is exceeded: in percent, or in times where that says more."""
    return percent_text(actual - limit, limit) if actual < _MANY * limit else f"{actual // limit:,} times"


def _notes(verdict: Verdict, path: str) -> Iterator[str]:
    if verdict.budget.message:
        yield f"the budget says: {verdict.budget.message}"
    if verdict.budget.where is None:
        yield f"the limit is {verdict.name} of the budget for {verdict.budget.model}"
    if verdict.layer is None:
        yield from _heaviest(verdict.model, verdict.name, path)
    for assumption in verdict.model.assumptions:
        yield f"this is the model where {assumption.text}"


def _heaviest(model: ModelRecord, name: str, path: str) -> Iterator[str]:
    whole = _part(model, name)
    weighed = [(part, layer) for layer in model.layers if (part := _part(layer, name)) is not None and part > 0]
    for number, (part, layer) in enumerate(sorted(weighed, key=lambda item: -item[0])[:_HEAVIEST]):
        share = f", {percent_text(part, whole)}" if whole else ""
        lead = "heaviest: " if number == 0 else "then "
        what = "parameters" if name == "max-bytes" else _WHAT[name]
        yield f"{lead}{layer_text(layer, path)}, {part:,} {what}{share}"


def _part(layer: LayerRecord | ModelRecord, name: str) -> int | None:
    """Return what a layer adds to a limit; of a formula the least."""
    count = layer.count
    amounts = {"max-trainable": count.trainable, "max-non-trainable": count.non_trainable}
    amount = amounts.get(name, count.total)
    return None if amount is None else bounds(amount)[0]
