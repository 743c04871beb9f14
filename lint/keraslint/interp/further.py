"""What a program asks of Keras' API behind the first argument that Keras does not take.

Keras raises there, and nothing behind it happens: no model, no training. But who brings a program to another version
wants to know all such places, so the program is run once more as if Keras left such arguments aside, and only what it
asks of the API is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keraslint.graph.analysis import Event

_OF_API = {"imported", "member-unknown", "object-arguments", "api-call"}


def is_stopped_by_argument(events: Iterable[Event]) -> bool:
    """Whether Keras refuses an argument that it does not know."""
    return any(_is_unknown_argument(event) for event in events)


def further(events: Iterable[Event], told: Iterable[Event]) -> Iterator[Event]:
    """Yield what the second run asks of the API at places that the first one did not come to."""
    known = {(event.kind, event.span) for event in told}
    for event in events:
        if (event.kind in _OF_API or _is_unknown_argument(event)) and (event.kind, event.span) not in known:
            yield event


def _is_unknown_argument(event: Event) -> bool:
    facts = event.facts
    return event.kind == "refused" and facts.get("contract") == "signature" and isinstance(facts.get("argument"), str)
