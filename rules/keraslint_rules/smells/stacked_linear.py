"""KL503 stacked-linear."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, LayerRecord, Related, Rule, Settings, Severity
from keraslint_rules.smells.activations import is_linear
from keraslint_rules.wiring import HARMLESS, wirings


class StackedLinear(Rule):
    """Two linear layers follow each other with nothing between them.

    ## Why

    A linear map of a linear map is one linear map: two `Dense` layers without an activation between them can do no
    more than one, at more parameters. Usually `activation=` was forgotten.

    A narrow layer between two wide ones is left alone: that is a factorised map, which saves parameters.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64)(inputs)  # KL503
    x = layers.Dense(32, activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.Dense(4)(x)
    model = keras.Model(inputs, layers.Dense(32)(x))
    ```

    ## Options

    The rule is off unless it is selected: depthwise and low-rank designs have such pairs on purpose.
    """

    code = "KL503"
    name = "stacked-linear"
    severity = Severity.WARNING
    is_default = False

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each first layer of such a pair."""
        del settings
        seen: set[object] = set()
        for wiring in wirings(analysis):
            for layer in wiring.of(_PAIRED):
                first = wiring.source(layer, HARMLESS)
                if first is None or first.span is None or first.span in seen or len(wiring.after(first)) != 1:
                    continue
                if first.class_name == layer.class_name and is_linear(first) and not _is_bottleneck(first, layer):
                    seen.add(first.span)
                    related = (Related("the second one is made here", layer.span),) if layer.span else ()
                    message = f"`{first.name}` and `{layer.name}` are one linear map; give the first an activation"
                    yield self.report(message, first.span, related=related)


_PAIRED = ("Dense", "Conv1D", "Conv2D", "Conv3D")


def _is_bottleneck(first: LayerRecord, second: LayerRecord) -> bool:
    """Return whether the first layer is narrower than what it gets and what the second one makes, or that is not known."""
    widths = [_width(shape) for shape in (first.input_shape, first.output_shape, second.output_shape)]
    before, between, behind = widths
    if before is None or between is None or behind is None:
        return True
    return between < before and between < behind


def _width(shape: object) -> int | None:
    width = shape[-1] if isinstance(shape, tuple) and shape else None
    return width if isinstance(width, int) else None
