"""Models with the data and the loss that they are trained or evaluated with, as far as these are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from keraslint import Analysis, ModelRecord, Shape, Span
from keraslint_rules.occurrences import events_of


@dataclass(frozen=True, slots=True)
class Training:
    """One call of ``fit``, ``evaluate`` or ``train_on_batch`` on a model of one input and output."""

    model: ModelRecord
    span: Span
    inputs: Shape | None
    outputs: Shape | None
    loss: str
    """Its name in snake case; empty where it is not known."""
    compiled_at: Span | None
    x: Shape | None
    y: Shape | None
    classes: int | None
    """How many classes the labels have, where they are whole numbers that are known."""
    rows: tuple[int, ...]
    """How many rows each array has, where that is known."""
    part: str
    """``validation`` for the data of ``validation_data``, else empty."""


def trainings(analysis: Analysis) -> Iterator[Training]:
    """Yield each such call, with the loss of the compile before it."""
    models = {model.key: model for model in analysis.models}
    compiled: dict[int, tuple[str, Span | None]] = {}
    for event in events_of(analysis, "compiled", "api-call"):
        model = models.get(event.subject)
        if event.kind == "compiled":
            compiled[event.subject] = (loss_name(event.facts.get("loss")), event.span)
        if event.kind != "api-call" or "x" not in event.facts or model is None or event.span is None:
            continue
        if model.kind == "subclassed" or not model.built or event.span.path != analysis.path:
            continue
        loss, where = compiled.get(event.subject, ("", None))
        for part, facts in (("", event.facts), ("validation", event.facts.get("validation"))):
            if isinstance(facts, Mapping):
                yield _training(model, event.span, (loss, where), part, facts)


def _training(
    model: ModelRecord, span: Span, compiled: tuple[str, Span | None], part: str, facts: Mapping[str, object]
) -> Training:
    x, y, rows = facts.get("x"), facts.get("y"), facts.get("rows")
    classes = y.get("classes") if isinstance(y, Mapping) else None
    return Training(
        model,
        span,
        single(model.inputs),
        single(model.outputs),
        *compiled,
        _shape(x),
        _shape(y),
        classes if isinstance(classes, int) else None,
        tuple(row for row in rows if isinstance(row, int)) if isinstance(rows, tuple | list) else (),
        part,
    )


def loss_name(loss: object) -> str:
    """Return a loss's name in snake case, however it was given; empty where it is none of Keras' by name."""
    name = loss.get("$class", loss.get("$function", "")) if isinstance(loss, Mapping) else loss
    if not isinstance(name, str) or name == "?":
        return ""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    return {"mse": "mean_squared_error", "mae": "mean_absolute_error"}.get(snake, snake)


def single(nest: object) -> Shape | None:
    """Return the only shape of a nest; None for several, and where it is not known."""
    if isinstance(nest, list) and len(nest) == 1:
        (nest,) = nest
    return nest if isinstance(nest, tuple) else None


def _shape(data: object) -> Shape | None:
    shape = data.get("shape") if isinstance(data, Mapping) else None
    return shape if isinstance(shape, tuple) and shape else None
