"""Fixes of a head: another activation where the layer is made, or none."""

from __future__ import annotations

from keraslint import Analysis, Applicability, Edit, Fix, with_argument, without_argument
from keraslint_rules.records import Records, span_text


def with_activation(analysis: Analysis, records: Records, layer: int, activation: str | None) -> Fix | None:
    """Return the fix that gives a layer an activation by keyword, or takes it away."""
    record = records.layers.get(layer)
    span = record.span if record is not None else None
    if record is None or span is None or record.is_custom or record.is_operation:
        return None
    call = span_text(analysis, span)
    if record.class_name == "Activation" or not call:
        return None
    if activation is None:
        text = without_argument(call, "activation")
        message = "leave the activation out"
    else:
        is_free = record.arguments.get("activation", "?") is None or "activation=" in call.replace(" ", "")
        text = with_argument(call, "activation", f'"{activation}"') if is_free else None
        message = f'use `activation="{activation}"`'
    if text is None:
        return None
    return Fix(message, Applicability.UNSAFE, (Edit(span, text),))
