"""KL209 unexpected-non-trainable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keraslint import (
    Analysis,
    Diagnostic,
    Dim,
    LayerRecord,
    ModelRecord,
    Related,
    Rule,
    Settings,
    Severity,
    SourceFile,
    Span,
    WeightRecord,
    class_bounds,
    layers_of,
    name_matches,
    source_of,
    span_between,
)
from keraslint_rules.numbers import count_text, line_text
from keraslint_rules.occurrences import events_of, numbered_events

_BY_KERAS = {"statistic", "count", "quantized", "lora", "seed"}
"""Why Keras itself leaves a weight untrained: no freeze, and nothing to wonder at."""


class UnexpectedNonTrainable(Rule):
    """A model has non-trainable weights that nothing explains.

    ## Why

    "Non-trainable params: 64" has good reasons: the moving statistics of BatchNormalization, the mean and variance of
    Normalization, a scale of quantisation, a layer that the program freezes. What has none of these is usually a
    mistake, and nothing at run time tells it: the loss goes down, only less far.

    Reported are

    - weights that a custom layer makes with `add_weight(…, trainable=False)` and a random initializer, and that the
      file never assigns: they keep the random values that they began with;
    - layers that froze because another model that shares them was frozen, after this model was made: the line that
      froze them does not speak of this model;
    - weights that are not trained though no line froze them.

    A freeze that is written for the layer, for a model in it or for a model around it explains itself. Any other that
    is meant says so: `# keraslint: frozen` on the line of the freeze, of the layer or of the model, or above it.

    ## Bad

    ```python
    import keras


    class Gate(keras.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=(8,), initializer="random_normal", trainable=False)  # KL209

        def call(self, inputs):
            return inputs * self.scale


    model = keras.Sequential([keras.Input((8,)), Gate(), keras.layers.Dense(4)])
    ```

    ```python
    import keras

    inputs = keras.Input((16,))
    trunk = keras.layers.Dense(32)(inputs)
    age = keras.Model(inputs, keras.layers.Dense(1)(trunk), name="age")
    name = keras.Model(inputs, keras.layers.Dense(90)(trunk), name="name")
    age.trainable = False  # KL209
    ```

    ## Good

    ```python
    import keras

    base = keras.Sequential([keras.Input((16,)), keras.layers.Dense(32), keras.layers.BatchNormalization()])
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(4)])
    ```

    ```python
    import keras

    inputs = keras.Input((16,))
    trunk = keras.layers.Dense(32)(inputs)
    age = keras.Model(inputs, keras.layers.Dense(1)(trunk), name="age")
    name = keras.Model(inputs, keras.layers.Dense(90)(trunk), name="name")
    age.trainable = False  # keraslint: frozen
    ```

    ## Options

    `allow-non-trainable = ["BatchNormalization", "backbone*"]` lists globs over the names and classes of layers and the
    names of models whose non-trainable weights are as they should be.
    """

    code = "KL209"
    name = "unexpected-non-trainable"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each cause of non-trainable weights that explains nothing, once."""
        seen: set[tuple[str, Span]] = set()
        frozen = _Freezes(analysis)
        for model in analysis.models:
            if model.count.non_trainable == 0 or _is_allowed([model.name, model.class_name], settings):
                continue
            for finding in self._of_model(model, frozen, settings):
                if (finding.message, finding.span) not in seen:
                    seen.add((finding.message, finding.span))
                    yield finding

    def _of_model(self, model: ModelRecord, frozen: _Freezes, settings: Settings) -> Iterator[Diagnostic]:
        shared: dict[Span, list[tuple[LayerRecord, WeightRecord]]] = {}
        for layer in _leaves(model, settings):
            bare = [weight for weight in layer.weights if not weight.trainable and weight.why not in _BY_KERAS]
            if not bare or frozen.is_meant([layer.span, layer.frozen_at, model.span]):
                continue
            declared = [weight for weight in bare if weight.why == "declared"]
            yield from self._declared(layer, declared, frozen)
            unexplained: list[WeightRecord] = []
            for weight in bare:
                if weight.why == "declared":
                    continue
                where = frozen.where(layer, weight)
                if where is None:
                    unexplained.append(weight)
                elif frozen.is_foreign(where, model) and not frozen.is_meant([where]):
                    shared.setdefault(where, []).append((layer, weight))
            if unexplained and frozen.knows(layer):
                yield self._unexplained(layer, model, unexplained)
        for where, weights in shared.items():
            yield self._shared(where, weights, model, frozen)

    def _declared(self, layer: LayerRecord, weights: Sequence[WeightRecord], frozen: _Freezes) -> Iterator[Diagnostic]:
        for owner in frozen.custom_owners(layer, weights):
            names = {weight.name for weight in owner.weights if weight.why == "declared"}
            for where, name in _never_assigned(frozen.source, owner.class_name, names):
                if frozen.is_meant([where]):
                    continue
                message = (
                    f"`{name}` of `{owner.class_name}` keeps its random values: it is not trained and never assigned"
                )
                related = (Related(f"{owner.name} is made here", owner.span),) if owner.span is not None else ()
                yield self.report(f"{message}; drop `trainable=False`", where, related=related)

    def _shared(
        self, where: Span, weights: Sequence[tuple[LayerRecord, WeightRecord]], model: ModelRecord, frozen: _Freezes
    ) -> Diagnostic:
        other = frozen.model_frozen_at(where)
        count = _total(weight for _, weight in weights)
        layers = list({layer.key: layer for layer, _ in weights}.values())
        head = (
            f"this freezes {count_text(count)} parameters of `{model.name}`"
            if count is not None
            else (f"this freezes weights of `{model.name}`")
        )
        shares = f" too, which shares {len(layers)} layer{'s'[: len(layers) != 1]} with `{other}`"
        related = [Related(f"`{model.name}` is made here", model.span)]
        related += [Related(f"{layer.name} is frozen with it", layer.span) for layer in layers[:3] if layer.span]
        notes = ("if that is meant, say so on this line: # keraslint: frozen",)
        return self.report(head + shares, where, related=tuple(related), notes=notes)

    def _unexplained(self, layer: LayerRecord, model: ModelRecord, weights: Sequence[WeightRecord]) -> Diagnostic:
        count = _total(weights)
        amount = f"{count_text(count)} parameters" if count is not None else "weights"
        names = ", ".join(weight.name for weight in weights[:4])
        message = f"`{layer.name}` has {amount} ({names}) that are not trained, and nothing freezes them"
        notes = (f"a layer of `{model.name}` ({line_text(model.span, layer.span.path if layer.span else '')})",)
        return self.report(message, layer.span or model.span, notes=notes)


@dataclass(slots=True)
class _Freezes:
    """What the program freezes, where, and which comments call it meant."""

    analysis: Analysis

    @property
    def source(self) -> SourceFile:
        """The analysed text."""
        return source_of(self.analysis)

    def knows(self, layer: LayerRecord) -> bool:
        """Whether the records of all layers are of the same run as this one."""
        return any(other.key == layer.key and other.name == layer.name for other in self.analysis.layers)

    def is_meant(self, places: Iterable[Span | None]) -> bool:
        """Whether a comment says of one of these places that the freeze is meant."""
        lines = {(item.applies_to or item.span.line, item.span.cell) for item in self.analysis.directives
                 if item.name == "frozen" and not item.error}  # fmt: skip
        return any(
            place is not None
            and place.path == self.analysis.path
            and ((place.line, place.cell) in lines or (place.end_line, place.cell) in lines)
            for place in places
        )

    def where(self, layer: LayerRecord, weight: WeightRecord) -> Span | None:
        """Return where a weight was frozen: through its layer, or through one in or around it that holds the weight."""
        if layer.frozen_at is not None:
            return layer.frozen_at
        for other in self.analysis.layers:
            if other.frozen_at is not None and any(item.key == weight.key for item in other.weights):
                return other.frozen_at
        return next((m.span for m in self.analysis.models if self._holds(m, layer) and self._is_frozen(m)), None)

    def is_foreign(self, where: Span, model: ModelRecord) -> bool:
        """Whether a freeze is of another model that only overlaps with this one, and came after it was made."""
        at = [(i, event) for i, event in numbered_events(self.analysis, "trainable-set") if event.span == where]
        models = {other.key: other for other in self.analysis.models}
        built = [i for i, event in numbered_events(self.analysis, "built") if event.subject == model.key]
        if not at or not built or at[-1][0] < built[-1]:
            return False
        return all(event.subject in models and _overlap_only(models[event.subject], model) for _, event in at)

    def model_frozen_at(self, where: Span) -> str:
        """Return the name of the model that a line freezes."""
        keys = [event.subject for event in events_of(self.analysis, "trainable-set") if event.span == where]
        return next((model.name for model in self.analysis.models if model.key in keys), "another model")

    def custom_owners(self, layer: LayerRecord, weights: Sequence[WeightRecord]) -> list[LayerRecord]:
        """Return the custom layers that hold declared weights themselves: the innermost ones."""
        keys = {weight.key for weight in weights}
        holders = [other for other in (*self.analysis.layers, layer)
                   if other.is_custom and keys & {weight.key for weight in other.weights}]  # fmt: skip
        return list({holder.key: holder for holder in holders}.values())

    def _holds(self, model: ModelRecord, layer: LayerRecord) -> bool:
        return any(other.key == layer.key for other in layers_of(model))

    def _is_frozen(self, model: ModelRecord) -> bool:
        return model.count.trainable == 0


def _leaves(model: ModelRecord, settings: Settings) -> Iterator[LayerRecord]:
    """Yield the layers with weights of a model, inside nested models too, but for those that the settings allow."""
    waiting: list[LayerRecord] = list(model.layers)
    seen: set[int] = set()
    allows = bool(settings.allow_non_trainable)
    while waiting:
        layer = waiting.pop(0)
        if layer.key in seen or (allows and _is_allowed([layer.name, layer.class_name], settings)):
            continue
        seen.add(layer.key)
        if layer.layers:
            waiting.extend(layer.layers)
        elif layer.weights:
            yield layer


def _is_allowed(names: Sequence[str], settings: Settings) -> bool:
    return any(name_matches(name, pattern) for pattern in settings.allow_non_trainable for name in names)


def _overlap_only(frozen: ModelRecord, model: ModelRecord) -> bool:
    """Whether two models share layers and each has weights of its own besides, neither being a part of the other."""
    if frozen.key == model.key:
        return False
    theirs = {layer.key for layer in layers_of(frozen) if layer.weights}
    ours = {layer.key for layer in layers_of(model) if layer.weights}
    if frozen.key in ours or model.key in theirs:
        return False
    return bool(theirs & ours) and bool(theirs - ours) and bool(ours - theirs)


def _total(weights: Iterable[WeightRecord]) -> Dim | None:
    total: Dim = 0
    for weight in {weight.key: weight for weight in weights}.values():
        if weight.params is None:
            return None
        total = total + weight.params
    return total


_ADD_WEIGHT = re.compile(r"self\.(?P<attribute>\w+)\s*(?::[^=\n]+)?=\s*self\.add_(?:weight|variable)\s*\(")
_RANDOM = re.compile(r"glorot|xavier|he_|lecun|random|uniform|normal|orthogonal|variance_?scaling", re.IGNORECASE)
_ASSIGNS = re.compile(
    r"\bassign|\bupdate\w*\(|set_weights|load_weights|load_own_variables|from_pretrained|\.value\s*=|moving_average|add_update"
)


def _never_assigned(source: SourceFile, class_name: str, names: Iterable[str]) -> Iterator[tuple[Span, str]]:
    """Yield the ``add_weight`` calls of a class that make an untrained random weight, in a file that assigns none."""
    bounds = class_bounds(source, class_name)
    if bounds is None or _ASSIGNS.search(source.text):
        return
    wanted = set(names)
    calls = [(match, _call_text(source.text, match.end())) for match in _ADD_WEIGHT.finditer(source.text, *bounds)]
    declared = [(match, text) for match, text in calls if re.search(r"\btrainable\s*=\s*False\b", text)]
    for match, text in declared:
        given = re.search(r"""\bname\s*=\s*(["'])(.*?)\1""", text)
        initializer = re.search(r"\binitializer\s*=\s*([^,)]*)", text)
        is_random = initializer is None or _RANDOM.search(initializer[1]) is not None
        is_it = given[2] in wanted if given is not None else len(declared) == 1
        if is_random and is_it:
            start = match.start()
            yield span_between(source, start, match.end() + len(text)), match["attribute"]


def _call_text(text: str, start: int) -> str:
    """Return the arguments of a call, with the bracket that closes it."""
    depth = 1
    for position in range(start, min(len(text), start + 2000)):
        depth += (text[position] in "([{") - (text[position] in ")]}")
        if depth == 0:
            return text[start : position + 1]
    return ""
