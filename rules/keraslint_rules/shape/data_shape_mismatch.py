"""KL310 data-shape-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity, Shape, shape_text
from keraslint_rules.shape.heads import is_unflattened
from keraslint_rules.shape.trainings import Training, trainings


class DataShapeMismatch(Rule):
    """The data that a model is trained on has another shape than its input, or its labels another than its output.

    ## Why

    Keras finds it when the training begins, after the data is loaded. What is known from the source is compared: the
    arrays that numpy makes with a written shape, the datasets of Keras, `to_categorical(y, 10)`.

    Labels that are whole numbers go with a sparse loss, one-hot rows with the other one; more classes than units end
    in an error or in `nan`.

    ## Bad

    ```python
    import keras
    import numpy as np
    from keras import layers

    x = np.zeros((100, 12))
    labels = np.zeros((100, 3))
    model = keras.Sequential([keras.Input((10,)), layers.Dense(5, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, labels)  # KL310
    ```

    ## Good

    ```python
    import keras
    import numpy as np
    from keras import layers

    x = np.zeros((100, 10))
    labels = np.zeros((100, 5))
    model = keras.Sequential([keras.Input((10,)), layers.Dense(5, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, labels)
    ```

    ## References

    - [Model.fit](https://keras.io/api/models/model_training_apis/)
    """

    code = "KL310"
    name = "data-shape-mismatch"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each call whose data does not fit; of input and labels the first."""
        del settings
        for training in trainings(analysis):
            message = _of_input(training) or _of_labels(training) or _of_rows(training)
            if message and not is_unflattened(training.model):
                model = training.model
                related = (Related(f"`{model.name}` is made here", model.span),)
                yield self.report(message, training.span, related=related)


def _of_input(training: Training) -> str:
    given, wanted = training.x, training.inputs
    if given is None or wanted is None or _fits(given, wanted):
        return ""
    return f"{_data(training)} of {shape_text(given)} goes to `{training.model.name}`, which takes {shape_text(wanted)}"


def _data(training: Training) -> str:
    return f"{training.part} data".lstrip()


def _of_rows(training: Training) -> str:
    """Return what is wrong where arrays that go together have different numbers of rows."""
    if len(set(training.rows)) < 2:
        return ""
    sizes = " and ".join(str(rows) for rows in dict.fromkeys(training.rows))
    return f"the arrays of the {_data(training)} have {sizes} rows, and `{training.model.name}` wants as many of each"


def _fits(given: Shape, wanted: Shape) -> bool:
    """Return whether data may be of a shape, with the axis of length 1 at the end that Keras adds and takes away."""
    if len(given) == len(wanted) - 1 and wanted[-1] == 1:
        given = (*given, 1)
    if len(given) == len(wanted) + 1 and given[-1] == 1:
        given = given[:-1]
    pairs = zip(given[1:], wanted[1:], strict=False)
    return len(given) == len(wanted) and all(
        a == b or not isinstance(a, int) or not isinstance(b, int) for a, b in pairs
    )


def _of_labels(training: Training) -> str:
    labels, output = training.y, training.outputs
    if labels is None or output is None or not isinstance(output[-1], int):
        return ""
    units, width = output[-1], labels[-1]
    head = f"{f'{training.part} labels'.lstrip()} of {shape_text(labels)} go to `{training.model.name}`, whose output is {shape_text(output)}"
    if training.loss == "categorical_crossentropy":
        if len(labels) == len(output) - 1 and units > 1:
            return f"{head}: whole numbers want `sparse_categorical_crossentropy`"
        if len(labels) == len(output) and isinstance(width, int) and width != units:
            return f"{head}: {width} classes, {units} units"
    elif training.loss == "sparse_categorical_crossentropy":
        if len(labels) == len(output) and isinstance(width, int) and width > 1:
            return f"{head}: one-hot rows want `categorical_crossentropy`"
        if training.classes is not None and training.classes > units > 1:
            return f"{head}: {training.classes} classes, {units} units"
    return ""
