"""KL101 params-over-budget."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity, verdicts
from keraslint_rules.budget.excess import excess


class ParamsOverBudget(Rule):
    """A model, or a layer of one, has more parameters than its budget allows.

    ## Why

    What a model weighs decides where it can run, and one argument in one line can multiply it. A budget beside the
    model, or in the configuration for many models, says what it may weigh, and the change that breaks it is told at
    once: by how much, which layers weigh most, and where the limit is written.

    Limits are on the total, on what is trained and what is not, and on each single layer (on the bytes of the weights:
    KL105). Counts are Keras' own: a shared weight counts once.

    ## Bad

    ```python
    import keras


    # keraslint: budget(max_params=100_000)
    def build(input_shape):
        inputs = keras.Input(input_shape)
        x = keras.layers.Conv2D(64, 3, activation="relu")(inputs)
        x = keras.layers.Flatten()(x)
        outputs = keras.layers.Dense(10)(x)
        return keras.Model(inputs, outputs, name="classifier")  # KL101


    model = build((32, 32, 3))
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


    # keraslint: budget(max_params=100_000)
    def build(input_shape):
        inputs = keras.Input(input_shape)
        x = keras.layers.Conv2D(64, 3, activation="relu")(inputs)
        x = keras.layers.GlobalAveragePooling2D()(x)
        outputs = keras.layers.Dense(10)(x)
        return keras.Model(inputs, outputs, name="classifier")


    model = build((32, 32, 3))
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
            if verdict.is_over and verdict.actual is not None and verdict.name != "max-bytes":
                yield excess(self, verdict, verdict.actual, analysis.path)
