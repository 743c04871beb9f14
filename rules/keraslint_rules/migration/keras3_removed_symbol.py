"""KL602 keras3-removed-symbol."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Event,
    Fix,
    Rule,
    Settings,
    Severity,
    Span,
    source_of,
    text_of,
)
from keraslint_rules.occurrences import events_of


class Keras3RemovedSymbol(Rule):
    """A module, class, method or attribute of Keras 2 that Keras 3 no longer has.

    ## Why

    Keras 3 has one public place for each name, and none for what it took leave of: `keras.utils.np_utils`,
    `keras.layers.core`, `fit_generator`, `CuDNNLSTM`, `layer.output_shape`. An import of such a name raises
    ImportError, a use AttributeError.

    ## Bad

    ```python
    import keras
    from keras.layers.core import Dense, Dropout  # KL602
    from keras.utils import np_utils  # KL602

    model = keras.Sequential([keras.Input((8,)), Dense(4)])
    ```

    ## Good

    ```python
    import keras
    from keras.layers import Dense, Dropout
    from keras.utils import to_categorical

    model = keras.Sequential([keras.Input((8,)), Dense(4)])
    ```

    ## Fixed

    ```python
    import keras
    from keras.layers import Dense, Dropout
    from keras import utils as np_utils

    model = keras.Sequential([keras.Input((8,)), Dense(4)])
    ```

    Fixes of imports and generators are safe. `LSTM` for `CuDNNLSTM`, which had two biases, and `.output.shape` for
    `.output_shape` are not.

    ## References

    - [Migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KL602"
    name = "keras3-removed-symbol"
    severity = Severity.ERROR
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each use of such a name, in a program for Keras 3."""
        del settings
        if analysis.keras != "3":
            return
        seen: set[tuple[Span, str]] = set()
        for event in events_of(analysis, *_TOLD):
            if event.span is None or event.span.path != analysis.path:
                continue
            for found in self._of_event(analysis, event, event.span):
                if (found.span, found.message) not in seen:
                    seen.add((found.span, found.message))
                    yield found

    def _of_event(self, analysis: Analysis, event: Event, span: Span) -> Iterator[Diagnostic]:
        match event.kind:
            case "imported":
                yield from self._import(analysis, event, span)
            case "member-unknown":
                yield from self._member(analysis, str(event.facts.get("name")), span)
            case "api-call":
                yield from self._method(analysis, str(event.facts.get("name")), span)
            case "raised":
                yield from self._attribute(analysis, str(event.facts.get("message")), span)

    def _import(self, analysis: Analysis, event: Event, span: Span) -> Iterator[Diagnostic]:
        module, member = str(event.facts.get("module")), event.facts.get("member")
        prefix = next((p for p in _PREFIXES if f"{module}.".startswith(p)), "")
        name = f"{module}."[len(prefix) :].rstrip(".")
        is_tf = prefix != "keras."
        whole = ".".join(part for part in (name, member) if isinstance(part, str) and part)
        if not _TOLD_OF.intersection((name, whole)):
            return
        text = text_of(source_of(analysis), span)
        if name in _MOVED and module in text:
            new = f"{prefix}{_MOVED[name]}"
            yield self._moved(
                f"`{module}`", new, span, text.replace(module, new, 1) if text.startswith("from ") else None
            )
        elif whole in _MOVED and isinstance(member, str):
            new = f"{prefix}{_MOVED[whole]}"
            parent, _, last = new.rpartition(".")
            pattern = rf"from\s+{re.escape(module)}\s+import\s+{member}"
            alone = re.fullmatch(pattern, text)
            yield self._moved(
                f"`{module}.{member}`", new, span, f"from {parent} import {last} as {member}" if alone else None
            )
        elif whole in _GONE and (not is_tf or whole not in _LEGACY):
            yield self.report(f"Keras 3 has no `{module}.{member}`; {_GONE[whole]}", span)
        elif name in _GONE and not (is_tf and name in _LEGACY):
            yield self.report(f"Keras 3 has no `{module}`; {_GONE[name]}", span)

    def _moved(self, what: str, new: str, span: Span, text: str | None) -> Diagnostic:
        fix = None
        if text is not None:
            fix = Fix(f"import from `{new}`", Applicability.SAFE, (Edit(span, text),), changes_counts=True)
        return self.report(f"Keras 3 has no {what}; it is `{new}`", span, fix=fix)

    def _member(self, analysis: Analysis, name: str, span: Span) -> Iterator[Diagnostic]:
        """Yield a member that is reached as an attribute, such as ``layers.CuDNNLSTM``."""
        plain = name.removeprefix("keras.")
        text = text_of(source_of(analysis), span)
        last = plain.rpartition(".")[2]
        is_import = text.startswith(("from ", "import "))
        if "tensorflow.python" in text or (is_import and plain not in _RENAMED):
            return
        is_tf = re.search(r"\btensorflow\b", analysis.text) is not None
        if plain in _RENAMED:
            kept = f" as {last}" if is_import and f"{last} as " not in text else ""
            fixed = re.subn(rf"\b{last}\b", _RENAMED[plain] + kept, text)
            fix = None
            if fixed[1] == 1:
                fix = Fix(
                    f"use `{_RENAMED[plain]}`", Applicability.UNSAFE, (Edit(span, fixed[0]),), changes_counts=True
                )
            yield self.report(f"Keras 3 has no `{name}`; use `{_RENAMED[plain]}`", span, fix=fix)
        elif plain in _GONE and not (is_tf and plain in _LEGACY):
            yield self.report(f"Keras 3 has no `{name}`; {_GONE[plain]}", span)
        else:
            yield from self._below(plain, span, text)

    def _below(self, plain: str, span: Span, text: str) -> Iterator[Diagnostic]:
        """Yield a member of a module that Keras 3 does not have, such as ``layers.experimental.preprocessing.RandomFlip``."""
        parts = plain.split(".")
        gone = next(
            (".".join(parts[:end]) for end in range(len(parts), 0, -1) if ".".join(parts[:end]) in _TOLD_OF), ""
        )
        if not gone:
            return
        new = _MOVED.get(gone)
        if new is None:
            yield self.report(f"Keras 3 has no `keras.{gone}`; {_GONE[gone]}", span)
            return
        fix = None
        fixed, number = re.subn(rf"\b{re.escape(gone)}\b", new, text)
        if number == 1:
            edit = Edit(span, fixed)
            fix = Fix(f"use `keras.{new}`", Applicability.UNSAFE, (edit,), changes_counts=True)
        yield self.report(f"Keras 3 has no `keras.{gone}`; it is `keras.{new}`", span, fix=fix)

    def _method(self, analysis: Analysis, name: str, span: Span) -> Iterator[Diagnostic]:
        text = text_of(source_of(analysis), span)
        if name in _GENERATORS:
            new = name.removesuffix("_generator")
            fixed = re.sub(rf"\.{name}\(", f".{new}(", text, count=1)
            fixed = re.sub(r"\bgenerator\s*=", "x=", fixed, count=1)
            edit = Edit(span, fixed)
            fix = Fix(f"use `{new}`", Applicability.SAFE, (edit,)) if f".{name}(" in text else None
            yield self.report(f"models of Keras 3 have no `{name}`; `{new}` takes generators", span, fix=fix)
        elif name in _METHODS:
            yield self.report(f"models of Keras 3 have no `{name}`; {_METHODS[name]}", span)

    def _attribute(self, analysis: Analysis, message: str, span: Span) -> Iterator[Diagnostic]:
        match = re.search(r"'(\w+)' object has no attribute '(output_shape|input_shape)'", message)
        if match is None:
            return
        name, end = match[2], match[2].removesuffix("_shape")
        text = text_of(source_of(analysis), span)
        fix = None
        if text.count(f".{name}") == 1:
            edit = Edit(span, text.replace(f".{name}", f".{end}.shape"))
            fix = Fix(f"use `.{end}.shape`", Applicability.UNSAFE, (edit,), changes_counts=True)
        yield self.report(f"layers of Keras 3 have no `{name}`; use `.{end}.shape`", span, fix=fix)


_TOLD = {"imported", "member-unknown", "api-call", "raised"}
_PREFIXES = ("tensorflow.keras.", "keras.")
_MOVED = {
    "utils.np_utils": "utils",
    "utils.vis_utils": "utils",
    "utils.data_utils": "utils",
    "utils.generic_utils": "utils",
    "layers.core": "layers",
    "layers.convolutional": "layers",
    "layers.pooling": "layers",
    "layers.recurrent": "layers",
    "layers.embeddings": "layers",
    "layers.merge": "layers",
    "layers.normalization": "layers",
    "layers.advanced_activations": "layers",
    "layers.noise": "layers",
    "layers.wrappers": "layers",
    "layers.experimental.preprocessing": "layers",
    "layers.experimental": "layers",
    "engine.topology": "layers",
    "engine.base_layer": "layers",
    "engine": "layers",
    "engine.training": "models",
    "engine.sequential": "models",
}
"""Modules of Keras 2 whose members Keras 3 has elsewhere."""
_RENAMED = {"layers.CuDNNLSTM": "LSTM", "layers.CuDNNGRU": "GRU"}
_GONE = {
    "layers.LocallyConnected1D": "write it with `keras.ops`, or use a convolution",
    "layers.LocallyConnected2D": "write it with `keras.ops`, or use a convolution",
    "layers.ThresholdedReLU": "use `ReLU(threshold=…)`",
    "layers.AbstractRNNCell": "derive the cell from `keras.layers.Layer`",
    "layers.DenseFeatures": "use `keras.utils.FeatureSpace`",
    "layers.RandomHeight": "use `RandomZoom` or `keras.ops`",
    "layers.RandomWidth": "use `RandomZoom` or `keras.ops`",
    "wrappers.scikit_learn": "use `keras.wrappers.SKLearnClassifier`, or the package scikeras",
    "utils.multi_gpu_model": "use `keras.distribution`, or `tf.distribute`",
    "utils.training_utils": "use `keras.distribution`, or `tf.distribute`",
    "models.model_from_yaml": "use `model_from_json`",
    "models.model_from_config": "use `Model.from_config`",
    "preprocessing.text": "use `keras.layers.TextVectorization`",
    "preprocessing.text.Tokenizer": "use `keras.layers.TextVectorization`",
    "preprocessing.image.ImageDataGenerator": "use `keras.utils.image_dataset_from_directory` and augmenting layers",
    "optimizers.experimental": "use `keras.optimizers`",
    "callbacks.experimental": "use `keras.callbacks`",
    "callbacks.BaseLogger": "nothing needs it",
    "constraints.RadialConstraint": "write it as a `Constraint`",
    "estimator": "use `fit`",
    "experimental": "its members are elsewhere or gone",
    "losses.Reduction": 'write the reduction as text, such as `"sum"`',
}
"""What Keras 3 has no more, and the way out."""
_TOLD_OF = frozenset((*_MOVED, *_GONE))
_LEGACY = {
    "layers.ThresholdedReLU", "layers.RandomHeight", "layers.RandomWidth", "preprocessing.text",
    "preprocessing.text.Tokenizer", "preprocessing.image.ImageDataGenerator", "losses.Reduction",
}  # fmt: skip
"""What ``tf.keras`` still has when it is Keras 3."""
_GENERATORS = {"fit_generator", "evaluate_generator", "predict_generator"}
_METHODS = {
    "predict_classes": "use `keras.ops.argmax(model.predict(x), axis=-1)`",
    "predict_proba": "use `predict`",
    "to_yaml": "use `to_json`",
}
