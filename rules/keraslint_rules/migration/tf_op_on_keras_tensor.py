"""KL604 tf-op-on-keras-tensor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Rule,
    Settings,
    Severity,
    Span,
    argument_source,
    source_of,
    text_of,
)
from keraslint_rules.shape.refusal import refusals


class TfOpOnKerasTensor(Rule):
    """A function of TensorFlow is given a symbolic tensor of Keras 3.

    ## Why

    What `keras.Input` and layers return while a model is put together is a `KerasTensor`: a shape and a dtype, and
    nothing that TensorFlow could compute with. Keras 2 made a layer of every such call; Keras 3 raises a `ValueError`.
    `keras.ops` has the same functions for both, and inside the `call` of a layer `tf` may stay.

    ## Bad

    ```python
    import keras
    import tensorflow as tf

    inputs = keras.Input((8, 8, 3))
    x = tf.reduce_mean(inputs, axis=[1, 2])  # KL604
    model = keras.Model(inputs, keras.layers.Dense(4)(x))
    ```

    ## Good

    ```python
    import keras
    import tensorflow as tf


    class Mean(keras.layers.Layer):
        def call(self, inputs):
            return tf.reduce_mean(inputs, axis=[1, 2])


    inputs = keras.Input((8, 8, 3))
    x = keras.ops.abs(inputs) + tf.constant(1.0)
    model = keras.Model(inputs, keras.layers.Dense(4)(Mean()(x)))
    ```

    ## Fixed

    ```python
    import keras
    import tensorflow as tf

    inputs = keras.Input((8, 8, 3))
    x = keras.ops.mean(inputs, axis=[1, 2])
    model = keras.Model(inputs, keras.layers.Dense(4)(x))
    ```

    ## References

    - [Migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KL604"
    name = "tf-op-on-keras-tensor"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such call."""
        del settings
        for refusal in refusals(analysis, "symbolic"):
            new = _OPERATIONS.get(refusal.class_name.removeprefix("tf.").removeprefix("math."))
            way = f"use `keras.ops.{new}`" if new else "use `keras.ops`"
            message = (
                f"`{refusal.class_name}` takes no symbolic tensor of Keras 3: it raises; {way}, or a layer of its own"
            )
            fix = _fix(analysis, refusal.span, new) if new and refusal.span.path == analysis.path else None
            yield self.report(message, refusal.span, fix=fix)


_SAME = (
    "abs", "add", "argmax", "argmin", "cast", "ceil", "cos", "divide", "einsum", "equal", "exp", "expand_dims", "floor",
    "greater", "less", "log", "matmul", "maximum", "minimum", "multiply", "ones_like", "reshape", "round", "rsqrt",
    "sign", "sin", "sqrt", "square", "squeeze", "stack", "subtract", "tanh", "tile", "transpose", "where", "zeros_like",
)  # fmt: skip
_OPERATIONS = {
    **{name: name for name in _SAME},
    "reduce_mean": "mean", "reduce_sum": "sum", "reduce_max": "max", "reduce_min": "min", "reduce_prod": "prod",
    "concat": "concatenate", "pow": "power", "clip_by_value": "clip", "shape": "shape",
    "nn.relu": "relu", "nn.softmax": "softmax", "nn.sigmoid": "sigmoid", "sigmoid": "sigmoid", "nn.tanh": "tanh",
    "nn.gelu": "gelu", "nn.elu": "elu", "nn.softplus": "softplus", "image.resize": "image.resize",
}  # fmt: skip
"""Functions of ``tf`` -> those of ``keras.ops`` that take the same arguments in the same order."""
_KEYWORDS = {"axis", "keepdims"}
"""Keyword arguments that mean the same in both."""


def _fix(analysis: Analysis, span: Span, new: str) -> Fix | None:
    """Return the call of the other function, where ``keras`` is a name of the file and the arguments fit."""
    call = text_of(source_of(analysis), span)
    function = re.match(r"[\w.]+(?=\()", call)
    keywords = set(re.findall(r"[(,]\s*(\w+)=(?!=)", call))
    is_same = all(name in _KEYWORDS or argument_source(call, name) is None for name in keywords)
    if function is None or not is_same or not re.search(_KERAS, analysis.text, re.MULTILINE):
        return None
    text = f"keras.ops.{new}{call[function.end() :]}"
    return Fix(f"call `keras.ops.{new}`", Applicability.UNSAFE, (Edit(span, text),), changes_counts=True)


_KERAS = r"^(?:import keras\s*$|from tensorflow import (?:[\w, ]+, )?keras\b)"
