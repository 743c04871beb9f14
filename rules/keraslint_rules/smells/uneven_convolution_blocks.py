"""KL516 uneven-convolution-blocks."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity
from keraslint_rules.smells.chains import deep_chains, pooling_kind


class UnevenConvolutionBlocks(Rule):
    """In a deep stack a block of convolutions is shorter than the one before it.

    ## Why

    Between two poolings a deep network has as many convolutions as between the two before, or more: the work lies where
    the maps are small. Looked at are models without branches, of ten convolutions and poolings or more.

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
            layers.MaxPooling2D(),  # KL516
            layers.Conv2D(32, 3, padding="same", activation="relu"),
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
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
        ]
    )
    ```

    ## Options

    One of the pedantic rules, off unless they are selected (`KL51`): good models break it too.

    ## References

    - [Automatic fault detection for deep learning programs using graph transformations](https://doi.org/10.1145/3470006)
    """

    code = "KL516"
    name = "uneven-convolution-blocks"
    severity = Severity.INFO
    is_default = False

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield the pooling that ends each such block."""
        del settings
        for _, chain in deep_chains(analysis):
            size = before = 0
            for layer in chain:
                if not pooling_kind(layer):
                    size += 1
                    continue
                if size < before and layer.span is not None:
                    message = f"the block before `{layer.name}` has {size} convolutions, the one before that {before}"
                    yield self.report(message, layer.span)
                size, before = 0, size
