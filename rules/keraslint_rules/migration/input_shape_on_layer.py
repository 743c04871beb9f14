"""KL603 input-shape-on-layer."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, LayerRecord, Rule, Settings, Severity
from keraslint_rules.migration.inputs import with_input


class InputShapeOnLayer(Rule):
    """The input shape of a Sequential is an argument of its first layer.

    ## Why

    Keras 3 warns: "Do not pass an `input_shape`/`input_dim` argument to a layer. When using Sequential models, prefer
    using an `Input(shape)` object as the first layer in the model instead." The shapes and the counts are the same, and
    the fix is made only if they are.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(layers.Dense(32, activation="relu", input_shape=(16,)))  # KL603
    model.add(layers.Dense(1))
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Conv2D(8, 3, input_shape=(28, 28, 1)),  # KL603
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(keras.Input((16,)))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(keras.Input((16,)))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1))
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    ```

    ## References

    - [The Sequential model](https://keras.io/guides/sequential_model/)
    """

    code = "KL603"
    name = "input-shape-on-layer"
    severity = Severity.INFO
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each first layer with its input's shape, in a program for Keras 3."""
        del settings
        if analysis.keras != "3":
            return
        for model in analysis.models:
            first = model.layers[0] if model.kind == "sequential" and model.layers else None
            if first is None or first.span is None or first.span.path != analysis.path or first.is_custom:
                continue
            argument = _argument(first)
            if argument:
                shape = first.input_shape
                text = f"`keras.Input({_shown(shape)})`" if isinstance(shape, tuple) else "a `keras.Input`"
                message = f"`{first.name}` is given the input's shape as `{argument}`; begin the model with {text}"
                yield self.report(message, first.span, fix=with_input(analysis, first.span, argument))


def _argument(layer: LayerRecord) -> str:
    if layer.arguments.get("input_shape") is not None:
        return "input_shape"
    is_width = layer.arguments.get("input_dim") is not None and "output_dim" not in layer.arguments
    return "input_dim" if is_width else ""


def _shown(shape: tuple[object, ...]) -> str:
    sizes = ", ".join(str(size) for size in shape[1:])
    return f"({sizes},)" if len(shape) == 2 else f"({sizes})"
