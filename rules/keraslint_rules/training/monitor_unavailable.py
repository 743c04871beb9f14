"""KL702 monitor-unavailable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from keraslint import Analysis, Applicability, Diagnostic, Edit, Event, Fix, Related, Rule, Settings, Severity, Span
from keraslint_rules.head.losses import is_mapping
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import once, span_text

_WATCHERS = {"EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"}
_ALWAYS = {"loss", "lr", "learning_rate"}


class MonitorUnavailable(Rule):
    """A callback waits for a number that the training never has.

    ## Why

    `EarlyStopping`, `ReduceLROnPlateau` and `ModelCheckpoint(save_best_only=True)` watch `val_loss` unless they are
    told otherwise. Without validation data there is none: training never stops, the rate is never lowered, and no
    file is saved. A warning at each epoch is all.

    A metric is logged under the name that `compile` was given: `accuracy` gives `val_accuracy`, `acc` gives
    `val_acc`. Watching the other name has the same effect in Keras 2; Keras 3 raises after the first epoch, for it
    does not know whether that number should rise or fall.

    ## Bad

    ```python
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_acc", patience=3)  # KL702
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)), validation_split=0.25, callbacks=[stop])
    ```

    ```python
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(
        np.zeros((8, 16)),
        np.zeros((8, 1)),
        callbacks=[keras.callbacks.EarlyStopping(patience=3)],  # KL702
    )
    ```

    ## Good

    ```python
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=3)
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)), validation_split=0.25, callbacks=[stop])
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)), callbacks=[keras.callbacks.EarlyStopping("loss")])
    ```

    ## Fixed

    ```python
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=3)
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)), validation_split=0.25, callbacks=[stop])
    ```

    ## References

    - [EarlyStopping](https://keras.io/api/callbacks/early_stopping/)
    """

    code = "KL702"
    name = "monitor-unavailable"
    severity = Severity.ERROR
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each callback that watches what is not there."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        compiled: dict[int, Event] = {}
        for event in events_of(analysis, "compiled", "fitted"):
            if event.kind == "compiled":
                compiled[event.subject] = event
            elif event.facts.get("callbacks") and event.span is not None:
                names = _logged(compiled.get(event.subject), analysis)
                for callback in _callbacks(event.facts["callbacks"]):
                    yield from self._of_callback(analysis, event, event.span, callback, names)

    def _of_callback(
        self, analysis: Analysis, fit: Event, where: Span, callback: Mapping[str, object], names: set[str] | None
    ) -> Iterator[Diagnostic]:
        monitor, kind, place = callback.get("monitor", "val_loss"), callback["$class"], callback.get("$span")
        if not isinstance(monitor, str) or monitor == "?" or not isinstance(place, Span):
            return
        if kind == "ModelCheckpoint" and callback.get("save_best_only", False) is not True:
            return
        related = (Related("the training", where),)
        base = monitor.removeprefix("val_")
        if monitor != base and fit.facts.get("validates") is False:
            message = f"`{kind}` watches `{monitor}`, but `fit` has no validation data; give it some, or watch `{base}`"
            yield self.report(message, place, related=related)
        elif names is not None and base not in names | _ALWAYS:
            logged = sorted(names)
            other = next((name for name in logged if {name, base} == {"acc", "accuracy"}), None)
            prefix = monitor[: len(monitor) - len(base)]
            way_out = (
                f"watch `{prefix}{other}`" if other else f"there is {_list([prefix + n for n in ['loss', *logged]])}"
            )
            fix = _rename(analysis, place, monitor, prefix + other) if other is not None else None
            yield self.report(
                f"`{kind}` watches `{monitor}`, which is not logged; {way_out}", place, related=related, fix=fix
            )


def _callbacks(given: object) -> Iterator[Mapping[str, object]]:
    for item in given if isinstance(given, list) else [given]:
        if isinstance(item, dict) and item.get("$class") in _WATCHERS:
            yield item


def _logged(event: Event | None, analysis: Analysis) -> set[str] | None:
    """Return the names of the metrics that a model with one output logs; None where they are not all known."""
    if event is None or re.search(r"\badd_metric\b|\bdef train_step\b", analysis.text):
        return None
    heads, given = event.facts.get("heads"), event.facts.get("metrics")
    if not isinstance(heads, list) or len(heads) != 1 or event.facts.get("weighted_metrics"):
        return None
    if is_mapping(given):
        return None
    items = given if isinstance(given, list) else [] if given is None else [given]
    names: set[str] = set()
    for item in items:
        name = _name(item)
        if name is None:
            return None
        names.add(name)
    return names


def _name(metric: object) -> str | None:
    """Return the name of a metric that is given by a plain name or carries one; None for any other."""
    if isinstance(metric, str):
        return metric if metric != "?" and metric.islower() else None
    if isinstance(metric, dict):
        named, function = metric.get("name"), metric.get("$function")
        return named if isinstance(named, str) else function if isinstance(function, str) else None
    return None


def _list(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:4])


def _rename(analysis: Analysis, place: Span, old: str, new: str) -> Fix | None:
    text = span_text(analysis, place)
    changed, number = re.subn(rf"([\"']){re.escape(old)}\1", rf"\g<1>{new}\g<1>", text)
    if number != 1:
        return None
    return Fix(f"watch `{new}`", Applicability.SAFE, (Edit(place, changed),))
