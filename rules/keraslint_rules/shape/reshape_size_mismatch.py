"""KL305 reshape-size-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Rule,
    Settings,
    Severity,
    elements,
    positional_count,
    shape_text,
    source_of,
    text_of,
    with_argument,
    with_argument_at,
)
from keraslint_rules.shape.refusal import Refusal, as_numbers, layer_of, refusals


class ReshapeSizeMismatch(Rule):
    """`Reshape` changes the number of elements.

    ## Why

    A reshape moves no element and loses none, so the product of the new axes is that of the old ones. The batch is no
    part of either. `-1` leaves one axis to Keras.

    ## Bad

    ```python
    import keras

    inputs = keras.Input((100,))
    x = keras.layers.Dense(7 * 7 * 64)(inputs)
    x = keras.layers.Reshape((7, 7, 128))(x)  # KL305
    ```

    ## Good

    ```python
    import keras

    inputs = keras.Input((100,))
    x = keras.layers.Dense(7 * 7 * 64)(inputs)
    x = keras.layers.Reshape((7, 7, 64))(x)
    x = keras.layers.Reshape((-1, 64))(x)
    ```

    ## Fixed

    ```python
    import keras

    inputs = keras.Input((100,))
    x = keras.layers.Dense(7 * 7 * 64)(inputs)
    x = keras.layers.Reshape((7, 7, -1))(x)
    ```

    A fix is offered where one axis alone can take up the difference, and it is unsafe: the mistake may be elsewhere.

    ## References

    - [Reshape](https://keras.io/api/layers/reshaping_layers/reshape/)
    """

    code = "KL305"
    name = "reshape-size-mismatch"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each reshape to another number of elements."""
        del settings
        for refusal in refusals(analysis, "reshape-size"):
            fix = _free_axis(analysis, refusal)
            yield self.report(_message(refusal), refusal.span, notes=refusal.notes(analysis.path), fix=fix)


def _message(refusal: Refusal) -> str:
    shape, target = refusal.shape(), as_numbers(refusal.fact("target"))
    if shape is None:
        return f"{refusal.subject} cannot make {shape_text(target)}: {refusal.said.split('. ')[0].rstrip('.')}"
    size = elements(shape[1:])
    wanted = elements(tuple(dim for dim in target if dim != -1))
    head = f"{refusal.subject} of {shape_text(shape)} to {shape_text(target)}"
    if -1 in target:
        return f"{head}: {wanted} does not divide {size} elements"
    return f"{head}: {size} elements cannot fill {wanted}"


def _free_axis(analysis: Analysis, refusal: Refusal) -> Fix | None:
    """Return the fix that leaves one axis to Keras, where that axis is the only one that can take it up."""
    layer, made, shape = layer_of(analysis, refusal), refusal.made, refusal.shape()
    target = [dim for dim in as_numbers(refusal.fact("target")) if isinstance(dim, int)]
    size = elements(shape[1:]) if shape is not None else None
    if layer is None or layer.is_custom or layer.class_name != "Reshape" or made is None or made.path != analysis.path:
        return None
    if not isinstance(size, int) or not target or -1 in target or 0 in target:
        return None
    free = [i for i in range(len(target)) if size % prod(dim for j, dim in enumerate(target) if j != i) == 0]
    if len(free) != 1:
        return None
    value = shape_text(tuple(-1 if i == free[0] else dim for i, dim in enumerate(target)))
    call = text_of(source_of(analysis), made)
    is_positional = bool(positional_count(call))
    text = with_argument_at(call, 0, value) if is_positional else with_argument(call, "target_shape", value)
    if text is None:
        return None
    return Fix(f"leave axis {free[0]} open with -1", Applicability.UNSAFE, (Edit(made, text),), changes_counts=True)
