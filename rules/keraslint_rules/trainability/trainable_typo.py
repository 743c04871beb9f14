"""KL211 trainable-typo."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from keraslint import Analysis, Applicability, Diagnostic, Edit, Fix, Rule, Settings, Severity, Span
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, once, span_text


class TrainableTypo(Rule):
    """`trainable` is misspelled, or set on something that has no such flag.

    ## Why

    Python takes any attribute: `layer.trainble = False` makes a new one and freezes nothing. On a list, which
    `model.layers` is, or on a tensor it raises or is lost; on a class it replaces the property of every layer.

    ## Bad

    ```python
    import keras

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(8), keras.layers.Dense(1)])
    model.layers[0].trainble = False  # KL211
    ```

    ```python
    import keras

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(8), keras.layers.Dense(1)])
    model.layers.trainable = False  # KL211
    ```

    ## Good

    ```python
    import keras

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(8), keras.layers.Dense(1)])
    model.layers[0].trainable = False
    model.layers[1].is_trainable_head = True
    ```

    ## Fixed

    ```python
    import keras

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(8), keras.layers.Dense(1)])
    model.layers[0].trainable = False
    ```

    ```python
    import keras

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(8), keras.layers.Dense(1)])
    model.trainable = False
    ```
    """

    code = "KL211"
    name = "trainable-typo"
    severity = Severity.ERROR
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each assignment that was meant for `trainable`."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for event in events_of(analysis, "trainable-misplaced", "attribute-set"):
            if event.span is None:
                continue
            if event.kind == "trainable-misplaced":
                yield self._misplaced(analysis, event.span, str(event.facts.get("on")))
            elif _is_misspelled(str(event.facts.get("name")), analysis.text):
                records = records or Records(analysis)
                name = str(event.facts.get("name"))
                message = (
                    f"`{records.name(event.subject)}.{name}` is a new attribute and freezes nothing; write `trainable`"
                )
                yield self.report(message, event.span, fix=_replace(analysis, event.span, rf"\b{name}\b", "trainable"))

    def _misplaced(self, analysis: Analysis, span: Span, on: str) -> Diagnostic:
        if on in {"list", "LayerList"}:
            fix = _replace(analysis, span, r"\.layers\.trainable\b", ".trainable") if on == "LayerList" else None
            way_out = "set it on the model, or on each layer in a loop"
            return self.report(f"a list has no `trainable`: Python raises; {way_out}", span, fix=fix)
        if on == "Tensor":
            return self.report("a tensor has no `trainable`; set it on the layer that makes it", span)
        message = (
            f"`trainable` is set on the class `{on}`, for all its layers, and its property is gone; set it on a layer"
        )
        return self.report(message, span)


def _is_misspelled(name: str, text: str) -> bool:
    """Whether a name is close to `trainable` and the file never reads it."""
    near = name.lower()
    if name == "trainable" or ("trainable" in near and near != "trainable"):
        return False
    if difflib.SequenceMatcher(None, near, "trainable").ratio() < 0.8:
        return False
    return not any(re.match(r"\s*(?!=[^=])\S", text[match.end() :]) and not _is_set(text, match.end())
                   for match in re.finditer(rf"\b{re.escape(name)}\b", text))  # fmt: skip


def _is_set(text: str, end: int) -> bool:
    return re.match(r"\s*(:[^=\n]+)?=[^=]", text[end : end + 80]) is not None


def _replace(analysis: Analysis, span: Span, pattern: str, new: str) -> Fix | None:
    text = span_text(analysis, span)
    changed, number = re.subn(pattern, new, text)
    if number != 1:
        return None
    return Fix(f"write `{changed}`", Applicability.SAFE, (Edit(span, changed),), changes_counts=True)
