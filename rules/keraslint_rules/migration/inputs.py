"""Fixes that need a name of Keras: an ``Input`` in front of a layer, and how a file can say what it wants to say."""

from __future__ import annotations

import re

from keraslint import (
    Analysis,
    Applicability,
    Edit,
    Fix,
    Span,
    argument_source,
    offsets_of,
    source_of,
    span_between,
    text_of,
    without_argument,
)


def with_input(analysis: Analysis, span: Span, argument: str) -> Fix | None:
    """Return the fix that puts an ``Input`` in front: in the list, or in an ``add`` of its own."""
    source, spelled = source_of(analysis), spelling(analysis.text)
    imported: tuple[Edit, ...] = ()
    place = first_import(analysis)
    if not spelled and argument == "batch_input_shape" and place is not None:
        spelled, imported = "keras.Input", (Edit(place, "import keras\n"),)
    call = text_of(source, span)
    value, plain = argument_source(call, argument), without_argument(call, argument)
    if value is None or plain is None or not spelled:
        return None
    shape = {"input_dim": f"({value},)", "batch_input_shape": f"batch_shape={value}"}.get(argument, value)
    made = f"{spelled}({shape})"
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
    return Fix(
        f"begin with `{made}`", Applicability.SAFE, (edit, *imported), changes_counts=argument == "batch_input_shape"
    )


def spelling(text: str, member: str = "Input") -> str:
    """Return how a program can say ``keras.Input``, or another member, with what it imports; nothing for not at all."""
    if re.search(r"^(?:import keras|from tensorflow import (?:.*,\s*)?keras|import tensorflow\.keras as keras)\b(?! as|\.)",
                 text, re.MULTILINE):  # fmt: skip
        return f"keras.{member}"
    if re.search(r"^import tensorflow as tf\b", text, re.MULTILINE):
        return f"tf.keras.{member}"
    if member == "Input" and re.search(
        r"^from (?:tensorflow\.)?keras import (?:.*,\s*)?layers\b(?! as)", text, re.MULTILINE
    ):
        return "layers.Input"
    if re.search(rf"^from (?:tensorflow\.)?keras(?:\.layers)? import (?:.*,\s*)?{member}\b(?! as)", text, re.MULTILINE):
        return member
    return ""


def first_import(analysis: Analysis) -> Span | None:
    """Return the place before a module's first import, where another one may stand; None for a notebook."""
    found = re.search(r"^(?:import|from)\b(?! __future__)", analysis.text, re.MULTILINE)
    if found is None or analysis.cells:
        return None
    return span_between(source_of(analysis), found.start(), found.start())
