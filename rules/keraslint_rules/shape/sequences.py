"""Recurrent layers that give their last step where a sequence is wanted."""

from __future__ import annotations

from keraslint import Analysis, LayerRecord
from keraslint_rules.shape.refusal import Refusal
from keraslint_rules.wiring import HARMLESS, made_before

RECURRENT = {"LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU"}


def swallowed_sequence(analysis: Analysis, refusal: Refusal) -> LayerRecord | None:
    """Return the recurrent layer whose last step another layer refuses because it takes three axes; None for others."""
    shape = refusal.shape()
    if refusal.contract != "rank" or refusal.fact("expected") != 3 or shape is None or len(shape) != 2:
        return None
    for step in reversed(refusal.chain):
        layer = made_before(analysis, step.name, refusal.event.subject)
        if layer is None or layer.is_custom:
            return None
        if layer.class_name in RECURRENT or layer.class_name == "Bidirectional":
            return layer if _takes_sequence(layer) else None
        if layer.class_name not in HARMLESS | _ELEMENTWISE:
            return None
    return None


_ELEMENTWISE = {"Activation", "BatchNormalization", "LayerNormalization", "ReLU", "LeakyReLU", "Masking"}


def _takes_sequence(layer: LayerRecord) -> bool:
    return isinstance(layer.input_shape, tuple) and len(layer.input_shape) == 3
