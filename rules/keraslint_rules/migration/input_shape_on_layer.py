"""KL603 input-shape-on-layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    LayerRecord,
    Rule,
    Settings,
    Severity,
    Span,
    argument_source,
    offsets_of,
    source_of,
    span_between,
    text_of,
    without_argument,
)


class InputShapeOnLayer(Rule):
    """The input shape of a Sequential is an argument of its first layer.

    ## Why

    Keras 3 warns: "Do not pass an `input_shape`/`input_dim` argument to a layer. When using Sequential models, prefer
    using an `Input(shape)` object as the first layer in the model instead." The shapes and the counts are the same, and
    the fix is made only if they are.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(layers.Dense(32, activation="relu", input_shape=(16,)))  # KL603
    model.add(layers.Dense(1))
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Conv2D(8, 3, input_shape=(28, 28, 1)),  # KL603
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(keras.Input((16,)))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1))
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(keras.Input((16,)))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1))
    ```

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    ```

    ## References

    - [The Sequential model](https://keras.io/guides/sequential_model/)
    """

    code = "KL603"
    name = "input-shape-on-layer"
    severity = Severity.INFO
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each first layer with its input's shape, in a program for Keras 3."""
        del settings
        if analysis.keras != "3":
            return
        for model in analysis.models:
            first = model.layers[0] if model.kind == "sequential" and model.layers else None
            if first is None or first.span is None or first.span.path != analysis.path or first.is_custom:
                continue
            argument = _argument(first)
            if argument:
                shape = first.input_shape
                text = f"`keras.Input({_shown(shape)})`" if isinstance(shape, tuple) else "a `keras.Input`"
                message = f"`{first.name}` is given the input's shape as `{argument}`; begin the model with {text}"
                yield self.report(message, first.span, fix=_with_input(analysis, first.span, argument))


def _argument(layer: LayerRecord) -> str:
    if layer.arguments.get("input_shape") is not None:
        return "input_shape"
    is_width = layer.arguments.get("input_dim") is not None and "output_dim" not in layer.arguments
    return "input_dim" if is_width else ""


def _shown(shape: tuple[object, ...]) -> str:
    sizes = ", ".join(str(size) for size in shape[1:])
    return f"({sizes},)" if len(shape) == 2 else f"({sizes})"


def _with_input(analysis: Analysis, span: Span, argument: str) -> Fix | None:
    """Return the fix that puts an ``Input`` in front: in the list, or in an ``add`` of its own."""
    source, spelled = source_of(analysis), _spelling(analysis.text)
    call = text_of(source, span)
    value, plain = argument_source(call, argument), without_argument(call, argument)
    if value is None or plain is None or not spelled:
        return None
    made = f"{spelled}({f'({value},)' if argument == 'input_dim' else value})"
    start, end = offsets_of(source, span)
    line = source.text.rfind("\n", 0, start) + 1
    before = source.text[line:start]
    added = re.fullmatch(r"(\s*)([\w.]+\.add\()\s*", before)
    if added is not None:
        closing = re.match(r"\s*\)[ \t]*(?=[#\r\n]|$)", source.text[end:])
        if closing is None:
            return None
        first = f"{added[2]}{made})\n{added[1]}{added[2]}{plain}"
        edit = Edit(span_between(source, line + len(added[1]), end), first)
    elif not before.strip() and re.search(r"\[\s*(?:#[^\n]*\s*)?$", source.text[:start]):
        edit = Edit(span, f"{made},\n{before}{plain}")
    elif before.rstrip().endswith("["):
        edit = Edit(span, f"{made}, {plain}")
    else:
        return None
    return Fix(f"begin with `{made}`", Applicability.SAFE, (edit,))


def _spelling(text: str) -> str:
    """Return how a program can say ``keras.Input`` with what it imports."""
    if re.search(r"^(?:import keras|from tensorflow import (?:.*,\s*)?keras|import tensorflow\.keras as keras)\b(?! as)",
                 text, re.MULTILINE):  # fmt: skip
        return "keras.Input"
    if re.search(r"^import tensorflow as tf\b", text, re.MULTILINE):
        return "tf.keras.Input"
    if re.search(r"^from (?:tensorflow\.)?keras import (?:.*,\s*)?layers\b(?! as)", text, re.MULTILINE):
        return "layers.Input"
    if re.search(r"^from (?:tensorflow\.)?keras(?:\.layers)? import (?:.*,\s*)?Input\b(?! as)", text, re.MULTILINE):
        return "Input"
    return ""
