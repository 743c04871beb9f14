"""Slices of ``model.layers`` that set ``trainable``, as the rules of this group read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keraslint import Analysis, Dim, Event, LayerRecord, Span, source_of
from keraslint_rules.occurrences import numbered_events
from keraslint_rules.records import Records, span_text


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice ``model.layers[start:stop]`` whose layers a loop freezes or unfreezes."""

    span: Span
    model: int
    text: str
    start: int | None
    stop: int | None
    of: tuple[int, ...]
    taken: tuple[int, ...]
    value: bool
    """What the flags are set to."""

    @property
    def is_zero(self) -> bool:
        """Whether a bound that is written negative came out as 0, so that it means the other end."""
        negative = re.search(r"\[\s*-", self.text) is not None
        return (self.start == 0 and negative) or (self.stop == 0 and re.search(r":\s*-", self.text) is not None)

    @property
    def is_beyond(self) -> bool:
        """Whether a bound lies beyond the list, so that the slice takes all or nothing."""
        bounds = [abs(bound) for bound in (self.start, self.stop) if bound is not None]
        return any(bound > len(self.of) for bound in bounds) and len(self.taken) in {0, len(self.of)}


def slices_of(analysis: Analysis) -> Iterator[Slice]:
    """Yield the slices that set ``trainable`` in a loop."""
    for index, event in numbered_events(analysis, "sliced"):
        if event.span is not None:
            found = _read(analysis, index, event, event.span)
            if found is not None:
                yield found


def _read(analysis: Analysis, index: int, event: Event, span: Span) -> Slice | None:
    start, stop = event.facts.get("start"), event.facts.get("stop")
    of, taken = _keys(event.facts.get("of")), _keys(event.facts.get("taken"))
    if not isinstance(start, int | None) or not isinstance(stop, int | None) or (start is None and stop is None):
        return None
    value = _set_to(analysis, index, taken) if taken else _written(analysis, span)
    if value is None:
        return None
    return Slice(span, event.subject, span_text(analysis, span), start, stop, of, taken, value)


def _set_to(analysis: Analysis, index: int, taken: tuple[int, ...]) -> bool | None:
    """Return what the events behind a slice set all of its layers to."""
    waiting = set(taken)
    value: bool | None = None
    for event in analysis.events[index + 1 : index + 1 + len(taken)]:
        if event.kind != "trainable-set" or event.subject not in waiting:
            return None
        if not isinstance(event.facts.get("value"), bool):
            return None
        value = event.facts.get("value") is True
        waiting.discard(event.subject)
    return value if not waiting else None


_LOOP = re.compile(r"\s*\)*\s*:\s*(?:#.*)?\n?\s*\w+\.trainable\s*=\s*(True|False)\b")


def _written(analysis: Analysis, span: Span) -> bool | None:
    """Return what the loop over an empty slice would set, from its text."""
    if span.path != analysis.path:
        return None
    source = source_of(analysis)
    match = _LOOP.match(source.text, source.offset(span.end_line, span.end_column, span.cell))
    return None if match is None else match[1] == "True"


def nested_in(records: Records, keys: tuple[int, ...]) -> list[LayerRecord]:
    """Return the nested models with weights among layers."""
    layers = [records.layers[key] for key in keys if key in records.layers]
    return [layer for layer in layers if layer.layers and layer.weights]


def wrong(records: Records, found: Slice) -> tuple[str, Dim, Dim] | None:
    """Return why a slice does not do what it seems to: the words, and the parameters it sets and leaves."""
    total, own = records.params(found.of), records.params(found.taken)
    if total is None or own is None or not isinstance(total, int) or not isinstance(own, int) or total == 0:
        return None
    number = len(found.of)
    nested = nested_in(records, found.of)
    if found.is_zero or found.is_beyond:
        part = "none" if not found.taken else "all"
        words = f"takes {part} of the {number} layers"
    elif own == 0:
        words = "takes no layer with weights"
    elif found.value and found.stop is None and (found.start or 0) < -1 and nested_in(records, found.taken):
        words = f"takes `{nested_in(records, found.taken)[0].name}` as one layer"
    else:
        return None
    if nested and (found.is_beyond or own == 0):
        words += (
            f" (`{nested[0].name}` is one of them)" if found.is_beyond else f" (`{nested[0].name}` is one, left out)"
        )
    return words, own, total - own


def _keys(value: object) -> tuple[int, ...]:
    items = value if isinstance(value, list | tuple) else ()
    return tuple(item for item in items if isinstance(item, int))
