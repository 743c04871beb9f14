"""KL406 outputs-config-mismatch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keraslint import Analysis, Diagnostic, LayerRecord, ModelRecord, Related, Rule, Settings, Severity, did_you_mean
from keraslint_rules.head.losses import Compiled, Head, compiled, is_mapping
from keraslint_rules.records import Records, once

Fault = tuple[str, Severity]


class OutputsConfigMismatch(Rule):
    """The losses, metrics or loss weights of `compile` do not go with the model's outputs.

    ## Why

    A dict is matched with the outputs by name, a list by place. `compile` accepts all of them; `fit` raises, or
    trains without the output that was left out. What it does depends on the version:

    - a key that is no output raises in both, but for a metric of a model with one output in Keras 3;
    - a dict of losses has to name every output in Keras 3; in Keras 2 an output that it leaves out is not trained;
    - `metrics=["accuracy"]` for a model of two outputs raises in Keras 3, which wants a list or dict with an entry
      for each; Keras 2 measures every output with it;
    - a list of losses that is longer raises in Keras 3; one that is shorter leaves outputs untrained in both;
    - a dict of losses for a `Sequential` raises in Keras 3.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    age = layers.Dense(1, name="age")(inputs)
    kind = layers.Dense(3, activation="softmax", name="kind")(inputs)
    model = keras.Model(inputs, [age, kind])
    model.compile("adam", {"age": "mse", "kinds": "sparse_categorical_crossentropy"})  # KL406
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    age = layers.Dense(1, name="age")(inputs)
    kind = layers.Dense(3, activation="softmax", name="kind")(inputs)
    model = keras.Model(inputs, [age, kind])
    model.compile(
        "adam",
        {"age": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"age": 0.5, "kind": 1.0},
        metrics={"kind": ["accuracy"]},
    )
    ```

    ## References

    - [`Model.compile`](https://keras.io/api/models/model_training_apis/)
    """

    code = "KL406"
    name = "outputs-config-mismatch"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each `compile` whose arguments do not go with the outputs."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for item in compiled(analysis):
            records = records or Records(analysis)
            model = records.models.get(item.event.subject)
            if model is None or model.kind == "subclassed":
                continue
            for message, severity in _faults(item, model, is_new=analysis.keras == "3"):
                layers = [records.layers.get(head.layer) for head in item.heads]
                yield self.report(message, item.span, related=_related(item.heads, layers), severity=severity)


def _related(heads: Sequence[Head], layers: Sequence[LayerRecord | None]) -> tuple[Related, ...]:
    return tuple(
        Related(f"the output `{_name(head)}`", layer.span)
        for head, layer in zip(heads[:4], layers, strict=False)
        if layer is not None and layer.span is not None
    )


def _faults(item: Compiled, model: ModelRecord, *, is_new: bool) -> Iterator[Fault]:
    facts, heads = item.event.facts, item.heads
    loss, metrics, weights = facts.get("loss"), facts.get("metrics"), facts.get("loss_weights")
    if isinstance(loss, dict) and is_mapping(loss):
        if is_new and model.kind == "sequential":
            yield "Keras 3 takes no dict of losses for a `Sequential`; pass the loss itself", Severity.ERROR
            return
        yield from _keys("loss", loss, heads, Severity.ERROR)
        missing = _missing(loss, heads)
        if is_new and missing and len(heads) > 1 and not _unknown(loss, heads):
            yield f"no loss for {_list(missing)}: Keras 3 wants one for every output; add it, or None", Severity.ERROR
    elif isinstance(loss, list):
        yield from _loss_list(loss, heads, is_new=is_new)
    if isinstance(metrics, dict) and is_mapping(metrics) and (len(heads) > 1 or not is_new):
        yield from _keys("metrics", metrics, heads, Severity.ERROR)
    elif isinstance(metrics, list) and metrics and 1 < len(heads) != len(metrics):
        is_nested = all(isinstance(entry, list) for entry in metrics)
        if is_new or is_nested:
            what = f"a list of {len(metrics)} metric{'s'[: len(metrics) != 1]} for {len(heads)} outputs"
            yield f"{what}; give a dict by output, or a list with an entry for each", Severity.ERROR
    yield from _weights(weights, loss, heads, is_new=is_new)


def _loss_list(loss: list[object], heads: Sequence[Head], *, is_new: bool) -> Iterator[Fault]:
    if len(loss) > len(heads):
        what = f"{len(loss)} losses for {len(heads)} output{'s'[: len(heads) != 1]}"
        if is_new and len(heads) > 1:
            yield f"{what}: `fit` raises; give one for each", Severity.ERROR
        else:
            yield f"{what}: one output cannot have two; add outputs, or one loss that sums them", Severity.WARNING
    elif len(loss) < len(heads):
        left = [_name(head) for head in heads[len(loss) :]]
        message = (
            f"{len(loss)} loss{'es'[: 2 * (len(loss) != 1)]} for {len(heads)} outputs: {_list(left)} is not trained"
        )
        yield f"{message}; give one for each", Severity.WARNING


def _weights(weights: object, loss: object, heads: Sequence[Head], *, is_new: bool) -> Iterator[Fault]:
    if isinstance(weights, dict):
        if not is_new:
            yield from _keys("loss_weights", weights, heads, Severity.ERROR)
        elif isinstance(loss, dict) and is_mapping(loss) and len(heads) > 1 and _missing(weights, heads):
            message = f"no weight for {_list(_missing(weights, heads))}: Keras 3 raises; give one for every output"
            yield message, Severity.ERROR
        else:
            yield from _keys("loss_weights", weights, heads, Severity.WARNING)
    elif isinstance(weights, list) and is_new and "?" not in weights:
        number = len(loss) if isinstance(loss, list) else 1 if len(heads) == 1 else len(weights)
        if isinstance(loss, dict) and is_mapping(loss):
            return
        if len(weights) != number:
            yield f"{len(weights)} loss weights for {number} losses: Keras 3 raises; give one for each", Severity.ERROR


def _keys(argument: str, given: dict[str, object], heads: Sequence[Head], severity: Severity) -> Iterator[Fault]:
    for key in _unknown(given, heads):
        names = sorted({_name(head) for head in heads})
        hint = did_you_mean(key, names) or f"; the output{'s are' if len(names) > 1 else ' is'} {_list(names)}"
        yield f"`{argument}` names `{key}`, which is no output{hint}", severity


def _unknown(given: dict[str, object], heads: Sequence[Head]) -> list[str]:
    """Return the keys that are no output; automatic names may be numbered otherwise, so their stems are enough."""
    names = {name for head in heads for name in (head.output, head.key) if name is not None}
    stems = {re.sub(r"_\d+$", "", head.output) for head in heads if head.is_automatic}
    return [key for key in given if key not in names and re.sub(r"_\d+$", "", key) not in stems]


def _missing(given: dict[str, object], heads: Sequence[Head]) -> list[str]:
    if any(head.is_automatic and head.key is None for head in heads):
        return []
    return [_name(head) for head in heads if head.key not in given and head.output not in given]


def _name(head: Head) -> str:
    return head.key if head.key is not None else head.output


def _list(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names[:4])
