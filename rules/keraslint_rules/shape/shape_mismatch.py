"""KL301 shape-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, LayerRecord, Related, Rule, Settings, Severity, shape_text
from keraslint_rules.shape.refusal import Refusal, as_shape, layer_of, refusals
from keraslint_rules.shape.sequences import swallowed_sequence


class ShapeMismatch(Rule):
    """A layer gets an input of a rank or of channels that it does not take.

    ## Why

    Each layer has a contract: `Conv2D` wants four axes, a recurrent layer three, a grouped convolution channels that
    its groups divide, a layer that is used again the width that its weights were made for. Keras raises where the
    contract is broken, usually far from the line that made the input what it is; the finding shows the way there.

    ## Bad

    ```python
    import keras

    inputs = keras.Input((28, 28))
    x = keras.layers.Conv2D(8, 3)(inputs)  # KL301
    ```

    ```python
    import keras

    shared = keras.layers.Dense(4)
    first = shared(keras.Input((16,)))
    second = shared(keras.Input((32,)))  # KL301
    ```

    ## Good

    ```python
    import keras

    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(8, 3)(inputs)
    x = keras.layers.Conv2D(12, 3, groups=4)(x)
    shared = keras.layers.Dense(4)
    first = shared(keras.Input((16,)))
    second = shared(keras.Input((5, 16)))
    ```

    ## References

    - [InputSpec, how layers state what they take](https://keras.io/api/layers/base_layer/)
    """

    code = "KL301"
    name = "shape-mismatch"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each layer whose contract an input breaks."""
        del settings
        for refusal in refusals(analysis, *_CONTRACTS):
            if swallowed_sequence(analysis, refusal) is not None:
                continue  # KL306 tells the cause
            layer = layer_of(analysis, refusal)
            related = (*refusal.related(), *_first_use(layer, refusal))
            notes = refusal.notes(analysis.path)
            yield self.report(_message(refusal, layer), refusal.span, related=related, notes=notes)


_CONTRACTS = ("rank", "channels", "groups", "axis", "einsum", "inputs", "matmul", "shapes", "index")


def _first_use(layer: LayerRecord | None, refusal: Refusal) -> Iterator[Related]:
    """Yield where a shared layer got its weights, if it is their shape that does not fit."""
    if layer is not None and layer.weights and layer.call_spans and refusal.contract == "channels":
        yield Related("its weights were made for the input here", layer.call_spans[0])


def _message(refusal: Refusal, layer: LayerRecord | None) -> str:
    if refusal.contract == "matmul":
        return _product(refusal)
    shape, expected = refusal.shape(), refusal.fact("expected")
    if refusal.contract == "rank" and shape is not None and isinstance(expected, int):
        least = "at least " if refusal.fact("at_least") else ""
        head = f"{refusal.subject} takes {least}{expected} axes and gets {shape_text(shape)}"
        return f"{head}; {_way_out(len(shape), expected)}"
    groups, channels, filters = refusal.fact("groups"), refusal.fact("channels"), refusal.fact("filters")
    if groups is not None and (channels is not None or filters is not None):
        what = f"{channels} channels" if channels is not None else f"{filters} filters"
        return f"{refusal.subject} cannot split {what} into {groups} groups; groups have to divide them"
    wanted = as_shape(expected)
    if wanted is not None and shape is not None:
        return f"{refusal.subject} {refusal.name} takes {shape_text((None, *wanted[1:]))} and gets {shape_text(shape)}"
    if refusal.contract == "channels" and shape is not None and layer is not None and layer.weights:
        weight = layer.weights[0]
        has = (
            f"its {weight.name} is {shape_text(weight.shape)}" if weight.shape is not None else "its weights do not fit"
        )
        return f"`{refusal.name}` was built for another input than {shape_text(shape)}: {has}; make a layer for each"
    gets = f" gets {shape_text(shape)}" if shape is not None else " does not take its input"
    return f"{refusal.subject}{gets}: {refusal.said.split('. ')[0].rstrip('.')}"


def _product(refusal: Refusal) -> str:
    shapes = refusal.fact("shapes")
    texts = [shape_text(tuple(shape)) for shape in shapes] if isinstance(shapes, list | tuple) else []
    if len(texts) != 2:
        return f"{refusal.subject} does not take its input: {refusal.said.rstrip('.')}"
    return f"{refusal.subject} of {texts[0]} and {texts[1]}: the sizes that are summed over differ; transpose one, or resize it"


def _way_out(rank: int, expected: int) -> str:
    if rank < expected:
        return "add an axis with `Reshape`, or to the shape of `Input`"
    return "flatten or pool the input first"
