"""What Keras refuses to build, as the rules of this group read it: the numbers, the operands, the shapes on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keraslint import Analysis, Dim, Event, LayerRecord, Related, Shape, Span
from keraslint_rules.numbers import line_text
from keraslint_rules.occurrences import events_of

_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One layer on the way to the refused one: its name, its output shape as text, and where it is called."""

    name: str
    shape: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Operand:
    """One input of the refused layer: its shape as text, and where it was made."""

    shape: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event of the kind ``refused``, read."""

    event: Event
    span: Span
    contract: str
    class_name: str
    name: str
    said: str
    """Keras' own words."""
    chain: tuple[Step, ...]
    operands: tuple[Operand, ...]
    made: Span | None
    """Where the refused layer is constructed."""

    def fact(self, *names: str) -> object:
        """Return the first of some facts that is there."""
        return next((self.event.facts[name] for name in names if name in self.event.facts), None)

    def shape(self) -> Shape | None:
        """Return the shape of the input that was refused."""
        return as_shape(self.fact("input_shape", "shape"))

    @property
    def subject(self) -> str:
        """The layer as messages call it: by its class, and its name where the program chose it."""
        return f"`{self.class_name}`"

    def notes(self, path: str) -> tuple[str, ...]:
        """Return the shapes on the way as a note, and Keras' own words."""
        steps = [step for i, step in enumerate(self.chain) if i == 0 or step.shape != self.chain[i - 1].shape]
        if len(steps) > _LONGEST:
            steps = [steps[0], *steps[-_LONGEST + 1 :]]
        way = " → ".join(f"{step.name} {step.shape}{_place(step.span, path)}" for step in steps)
        return tuple(note for note in (f"shapes on the way: {way}" if way else "", f"Keras says: {self.said}") if note)

    def related(self) -> tuple[Related, ...]:
        """Return where each operand was made, where there are several."""
        if len(self.operands) < 2:
            return ()
        made = ((item.shape, item.span) for item in self.operands)
        return tuple(Related(f"{shape} is made here", span) for shape, span in made if span is not None)


def refusals(analysis: Analysis, *contracts: str) -> Iterator[Refusal]:
    """Yield what Keras refuses because one of these contracts is broken."""
    for event in events_of(analysis, "refused"):
        contract = event.facts.get("contract")
        if event.span is not None and contract in contracts:
            yield _read(event, event.span, str(contract))


def layer_of(analysis: Analysis, refusal: Refusal) -> LayerRecord | None:
    """Return the record of the refused layer."""
    for layer in analysis.layers:
        if layer.key == refusal.event.subject and layer.name == refusal.name:
            return layer
    return None


def as_shape(value: object) -> Shape | None:
    """Return a fact as a shape, or None where it is none."""
    return tuple(value) if isinstance(value, list | tuple) else None


def as_span(value: object) -> Span | None:
    """Return a fact as a place, or None where it is none."""
    return value if isinstance(value, Span) else None


def as_numbers(value: object) -> tuple[Dim, ...]:
    """Return a fact such as a kernel size as a tuple."""
    if isinstance(value, list | tuple):
        return tuple(value)
    return () if value is None or isinstance(value, str) else (value,)  # type: ignore[return-value]  # a Dim by contract


def _read(event: Event, span: Span, contract: str) -> Refusal:
    facts = event.facts
    return Refusal(
        event,
        span,
        contract,
        str(facts.get("class", "")),
        str(facts.get("name", "")),
        str(facts.get("message", "")),
        tuple(Step(str(name), str(shape), as_span(where)) for name, shape, where in _rows(facts.get("chain"))),
        tuple(Operand(str(shape), as_span(where)) for shape, where in _rows(facts.get("inputs"))),
        as_span(facts.get("made")),
    )


def _rows(value: object) -> list[tuple[object, ...]]:
    rows = value if isinstance(value, list | tuple) else ()
    return [tuple(row) for row in rows if isinstance(row, list | tuple)]


def _place(span: Span | None, path: str) -> str:
    return f" ({line_text(span, path)})" if span is not None else ""
