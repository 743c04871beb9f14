"""KL203 batchnorm-updates-in-fine-tune."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keraslint import Analysis, Applicability, Diagnostic, Event, Fix, Related, Rule, Settings, Severity, Span
from keraslint_rules.numbers import line_text
from keraslint_rules.occurrences import numbered_events
from keraslint_rules.records import Records, line_after, once, span_text
from keraslint_rules.trainability.slices import slices_of, wrong


class BatchnormUpdatesInFineTune(Rule):
    """Fine-tuning moves the statistics of a backbone's BatchNormalization layers.

    ## Why

    An unfrozen BatchNormalization layer replaces its mean and variance, learned on millions of images, by those of
    the few batches at hand, and the features of the backbone are destroyed before the weights have adapted. What
    decides is the layer's own `trainable`, not how many parameters are trained. Calling the backbone with
    `training=False` holds the statistics in Keras 2 only: in a functional model of Keras 3.15 the `training` of the
    model around overrides it, though the guide says otherwise.

    Reported is the line that unfreezes layers of a backbone that was frozen before, or the loop that freezes a part
    of it, where a later `fit` then moves statistics in it. Freezing the BatchNormalization layers again keeps them.

    ## Bad

    ```python
    import keras
    import numpy as np
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.BatchNormalization()], name="backbone")
    base.trainable = False
    inputs = keras.Input((16,))
    model = keras.Model(inputs, layers.Dense(1)(base(inputs, training=False)))
    base.trainable = True  # KL203
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    ```

    ## Good

    ```python
    import keras
    import numpy as np
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.BatchNormalization()], name="backbone")
    base.trainable = False
    inputs = keras.Input((16,))
    model = keras.Model(inputs, layers.Dense(1)(base(inputs, training=False)))
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    ```

    ## Fixed

    ```python
    import keras
    import numpy as np
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), layers.Dense(32), layers.BatchNormalization()], name="backbone")
    base.trainable = False
    inputs = keras.Input((16,))
    model = keras.Model(inputs, layers.Dense(1)(base(inputs, training=False)))
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    ```

    ## References

    - [Transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/)
    - [BatchNormalization](https://keras.io/api/layers/normalization_layers/batch_normalization/)
    """

    code = "KL203"
    name = "batchnorm-updates-in-fine-tune"
    severity = Severity.WARNING
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each line that lets a training move statistics of a backbone."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for index, event in numbered_events(analysis, "fitted"):
            moving = event.facts.get("statistics")
            if not moving or not isinstance(moving, list | tuple) or event.span is None:
                continue
            records = records or Records(analysis)
            cause = _cause(analysis, records, analysis.events[:index], event, set(moving))
            if cause is not None:
                yield self._finding(analysis, records, event.span, *cause)

    def _finding(
        self, analysis: Analysis, records: Records, fit: Span, place: Span, backbone: int, moving: Sequence[int]
    ) -> Diagnostic:
        name, number = records.name(backbone), len(moving)
        plural = "s"[: number != 1]
        message = (
            f"`fit` ({line_text(fit, place.path)}) moves the statistics of {number} BatchNormalization layer{plural} of "
            f"`{name}`; set `trainable = False` on {'them' if number > 1 else 'it'}"
        )
        notes = ("in Keras 3 `training=False` in the call does not hold them",) if analysis.keras == "3" else ()
        related = [Related("the statistics move here", fit)]
        related += [Related(f"{records.layers[key].name}", where) for key in moving[:2]
                    if key in records.layers and (where := records.layers[key].span) is not None]  # fmt: skip
        return self.report(message, place, related=tuple(related), notes=notes, fix=_fix(analysis, place))


def _cause(
    analysis: Analysis, records: Records, before: Sequence[Event], fit: Event, moving: set[int]
) -> tuple[Span, int, list[int]] | None:
    """Return the line that unfroze layers whose statistics move, the backbone, and these layers."""
    slices = [found for found in slices_of(analysis) if wrong(records, found) is None]
    misled = {key for found in slices_of(analysis) if found not in slices and found.value for key in found.taken}
    for event in reversed(before):
        if event.kind != "trainable-set" or not event.facts.get("changed") or event.facts.get("value") is False:
            continue
        hit = sorted(moving & records.inside(event.subject))
        if hit and (event.span is None or event.subject in misled):
            return None
        if hit and event.span is not None:
            return event.span, _backbone(records, event.subject, fit.subject), hit
    for found in slices:
        if found.value or not found.taken or found.model == fit.subject:
            continue
        left = {key for of in found.of if of not in found.taken for key in records.inside(of)}
        hit = sorted(moving & left)
        if hit and any(event.span == found.span for event in before):
            return found.span, found.model, hit
    return None


def _backbone(records: Records, subject: int, fitted: int) -> int:
    """Return the innermost model that holds a layer, or the layer itself where it is a model."""
    if subject in records.models:
        return subject
    holders = [key for key in records.models if key != fitted and subject in records.inside(key)]
    return min(holders, key=lambda key: len(records.inside(key))) if holders else subject


_UNFREEZES = re.compile(r"\s*([\w.]+)\.trainable\s*$")


def _fix(analysis: Analysis, place: Span) -> Fix | None:
    """Return the fix that freezes the BatchNormalization layers behind a line ``base.trainable = True``."""
    target = _UNFREEZES.match(span_text(analysis, place))
    name = _class_name(analysis.text)
    if target is None or name is None:
        return None
    loop = f"for layer in {target[1]}.layers:\n    if isinstance(layer, {name}):\n        layer.trainable = False"
    edit = line_after(analysis, place, loop)
    if edit is None:
        return None
    return Fix("freeze the BatchNormalization layers", Applicability.UNSAFE, (edit,), changes_counts=True)


def _class_name(text: str) -> str | None:
    if re.search(r"^(import keras|from tensorflow import keras|import tf_keras as keras)\s*$", text, re.MULTILINE):
        return "keras.layers.BatchNormalization"
    if re.search(r"^import tensorflow as tf\s*$", text, re.MULTILINE):
        return "tf.keras.layers.BatchNormalization"
    return None
