"""KL505 constant-kernel-init."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, LayerRecord, Rule, Settings, Severity
from keraslint_rules.wiring import wirings


class ConstantKernelInit(Rule):
    """A hidden layer's kernel begins with one and the same number everywhere.

    ## Why

    Units that begin equal get equal gradients through equal weights and stay equal: the layer has one unit in effect.
    Zeros behind a `relu` never move at all. Kernels want a random initializer; zeros are for biases.

    Left alone are heads (the layer whose output is the model's), layers whose output is added to something or
    multiplied with it (a residual branch that begins as nothing), layers of one unit, and frozen ones.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64, activation="relu", kernel_initializer="zeros")(inputs)  # KL505
    model = keras.Model(inputs, layers.Dense(1)(x))
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(16, activation="relu", kernel_initializer="he_normal", bias_initializer="zeros")(inputs)
    branch = layers.Dense(16, kernel_initializer="zeros")(x)
    x = layers.Add()([x, branch])
    model = keras.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(x))
    ```

    ## References

    - [Layer weight initializers](https://keras.io/api/layers/initializers/)
    """

    code = "KL505"
    name = "constant-kernel-init"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such layer, once a place."""
        del settings
        seen: set[object] = set()
        for wiring in wirings(analysis):
            for layer in wiring.of(_ARGUMENTS):
                value = _constant(layer)
                if value is None or layer.span is None or layer.span in seen:
                    continue
                fed = wiring.after(layer)
                if fed and not any(
                    other.class_name in _MERGES or other.is_operation or other.is_custom for other in fed
                ):
                    seen.add(layer.span)
                    message = f"the kernel of `{layer.name}` begins with {value}, so its units stay equal"
                    yield self.report(f"{message}; use a random initializer", layer.span)


_ARGUMENTS = {
    "Dense": "kernel_initializer",
    "Conv1D": "kernel_initializer",
    "Conv2D": "kernel_initializer",
    "Conv3D": "kernel_initializer",
    "Conv2DTranspose": "kernel_initializer",
    "LSTM": "kernel_initializer",
    "GRU": "kernel_initializer",
    "SimpleRNN": "kernel_initializer",
}
_CONSTANTS = {"zeros": "zeros", "zero": "zeros", "ones": "ones", "one": "ones", "constant": "a constant"}
_MERGES = {"Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum", "Lambda"}


def _constant(layer: LayerRecord) -> str | None:
    """Return what a trained layer of several units begins with, where that is a constant."""
    value = _CONSTANTS.get(str(layer.arguments.get(_ARGUMENTS[layer.class_name])).lower())
    if value is None or not layer.trainable:
        return None
    units = layer.arguments.get("units", layer.arguments.get("filters"))
    return value if isinstance(units, int) and units > 1 else None
