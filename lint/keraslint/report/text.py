"""Pieces of text that several formats share: numbers, sizes, shapes, places; and names made harmless."""

from __future__ import annotations

import unicodedata

from keraslint.graph.analysis import LayerRecord, ModelRecord, Nest, WeightRecord
from keraslint.values.dim import Dim, Poly
from keraslint.values.shape import shape_text
from keraslint.values.unknown import Span


def number(value: Dim | None) -> str:
    """Return a count with thousands separated, a formula as it is, ``?`` where it is not known."""
    if value is None:
        return "?"
    return f"{value:,}" if isinstance(value, int) else str(value)


def size(count: Dim | None) -> str:
    """Return float32 parameters as bytes, as Keras writes them: ``(147.00 KB)``; empty for a formula."""
    if not isinstance(count, int):
        return ""
    amount: float = count * 4
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024:
            return f" ({amount:.2f} {unit})"
        amount /= 1024
    return f" ({amount:.2f} TB)"


def shapes(nest: Nest) -> str:
    """Return an output shape, or several, as Keras prints them; ``?`` where it is not known."""
    if nest is None:
        return "?"
    if isinstance(nest, tuple):
        return shape_text(nest)
    parts = nest.values() if isinstance(nest, dict) else nest
    return "[" + ", ".join(shapes(part) for part in parts) + "]"


def place(span: Span | None) -> str:
    """Return ``path:line:column`` (``path:cell 2:line:column`` in a notebook)."""
    if span is None:
        return ""
    cell = f"cell {span.cell}:" if span.cell is not None else ""
    return f"{harmless(span.path)}:{cell}{span.line}:{span.column}"


def line_of(span: Span | None, path: str) -> str:
    """Return the line of a place, with its file where that is another one than ``path``."""
    if span is None:
        return ""
    line = f"cell {span.cell}, {span.line}" if span.cell is not None else str(span.line)
    return line if span.path == path else f"{harmless(span.path)}:{line}"


def factors(weight: WeightRecord) -> str:
    """Return a weight's shape as a product: ``7 × 7 × 3 × 32``; 1 for a scalar."""
    if weight.shape is None:
        return "?"
    return " × ".join(f"({dim})" if isinstance(dim, Poly) and len(dim.terms) > 1 else str(dim) for dim in weight.shape) or "1"


def heaviest(layers: tuple[LayerRecord, ...], count: int) -> list[LayerRecord]:
    """Return the layers with the most parameters."""
    return sorted(
        (layer for layer in layers if isinstance(layer.count.total, int) and layer.count.total),
        key=lambda layer: -int(str(layer.count.total)),
    )[:count]


def title(model: ModelRecord) -> str:
    """Return how a model is called: its name and the variables that hold it."""
    names = ", ".join(model.variables)
    return f"{model.name or model.class_name or model.target}{f' ({names})' if names else ''}"


def harmless(text: str) -> str:
    """Return text in which nothing can move a terminal's cursor or begin a line of its own."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if not unicodedata.category(c).startswith("C") and c not in "\u2028\u2029" else c.encode("unicode_escape").decode() for c in text)
