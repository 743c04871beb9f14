"""Arguments of Keras' functions and of its optimizers, losses and the like, bound as the real constructors do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import object_signature
from keraslint.catalogue.spec import Refused
from keraslint.values.layer import Layer
from keraslint.values.unknown import Undetermined, Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def arguments_of(
    machine: Machine, family: str, name: str, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> dict[str, object]:
    """Return the arguments of a call with defaults filled in; record and raise a refusal as Keras raises it."""
    signature = object_signature(family, name, machine.keras)
    assert signature is not None, f"{family}.{name}"
    spread = next((value for value in args if isinstance(value, Unknown) and value.symbol == "*"), None)
    if spread is not None:
        raise Undetermined(spread)
    layer = Layer(signature.canonical, "", None, machine.span)
    try:
        return machine.builder.bind(layer, signature, args, kwargs)
    except Refused as refused:
        machine.builder.refuse(refused, layer, machine.span)
        raise
