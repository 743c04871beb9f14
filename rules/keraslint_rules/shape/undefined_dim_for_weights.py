"""KL304 undefined-dim-for-weights."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity, shape_text
from keraslint_rules.shape.refusal import Refusal, refusals


class UndefinedDimForWeights(Rule):
    """A layer makes its weights from an axis whose length is None.

    ## Why

    Weights have a shape from the start, so the axis that they are made from needs a length. `Flatten` over an axis of
    length None gives None, and the `Dense` behind it cannot be built; a convolution needs the number of channels.

    ## Bad

    ```python
    import keras

    inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(8, 3)(inputs)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(10)(x)  # KL304
    ```

    ## Good

    ```python
    import keras

    inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(8, 3)(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(10)(x)
    ```
    """

    code = "KL304"
    name = "undefined-dim-for-weights"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each layer that would need a length that is None."""
        del settings
        for refusal in refusals(analysis, "undefined-dim"):
            related, notes = refusal.related(), refusal.notes(analysis.path)
            yield self.report(_message(refusal), refusal.span, related=related, notes=notes)


def _message(refusal: Refusal) -> str:
    shape, axis = refusal.shape(), refusal.fact("axis")
    if shape is None:
        return f"{refusal.subject} needs the length of an axis that is None; give it in `Input`"
    which = f"axis {axis % len(shape)} of " if isinstance(axis, int) and shape else ""
    flattened = any("flatten" in step.name for step in refusal.chain)
    way_out = "pool globally instead of flattening, or give it in `Input`" if flattened else "give it in `Input`"
    return f"{refusal.subject} makes weights from {which}{shape_text(shape)}, which has no length; {way_out}"
