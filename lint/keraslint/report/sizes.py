"""Bytes of weights as Keras counts and writes them, and which weights a model has by its records."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.graph.analysis import Count, LayerRecord, ModelRecord, WeightRecord
from keraslint.values.dim import Dim, sum_of

BITS = {
    "bool": 1, "int4": 4, "int8": 8, "uint8": 8, "float8_e4m3fn": 8, "float8_e5m2": 8, "int16": 16, "uint16": 16,
    "float16": 16, "bfloat16": 16, "int32": 32, "uint32": 32, "float32": 32, "int64": 64, "uint64": 64, "float64": 64,
}  # fmt: skip
"""Dtype -> bits of one element: keras/src/utils/dtype_utils.py, ``dtype_size``."""


def weights_of(model: ModelRecord) -> tuple[WeightRecord, ...]:
    """Return the weights of a model's layers, each once."""
    return tuple({weight.key: weight for layer in model.layers for weight in layer.weights}.values())


def byte_sizes(model: ModelRecord) -> Count | None:
    """Return a model's bytes, in all and by kind; None where they do not follow from its layers."""
    weights = weights_of(model)
    if params_of(weights) != model.count.total:
        return None  # weights of its own, or a count that is not known
    trained = [weight for weight in weights if weight.trainable]
    if params_of(trained) != model.count.trainable:
        return None  # the flag of a layer inside says otherwise than the model's
    total, trainable = _bytes(weights), _bytes(trained)
    if total is None or trainable is None:
        return None
    return Count(total, trainable, total - trainable)


def params_of(weights: Iterable[WeightRecord]) -> Dim:
    """Return the sum of the parameters that are known."""
    return sum_of(weight.params for weight in weights if weight.params is not None)


def readable_size(size: Dim) -> str:
    """Return a number of bytes as Keras writes it (``147.00 KB``); empty for a formula."""
    if not isinstance(size, int):
        return ""
    amount = float(size)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if amount < 1024:
            return f"{amount:.2f} {unit}"
        amount /= 1024
    return f"{amount:.2f} PB"


def inner_layers(layers: Iterable[LayerRecord]) -> Iterable[LayerRecord]:
    """Yield layers and the layers of nested models, each once, parents first."""
    seen: set[int] = set()
    waiting = list(layers)[::-1]
    while waiting:
        layer = waiting.pop()
        if layer.key not in seen:
            seen.add(layer.key)
            yield layer
            waiting.extend(reversed(layer.layers))


def _bytes(weights: Iterable[WeightRecord]) -> Dim | None:
    total: Dim = 0
    for weight in weights:
        bits = BITS.get(weight.dtype)
        if bits is None or weight.params is None:
            return None
        total = total + weight.params * bits
    return total // 8
