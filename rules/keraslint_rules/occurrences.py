"""The events of an analysis by kind and its layers by class, sorted once for all rules that ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from keraslint import Analysis, Event, LayerRecord


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What one analysis holds: the events of a kind with their places, the layers of a class."""

    analysis: Analysis
    events: Mapping[str, list[tuple[int, Event]]]
    layers: Mapping[str, list[LayerRecord]]


def events_of(analysis: Analysis, *kinds: str) -> Iterator[Event]:
    """Yield the events of some kinds, in order: rare ones, of which no layer has one by itself."""
    for _, event in numbered_events(analysis, *kinds):
        yield event


def numbered_events(analysis: Analysis, *kinds: str) -> list[tuple[int, Event]]:
    """Return the events of some kinds with their places in ``analysis.events``."""
    events = _sorted(analysis).events
    if len(kinds) == 1:
        return events.get(kinds[0], [])
    return sorted((row for kind in kinds for row in events.get(kind, ())), key=lambda row: row[0])


def layers_by_class(analysis: Analysis) -> Mapping[str, list[LayerRecord]]:
    """Return all layers that the program made, by the names of their classes."""
    return _sorted(analysis).layers


def _sorted(analysis: Analysis) -> _Sorted:
    if not _latest or _latest[0].analysis is not analysis:
        events: defaultdict[str, list[tuple[int, Event]]] = defaultdict(list)
        for row in [row for row in enumerate(analysis.events) if row[1].kind not in _MANY]:
            events[row[1].kind].append(row)
        layers: defaultdict[str, list[LayerRecord]] = defaultdict(list)
        for layer in analysis.layers:
            layers[layer.class_name].append(layer)
        _latest[:] = [_Sorted(analysis, events, layers)]
    return _latest[0]


_MANY = ("made", "called")
_latest: list[_Sorted] = []
