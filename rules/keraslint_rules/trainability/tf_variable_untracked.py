"""KL205 tf-variable-untracked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, Dim, Edit, Fix, Rule, Settings, Severity, Span
from keraslint_rules.numbers import params_text
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, once, span_text
from keraslint_rules.trainability.untraced import variables_held


class TfVariableUntracked(Rule):
    """A layer of Keras 3 keeps a `tf.Variable` as an attribute, and Keras does not see it.

    ## Why

    Keras 2 tracked every `tf.Variable` in a layer's attributes, lists and dicts. Keras 3 tracks only its own
    variables: the same layer has 0 parameters there, the optimizer leaves the variable as it was, and `save` loses
    it. Nothing warns. `self.add_weight` makes a weight that both versions see.

    ## Bad

    ```python
    import keras
    import tensorflow as tf


    class Scale(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.scale = tf.Variable(tf.ones((16,)))  # KL205

        def call(self, x):
            return x * self.scale


    model = keras.Sequential([keras.Input((16,)), Scale()])
    ```

    ## Good

    ```python
    import keras


    class Scale(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.scale = self.add_weight(shape=(16,), initializer="ones")

        def call(self, x):
            return x * self.scale


    model = keras.Sequential([keras.Input((16,)), Scale()])
    ```

    ## Fixed

    ```python
    import keras
    import tensorflow as tf


    class Scale(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.scale = self.add_weight(shape=(16,), initializer="ones")

        def call(self, x):
            return x * self.scale


    model = keras.Sequential([keras.Input((16,)), Scale()])
    ```

    ## References

    - [Migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KL205"
    name = "tf-variable-untracked"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each `tf.Variable` that a layer keeps."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        if analysis.keras != "3":
            return
        records: Records | None = None
        for event in events_of(analysis, "variable-held"):
            if event.span is not None:
                records = records or Records(analysis)
                layer = records.layers.get(event.subject)
                owner = layer.class_name if layer is not None else "a layer"
                size = _size(event.facts.get("shape"))
                yield self._finding(analysis, str(event.facts.get("name")), owner, size, event.span)
        for found in variables_held(analysis):
            yield self._finding(analysis, found.name, found.owner, None, found.span)

    def _finding(self, analysis: Analysis, name: str, owner: str, size: Dim | None, span: Span) -> Diagnostic:
        lost = (
            f"its {params_text(size)} count{'s'[: size == 1]} 0 in Keras 3, and" if size is not None else "in Keras 3"
        )
        counted = "it is not trained" if size is not None else "it is neither counted nor trained"
        message = f"`{name}` of `{owner}` is a `tf.Variable`: {lost} {counted}; use `self.add_weight`"
        return self.report(message, span, fix=_fix(analysis, span))


def _size(shape: object) -> Dim | None:
    if not isinstance(shape, tuple):
        return None
    size: Dim = 1
    for entry in shape:
        if not isinstance(entry, Dim):
            return None
        size = size * entry
    return size


_FILLED = re.compile(
    r"tf\.Variable\(\s*(?:initial_value\s*=\s*)?tf\.(?P<how>ones|zeros|random\.normal|random\.uniform|random\.truncated_normal)"
    r"\((?:shape\s*=\s*)?(?P<shape>[(\[][\w\s.,*+\-/]*[)\]])\)\s*\)"
)
_INITIALIZERS = {
    "ones": "ones",
    "zeros": "zeros",
    "random.normal": "random_normal",
    "random.uniform": "random_uniform",
    "random.truncated_normal": "truncated_normal",
}


def _fix(analysis: Analysis, span: Span) -> Fix | None:
    match = _FILLED.fullmatch(span_text(analysis, span))
    if match is None:
        return None
    content = f'self.add_weight(shape={match["shape"]}, initializer="{_INITIALIZERS[match["how"]]}")'
    return Fix("make it with `add_weight`", Applicability.UNSAFE, (Edit(span, content),), changes_counts=True)
