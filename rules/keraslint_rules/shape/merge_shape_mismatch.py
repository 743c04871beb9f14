"""KL303 merge-shape-mismatch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity, Shape, same, shape_text
from keraslint_rules.shape.fitting import fitting_sizes
from keraslint_rules.shape.refusal import Refusal, as_shape, refusals


class MergeShapeMismatch(Rule):
    """`Concatenate`, `Add` or another merge gets shapes that do not go together.

    ## Why

    `Concatenate` wants all axes but the joined one to agree, `Add` and its kin want each axis to agree or be 1. In
    networks with skip connections the clash comes from rounding: pooling an odd size loses a row that upsampling does
    not bring back. The finding names the nearest sizes of the input for which this merge fits.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((358, 358, 1))
    first = layers.MaxPooling2D()(inputs)
    second = layers.MaxPooling2D()(first)
    third = layers.MaxPooling2D()(second)
    up = layers.UpSampling2D()(third)
    joined = layers.Concatenate()([up, second])  # KL303
    model = keras.Model(inputs, joined)
    ```

    Here 352 and 360 would fit.

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((32,))
    x = layers.Dense(64)(inputs)
    x = layers.Add()([x, inputs])  # KL303
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((352, 352, 1))
    first = layers.MaxPooling2D()(inputs)
    second = layers.MaxPooling2D()(first)
    third = layers.MaxPooling2D()(second)
    up = layers.UpSampling2D()(third)
    joined = layers.Concatenate()([up, second])
    model = keras.Model(inputs, joined)
    ```

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16, 16, 32))
    gate = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
    scaled = layers.Multiply()([inputs, gate])
    both = layers.Concatenate()([inputs, scaled])
    ```

    ## References

    - [Merging layers](https://keras.io/api/layers/merging_layers/)
    """

    code = "KL303"
    name = "merge-shape-mismatch"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each merge that Keras refuses."""
        del settings
        for refusal in refusals(analysis, "merge-shapes", "broadcast"):
            related, notes = refusal.related(), refusal.notes(analysis.path)
            yield self.report(_message(analysis, refusal), refusal.span, related=related, notes=notes)


def _message(analysis: Analysis, refusal: Refusal) -> str:
    shapes = _shapes(refusal)
    if len(shapes) < 2:
        return f"{refusal.subject} gets shapes that do not go together: {refusal.said}"
    texts = [shape_text(shape) for shape in shapes[:3]]
    both = " and ".join([", ".join(texts[:-1]), texts[-1]])
    joined = _joined_axis(refusal, shapes)
    if joined is not None and len({len(shape) for shape in shapes}) > 1:
        return f"{refusal.subject} of {both}: the ranks differ; flatten, pool or reshape one of them"
    clash = _first_clash(shapes, joined)
    if clash is None:
        return f"{refusal.subject} of {both}: they do not go together"
    axis, one, other = clash
    head = f"{refusal.subject} of {both}: {one} is not {other} (axis {axis})"
    sizes = fitting_sizes(analysis, refusal, axis) if axis < len(shapes[0]) - 1 else ()
    if sizes:
        return f"{head}; an input of {' or '.join(map(str, sizes))} would fit"
    return f"{head}; {_way_out(axis, shapes)}"


def _way_out(axis: int, shapes: Sequence[Shape]) -> str:
    if axis == len(shapes[0]) - 1:
        return "give both the same number of channels" if axis > 1 else "give both the same width"
    return "crop, pad or resize one of them"


def _shapes(refusal: Refusal) -> list[Shape]:
    value = refusal.fact("shapes")
    shapes = [as_shape(item) for item in value] if isinstance(value, list | tuple) else []
    return [shape for shape in shapes if shape is not None]


def _joined_axis(refusal: Refusal, shapes: Sequence[Shape]) -> int | None:
    axis = refusal.fact("axis")
    return axis % len(shapes[0]) if isinstance(axis, int) and shapes[0] else None


def _first_clash(shapes: Sequence[Shape], joined: int | None) -> tuple[int, object, object] | None:
    """Return the first axis on which two shapes clash, and the two dimensions; elementwise ones align at the end."""
    for number, first in enumerate(shapes):
        for second in shapes[number + 1 :]:
            length = min(len(first), len(second))
            for offset in range(length, 0, -1):
                one, other = first[-offset], second[-offset]
                axis = max(len(first), len(second)) - offset
                if axis == joined or one is None or other is None:
                    continue
                if joined is None and 1 in {one, other}:
                    continue
                if same(one, other) is False:
                    return axis, one, other
    return None
