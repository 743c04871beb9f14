"""From the heap at the end of a run to records: the models, layers and events of an analysis."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.spec import LayerSpec
from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import (
    Assumption,
    Certainty,
    Count,
    DirectiveRecord,
    Event,
    LayerRecord,
    ModelRecord,
    Nest,
    Problem,
    WeightRecord,
)
from keraslint.graph.builder import Happening
from keraslint.graph.count import (
    count,
    find_trouble,
    trainable_weights,
    weight_size,
    weights_of,
)
from keraslint.interp.heads import heads_of
from keraslint.interp.overlays import RawNative
from keraslint.interp.tracking import track
from keraslint.source.directives import Directive
from keraslint.source.text import SourceFile
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, symbols
from keraslint.values.layer import Layer, Model, Tensor, Weight
from keraslint.values.program import KerasObject, Module
from keraslint.values.unknown import Span, Unknown

if TYPE_CHECKING:  # the machine's state is what is recorded
    from keraslint.interp.machine import Machine

_NO_SPAN = Span("", 1, 1, 1, 1)


class Recorder:
    """Makes records of one run; a layer met twice is recorded once."""

    def __init__(self, machine: Machine, first_key: int = 1) -> None:
        self.next_key = first_key
        self.machine = machine
        self.keras = machine.keras
        self._weight_keys: dict[int, int] = {}
        self._layer_keys: dict[int, int] = {}
        self._trained_of: dict[int, set[int]] = {}
        self._records: dict[tuple[int, int], LayerRecord] = {}
        self._as_alone: dict[int, LayerRecord] = {}

    def model(self, model: Model, target: str, *, returned: bool, cut: Unknown | None) -> ModelRecord:
        """Return the record of a model."""
        track_all(model, self.keras)
        rows = tuple([self._member(layer, model) for layer in model.operations])
        layers = rows if model.layers == model.operations else tuple([self._member(la, model) for la in model.layers])
        problems = tuple(self._problems(model, cut))
        total = Count(None, None, None) if problems or not _has_weights(model, self.keras) else count(model, self.keras)
        names = self._symbols(total, layers)
        doubts = tuple(self._doubts(model))
        certainty = self._certainty(total, problems, names, layers)
        return ModelRecord(
            key=self.key(model),
            target=target,
            returned=returned,
            span=model.origin or _NO_SPAN,
            function=model.function or None,
            variables=tuple(model.variables),
            name=model.name,
            class_name=model.class_name,
            kind=model.kind,
            built=_has_weights(model, self.keras),
            certainty="assumed" if doubts and certainty in {"exact", "symbolic"} else certainty,
            assumptions=doubts,
            symbols=names,
            count=total,
            unresolved=problems,
            layers=layers,
            rows=rows,
            inputs=nest_shape(model.inputs),
            outputs=nest_shape(model.outputs),
        )

    def _certainty(
        self, total: Count, problems: Sequence[Problem], names: dict[str, str], layers: Sequence[LayerRecord]
    ) -> Certainty:
        if problems or total.total is None:
            return "partial" if any(layer.count.total is not None for layer in layers) else "unknown"
        return "symbolic" if names else "exact"

    def _doubts(self, model: Model) -> Iterable[Assumption]:
        """Yield what is taken for harmless: calls that are not followed and that the model or a layer of it went to."""
        inside = {id(layer) for layer in layers_in(model)}
        for unknown in self.machine.tainted:
            line = unknown.where.line if unknown.where is not None else 0
            yield Assumption(line, f"{unknown.what}, which is not followed, changes nothing", unknown.where)
        seen: set[str] = set()
        for layer, unknown in self.machine.escaped:
            if id(layer) in inside and unknown.what not in seen:
                seen.add(unknown.what)
                line = unknown.where.line if unknown.where is not None else 0
                yield Assumption(line, f"{unknown.what} and changes none of its layers", unknown.where)

    def _problems(self, model: Model, cut: Unknown | None) -> Iterable[Problem]:
        seen: set[str] = set()
        if cut is not None:
            yield _problem(cut)
        for unknown in troubles(model):
            problem = _problem(unknown)
            if problem.reason not in seen:
                seen.add(problem.reason)
                yield problem
        if not _has_weights(model, self.keras) and not seen:
            yield Problem("unbuilt", f"{model.name} has no input shape, so it has no weights", model.origin)

    def _symbols(self, total: Count, layers: Sequence[LayerRecord]) -> dict[str, str]:
        names: set[str] = set()
        for value in (total.total, total.trainable):
            if isinstance(value, Poly):
                names.update(symbols(value))
        for layer in layers:
            _collect_symbols(layer.output_shape, names)
            if isinstance(layer.count.total, Poly):
                names.update(symbols(layer.count.total))
        known = self.machine.symbols
        result: dict[str, str] = {}
        for name in sorted(names):
            base = name.partition("[")[0].partition(".")[0]
            what, where = known.get(name) or known.get(base) or (f"{base} is not known from the source", None)
            result[name] = f"{what} (line {where.line})" if where is not None else what
        return result

    def _member(self, layer: Layer, model: Model) -> LayerRecord:
        """Return the record of a model's own layer, which is that of the layer alone where neither is frozen."""
        record = self.layer(layer, model)
        if model.trainable is True and layer.trainable is True:
            self._as_alone.setdefault(id(layer), record)
        return record

    def layer(self, layer: Layer, model: Layer | None = None) -> LayerRecord:
        """Return the record of a layer; what is trained of it is as seen from ``model``, where one is given."""
        if model is None and id(layer) in self._as_alone:
            return self._as_alone[id(layer)]
        seen_from = model or layer
        view = id(layer), id(seen_from)
        found = self._records.get(view)
        if found is not None:
            return found
        key = self.key(layer)
        track_all(layer, self.keras)
        trouble = find_trouble(layer)
        own = weights_of(layer, self.keras)
        trained = self._trained(seen_from)
        inner = layer.layers if isinstance(layer, Model) else ()
        nodes = layer.nodes
        arguments = layer.spec.arguments if isinstance(layer.spec, LayerSpec) else {}
        weights = tuple([self.weight(weight, is_trained=id(weight) in trained) for weight in own])
        record = LayerRecord(
            key=key,
            name=layer.name,
            class_name=layer.class_name,
            span=layer.origin,
            call_spans=tuple([node.span for node in nodes if node.span is not None]),
            inputs=tuple(dict.fromkeys([t.node.layer.name for n in nodes for t in n.inputs if t.node is not None])),
            input_shape=nest_shape(nodes[-1].args[0]) if nodes and nodes[-1].args else None,
            output_shape=self._output_shape(layer),
            dtype=layer.dtype,
            trainable=bool(layer.trainable),
            frozen_at=layer.frozen_at,
            count=Count(None, None, None) if trouble is not None else count_of_records(weights),
            weights=weights,
            layers=tuple(self.layer(child, seen_from) for child in inner),
            arguments=plain_arguments(arguments),
            is_operation=layer.is_operation,
            problem=_problem(trouble) if trouble is not None else None,
            is_custom=layer.cls is not None,
        )
        self._records[view] = record
        return record

    def _trained(self, layer: Layer) -> set[int]:
        found = self._trained_of.get(id(layer))
        if found is None:
            found = self._trained_of[id(layer)] = {id(weight) for weight in trainable_weights(layer, self.keras)}
        return found

    def _output_shape(self, layer: Layer) -> Nest:
        if isinstance(layer, Model) and layer.kind != "subclassed" and not layer.nodes:
            return nest_shape(layer.outputs)
        if not layer.nodes:
            return None
        node = layer.nodes[-1]
        shapes = [nest_shape(tensor) for tensor in node.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    def weight(self, weight: Weight, *, is_trained: bool) -> WeightRecord:
        """Return the record of a weight."""
        shape = None if isinstance(weight.shape, Unknown) else weight.shape
        key = self._numbered(self._weight_keys, id(weight))
        return WeightRecord(weight.name, shape, weight_size(weight), is_trained, weight.dtype, weight.why, key)

    def key(self, layer: Layer) -> int:
        """Return a layer's number in the analysis."""
        found = self._layer_keys.get(id(layer))
        return self._numbered(self._layer_keys, id(layer)) if found is None else found

    def _numbered(self, keys: dict[int, int], identity: int) -> int:
        if identity not in keys:
            keys[identity] = self.next_key
            self.next_key += 1
        return keys[identity]

    def events(self, first: int = 0) -> tuple[Event, ...]:
        """Return what happened from number ``first`` on, in order."""
        return tuple(
            Event(
                h.kind,
                h.span,
                self.key(h.subject) if h.subject is not None else 0,
                {name: self._fact(value) for name, value in _facts(h).items()} if h.facts else {},
            )
            for h in self.machine.builder.happenings[first:]
        )

    def _fact(self, value: object) -> object:
        """Return a fact with its layers replaced by their keys."""
        match value:
            case Layer():
                return self.key(value)
            case tuple() | list() if any(isinstance(item, Layer | dict) for item in value):
                return [self._fact(item) for item in value]
            case dict():
                return {name: self._fact(item) for name, item in value.items()}
            case _:
                return value


def _facts(happening: Happening) -> Mapping[str, object]:
    """Return the facts of an event; the head of a model that was compiled before its ``call`` ran is known by now."""
    model = happening.subject
    if happening.kind != "compiled" or not isinstance(model, Model) or model.kind != "subclassed":
        return happening.facts
    return {**happening.facts, "heads": heads_of(model)}


def count_of_records(weights: Iterable[WeightRecord]) -> Count:
    """Return the counts of weights, each recorded once."""
    total: Dim = 0
    trainable: Dim = 0
    for weight in weights:
        if weight.params is None:
            return Count(None, None, None)
        total = total + weight.params
        if weight.trainable:
            trainable = trainable + weight.params
    return Count(total, trainable, total - trainable)


def track_all(layer: Layer, keras: Keras, depth: int = 0) -> None:
    """Bring the sublayers of a layer and of all below it up to date."""
    if depth > 40:
        return
    track(layer, keras)
    for child in layer.children:
        track_all(child, keras, depth + 1)


def layers_in(layer: Layer, depth: int = 0) -> Iterable[Layer]:
    """Yield a layer and all that it holds."""
    yield layer
    if depth < 40:
        for child in layer.children:
            yield from layers_in(child, depth + 1)


def troubles(layer: Layer, depth: int = 0) -> Iterable[Unknown]:
    """Yield why weights of a model are not known, one a layer."""
    if layer.trouble is not None:
        yield layer.trouble
        return
    if isinstance(layer.trainable, Unknown):
        yield layer.trainable
    for weight in layer.weights:
        if isinstance(weight.shape, Unknown):
            yield weight.shape
            break
    if depth < 40:
        for child in layer.children:
            yield from troubles(child, depth + 1)


def _has_weights(model: Model, keras: Keras) -> bool:
    if model.kind == "subclassed":
        return model.built and (bool(model.nodes) or _any_built(model))
    return model.built or (model.kind == "sequential" and _shows_built_layers(model, keras))


def _shows_built_layers(model: Model, keras: Keras) -> bool:
    """Return whether a Sequential without an input has the weights of layers of other models: Keras 3 lists them."""
    return keras is Keras.THREE and bool(model.layers) and all(layer.built for layer in model.layers)


def _any_built(model: Model) -> bool:
    return any(weight for weight in model.weights) or any(child.built for child in model.children)


def _problem(unknown: Unknown) -> Problem:
    where = f" (line {unknown.where.line})" if unknown.where is not None else ""
    return Problem(unknown.why.value, f"{unknown.what}{where}", unknown.where)


def _collect_symbols(shape: Nest, names: set[str]) -> None:
    if isinstance(shape, dict):
        shape = list(shape.values())
    for entry in shape or ():
        if type(entry) is int or entry is None:
            continue
        if isinstance(entry, Poly):
            names.update(symbols(entry))
        elif isinstance(entry, tuple | list | dict):
            _collect_symbols(entry, names)


def nest_shape(value: object) -> Nest:
    """Return the shapes of a nest of tensors, None where they are not known."""
    match value:
        case Tensor() | Array():
            shape = value.shape
            return shape if isinstance(shape, tuple) else None
        case list() | tuple():
            return [nest_shape(item) for item in value]
        case dict():
            return {str(key): nest_shape(item) for key, item in value.items()}
        case _:
            return None


_PLAIN = frozenset({int, float, str, bool, type(None)})


def is_plain(value: object) -> bool:
    """Return whether an argument is a plain value that rules may read."""
    if isinstance(value, tuple | list):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, int | float | str | bool | Poly)


def plain_arguments(arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments that rules may read: plain values, and activations and initializers by their names."""
    plain: dict[str, object] = {}
    for name, value in arguments.items():
        if type(value) in _PLAIN or is_plain(value):
            plain[name] = value
        elif isinstance(value, KerasObject) and value.family in {"function", "initializers"}:
            plain[name] = value.class_name
        elif isinstance(value, RawNative | Module) and value.name.startswith(
            ("keras.activations.", "keras.ops.", "tf.nn.")
        ):
            plain[name] = value.name.rpartition(".")[2]
    return plain


def assumptions_of(choices: Iterable[object]) -> tuple[Assumption, ...]:
    """Return choices as assumptions."""
    get = operator.attrgetter("words", "where")
    result = []
    for choice in choices:
        words, where = get(choice)
        result.append(Assumption(where.line if where is not None else 0, words, where))
    return tuple(result)


def unknown_model(target: str, path: str, unknown: Unknown) -> ModelRecord:
    """Return the record of a target that did not evaluate to a model."""
    return ModelRecord(
        key=0,
        target=target,
        returned=True,
        span=unknown.where or Span(path, 1, 1, 1, 1),
        function=None,
        variables=(),
        name="",
        class_name="",
        kind="functional",
        built=False,
        certainty="unknown",
        assumptions=(),
        symbols={},
        count=Count(None, None, None),
        unresolved=(_problem(unknown),),
        layers=(),
        rows=(),
        inputs=None,
        outputs=None,
    )


def directive_record(source: SourceFile, directive: Directive) -> DirectiveRecord:
    """Return the record of a comment to keraslint."""
    line, column, cell = source.position(directive.start)
    end_line, end_column, _ = source.position(directive.end)
    return DirectiveRecord(
        name=directive.name,
        span=Span(source.path, line, column, end_line, end_column, cell),
        codes=tuple(directive.codes),
        arguments=dict(directive.arguments),
        alone=directive.alone,
        applies_to=directive.applies_to,
        error=directive.error,
    )
