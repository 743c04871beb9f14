"""KL104 flatten-dense-explosion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    LayerRecord,
    Option,
    Related,
    Rule,
    Settings,
    Severity,
    output_shape,
    shape_text,
    source_of,
    text_of,
)
from keraslint_rules.numbers import count_text, percent_text
from keraslint_rules.wiring import HARMLESS, Wiring, wirings

_PASSED = HARMLESS | {"Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "BatchNormalization", "LayerNormalization"}


class FlattenDenseExplosion(Rule):
    """One `Dense` after `Flatten` holds most of the model.

    ## Why

    `Flatten` makes one feature of every channel at every place, and `Dense` a weight from each of them to each unit: a
    feature map of 26 by 26 places costs 676 times what its channels cost. One such layer is often more than all the
    convolutions together, it is what overfits first, and it binds the model to one image size. Averaging over the
    places (`GlobalAveragePooling2D`) keeps the channels only; one more pooling in front divides the number by four.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((128, 128, 3))
    x = layers.Conv2D(32, 3, activation="relu")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)  # KL104
    model = keras.Model(inputs, layers.Dense(10)(x))
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(32, 3, activation="relu")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((128, 128, 3))
    x = layers.Conv2D(32, 3, activation="relu")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(64, activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    ```

    The model is another one then: the fix is unsafe.

    ## Options

    - `min-params` (1,000,000): parameters of the `Dense` from which on it is reported
    - `min-share` (0.5): its part of the model, likewise

    VGG16 has such a layer, and is reported.

    ## References

    - [Network In Network, 3.2 Global Average Pooling](https://arxiv.org/abs/1312.4400)
    """

    code = "KL104"
    name = "flatten-dense-explosion"
    severity = Severity.WARNING
    fixes = Applicability.UNSAFE
    options: ClassVar[Mapping[str, Option]] = {"min-params": 1_000_000, "min-share": 0.5}

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each `Dense` over the thresholds, once."""
        least = self.number(settings, "min-params")
        share = self.number(settings, "min-share")
        seen: set[object] = set()
        for wiring in wirings(analysis):
            whole = wiring.model.count.total
            if not isinstance(whole, int) or whole <= least:
                continue
            for layer in wiring:
                held = layer.count.total
                if layer.class_name != "Dense" or not isinstance(held, int) or held <= max(least, share * whole):
                    continue
                flatten = wiring.source(layer, _PASSED)
                if flatten is not None and layer.span not in seen:
                    seen.add(layer.span)
                    yield from self._explosion(analysis, wiring, layer, flatten)

    def _explosion(
        self, analysis: Analysis, wiring: Wiring, layer: LayerRecord, flatten: LayerRecord
    ) -> Iterator[Diagnostic]:
        shape, held, whole = flatten.input_shape, layer.count.total, wiring.model.count.total
        if flatten.class_name != "Flatten" or not isinstance(shape, tuple) or layer.span is None:
            return
        if not 3 <= len(shape) <= 5 or not isinstance(held, int) or not isinstance(whole, int):
            return
        pooling = f"GlobalAveragePooling{len(shape) - 2}D"
        pooled = output_shape(_as(flatten, pooling), [shape], analysis.keras)
        channels = pooled[-1] if pooled is not None else None
        units = layer.arguments.get("units")
        message = (
            f"`{layer.name}` after `Flatten` of {shape_text(shape)} holds {count_text(held)} of "
            f"{count_text(whole)} parameters ({percent_text(held, whole)})"
        )
        if isinstance(channels, int) and isinstance(units, int):
            now = channels * units + (units if layer.arguments.get("use_bias", True) else 0)
            message += f"; behind `{pooling}` it would have {count_text(now)}"
        related = (Related("`Flatten` is made here", flatten.span),) if flatten.span is not None else ()
        yield self.report(message, layer.span, related=related, fix=_pool(analysis, flatten, pooling))


def _as(layer: LayerRecord, class_name: str) -> LayerRecord:
    from msgspec.structs import replace

    return replace(layer, class_name=class_name, arguments={"data_format": layer.arguments.get("data_format")})


def _pool(analysis: Analysis, flatten: LayerRecord, pooling: str) -> Fix | None:
    """Return the fix that averages instead of flattening, where the class is reached through a module."""
    if flatten.span is None or flatten.span.path != analysis.path:
        return None
    call = text_of(source_of(analysis), flatten.span)
    match = re.match(r"((?:\w+\.)+)Flatten\b", call)
    if match is None:
        return None
    edit = Edit(flatten.span, f"{match[1]}{pooling}{call[match.end() :]}")
    return Fix(f"use `{pooling}`", Applicability.UNSAFE, (edit,), changes_counts=True)
