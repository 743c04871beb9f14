"""KL212 trainable-set-without-effect."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, Dim, Event, Fix, Rule, Settings, Severity, Span
from keraslint_rules.numbers import params_text
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, line_before, once, span_text


class TrainableSetWithoutEffect(Rule):
    """`trainable` is set to what it already is, so in Keras 3 nothing below changes.

    ## Why

    With the TensorFlow backend of Keras 3, setting an attribute to the object that it already holds returns early.
    Layers that a loop froze one by one leave the model's own flag True, so a later `base.trainable = True` does not
    reach them: they stay frozen, while Keras 2 unfreezes them all. The same holds for False on a model that is False
    while layers in it were set True.

    The finding says how many parameters stay as they were. Setting the other value first makes the line work; so
    does a loop over the layers.

    ## Bad

    ```python
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.Dense(8)], name="backbone")
    for layer in base.layers:
        layer.trainable = False
    model = keras.Sequential([base, layers.Dense(1)])
    base.trainable = True  # KL212
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.Dense(8)], name="backbone")
    base.trainable = False
    model = keras.Sequential([base, layers.Dense(1)])
    base.trainable = True
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.Dense(8)], name="backbone")
    for layer in base.layers:
        layer.trainable = False
    model = keras.Sequential([base, layers.Dense(1)])
    base.trainable = False
    base.trainable = True
    ```

    ## References

    - `AutoTrackable.__setattr__` in `tensorflow/python/trackable/autotrackable.py`
    """

    code = "KL212"
    name = "trainable-set-without-effect"
    severity = Severity.WARNING
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each assignment of `trainable` that Keras 3 does not carry out."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for event in events_of(analysis, "trainable-set"):
            stays = event.facts.get("stays")
            if event.span is None or not isinstance(stays, Dim) or stays == 0:
                continue
            records = records or Records(analysis)
            yield self._finding(analysis, records, event, event.span, stays)

    def _finding(self, analysis: Analysis, records: Records, event: Event, span: Span, stays: Dim) -> Diagnostic:
        value = bool(event.facts.get("value"))
        name = records.name(event.subject)
        state = "frozen" if value else "trainable"
        message = (
            f"`{name}.trainable` is {value} already, so Keras 3 does nothing: {params_text(stays)} stay{'s'[: stays == 1]} "
            f"{state}; set it to {not value} first"
        )
        return self.report(message, span, fix=_fix(analysis, span, value=value))


def _fix(analysis: Analysis, span: Span, *, value: bool) -> Fix | None:
    target = re.match(r"\s*([\w.]+)\.trainable\s*$", span_text(analysis, span))
    edit = line_before(analysis, span, f"{target[1]}.trainable = {not value}") if target is not None else None
    if edit is None:
        return None
    return Fix(f"set it to {not value} first", Applicability.SAFE, (edit,), changes_counts=True)
