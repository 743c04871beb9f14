"""KL511 no-max-pooling."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity
from keraslint_rules.smells.chains import CONVOLUTIONS, is_convolution, pooling_kind
from keraslint_rules.wiring import wirings


class NoMaxPooling(Rule):
    """A classifier of convolutions pools nowhere, or by averages.

    ## Why

    Max pooling keeps the strongest answer of each window and makes the next layers see more of the image for less
    computing. Strided convolutions do the second of that too, and such models are left alone.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Flatten(),  # KL511
            layers.Dense(10, activation="softmax"),
        ]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    ```

    ## Options

    One of the pedantic rules, off unless they are selected (`KL51`): good models break it too.

    ## References

    - [Automatic fault detection for deep learning programs using graph transformations](https://doi.org/10.1145/3470006)
    """

    code = "KL511"
    name = "no-max-pooling"
    severity = Severity.INFO
    is_default = False

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield the `Flatten` or the first averaging of each such model."""
        del settings
        for wiring in wirings(analysis):
            flatten = next(wiring.of(("Flatten",)), None)
            if flatten is None:
                continue
            convolutions = [layer for layer in wiring.of(CONVOLUTIONS) if is_convolution(layer)]
            if not convolutions or any(_is_strided(layer.arguments) for layer in convolutions):
                continue
            kinds = {pooling_kind(layer): layer for layer in reversed(list(wiring)) if pooling_kind(layer)}
            place = kinds.get("Average", flatten)
            if "Max" not in kinds and place.span is not None:
                what = "pools by averages" if kinds else f"has {len(convolutions)} convolutions and no pooling"
                yield self.report(f"`{wiring.model.name}` {what}; consider `MaxPooling`", place.span)


def _is_strided(arguments: dict[str, object]) -> bool:
    strides = arguments.get("strides")
    return any(step != 1 for step in (strides if isinstance(strides, list | tuple) else (strides,)))
