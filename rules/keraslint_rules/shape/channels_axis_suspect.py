"""KL308 channels-axis-suspect."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Related,
    Rule,
    Settings,
    Severity,
    Shape,
    Span,
    shape_text,
    source_of,
    text_of,
)
from keraslint_rules.shape.channels import suspects


class ChannelsAxisSuspect(Rule):
    """An image of shape (3, H, W) or (1, H, W) goes to a layer that takes the channels last.

    ## Why

    Keras takes the last axis for the channels unless `data_format` says otherwise. A shape as PyTorch and Theano have
    it, (3, 224, 224), is then an image of 3 by 224 places with 224 channels. Keras builds that where it can: the first
    kernel is 75 times too large, and the convolution slides over the colours.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((3, 224, 224))  # KL308
    x = layers.Conv2D(32, 3, padding="same")(inputs)
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((224, 224, 3))
    x = layers.Conv2D(32, 3, padding="same")(inputs)
    other = keras.Input((3, 224, 224))
    y = layers.Conv2D(32, 3, padding="same", data_format="channels_first")(other)
    z = layers.Conv2D(32, 3, padding="same")(layers.Permute((2, 3, 1))(other))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((224, 224, 3))
    x = layers.Conv2D(32, 3, padding="same")(inputs)
    ```

    The data has to be moved as well: the fix is unsafe.

    ## References

    - [Conv2D, `data_format`](https://keras.io/api/layers/convolution_layers/convolution2d/)
    """

    code = "KL308"
    name = "channels-axis-suspect"
    severity = Severity.WARNING
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each input whose channels seem to stand first."""
        del settings
        for suspect in suspects(analysis):
            shape, layer = suspect.shape, suspect.layer
            turned = (*shape[2:], shape[1])
            message = (
                f"`{layer.class_name}` takes the last axis of {shape_text(shape)} for the channels: {shape[-1]} of them; "
                f'use {shape_text(turned)} or `data_format="channels_first"`'
            )
            taken = layer.span
            has_other = taken is not None and taken != suspect.span
            related = (Related(f"`{layer.name}` takes it here", taken),) if taken is not None and has_other else ()
            severity = Severity.ERROR if suspect.is_refused else Severity.WARNING
            yield self.report(
                message, suspect.span, related=related, severity=severity, fix=_turn(analysis, suspect.span, turned)
            )


def _turn(analysis: Analysis, span: Span, turned: Shape) -> Fix | None:
    """Return the fix that writes the shape with the channels last, where it is written out there."""
    if span.path != analysis.path:
        return None
    call = text_of(source_of(analysis), span)
    sizes = [turned[-1], *turned[:-1]]
    pattern = re.compile(r"([(\[])\s*" + r"\s*,\s*".join(str(size) for size in sizes) + r"\s*,?\s*([)\]])")
    if len(pattern.findall(call)) != 1:
        return None
    new = pattern.sub(lambda match: f"{match[1]}{', '.join(str(size) for size in turned)}{match[2]}", call)
    return Fix("put the channels last", Applicability.UNSAFE, (Edit(span, new),), changes_counts=True)
