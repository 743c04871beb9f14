"""KL208 layer-index-version-sensitive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, ModelRecord, Related, Rule, Settings, Severity, source_of, text_of
from keraslint_rules.trainability.slices import Slice, slices_of


class LayerIndexVersionSensitive(Rule):
    """A slice by numbers takes other layers of a `keras.applications` model in Keras 2 than in Keras 3.

    ## Why

    In Keras 2 an operation between layers is a layer itself and stands in `model.layers`; in Keras 3 it is not. So the
    list of MobileNetV3Small has 239 entries in Keras 2 and 164 in Keras 3, that of ConvNeXtTiny 153 and 135, and
    `base.layers[:100]` freezes another part of the model. All other models of `keras.applications` have one list.

    Reported are slices with a number as a bound, in a loop that sets `trainable`.

    ## Bad

    ```python
    import keras

    base = keras.applications.MobileNetV3Small(weights=None, include_top=False, input_shape=(96, 96, 3))
    for layer in base.layers[:100]:  # KL208
        layer.trainable = False
    ```

    ## Good

    ```python
    import keras

    base = keras.applications.MobileNetV3Small(weights=None, include_top=False, input_shape=(96, 96, 3))
    names = [layer.name for layer in base.layers]
    for layer in base.layers[: names.index("expanded_conv_8_expand")]:
        layer.trainable = False

    other = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))
    for layer in other.layers[:100]:
        layer.trainable = False
    ```
    """

    code = "KL208"
    name = "layer-index-version-sensitive"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such slice."""
        del settings
        models: dict[int, ModelRecord] | None = None
        for found in slices_of(analysis):
            models = models if models is not None else {model.key: model for model in analysis.models}
            model = models.get(found.model)
            name = _application(analysis, model) if model is not None else ""
            if model is None or not name or not _is_sensitive(found, analysis.text, _SAME_UNTIL[_family(name)]):
                continue
            bounds = found.text[found.text.rfind("[") :]
            message = (
                f"`{bounds}` takes other layers of {name} in the other version of Keras: here the list has"
                f" {len(found.of)}, operations counted only in Keras 2; go by names"
            )
            yield self.report(message, found.span, related=(Related("the model is made here", model.span),))


_SAME_UNTIL = {"MobileNetV3": 4, "ConvNeXt": 9}
"""Family -> how many layers at the front are the same in both versions."""


def _family(name: str) -> str:
    return next((family for family in _SAME_UNTIL if name.lower().startswith(family.lower())), "")


def _application(analysis: Analysis, model: ModelRecord) -> str:
    """Return the name of an application whose list differs: as it is called, or as the model is named."""
    call = text_of(source_of(analysis), model.span) if model.span.path == analysis.path else ""
    if "minimalistic" in call:
        return ""
    function = re.match(r"[\w.]*?(\w+)\s*\(", call)
    names = [function[1] if function is not None else "", model.name]
    return next((name for name in names if _family(name)), "")


def _is_sensitive(found: Slice, text: str, same: int) -> bool:
    """Return whether a bound is a number, literal or named, beyond what is the same in both versions."""
    parts = re.fullmatch(r"\[([^\]:]*):([^\]:]*)\]", found.text[found.text.rfind("[") :])
    if parts is None:
        return False
    pairs = ((found.start, parts[1].strip()), (found.stop, parts[2].strip()))
    return any(
        value is not None and (value > same or value < -1) and _is_number(written, text) for value, written in pairs
    )


def _is_number(written: str, text: str) -> bool:
    name = written.lstrip("-").strip()
    if name.replace("_", "").isdigit():
        return True
    return name.isidentifier() and re.search(rf"\b{name}\s*(?::\s*int\s*)?=\s*-?\d", text) is not None
