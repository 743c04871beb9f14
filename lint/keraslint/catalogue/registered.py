"""Classes of the program by name: what Keras makes from a configuration has to find them."""

from __future__ import annotations

from collections.abc import Mapping

from keraslint.catalogue.spec import Refused
from keraslint.values.layer import Layer, Model


def check_registered(known: Mapping[object, object], value: object) -> None:
    """Refuse layers of the program's own classes, deep in a value, that are not known by a name."""
    if isinstance(value, list | tuple):
        for item in value:
            check_registered(known, item)
    elif isinstance(value, Layer) and value.cls is None:
        check_registered(known, parts(value))
    elif isinstance(value, Layer) and all(value.cls is not cls for cls in known.values()):
        raise Refused(
            f"Could not locate class '{value.class_name}'. Make sure custom classes and functions are decorated with "
            "`@keras.saving.register_keras_serializable()`.",
            error="TypeError",
            contract="argument",
        )


def parts(layer: Layer) -> list[object]:
    """Return what the configuration of a layer of Keras holds."""
    if isinstance(layer, Model):
        return [*(layer.stack or layer.layers)]
    return [*layer.spec.arguments.values()] if layer.spec is not None else []
