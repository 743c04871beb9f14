"""KL512 shrinking-kernels."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.smells.chains import BETWEEN, CONVOLUTIONS, followers, window


class ShrinkingKernels(Rule):
    """A convolution has a smaller kernel than the one before it.

    ## Why

    Deeper layers look for larger things, and a kernel that shrinks works against that. Pointwise kernels do not count.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(8, 7, activation="relu"),
            layers.Conv2D(16, 3, activation="relu"),  # KL512
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
            layers.Conv2D(8, 1, activation="relu"),
            layers.Conv2D(16, 5, activation="relu"),
        ]
    )
    ```

    ## Options

    One of the pedantic rules, off unless they are selected (`KL51`): good models break it too.

    ## References

    - [Automatic fault detection for deep learning programs using graph transformations](https://doi.org/10.1145/3470006)
    """

    code = "KL512"
    name = "shrinking-kernels"
    severity = Severity.INFO
    is_default = False

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such convolution."""
        del settings
        pooling = {f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in "123"}
        for _, before, layer in followers(analysis, CONVOLUTIONS, BETWEEN | pooling):
            old = window(before) if layer.span is not None else ()
            new = window(layer) if old else ()
            if layer.span is not None and new and all(now < was for now, was in zip(new, old, strict=False)):
                message = f"the kernel shrinks from {old} in `{before.name}` to {new}"
                related = (Related("the layer before it", before.span),) if before.span is not None else ()
                yield self.report(message, layer.span, related=related)
