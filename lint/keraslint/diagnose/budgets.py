"""Budgets against counts: which models a budget speaks of, and whether each keeps to it whatever its symbols are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from keraslint.diagnose.configuration import LIMITS, ConfigurationError, did_you_mean, limit_of
from keraslint.diagnose.globs import name_matches, path_matches
from keraslint.diagnose.places import definition_at, definition_bounds, source_of, statement_at
from keraslint.diagnose.rule import Budget, Settings
from keraslint.graph.analysis import Analysis, DirectiveRecord, LayerRecord, ModelRecord
from keraslint.values.dim import Dim, bounds


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit against one model, or one layer of it. ``is_over`` is None where the count does not decide it."""

    budget: Budget
    model: ModelRecord
    name: str
    """The limit's name, such as ``max-params``."""
    limit: int
    actual: Dim | None
    """The count, None where it is not resolved."""
    is_over: bool | None
    layer: LayerRecord | None = None


def verdicts(analysis: Analysis, settings: Settings) -> Iterator[Verdict]:
    """Yield every limit of every budget against every model that it speaks of."""
    for budget in budgets_of(analysis, settings):
        for model in budgeted_models(analysis, budget):
            for name, limit in budget.limits.items():
                yield from _judge(budget, model, name, limit, settings.ranges)


def budgets_of(analysis: Analysis, settings: Settings) -> tuple[Budget, ...]:
    """Return the budgets of the configuration and those that comments of this file set."""
    comments = (directive for directive in analysis.directives if directive.name == "budget" and not directive.error)
    return (*settings.budgets, *(budget for item in comments if isinstance(budget := comment_budget(item), Budget)))


def comment_budget(directive: DirectiveRecord) -> Budget | str:
    """Return the budget that a comment sets, or what is wrong with it in words."""
    limits: dict[str, int] = {}
    message = ""
    for key, value in directive.arguments.items():
        name = key.replace("_", "-")
        if name == "message":
            message = str(value)
            continue
        if name not in LIMITS:
            known = [limit.replace("-", "_") for limit in LIMITS]
            return f"`{key}` is no limit{did_you_mean(key, known)}"
        try:
            limits[name] = limit_of(name, value)
        except ConfigurationError as problem:
            return problem.message
    if not limits:
        return "a budget needs a limit, such as `max_params=40_000`"
    return Budget("", limits, message, directive.span, directive.applies_to or directive.span.line)


def budgeted_models(analysis: Analysis, budget: Budget) -> tuple[ModelRecord, ...]:
    """Return the models that a budget speaks of."""
    if budget.applies_to:
        return tuple(_below_comment(analysis, budget))
    return tuple(model for model in analysis.models if _is_named(analysis, model, budget.model))


def unmatched_budgets(analyses: Iterable[Analysis], settings: Settings) -> tuple[Budget, ...]:
    """Return the budgets of the configuration that speak of no model in any of the analyses."""
    seen = list(analyses)
    return tuple(
        budget for budget in settings.budgets if not any(budgeted_models(analysis, budget) for analysis in seen)
    )


def layers_of(model: ModelRecord | LayerRecord) -> Iterator[LayerRecord]:
    """Yield the layers of a model, those of nested models included, each once."""
    seen: set[int] = set()
    waiting = list(reversed(model.layers))
    while waiting:
        layer = waiting.pop()
        if layer.key not in seen:
            seen.add(layer.key)
            yield layer
            waiting.extend(reversed(layer.layers))


def weight_bytes(model: ModelRecord | LayerRecord) -> Dim | None:
    """Return the bytes of the weights of a model or layer, each once, under their dtypes; None where one is not known."""
    total: Dim = 0
    layers = model.layers if isinstance(model, ModelRecord) else (model,)
    for weight in {weight.key: weight for layer in layers for weight in layer.weights}.values():
        size = _DTYPE_BYTES.get(weight.dtype)
        if size is None or weight.params is None:
            return None
        total = total + weight.params * size
    return total


_DTYPE_BYTES = {
    "bool": 1, "int8": 1, "uint8": 1, "float8_e4m3fn": 1, "float8_e5m2": 1, "int16": 2, "uint16": 2, "float16": 2,
    "bfloat16": 2, "int32": 4, "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8,
}  # fmt: skip
_MAKES_MODEL = re.compile(r"\b(?:Model|Sequential|Functional|load_model|clone_model)\s*\(|\breturn model\b")
_CALLED = re.compile(r"(\w+)\s*\(")
_ASSIGNED = re.compile(r"\s*([\w, .]+?)\s*(?::[^=]+)?=(?!=)")


def _judge(
    budget: Budget, model: ModelRecord, name: str, limit: int, ranges: Mapping[str, tuple[int, int | None]]
) -> Iterator[Verdict]:
    count = model.count
    if count.total is None or not model.built:
        yield Verdict(budget, model, name, limit, None, is_over=None)
        return
    if name == "max-layer-params":
        for layer in layers_of(model):
            if not layer.layers:
                actual = layer.count.total
                yield Verdict(budget, model, name, limit, actual, _is_over(actual, limit, ranges), layer)
        return
    amounts = {"max-params": count.total, "max-trainable": count.trainable, "max-non-trainable": count.non_trainable}
    actual = weight_bytes(model) if name == "max-bytes" else amounts[name]
    yield Verdict(budget, model, name, limit, actual, _is_over(actual, limit, ranges))


def _is_over(actual: Dim | None, limit: int, ranges: Mapping[str, tuple[int, int | None]]) -> bool | None:
    if actual is None:
        return None
    low, high = bounds(actual, ranges)
    if low is not None and low > limit:
        return True
    return False if high is not None and high <= limit else None


def _is_named(analysis: Analysis, model: ModelRecord, pattern: str) -> bool:
    path, mark, name = pattern.partition("::")
    if not mark and not ("/" in pattern or pattern.endswith((".py", ".ipynb")) or pattern == "**"):
        path, name = "", pattern
    if path and not any(path_matches(own, path) for own in {analysis.path, model.span.path}):
        return False
    if not name.strip("*"):
        return _is_model(analysis, model)
    return any(name_matches(own, name) for own in _names_of(model))


def _is_model(analysis: Analysis, model: ModelRecord) -> bool:
    """Return whether a record is of a model, and not of a function that only may return one (``preprocess(x)``)."""
    if model.class_name or model.layers:
        return True
    bounds_of_function = definition_bounds(source_of(analysis), _target_name(model), "def")
    return bounds_of_function is None or _MAKES_MODEL.search(analysis.text, *bounds_of_function) is not None


def _target_name(model: ModelRecord) -> str:
    return model.target.partition("::")[2].partition("(")[0].strip()


def _names_of(model: ModelRecord) -> set[str]:
    function = model.function or ""
    names = {model.name, model.class_name, function, function.rpartition(".")[2], _target_name(model), *model.variables}
    return names - {"", "Model", "Functional", "Sequential"} | ({model.name} if model.name else set())


def _below_comment(analysis: Analysis, budget: Budget) -> Iterator[ModelRecord]:
    """Yield the models of the def, class or statement that a comment stands above (or on the line of)."""
    where, line = budget.where, budget.applies_to
    cell = where.cell if where else None
    source = source_of(analysis)
    definition = definition_at(source, line, cell)
    if definition is not None:
        name = definition.name
        for model in analysis.models:
            inside = (model.function or "") == name or (model.function or "").startswith(f"{name}.")
            if (
                (inside and model.span.path == analysis.path)
                or _target_name(model) == name
                or (definition.kind == "class" and model.class_name == name.rpartition(".")[2])
            ):
                yield model
        return
    here = [model for model in analysis.models if _begins_on(model, analysis.path, line, cell)]
    yield from here or _bound_on(analysis, statement_at(source, line, cell))


def _begins_on(model: ModelRecord, path: str, line: int, cell: int | None) -> bool:
    span = model.span
    return span.path == path and span.cell == cell and span.line == line


def _bound_on(analysis: Analysis, statement: str) -> Iterator[ModelRecord]:
    """Yield the models that a statement such as ``model = build((64, 64, 3))`` binds to a name."""
    match = _ASSIGNED.match(statement)
    if match is None:
        return
    names = {name.strip() for name in match[1].split(",")}
    called = set(_CALLED.findall(statement[match.end() :]))
    bound = [model for model in analysis.models if names & set(model.variables)]
    made = [m for m in bound if (m.function or "").rpartition(".")[2] in called or m.class_name in called]
    yield from made or bound
