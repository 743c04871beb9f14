"""KL307 head-rank."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity, shape_text
from keraslint_rules.occurrences import events_of
from keraslint_rules.shape.heads import is_unflattened
from keraslint_rules.shape.trainings import loss_name, single


class HeadRank(Rule):
    """A classifier of images answers for every place: nothing flattens or pools before its last `Dense`.

    ## Why

    `Dense` acts on the last axis. On (None, 26, 26, 8) it makes (None, 26, 26, 10), one answer for each of 676 places.
    Keras builds that, with few parameters, and fails or learns nothing when the labels come, one an image.

    Models that give as many places as they got, and models that make images larger (`UpSampling2D`,
    `Conv2DTranspose`), label places on purpose and are left alone.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Dense(10, activation="softmax"),  # KL307
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    ```

    ## References

    - [Dense](https://keras.io/api/layers/core_layers/dense/)
    """

    code = "KL307"
    name = "head-rank"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such head of a model that is compiled with a loss for classes."""
        del settings
        models = {model.key: model for model in analysis.models}
        for event in events_of(analysis, "compiled"):
            model = models.get(event.subject)
            if model is None or loss_name(event.facts.get("loss")) not in _LOSSES or not is_unflattened(model):
                continue
            head = next(layer for layer in reversed(model.layers) if layer.class_name == "Dense")
            shape, span = single(model.outputs), head.span or model.span
            assert shape is not None
            message = (
                f"`{head.name}` acts on the last axis only, so `{model.name}` gives {shape_text(shape)}: an answer for "
                "every place; add `Flatten` or a global pooling before it"
            )
            related = (Related("compiled with a loss for classes here", event.span),) if event.span else ()
            yield self.report(message, span, related=related)


_LOSSES = {"categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"}
