"""KL606 mixed-keras-namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, ModelRecord, Related, Rule, Settings, Severity, Span, source_of, text_of


class MixedKerasNamespaces(Rule):
    """One model has layers of `keras` and layers of `tf_keras`.

    ## Why

    `tf_keras` is Keras 2, `keras` (and `tf.keras`, from TensorFlow 2.16 on) is Keras 3: two packages whose classes know
    nothing of each other. A layer of the one in a model of the other is refused, or is taken for a plain function, and
    then its weights are not counted, saved or trained.

    ## Bad

    ```python
    import keras
    import tf_keras

    inputs = tf_keras.Input((8,))
    x = tf_keras.layers.Dense(16)(inputs)
    model = tf_keras.Model(inputs, keras.layers.Dense(4)(x))  # KL606
    ```

    ## Good

    ```python
    import tf_keras as keras

    inputs = keras.Input((8,))
    x = keras.layers.Dense(16)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(4)(x))
    ```
    """

    code = "KL606"
    name = "mixed-keras-namespaces"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield the first layer of a model that is of another package than the first one."""
        del settings
        if "tf_keras" not in analysis.text:
            return
        names = dict(_packages(analysis.text))
        if len(set(names.values())) < 2:
            return
        for model in analysis.models:
            first: tuple[str, Span] | None = None
            for package, span in _made(analysis, model, names):
                first = first or (package, span)
                if package != first[0]:
                    related = (Related(f"this is of `{first[0]}`", first[1]),)
                    message = f"a layer of `{package}` in a model of `{first[0]}`: take both from one package"
                    yield self.report(message, span, related=related)
                    break


_IMPORT = re.compile(
    r"^[ \t]*import[ \t]+(tf_keras|keras|tensorflow)(?:\.[\w.]+)?(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE
)
_FROM = re.compile(
    r"^[ \t]*from[ \t]+(tf_keras|keras|tensorflow)(\.keras)?(?:\.[\w.]+)?[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)",
    re.MULTILINE,
)


def _packages(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names of a file that stand for a package of Keras or something in it, with the package."""
    for match in _IMPORT.finditer(text):
        yield match[2] or match[1], match[1]
    for match in _FROM.finditer(text):
        package = "tf_keras" if match[1] == "tf_keras" else "keras"
        for item in re.sub(r"#[^\n]*|[()]", "", match[3]).split(","):
            name, _, alias = item.strip().partition(" as ")
            if name and (match[1] != "tensorflow" or match[2] or name == "keras"):
                yield alias.strip() or name, package


def _made(analysis: Analysis, model: ModelRecord, names: dict[str, str]) -> Iterator[tuple[str, Span]]:
    """Yield the package and the place of each layer of a model, where its construction says so."""
    source = source_of(analysis)
    for span in (model.span, *(layer.span for layer in model.layers)):
        if span is not None and span.path == analysis.path:
            call = re.match(r"(\w+)(\.keras\b)?", text_of(source, span))
            package = names.get(call[1], "") if call is not None else ""
            if call is not None and package == "tensorflow":
                package = "keras" if call[2] else ""
            if package:
                yield package, span
