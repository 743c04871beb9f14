"""What a layer of Keras refuses of a call before it looks at any shape: arguments that its ``call`` does not take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keraslint.catalogue.signatures import ClassSignature, layer_signature
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph.network import flatten
from keraslint.values.layer import Layer, Model

_PLAIN_DATA = frozenset(
    {
        "CategoryEncoding", "DataLayer", "HashedCrossing", "Hashing", "IndexLookup", "IntegerLookup", "Pipeline",
        "RandomCrop", "RandomFlip", "StringLookup", "TextVectorization",
    }
)  # fmt: skip
"""Classes, or bases of them, to which Keras 3 lets numbers and strings be passed by position."""


def check_call(layer: Layer, args: tuple[object, ...], kwargs: Mapping[str, object], keras: Keras) -> None:
    """Refuse arguments that the layer's ``call`` does not take, as Python and the base layer do."""
    if (len(args) == 1 and not kwargs) or layer.cls is not None or isinstance(layer, Model):
        return
    signature = layer_signature(layer.class_name, keras)
    if signature is None or signature.call_takes_anything:
        return
    if keras is Keras.THREE:
        _check_positional(signature, args)
    names = [parameter.name for parameter in signature.call_parameters]
    if keras is Keras.THREE and "DataLayer" in signature.bases:
        names = ["inputs", *names[1:]]
        if len(args) > 1:
            raise _refused(f"DataLayer.__call__() takes 2 positional arguments but {len(args) + 1} were given")
    if len(args) > len(names):
        given = f"takes {len(names) + 1} positional arguments but {len(args) + 1} were given"
        raise _refused(f"{signature.canonical}.call() {given}")
    if keras is Keras.THREE and not args and names and names[0] not in kwargs:
        raise _refused(f"missing a required argument: {names[0]!r}")
    for name in kwargs:
        if name not in names and name != "training" and not (keras is Keras.TWO and name == "inputs"):
            raise _refused(f"{signature.canonical}.call() got an unexpected keyword argument {name!r}", name)


def check_positional(layer: Layer, args: tuple[object, ...]) -> None:
    """Refuse numbers and texts as inputs (Keras 3), which takes them by name; a functional model takes them."""
    if not (isinstance(layer, Model) and layer.kind == "functional"):
        _refuse_plain(leaf for leaf in flatten(list(args)) if type(leaf) in {int, float, bool, str})


def check_scope(layer: Layer, keras: Keras, *, is_outermost: bool) -> None:
    """Refuse a name that Keras 2 cannot make the outermost scope of a call."""
    if is_outermost and keras is Keras.TWO and layer.name.startswith("_"):
        raise Refused(
            f"'{layer.name}/' is not a valid root scope name. It begins with a letter, a digit or a point.",
            name=layer.name,
        )


def _check_positional(signature: ClassSignature, args: tuple[object, ...]) -> None:
    if not _PLAIN_DATA & {signature.canonical, *signature.bases}:
        _refuse_plain(value for value in args if isinstance(value, bool | int | float | str))


def _refuse_plain(values: Iterable[object]) -> None:
    for value in values:
        raise Refused(
            "Only input tensors may be passed as positional arguments. The following argument value should be passed as "
            f"a keyword argument: {value} (of type {type(value)})",
            contract="signature",
        )


def _refused(message: str, name: str = "") -> Refused:
    return Refused(message, error="TypeError", contract="signature", argument=name)
