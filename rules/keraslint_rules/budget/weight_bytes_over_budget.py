"""KL105 weight-bytes-over-budget."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity, verdicts
from keraslint_rules.budget.excess import excess


class WeightBytesOverBudget(Rule):
    """A model's weights take more bytes than its budget allows.

    ## Why

    A device has so much memory for weights, a download so many bytes, and the same number of parameters takes half of
    them under another dtype. The bytes counted are those of the variables: a mixed policy computes in 16 bits and keeps
    its variables in 32, `float16` and `bfloat16` keep them in 16, `dtype="int8_from_float32"` makes kernels of one byte each and
    adds their scales.

    ## Bad

    ```python
    import keras


    # keraslint: budget(max_bytes="300 kB")
    def build():
        inputs = keras.Input((256,))
        x = keras.layers.Dense(256, activation="relu")(inputs)
        outputs = keras.layers.Dense(100)(x)
        return keras.Model(inputs, outputs, name="ranker")  # KL105


    model = build()
    ```

    ## Good

    ```python
    import keras


    # keraslint: budget(max_bytes="300 kB")
    def build():
        inputs = keras.Input((256,))
        x = keras.layers.Dense(256, activation="relu", dtype="float16")(inputs)
        outputs = keras.layers.Dense(100, dtype="float16")(x)
        return keras.Model(inputs, outputs, name="ranker")


    model = build()
    ```

    ## Options

    The limit is `max-bytes` of a table `[[tool.keraslint.budget]]`, or `max_bytes` in a comment
    `# keraslint: budget(max_bytes="20 MB")` (see KL101). `kB`, `MB` and `GB` are powers of ten, `KiB`, `MiB` and `GiB`
    powers of two.
    """

    code = "KL105"
    name = "weight-bytes-over-budget"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each limit on bytes that a model's weights are over, whatever its symbols are."""
        for verdict in verdicts(analysis, settings):
            if verdict.is_over and verdict.actual is not None and verdict.name == "max-bytes":
                yield excess(self, verdict, verdict.actual, analysis.path)
