"""How rules write numbers, layers and places."""

from __future__ import annotations

from keraslint import Dim, LayerRecord, Span


def count_text(count: Dim) -> str:
    """Return a count with thousands separated, or the formula that it is."""
    return f"{count:,}" if isinstance(count, int) else str(count)


def params_text(count: Dim) -> str:
    """Return a count with its noun."""
    return f"{count_text(count)} parameter{'s'[: count != 1]}"


def bytes_text(count: Dim) -> str:
    """Return a number of bytes in the unit that people would use."""
    if not isinstance(count, int):
        return f"{count} bytes"
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return f"{count:,} bytes"


def percent_text(part: int, whole: int) -> str:
    """Return a part in percent: one digit after the point where that says more."""
    percent = 100 * part / whole
    is_fine = percent < 10 or (99 < percent < 100)
    return f"{percent:,.1f} %" if is_fine else f"{percent:,.0f} %"


def line_text(span: Span | None, path: str) -> str:
    """Return where something is, for a reader of ``path``."""
    if span is None:
        return "no line"
    cell = f"cell {span.cell}, " if span.cell is not None else ""
    place = f"{cell}line {span.line}"
    return place if span.path == path else f"{span.path}, {place}"


def layer_text(layer: LayerRecord, path: str) -> str:
    """Return a layer by its name, its class and its line."""
    return f"{layer.name} ({layer.class_name}, {line_text(layer.span, path)})"
