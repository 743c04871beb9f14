"""KL302 nonpositive-output-size."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Rule,
    Settings,
    Severity,
    positional_count,
    shape_text,
    source_of,
    text_of,
    with_argument,
    with_argument_at,
)
from keraslint_rules.shape.channels import explains
from keraslint_rules.shape.refusal import Refusal, as_numbers, layer_of, refusals


class NonpositiveOutputSize(Rule):
    """A convolution, pooling or cropping leaves nothing of its input.

    ## Why

    Each `valid` convolution and each pooling takes places away. After a few of them a small input has fewer places
    than the next window, and Keras refuses to build the model. The finding shows the shapes on the way, so that the
    layer that took too much can be seen.

    ## Bad

    ```python
    import keras

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(8, 5),
            keras.layers.MaxPooling2D(4),
            keras.layers.Conv2D(16, 5),
            keras.layers.MaxPooling2D(4),  # KL302
        ]
    )
    ```

    ```python
    import keras

    inputs = keras.Input((10, 4))
    x = keras.layers.Conv1D(8, 3, dilation_rate=6)(inputs)  # KL302
    ```

    ## Good

    ```python
    import keras

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(8, 5),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(16, 5),
            keras.layers.MaxPooling2D(4),
        ]
    )
    inputs = keras.Input((None, 4))
    x = keras.layers.Conv1D(8, 3, dilation_rate=6)(inputs)
    ```

    ## Fixed

    ```python
    import keras

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(8, 5),
            keras.layers.MaxPooling2D(4),
            keras.layers.Conv2D(16, 5),
            keras.layers.MaxPooling2D(4, padding="same"),
        ]
    )
    ```

    `padding="same"` builds, and is another network: the fix is unsafe.

    ## References

    - [How `padding` decides the output size](https://keras.io/api/layers/convolution_layers/convolution2d/)
    """

    code = "KL302"
    name = "nonpositive-output-size"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each layer that would leave nothing."""
        del settings
        for refusal in refusals(analysis, "nonpositive-output"):
            if explains(analysis, refusal):
                continue  # KL308 tells the cause
            fix = _same_padding(analysis, refusal)
            way_out = 'use `padding="same"` or take less before' if fix is not None else "take less before"
            message = f"{_what(analysis, refusal)}; {way_out}"
            related = refusal.related()
            yield self.report(message, refusal.span, related=related, notes=refusal.notes(analysis.path), fix=fix)


def _what(analysis: Analysis, refusal: Refusal) -> str:
    shape, axis = refusal.shape(), refusal.fact("axis")
    over = f"{refusal.subject} over {shape_text(shape)}" if shape is not None else refusal.subject
    cropping = refusal.fact("cropping")
    size = shape[axis] if shape is not None and isinstance(axis, int) and axis < len(shape) else refusal.fact("size")
    if cropping is not None:
        return f"{over} crops {cropping} of {size} and leaves nothing"
    kernel = as_numbers(refusal.fact("kernel_size", "kernel"))
    if not kernel or not isinstance(size, int):
        return f"{over} leaves nothing"
    index = _spatial_index(analysis, refusal, len(kernel))
    dilation = as_numbers(refusal.fact("dilation_rate", "dilation")) or (1,) * len(kernel)
    places, spread = kernel[min(index, len(kernel) - 1)], dilation[min(index, len(dilation) - 1)]
    dilated = f" (dilated from {places})" if spread != 1 else ""
    return f"{over}: a window of {(places - 1) * spread + 1}{dilated} does not fit {size}"


def _spatial_index(analysis: Analysis, refusal: Refusal, rank: int) -> int:
    """Return which entry of the kernel size belongs to the axis that came out empty."""
    axis = refusal.fact("axis")
    if not isinstance(axis, int) or rank == 1:
        return 0
    layer = layer_of(analysis, refusal)
    is_first = layer is not None and layer.arguments.get("data_format") == "channels_first"
    return max(axis - (2 if is_first or axis > rank else 1), 0)


def _same_padding(analysis: Analysis, refusal: Refusal) -> Fix | None:
    """Return the fix that pads the layer where it is constructed."""
    layer = layer_of(analysis, refusal)
    made = refusal.made
    if made is None or made.path != analysis.path or refusal.fact("padding") != "valid":
        return None
    if layer is None or layer.is_custom or not ("Conv" in layer.class_name or "Pooling" in layer.class_name):
        return None
    call = text_of(source_of(analysis), made)
    position = 2 if "Pooling" in layer.class_name or layer.class_name.startswith("Depthwise") else 3
    count = positional_count(call)
    if count is None:
        return None
    text = with_argument_at(call, position, '"same"') if count > position else with_argument(call, "padding", '"same"')
    if text is None:
        return None
    return Fix('pad: `padding="same"`', Applicability.UNSAFE, (Edit(made, text),), changes_counts=True)
