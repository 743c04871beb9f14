"""Several runs of one entry to the models that they stand for: equal ones are one, the others are variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from keraslint.graph.analysis import Assumption, Event, LayerRecord, ModelRecord, content_of
from keraslint.interp.choices import Choice
from keraslint.interp.record import assumptions_of
from keraslint.values.unknown import Unknown


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one run built, the choices that it stands on, and the error that ended it, if any."""

    models: tuple[ModelRecord, ...]
    choices: tuple[Choice, ...]
    error: Unknown | None
    layers: tuple[LayerRecord, ...] = ()
    """Every layer that the run made after the top level of its file."""
    events: tuple[Event, ...] = ()


Identity = tuple[object, ...]


def merge(outcomes: Sequence[Outcome], *, is_capped: bool) -> list[ModelRecord]:
    """Return the models of all outcomes; one that raises vanishes where another does not."""
    alive = [outcome for outcome in outcomes if outcome.error is None] or list(outcomes)
    if len(alive) == 1 and not is_capped:
        return list(alive[0].models)
    variants: dict[Identity, dict[object, tuple[ModelRecord, list[Outcome]]]] = {}
    for outcome in alive:
        count: Counter[Identity] = Counter()
        for model in outcome.models:
            place: Identity = (model.span, model.returned)
            count[place] += 1
            contents = variants.setdefault((*place, count[place]), {})
            contents.setdefault(content_of(model), (model, []))[1].append(outcome)
    result: list[ModelRecord] = []
    for contents in variants.values():
        for model, runs in contents.values():
            if len(contents) == 1 and len(runs) == len(alive) and not is_capped:
                result.append(model)
                continue
            assumptions = (*model.assumptions, *assumptions_of(_shared_choices(runs, alive)))
            if is_capped:
                text = f"only {len(outcomes)} outcomes of the conditions that are not known were followed"
                assumptions = (*assumptions, Assumption(0, text))
            certainty = "assumed" if model.certainty in {"exact", "symbolic"} and assumptions else model.certainty
            result.append(msgspec.structs.replace(model, assumptions=assumptions, certainty=certainty))
    return result


def _shared_choices(runs: Sequence[Outcome], alive: Sequence[Outcome]) -> list[Choice]:
    """Return the choices that all of these runs took alike and that other runs took otherwise."""
    others = [outcome for outcome in alive if outcome not in runs]
    shared = [
        choice for choice in runs[0].choices if all(any(_same(choice, other) for other in run.choices) for run in runs)
    ]
    return [
        choice for choice in shared if not all(any(_same(choice, c) for c in o.choices) for o in others) or not others
    ]


def _same(a: Choice, b: Choice) -> bool:
    return a.text == b.text and a.where == b.where and a.outcome == b.outcome
