"""What Keras 2 knows of the values of small integer tensors made of ``tf.shape``: they may stand in shapes later.

``inferred_value`` of tf_keras/src/engine/keras_tensor.py: a vector may be known in part, and what is computed of values
that are all known is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, floor_divide, product
from keraslint.values.layer import Node, Tensor
from keraslint.values.shape import Shape

_ARITHMETIC: dict[str, Callable[[Dim, Dim], Dim]] = {
    "tf.__operators__.add": lambda a, b: a + b,
    "tf.math.add": lambda a, b: a + b,
    "tf.math.subtract": lambda a, b: a - b,
    "tf.math.multiply": lambda a, b: a * b,
    "tf.compat.v1.floor_div": floor_divide,
    "tf.math.floordiv": floor_divide,
}
_SHAPES = {"tf.compat.v1.shape", "tf.shape", "tf.keras.backend.shape"}


def static_value(value: object) -> Shape | None:
    """Return the entries of a vector or the only one of a scalar, None for those not known; None for anything else."""
    match value:
        case bool():
            return None
        case int() | Poly():
            return (value,)
        case Array() if isinstance(value.items, int):
            return (value.items,)
        case Array() if isinstance(value.items, list) and all(isinstance(item, int) for item in value.items):
            return tuple(value.items)
        case list() | tuple():
            parts = [static_value(item) for item in value]
            return tuple(part[0] if part is not None and len(part) == 1 else None for part in parts)
        case Tensor():
            return _of_node(value.node, value.index) if value.node is not None and value.node.inputs else None
        case _:
            return None


def _of_node(node: Node, index: int) -> Shape | None:
    name = re.sub(r"_\d+$", "", node.layer.name)
    if name in _SHAPES:
        shape = node.inputs[0].shape
        return shape if isinstance(shape, tuple) else None
    operands = [*node.args, *node.kwargs.values()]
    if name == "tf.__operators__.getitem":
        return _item(static_value(operands[0]), operands[1])
    if name == "tf.unstack":
        return _item(static_value(operands[0]), index)
    if name in _ARITHMETIC:
        return _computed(_ARITHMETIC[name], static_value(operands[0]), static_value(operands[1]))
    if name in {"tf.concat", "tf.stack"} and isinstance(operands[0], list | tuple):
        parts = [static_value(part) for part in operands[0]]
        return None if None in parts else tuple(dim for part in parts if part is not None for dim in part)
    if name in {"tf.math.reduce_prod", "tf.cast", "tf.identity"}:
        inner = static_value(operands[0])
        if inner is None or name != "tf.math.reduce_prod":
            return inner
        return (None,) if None in inner else (product(dim for dim in inner if dim is not None),)
    return None


def _item(inner: Shape | None, key: object) -> Shape | None:
    if isinstance(key, tuple) and len(key) == 1:
        key = key[0]
    if inner is None:
        return None
    if isinstance(key, int) and -len(inner) <= key < len(inner):
        return (inner[key],)
    if isinstance(key, slice) and all(
        part is None or isinstance(part, int) for part in (key.start, key.stop, key.step)
    ):
        return inner[key]
    return None


def _computed(function: Callable[[Dim, Dim], Dim], first: Shape | None, second: Shape | None) -> Shape | None:
    if first is None or second is None:
        return None
    width = max(len(first), len(second))
    if None in first or None in second:
        return (None,) * width  # a vector known in part is known no more
    left = first * width if len(first) == 1 else first
    right = second * width if len(second) == 1 else second
    if len(left) != len(right):
        return None
    pairs = zip(left, right, strict=True)
    return tuple(function(a, b) for a, b in pairs if a is not None and b is not None)
