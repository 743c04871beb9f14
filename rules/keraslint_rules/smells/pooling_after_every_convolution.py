"""KL515 pooling-after-every-convolution."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity
from keraslint_rules.smells.chains import deep_chains, pooling_kind


class PoolingAfterEveryConvolution(Rule):
    """In a deep stack every convolution is followed by a pooling.

    ## Why

    Two or three convolutions before each pooling see as much as one larger kernel, with fewer parameters and more
    non-linearity. Looked at are models without branches, of ten convolutions and poolings or more.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((512, 512, 3)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),  # KL515
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
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
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
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

    code = "KL515"
    name = "pooling-after-every-convolution"
    severity = Severity.INFO
    is_default = False

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield the first pooling of each such model."""
        del settings
        for model, chain in deep_chains(analysis):
            poolings = [layer for layer in chain if pooling_kind(layer)]
            pairs = itertools.pairwise([*chain, None])
            is_each = all(b is not None and pooling_kind(b) for a, b in pairs if a is not None and not pooling_kind(a))
            if is_each and poolings and poolings[0].span is not None:
                message = (
                    f"each of the {len(chain) - len(poolings)} convolutions of `{model.name}` is followed by a pooling"
                )
                yield self.report(message, poolings[0].span)
