"""Which layer tf_keras makes of a call of one of its backend's functions, tried out on symbolic tensors.

A function of the backend is mostly one of TensorFlow in another spelling, and TensorFlow's is what becomes a layer:
``K.mean`` gives ``tf.math.reduce_mean``. Where a call gives several layers, the function's own name is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import ModuleType


def layer_of_backend(tf_keras: ModuleType, function: Callable[..., object]) -> str:
    """Return the stem of the one layer that a call on a float tensor gives; empty where none or several are made."""
    for arguments in _tries(tf_keras):
        try:
            output = function(*arguments)
        except Exception:  # noqa: BLE001  what a call raises that does not fit is anybody's guess
            continue
        outputs = output if isinstance(output, list | tuple) else [output]
        if not hasattr(outputs[0], "_keras_history"):
            continue
        names = {re.sub(r"_\d+$", "", name) for name in _layers_before(outputs[0])}
        return names.pop() if len(names) == 1 else ""
    return ""


def _tries(tf_keras: ModuleType) -> Iterator[tuple[object, ...]]:
    tensor, other = tf_keras.Input((4, 6, 2)), tf_keras.Input((4, 6, 2))
    yield from ((tensor,), (tensor, other), ([tensor, other],), (tensor, 1), (tensor, (0, 2, 1, 3)), (tensor, (-1, 4)))
    yield from ((tensor, 0.0, 1.0), (tensor, "float64"), (tf_keras.Input((4, 1)), -1))
    yield tf_keras.Input((4,), dtype="int32"), 3


def _layers_before(tensor: object) -> Iterator[str]:
    """Yield the names of the layers between the inputs and a tensor."""
    layer, node, _ = tensor._keras_history  # type: ignore[attr-defined]
    inputs = layer.inbound_nodes[node].keras_inputs
    if inputs:
        yield layer.name
    for other in inputs:
        yield from _layers_before(other)
