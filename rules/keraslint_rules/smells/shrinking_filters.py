"""KL513 shrinking-filters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.smells.chains import deep_chains, pooling_kind


class ShrinkingFilters(Rule):
    """In a deep stack a convolution has fewer filters than the one before it.

    ## Why

    As the maps get smaller they should get more: each stage has more kinds of things to tell apart. Looked at are models
    without branches, of ten convolutions and poolings or more.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((512, 512, 3)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(8, 3, padding="same", activation="relu"),  # KL513
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
        ]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((512, 512, 3)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
        ]
    )
    ```

    ## Options

    One of the pedantic rules, off unless they are selected (`KL51`): good models break it too.

    ## References

    - [Automatic fault detection for deep learning programs using graph transformations](https://doi.org/10.1145/3470006)
    """

    code = "KL513"
    name = "shrinking-filters"
    severity = Severity.INFO
    is_default = False

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such convolution."""
        del settings
        for _, chain in deep_chains(analysis):
            convolutions = [layer for layer in chain if not pooling_kind(layer)]
            for before, layer in itertools.pairwise(convolutions):
                old, new = before.arguments.get("filters"), layer.arguments.get("filters")
                if isinstance(old, int) and isinstance(new, int) and new < old and layer.span is not None:
                    related = (Related("the layer before it", before.span),) if before.span is not None else ()
                    message = f"`{layer.name}` has {new} filters, and `{before.name}` before it {old}"
                    yield self.report(message, layer.span, related=related)
