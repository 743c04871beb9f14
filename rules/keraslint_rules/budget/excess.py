"""A limit that a count is over, as the rules about budgets tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keraslint import Diagnostic, Dim, LayerRecord, ModelRecord, Related, Rule, Verdict, bounds, weight_bytes
from keraslint_rules.numbers import bytes_text, count_text, layer_text, percent_text


def excess(rule: Rule, verdict: Verdict, actual: Dim, path: str) -> Diagnostic:
    """Return the finding for a limit that is exceeded: by how much, what weighs most, and where the limit is written."""
    model, layer, limit = verdict.model, verdict.layer, verdict.limit
    subject = f"`{model.name}`" if layer is None else f"`{layer.name}` of `{model.name}`"
    text = _text(verdict.name)
    head = f"{subject} has {text(actual)} {_WHAT[verdict.name]}"
    if isinstance(actual, int):
        share = f" ({_share(actual, limit)})" if limit else ""
        message = f"{head}, {text(actual - limit)}{share} over the limit of {text(limit)}"
    else:
        least, _ = bounds(actual)
        over = f", at least {text(least)}" if least is not None else ""
        message = f"{head}{over}, over the limit of {text(limit)} for every value"
    where = verdict.budget.where
    related = (Related("the limit is written here", where),) if where is not None else ()
    span = layer.span if layer is not None and layer.span is not None else model.span
    return rule.report(message, span, related=related, notes=tuple(_notes(verdict, path)))


_WHAT = {
    "max-params": "parameters",
    "max-trainable": "trainable parameters",
    "max-non-trainable": "non-trainable parameters",
    "max-layer-params": "parameters",
    "max-bytes": "of weights",
}
_HEAVIEST = 3
_MANY = 10
"""From so many times a limit on, percent are hard to read."""


def _share(actual: int, limit: int) -> str:
    """Return by how much a limit is exceeded: in percent, or in times where that says more."""
    return percent_text(actual - limit, limit) if actual < _MANY * limit else f"{actual // limit:,} times"


def _notes(verdict: Verdict, path: str) -> Iterator[str]:
    if verdict.budget.message:
        yield f"the budget says: {verdict.budget.message}"
    if verdict.budget.where is None:
        yield f"the limit is {verdict.name} of the budget for {verdict.budget.model}"
    if verdict.layer is None:
        yield from _heaviest(verdict.model, verdict.name, path)
    for assumption in verdict.model.assumptions:
        yield f"this is the model where {assumption.text}"


def _heaviest(model: ModelRecord, name: str, path: str) -> Iterator[str]:
    whole = _part(model, name)
    weighed = [(part, layer) for layer in model.layers if (part := _part(layer, name)) is not None and part > 0]
    for number, (part, layer) in enumerate(sorted(weighed, key=lambda item: -item[0])[:_HEAVIEST]):
        share = f", {percent_text(part, whole)}" if whole else ""
        lead = "heaviest: " if number == 0 else "then "
        what = _WHAT[name].removeprefix("of weights")
        yield f"{lead}{layer_text(layer, path)}, {_text(name)(part)} {what}".rstrip() + share


def _text(name: str) -> Callable[[Dim], str]:
    return bytes_text if name == "max-bytes" else count_text


def _part(layer: LayerRecord | ModelRecord, name: str) -> int | None:
    """Return what a layer adds to a limit; of a formula the least."""
    count = layer.count
    amounts = {"max-trainable": count.trainable, "max-non-trainable": count.non_trainable}
    amount = weight_bytes(layer) if name == "max-bytes" else amounts.get(name, count.total)
    return None if amount is None else bounds(amount)[0]
