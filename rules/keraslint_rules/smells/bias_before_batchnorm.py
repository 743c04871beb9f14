"""KL501 bias-before-batchnorm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    LayerRecord,
    Related,
    Rule,
    Settings,
    Severity,
    Span,
    source_of,
    text_of,
    with_argument,
)
from keraslint_rules.numbers import count_text
from keraslint_rules.smells.activations import LINEAR, is_linear
from keraslint_rules.wiring import Wiring, wirings


class BiasBeforeBatchnorm(Rule):
    """A layer has a bias that the `BatchNormalization` behind it takes out again.

    ## Why

    `BatchNormalization` subtracts the mean of each channel, the bias with it, and adds its own `beta`. The bias trains
    to nothing; it costs parameters and an addition. In ResNet50 that is 26,560 parameters in 53 layers, kept for the
    sake of old weights.

    It is a hint, which by itself does not make a run fail: architectures are kept as they were published, dead biases
    and all, for the sake of their weights.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(64, 3)(inputs)  # KL501
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    model = keras.Model(inputs, x)
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(64, 3, use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    model = keras.Model(inputs, x)
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(64, 3, use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    model = keras.Model(inputs, x)
    ```

    Weights that were saved before no longer fit: the fix is unsafe.

    ## References

    - [Batch Normalization, section 3.2](https://arxiv.org/abs/1502.03167)
    """

    code = "KL501"
    name = "bias-before-batchnorm"
    severity = Severity.INFO
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each place that makes such layers, once."""
        del settings
        dead: dict[Span, dict[int, tuple[LayerRecord, LayerRecord]]] = {}
        alive: set[Span] = set()
        for wiring in wirings(analysis):
            for layer in wiring.of(LINEAR):
                if layer.span is None or layer.arguments.get("use_bias") is not True:
                    continue
                normalisation = _normalisation(wiring, layer)
                if normalisation is None:
                    alive.add(layer.span)
                else:
                    dead.setdefault(layer.span, {})[layer.key] = (layer, normalisation)
        for span, layers in dead.items():
            yield self._finding(analysis, span, list(layers.values()), has_alive=span in alive)

    def _finding(
        self, analysis: Analysis, span: Span, layers: Sequence[tuple[LayerRecord, LayerRecord]], *, has_alive: bool
    ) -> Diagnostic:
        first, normalisation = layers[0]
        sizes = [_bias(layer) for layer, _ in layers]
        total = sum(size for size in sizes if size is not None)
        amount = f" of {count_text(total)} parameters" if total and None not in sizes else ""
        if len(layers) == 1:
            head = f"`{first.name}` has a bias{amount} that `{normalisation.name}` takes out again"
        else:
            head = f"{len(layers)} layers have biases{amount} that the BatchNormalization behind them takes out again"
        where = normalisation.span
        related = (Related("`BatchNormalization` is made here", where),) if where is not None else ()
        fix = None if has_alive else _without_bias(analysis, span)
        return self.report(f"{head}; use `use_bias=False`", span, related=related, fix=fix)


def _normalisation(wiring: Wiring, layer: LayerRecord) -> LayerRecord | None:
    """Return the one BatchNormalization that takes all of a linear layer's output, channel by channel."""
    fed = wiring.after(layer)
    if not is_linear(layer) or layer.class_name == "EinsumDense" or len(fed) != 1 or len(layer.call_spans) > 1:
        return None
    (behind,) = fed
    shape = layer.output_shape
    if behind.class_name != "BatchNormalization" or behind.is_custom or not isinstance(shape, tuple):
        return None
    axis, is_first = behind.arguments.get("axis", -1), layer.arguments.get("data_format") == "channels_first"
    channels = 1 if is_first else len(shape) - 1
    return behind if axis in {channels, channels - len(shape)} and behind.arguments.get("center", True) else None


def _bias(layer: LayerRecord) -> int | None:
    sizes = [weight.params for weight in layer.weights if weight.name.endswith("bias")]
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], int) else None


def _without_bias(analysis: Analysis, span: Span) -> Fix | None:
    if span.path != analysis.path:
        return None
    text = with_argument(text_of(source_of(analysis), span), "use_bias", "False")
    if text is None:
        return None
    return Fix("add `use_bias=False`", Applicability.UNSAFE, (Edit(span, text),), changes_counts=True)
