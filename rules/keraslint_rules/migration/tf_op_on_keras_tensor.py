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
    with_renamed_argument,
    without_argument,
)
from keraslint_rules.migration.inputs import first_import, spelling
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
    "abs", "add", "all", "any", "argmax", "argmin", "cast", "ceil", "cos", "divide", "einsum", "equal", "exp", "expand_dims",
    "floor", "greater", "less", "log", "logical_and", "logical_not", "logical_or", "matmul", "max", "maximum", "mean", "min",
    "minimum", "multiply", "ones_like", "prod", "relu", "reshape", "round", "rsqrt", "sigmoid", "sign", "sin", "softmax",
    "softplus", "sqrt", "square", "squeeze", "stack", "std", "subtract", "sum", "tanh", "tensordot", "tile", "transpose",
    "var", "where", "zeros_like",
)  # fmt: skip
_OPERATIONS = {
    **{name: name for name in _SAME},
    **{f"nn.{name}": name for name in ("elu", "gelu", "log_softmax", "relu", "relu6", "selu", "sigmoid", "silu", "softmax",
                                       "softplus", "tanh")},
    "reduce_mean": "mean", "reduce_sum": "sum", "reduce_max": "max", "reduce_min": "min", "reduce_prod": "prod",
    "reduce_all": "all", "reduce_any": "any", "reduce_std": "std", "reduce_variance": "var",
    "concat": "concatenate", "concatenate": "concatenate", "pow": "power", "clip_by_value": "clip", "clip": "clip",
    "shape": "shape", "nn.swish": "silu", "nn.leaky_relu": "leaky_relu", "image.resize": "image.resize", "pad": "pad",
    "permute_dimensions": "transpose", "l2_normalize": "normalize", "nn.l2_normalize": "normalize",
    "math.l2_normalize": "normalize", "repeat_elements": "repeat", "split": "split",
}  # fmt: skip
"""Functions of ``tf`` and of the backend -> those of ``keras.ops`` that take the same arguments in the same order."""
_KEYWORDS = {"axis": "axis", "keepdims": "keepdims", "perm": "axes", "pattern": "axes", "alpha": "negative_slope",
             "axes": "axes", "paddings": "pad_width", "dtype": "dtype", "shape": "newshape"}  # fmt: skip
"""Keyword arguments -> their names in ``keras.ops``."""
_LIMITS = {
    "split": r"[\w.]+\([^,()]+,\s*\d+\s*[,)]",
    "pad": r"(?!.*\bmode\b)",
    "normalize": r".*\b(?:axis|dim)\b|[^,]*,\s*-?\d",
}
"""What a call has to look like for the arguments of an operation to mean the same."""


def _fix(analysis: Analysis, span: Span, new: str) -> Fix | None:
    """Return the call of the other function, where its arguments fit, with an import where the file has no name for it."""
    call = text_of(source_of(analysis), span)
    function = re.match(r"[\w.]+(?=\()", call)
    if function is None or not re.match(_LIMITS.get(new, ""), call, re.DOTALL):
        return None
    text: str | None = call
    for name in dict.fromkeys(re.findall(r"[(,]\s*(\w+)\s*=(?!=)", call)):
        if text is not None and argument_source(text, name) is not None:
            if name == "name":
                text = without_argument(text, name)
            elif name not in _KEYWORDS:
                return None
            elif _KEYWORDS[name] != name:
                text = with_renamed_argument(text, name, _KEYWORDS[name])
    if text is None:
        return None
    spelled = spelling(analysis.text, "ops")
    edits = [Edit(span, f"{spelled or 'keras.ops'}.{new}{text[function.end() :]}")]
    if not spelled:
        place = first_import(analysis)
        if place is None:
            return None
        edits.append(Edit(place, "import keras\n"))
    return Fix(f"call `keras.ops.{new}`", Applicability.UNSAFE, tuple(edits), changes_counts=True)
