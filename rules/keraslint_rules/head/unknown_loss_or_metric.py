"""KL405 unknown-loss-or-metric."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, Edit, Event, Fix, Rule, Settings, Severity, Span
from keraslint_rules.head.losses import is_mapping
from keraslint_rules.head.names import (
    ACCURACY_2,
    ACCURACY_3,
    LOSSES_2,
    LOSSES_3,
    METRICS_2,
    METRICS_3,
    OPTIMIZERS_2,
    OPTIMIZERS_3,
)
from keraslint_rules.occurrences import events_of, numbered_events
from keraslint_rules.records import once, span_text


class UnknownLossOrMetric(Rule):
    """`compile` is given a loss, metric or optimizer by a name that Keras does not have.

    ## Why

    `compile` takes any string for a loss or metric; the first `fit` or `evaluate` looks it up and raises. An optimizer's
    name is looked up at once. The names differ between the versions: `precision`, `recall`, `auc` and `f1_score` in lower case are Keras 3's, `ce` and `huber_loss` Keras 2's.

    Nothing is reported in a file that registers names of its own.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_cross_entropy", metrics=["accuracy"])  # KL405
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy", "AUC"])
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((16,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    ```

    ## References

    - [Losses](https://keras.io/api/losses/) and [metrics](https://keras.io/api/metrics/)
    """

    code = "KL405"
    name = "unknown-loss-or-metric"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each name of a loss or metric that Keras does not know."""
        del settings
        if numbered_events(analysis, "compiled") and not _OWN_NAMES.search(analysis.text):
            yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        is_new = analysis.keras == "3"
        losses = LOSSES_3 if is_new else LOSSES_2
        metrics = METRICS_3 if is_new else METRICS_2
        for event in events_of(analysis, "compiled"):
            if event.span is None:
                continue
            given = event.facts.get("optimizer")
            optimizers = OPTIMIZERS_3 if is_new else OPTIMIZERS_2
            if isinstance(given, str) and given not in {"?", ""} and given.lower() not in optimizers:
                yield self._finding(analysis, event.span, "optimizer", given, optimizers)
            for name in _names(event, "loss"):
                if name not in losses:
                    yield self._finding(analysis, event.span, "loss", name, losses)
            for kind in ("metrics", "weighted_metrics"):
                for name in _names(event, kind):
                    if name not in metrics and name.lower() not in (ACCURACY_3 if is_new else ACCURACY_2):
                        yield self._finding(analysis, event.span, "metric", name, metrics | ACCURACY_3)

    def _finding(self, analysis: Analysis, span: Span, kind: str, name: str, known: frozenset[str]) -> Diagnostic:
        nearest = _nearest(name, known)
        hint = f"; did you mean `{nearest}`?" if nearest is not None else f"; pass a function or a `{kind}` object"
        where = "`compile` raises" if kind == "optimizer" else "`fit` will raise"
        message = f"Keras {analysis.keras} has no {kind} `{name}`, and {where}{hint}"
        return self.report(message, span, fix=_fix(analysis, span, name, nearest))


_OWN_NAMES = re.compile(r"custom_object|register_keras_serializable")


def _names(event: Event, argument: str) -> Iterator[str]:
    """Yield the names in an argument of ``compile``: alone, in lists, by output."""
    waiting = [event.facts.get(argument)]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, str) and value not in {"?", ""}:
            yield value
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict) and is_mapping(value):
            waiting.extend(value.values())


def _nearest(name: str, known: frozenset[str]) -> str | None:
    same = [other for other in sorted(known) if _plain(other) == _plain(name)]
    if same:
        return next((other for other in same if other.islower() == name.islower()), same[0])
    near = difflib.get_close_matches(name, sorted(known), 1, 0.7)
    return near[0] if near else None


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()


def _fix(analysis: Analysis, span: Span, name: str, nearest: str | None) -> Fix | None:
    """Return the fix that writes the nearest name, where the wrong one stands once in the call."""
    text = span_text(analysis, span)
    quoted = list(re.finditer(rf"(?P<quote>[\"']){re.escape(name)}(?P=quote)", text))
    if nearest is None or len(quoted) != 1:
        return None
    match = quoted[0]
    content = f"{text[: match.start()]}{match['quote']}{nearest}{match['quote']}{text[match.end() :]}"
    return Fix(f'use "{nearest}"', Applicability.UNSAFE, (Edit(span, content),))
