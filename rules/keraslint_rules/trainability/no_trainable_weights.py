"""KL206 no-trainable-weights."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Event, Related, Rule, Settings, Severity, Span
from keraslint_rules.numbers import count_text
from keraslint_rules.occurrences import numbered_events
from keraslint_rules.records import Records, once


class NoTrainableWeights(Rule):
    """A model is trained though nothing in it can be.

    ## Why

    `fit` runs and reports a loss, and no weight moves: all of them are frozen. Keras 3 warns, Keras 2 says nothing.

    In a GAN of Keras 3 this happens to a discriminator that is frozen right after its `compile`: what is trained is
    fixed by its first step, not by `compile` as in Keras 2. Set `trainable = True` before its step and False before
    that of the combined model, or train it in a `train_step` of its own.

    ## Bad

    ```python
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1)])
    model.trainable = False
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))  # KL206
    ```

    ## Good

    ```python
    import keras
    import numpy as np

    base = keras.Sequential([keras.Input((16,)), keras.layers.Dense(8)])
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    ```
    """

    code = "KL206"
    name = "no-trainable-weights"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each training that trains nothing."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for index, event in numbered_events(analysis, "fitted"):
            facts = event.facts
            if not facts.get("compiled") or event.span is None:
                continue
            total = facts.get("total")
            if facts.get("trained") != 0 or facts.get("said") != 0 or not isinstance(total, int) or total == 0:
                continue
            records = records or Records(analysis)
            frozen = _frozen_at(records, analysis.events[:index], event)
            related = tuple(Related("frozen here", span) for span in frozen[:3])
            name = records.name(event.subject)
            message = f"`{name}` is trained, but none of its {count_text(total)} parameters is trainable"
            yield self.report(f"{message}; unfreeze what is to learn and compile", event.span, related=related)


def _frozen_at(records: Records, before: tuple[Event, ...], fit: Event) -> list[Span]:
    inside = records.inside(fit.subject)
    return list(
        dict.fromkeys(
            event.span
            for event in reversed(before)
            if event.kind == "trainable-set"
            and event.facts.get("value") is False
            and event.subject in inside
            and event.span is not None
        )
    )
