"""KL309 silent-broadcast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keraslint import Analysis, Diagnostic, LayerRecord, Related, Rule, Settings, Severity, Shape, shape_text
from keraslint_rules.shape.trainings import Training, trainings
from keraslint_rules.wiring import Wiring, wirings


class SilentBroadcast(Rule):
    """A sum, difference or mean of layers repeats the one of them that is one feature wide.

    ## Why

    `Add`, `Subtract`, `Average`, `Maximum` and `Minimum` repeat an axis of length 1 as often as it takes. That is a
    residual block whose branch ends in `Dense(1)` by mistake, or a mean of two networks of which one has one output:
    Keras builds it, and it trains. So does a loss: targets of three columns train a model of one output.

    An axis of length 1 that the program made on purpose is left alone: by `Reshape`, by an operation such as
    `expand_dims` or a mean with `keepdims`, by `Lambda`, or by a mean over places. `Multiply` is too: a gate of one
    feature is usual.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((8,))
    first = layers.Dense(3)(inputs)
    second = layers.Dense(1)(inputs)
    model = keras.Model(inputs, layers.Average()([first, second]))  # KL309
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((8, 16))
    x = layers.Dense(16)(inputs)
    x = layers.Add()([x, inputs])
    mean = keras.ops.mean(x, axis=-1, keepdims=True)
    x = layers.Subtract()([x, mean])
    model = keras.Model(inputs, x)
    ```

    ## References

    - [Merging layers](https://keras.io/api/layers/merging_layers/)
    """

    code = "KL309"
    name = "silent-broadcast"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each merge that repeats an operand."""
        del settings
        seen: set[object] = set()
        for wiring in wirings(analysis):
            for layer in wiring.of(_MERGES):
                if layer.key not in seen:
                    seen.add(layer.key)
                    yield from self._of_merge(wiring, layer)
        for training in trainings(analysis):
            yield from self._of_loss(training)

    def _of_loss(self, training: Training) -> Iterator[Diagnostic]:
        target, output = training.y, training.outputs
        if training.loss not in _LOSSES or target is None or output is None or not len(target) == len(output) == 2:
            return
        widths = {target[1], output[1]}
        if 1 in widths and all(isinstance(width, int) for width in widths) and len(widths) == 2:
            message = (
                f"`{training.loss}` of targets {shape_text(target)} and outputs {shape_text(output)} repeats the "
                "narrow one; give the model as many outputs as there are targets"
            )
            related = (Related(f"`{training.model.name}` is made here", training.model.span),)
            yield self.report(message, training.span, related=related)

    def _of_merge(self, wiring: Wiring, layer: LayerRecord) -> Iterator[Diagnostic]:
        shapes = _shapes(layer)
        operands = wiring.before(layer)
        if len(operands) != len(shapes) or any(_is_on_purpose(wiring, operand) for operand in operands):
            return
        narrow = [i for i, shape in enumerate(shapes) if shape[-1] == 1]
        wide = [i for i, shape in enumerate(shapes) if isinstance(shape[-1], int) and shape[-1] > 1]
        same_rank = len({len(shape) for shape in shapes}) == 1
        span = layer.call_spans[0] if layer.call_spans else layer.span
        if not narrow or not wide or not same_rank or span is None:
            return
        names = " and ".join(shape_text(shape) for shape in shapes)
        operand = operands[narrow[0]]
        message = (
            f"`{layer.class_name}` of {names} repeats `{operand.name}` {shapes[wide[0]][-1]} times; "
            "make it as wide, or say it with `Reshape`, `RepeatVector` or an operation"
        )
        related = tuple(
            Related(f"{shape_text(shape)} is made here", item.span)
            for item, shape in zip(operands, shapes, strict=True)
            if item.span is not None
        )
        yield self.report(message, span, related=related)


_LOSSES = {"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "mean_absolute_percentage_error"}
_MERGES = ("Add", "Subtract", "Average", "Maximum", "Minimum")
_LEARNED = {"Dense", "Conv1D", "Conv2D", "Conv3D", "SeparableConv2D", "Conv2DTranspose", "LSTM", "GRU", "SimpleRNN",
            "Bidirectional", "TimeDistributed", "InputLayer", "EinsumDense", "Embedding"}  # fmt: skip
_PASSED = {"Activation", "ReLU", "LeakyReLU", "BatchNormalization", "LayerNormalization", "Dropout", "Flatten",
           "MaxPooling2D", "AveragePooling2D", "Concatenate"}  # fmt: skip


def _shapes(layer: LayerRecord) -> Sequence[Shape]:
    inputs = layer.input_shape
    shapes = [shape for shape in inputs if isinstance(shape, tuple)] if isinstance(inputs, list) else []
    return shapes if isinstance(inputs, list) and len(shapes) == len(inputs) and all(shapes) else []


def _is_on_purpose(wiring: Wiring, operand: LayerRecord) -> bool:
    """Return whether an operand is something else than the output of a layer of features."""
    for _ in range(20):
        if operand.is_custom or operand.is_operation:
            return True
        if operand.class_name in _LEARNED:
            return False
        fed = wiring.before(operand)
        if operand.class_name not in _PASSED or not fed:
            return True
        operand = fed[0]
    return True
