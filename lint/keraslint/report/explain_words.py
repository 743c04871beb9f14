"""What explanations say of weights: what each dimension stands for, and why a weight is not trained."""

from __future__ import annotations

import re

from keraslint.graph.analysis import LayerRecord, WeightRecord
from keraslint.report.text import clean, place

_CONVOLUTION = {"1": "kernel size", "2": "kernel height × kernel width", "3": "kernel depth × height × width"}
_SEPARATE = re.compile(r"(Separable|Depthwise)?Conv([123])D(Transpose)?")

_DIMENSIONS = {
    ("Dense", "kernel"): "inputs × units",
    ("Dense", "bias"): "one per unit",
    ("Embedding", "embeddings"): "words × length of a vector",
    ("LSTM", "kernel"): "inputs × 4 gates of units",
    ("LSTM", "recurrent_kernel"): "units × 4 gates of units",
    ("LSTM", "bias"): "4 gates of units",
    ("GRU", "kernel"): "inputs × 3 gates of units",
    ("GRU", "recurrent_kernel"): "units × 3 gates of units",
    ("SimpleRNN", "kernel"): "inputs × units",
    ("SimpleRNN", "recurrent_kernel"): "units × units",
    ("SimpleRNN", "bias"): "one per unit",
}
"""Class and weight -> what its dimensions are, in order."""

_BY_WEIGHT = {
    "gamma": "scales, one per channel",
    "beta": "shifts, one per channel",
    "moving_mean": "running averages, one per channel",
    "moving_variance": "running variances, one per channel",
    "mean": "mean of the data it was adapted to",
    "variance": "variance of the data it was adapted to",
    "alpha": "slopes",
}

_REASONS = {
    "statistic": "training sets it by averaging over the data, not by gradient",
    "count": "a counter, which training does not move by gradient",
    "quantized": "quantized: its values are integers, which no gradient reaches",
    "lora": "the original weight under LoRA, which only trains its two small factors",
    "declared": "made with trainable=False",
    "seed": "state of a random generator",
}


def dimension_words(layer: LayerRecord, weight: WeightRecord) -> str:
    """Return what a weight's dimensions stand for; empty where nothing is known of it."""
    if layer.is_custom:
        return ""
    match = _SEPARATE.fullmatch(layer.class_name)
    if match is not None:
        return _convolution_words(match, weight)
    return _DIMENSIONS.get((layer.class_name, weight.name)) or _BY_WEIGHT.get(weight.name, "")


def _convolution_words(match: re.Match[str], weight: WeightRecord) -> str:
    size = _CONVOLUTION[match[2]]
    if weight.name == "bias":
        return "one per output channel" if match[1] == "Depthwise" else "one per filter"
    if match[1] == "Depthwise" or weight.name == "depthwise_kernel":
        return f"{size} × input channels × multiplier"
    if weight.name == "pointwise_kernel":
        return " × ".join(["1"] * int(match[2])) + " × (input channels × multiplier) × filters"
    if match[3]:
        return f"{size} × filters × input channels"
    return f"{size} × input channels × filters"


def reason(layer: LayerRecord, weight: WeightRecord) -> str:
    """Return why a weight is not trained; empty for one that is."""
    if weight.trainable:
        return ""
    if weight.why:
        return _REASONS.get(weight.why, clean(weight.why))
    if layer.frozen_at is not None:
        return f"frozen: trainable = False at {place(layer.frozen_at)}"
    if not layer.trainable:
        return "frozen: its layer has trainable = False"
    inside = next((inner for inner in layer.layers if any(w.key == weight.key for w in inner.weights)), None)
    if inside is not None:
        return reason(inside, weight)
    return "frozen with a layer or model around it, or inside it"


CLASS_NOTES = {
    "BatchNormalization": (
        "BatchNormalization keeps one number of each kind per channel of its axis: gamma scales and beta shifts the "
        "normalized values, and both are trained. moving_mean and moving_variance are what it has seen of the data: "
        "every training step updates them by averaging, so no gradient trains them, and they are counted as "
        "non-trainable though they do change."
    ),
    "Normalization": (
        "Normalization keeps the mean and variance of the data that adapt() has seen, and how many samples that were "
        "(count). They are weights, so they are counted; no gradient trains them."
    ),
}
"""Layer class -> what a beginner asks about its weights."""
