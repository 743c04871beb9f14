"""KL703 double-preprocessing."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, LayerRecord, ModelRecord, Related, Rule, Settings, Severity
from keraslint_rules.occurrences import layers_by_class
from keraslint_rules.records import once

_SMALL = 0.1
"""A factor below this brings pixels of 0 to 255 down."""
_IN_BETWEEN = ("Random", "Resizing", "CenterCrop", "AutoContrast", "Dropout", "GaussianNoise", "ZeroPadding")


class DoublePreprocessing(Rule):
    """Pixels are rescaled, and then again by the backbone that they go to.

    ## Why

    EfficientNet, MobileNetV3, ConvNeXt, ResNetRS and others begin with a `Rescaling` of their own and want pixels of
    0 to 255. With one more before them the values end near 0, and the pretrained features are lost. Nothing warns.

    ## Bad

    ```python
    import keras
    from keras import layers

    image = keras.Input((32, 32, 3))
    backbone = keras.Model(image, layers.Conv2D(8, 3)(layers.Rescaling(1 / 255)(image)), name="backbone")
    inputs = keras.Input((32, 32, 3))
    x = layers.Rescaling(1 / 255)(inputs)  # KL703
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(backbone(x)))
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    image = keras.Input((32, 32, 3))
    backbone = keras.Model(image, layers.Conv2D(8, 3)(layers.Rescaling(1 / 255)(image)), name="backbone")
    inputs = keras.Input((32, 32, 3))
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(backbone(inputs)))
    ```

    ## References

    - [Keras Applications](https://keras.io/api/applications/), "Note: each Keras Application expects a specific kind of
      input preprocessing"
    """

    code = "KL703"
    name = "double-preprocessing"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each rescaling before another one."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        for model in analysis.models if "Rescaling" in layers_by_class(analysis) else ():
            by_name = {layer.name: layer for layer in model.layers}
            for layer in model.layers:
                inner = _first_rescaling(layer)
                scale = _scale(inner) if inner is not None else None
                outer = _rescaled_before(layer, by_name) if scale is not None else None
                before = _scale(outer) if outer is not None else None
                if inner is None or outer is None or scale is None or before is None or outer.span is None:
                    continue
                yield self._finding(model, layer, inner, outer, before * scale)

    def _finding(
        self, model: ModelRecord, layer: LayerRecord, inner: LayerRecord, outer: LayerRecord, factor: float
    ) -> Diagnostic:
        assert outer.span is not None
        who = f"`{layer.name}`" if layer.layers else "the next layer"
        message = f"{who} rescales by itself: 255 becomes {255 * factor:.2g} in `{model.name}`; leave this one out"
        related = (Related("rescaled again here", inner.span),) if inner.span is not None else ()
        return self.report(message, outer.span, related=related)


def _scale(layer: LayerRecord) -> float | None:
    """Return the factor of a layer that brings pixels down; None for any other."""
    scale = layer.arguments.get("scale")
    return float(scale) if isinstance(scale, int | float) and 0 < scale < _SMALL else None


def _first_rescaling(layer: LayerRecord) -> LayerRecord | None:
    """Return the layer itself, or the first layer behind the input of a nested model, if it rescales."""
    if layer.class_name == "Rescaling":
        return layer
    if not layer.layers:
        return None
    by_name = {child.name: child for child in layer.layers}
    for child in layer.layers:
        sources = [by_name[name] for name in child.inputs if name in by_name]
        if child.class_name == "Rescaling" and all(source.class_name == "InputLayer" for source in sources):
            return child
    return None


def _rescaled_before(layer: LayerRecord, by_name: dict[str, LayerRecord]) -> LayerRecord | None:
    """Return the rescaling that a layer's input went through, with nothing but augmentation in between."""
    for _ in range(20):
        if len(layer.inputs) != 1 or layer.inputs[0] not in by_name:
            return None
        layer = by_name[layer.inputs[0]]
        if layer.class_name == "Rescaling":
            return layer
        if not layer.class_name.startswith(_IN_BETWEEN):
            return None
    return None
