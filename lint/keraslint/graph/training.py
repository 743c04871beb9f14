"""Compiling and fitting a model: what a training moves, which the program's flags need not say."""

from __future__ import annotations

from collections.abc import Iterator, Set as AbstractSet
from typing import TYPE_CHECKING

from keraslint.catalogue.spec import LayerSpec
from keraslint.catalogue.versions import Keras
from keraslint.graph.count import find_trouble, parameters, trainable_weights, weights_of
from keraslint.values.layer import Layer, Model, Plan, Weight
from keraslint.values.unknown import Span, Unknown

if TYPE_CHECKING:  # the builder has these functions as its methods
    from keraslint.graph.builder import Builder

_STATISTICS = ("BatchNormalization", "SyncBatchNormalization")


def compile_model(builder: Builder, model: Model, span: Span | None, facts: dict[str, object]) -> None:
    """Record that a model is compiled: Keras 2 fixes now what is trained, Keras 3 in the first step after it."""
    builder.note("compiled", span, model, **facts)
    model.plan = Plan(span, len(builder.happenings))
    if builder.keras is Keras.TWO and model.built:
        _fix(builder, model, model.plan)


def fit_model(builder: Builder, model: Model, span: Span | None, facts: dict[str, object]) -> None:
    """Record a training and what it moves.

    Facts: ``compiled``; ``total``, ``said`` (trainable by the flags) and ``trained`` (what really moves), in
    parameters; where these two differ ``changed_at``, the places that set ``trainable`` too late, ``fixed_at``, what
    they came too late for, and ``shared_with``, another model that was compiled since and holds these weights;
    ``statistics``: the BatchNormalization layers whose moving statistics change.
    """
    plan = model.plan
    facts["compiled"] = plan is not None
    if find_trouble(model) is None and model.built:
        now = {id(weight): weight for weight in trainable_weights(model, builder.keras)}
        facts["total"] = parameters(weights_of(model, builder.keras))
        facts["said"] = facts["trained"] = parameters(now.values())
        if plan is not None:
            if plan.trained is None:
                _fix(builder, model, plan)
                plan.fixed_at = span
            assert plan.trained is not None
            facts["trained"] = parameters(plan.trained.values())
            differing = now.keys() ^ plan.trained.keys()
            if differing:
                facts.update(_too_late(builder, model, plan, differing))
        moving = tuple(_moving_statistics(model, builder.keras, set()))
        if plan is not None:
            plan.statistics = moving = moving if plan.statistics is None else plan.statistics
        facts["statistics"] = moving
    builder.note("fitted", span, model, **facts)


def trained_in_doubt(builder: Builder, model: Model, method: str, span: Span | None) -> None:
    """Record a call of ``compile`` or ``fit`` whose arguments are not known."""
    if method == "compile":
        compile_model(builder, model, span, {})
    elif method in {"fit", "fit_generator", "train_on_batch"}:
        fit_model(builder, model, span, {"validates": "?", "in_doubt": True})


def _fix(builder: Builder, model: Model, plan: Plan) -> None:
    if find_trouble(model) is None:
        plan.trained = {id(weight): weight for weight in trainable_weights(model, builder.keras)}
        plan.fixed_at = plan.compiled_at
        plan.since = len(builder.happenings)


def _too_late(builder: Builder, model: Model, plan: Plan, differing: AbstractSet[int]) -> dict[str, object]:
    places: list[Span] = []
    shared_with: Layer | None = None
    for happening in builder.happenings[plan.since :]:
        subject = happening.subject
        if subject is None or not _holds(subject, differing, builder.keras):
            continue
        if happening.kind == "trainable-set" and happening.facts.get("changed") and happening.span is not None:
            places.append(happening.span)
        elif happening.kind == "compiled" and subject is not model and places:
            shared_with = subject
    return {
        "changed_at": tuple(dict.fromkeys(places)),
        "fixed_at": plan.fixed_at,
        "fixed_by": "compile" if plan.fixed_at == plan.compiled_at else "fit",
        "shared_with": shared_with,
    }


def _holds(layer: Layer, weights: AbstractSet[int], keras: Keras) -> bool:
    return any(id(weight) in weights for weight in weights_of(layer, keras))


def _moving_statistics(layer: Layer, keras: Keras, seen: set[int]) -> Iterator[Layer]:
    """Yield the layers whose moving statistics a training changes.

    Their own flag decides in both versions. A call with ``training=False`` in a functional model holds them in
    Keras 2 only: in Keras 3 the ``training`` of the model around overrides it.
    """
    if id(layer) in seen:
        return
    seen.add(id(layer))
    name = layer.spec.class_name if isinstance(layer.spec, LayerSpec) else layer.class_name
    if name in _STATISTICS and layer.trainable is True and layer.weights:
        yield layer
    if isinstance(layer, Model) and layer.kind == "subclassed" and layer.cls is not None:
        return  # its ``call`` may say ``training=False``
    graph = layer.graph_nodes if isinstance(layer, Model) else []
    for child in layer.children:
        calls = [node for node in graph if node.layer is child]
        is_held = bool(calls) and all(node.kwargs.get("training") is False for node in calls)
        if not (is_held and keras is Keras.TWO):
            yield from _moving_statistics(child, keras, seen)


def stays(layer: Layer, value: object, keras: Keras) -> object:
    """Return how many parameters keep another flag than the one that was set; None where that is not known."""
    kept: list[Weight] = [w for w in weights_of(layer, keras) if w.declared and w.trainable is not bool(value)]
    return None if isinstance(value, Unknown) or find_trouble(layer) is not None else parameters(kept)
