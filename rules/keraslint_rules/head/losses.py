"""What a model is compiled with, output by output: the head, its loss, the metrics, as the rules of this group read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from keraslint import Analysis, Event, Span
from keraslint_rules.occurrences import events_of

CROSSENTROPIES = {
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy",
}
BINARY = {"binary_crossentropy", "binary_focal_crossentropy"}
CATEGORICAL = {"categorical_crossentropy", "categorical_focal_crossentropy"}
SPARSE = {"sparse_categorical_crossentropy"}
REGRESSIONS = {
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
}
_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
    "huber_loss": "huber",
    "acc": "accuracy",
}


@dataclass(frozen=True, slots=True)
class Head:
    """One output of a model: its name for ``compile``, the activation of its last layer, that layer, its shape."""

    output: str
    key: str | None
    is_automatic: bool
    activation: str | None
    layer: int
    shape: tuple[object, ...] | None

    @property
    def width(self) -> int | None:
        """The length of the last axis, where it is known."""
        last = self.shape[-1] if self.shape else None
        return last if isinstance(last, int) else None


@dataclass(frozen=True, slots=True)
class Objective:
    """A loss or a metric of Keras: its name in Keras' snake case, and whether it takes logits (None: not known)."""

    name: str
    from_logits: bool | None
    arguments: Mapping[str, object]
    is_object: bool
    """Whether it is an object made by a class, rather than a name or a function."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An event of the kind ``compiled``, read."""

    event: Event
    span: Span
    heads: tuple[Head, ...]

    def pairs(self) -> Iterator[tuple[Head, Objective]]:
        """Yield each output whose loss is known, with it."""
        for head, loss in zip(self.heads, self._spread(self.event.facts.get("loss")), strict=False):
            found = objective(loss)
            if found is not None:
                yield head, found

    def metrics(self, number: int) -> list[Objective]:
        """Return the metrics of an output that are known."""
        given = self.event.facts.get("metrics")
        if isinstance(given, dict) and "$class" not in given and "$function" not in given:
            head = self.heads[number]
            given = given.get(head.key or "", given.get(head.output))
        elif isinstance(given, list) and len(self.heads) > 1:
            given = given[number] if len(given) == len(self.heads) else None
        items = given if isinstance(given, list) else [given]
        flat = [inner for item in items for inner in (item if isinstance(item, list) else [item])]
        return [found for item in flat if (found := objective(item)) is not None]

    def _spread(self, given: object) -> list[object]:
        """Return the loss of each output."""
        if is_mapping(given):
            assert isinstance(given, dict)
            return [given.get(head.key or "", given.get(head.output)) for head in self.heads]
        if isinstance(given, list):
            return given if len(given) >= len(self.heads) else [*given, *[None] * (len(self.heads) - len(given))]
        return [given] * len(self.heads)


def is_mapping(given: object) -> bool:
    """Whether what ``compile`` was given is a dict by output, rather than one object."""
    return isinstance(given, dict) and "$class" not in given and "$function" not in given


def compiled(analysis: Analysis) -> Iterator[Compiled]:
    """Yield the models that are compiled and whose outputs are known."""
    for event in events_of(analysis, "compiled"):
        if event.span is not None:
            rows = event.facts.get("heads")
            heads = tuple(_head(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list | tuple) else ()
            if heads:
                yield Compiled(event, event.span, heads)


def objective(given: object) -> Objective | None:
    """Return a loss or metric that is Keras' own; None for any other."""
    if isinstance(given, str) and given != "?":
        return Objective(canonical(given), from_logits=False, arguments={}, is_object=False)
    if not isinstance(given, dict):
        return None
    if isinstance(given.get("$function"), str):
        return Objective(canonical(str(given["$function"])), from_logits=False, arguments={}, is_object=False)
    if not isinstance(given.get("$class"), str):
        return None
    from_logits = given.get("from_logits", False)
    known = bool(from_logits) if isinstance(from_logits, bool | int) else None
    return Objective(canonical(str(given["$class"])), from_logits=known, arguments=given, is_object=True)


def canonical(name: str) -> str:
    """Return the snake-case name of a loss or metric: ``BinaryCrossentropy`` and ``bce`` are ``binary_crossentropy``."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return _SHORT.get(snake, snake)


def _head(row: Mapping[str, object]) -> Head:
    shape, layer, key = row.get("shape"), row.get("layer"), row.get("key")
    activation = row.get("activation")
    return Head(
        output=str(row.get("output")),
        key=key if isinstance(key, str) else None,
        is_automatic=row.get("automatic") is not False,
        activation=activation if isinstance(activation, str) else None,
        layer=layer if isinstance(layer, int) else 0,
        shape=tuple(shape) if isinstance(shape, list | tuple) else None,
    )
