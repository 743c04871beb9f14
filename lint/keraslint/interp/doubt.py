"""Knowledge that is lost: what containers hold after a change that cannot be followed, and what may have changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from keraslint.values.layer import Layer, Model
from keraslint.values.program import Instance
from keraslint.values.unknown import PlainUnknown, Unknown

if TYPE_CHECKING:  # the machine has these functions as its methods
    from keraslint.interp.machine import Machine


def blur(machine: Machine, value: object, unknown: Unknown) -> None:
    """Forget what a container, instance or model holds."""
    if isinstance(value, Model) and value.kind == "sequential":
        value.trouble = unknown
    elif isinstance(value, list | dict | set | Instance):
        machine.blurred[id(value)] = (value, Unknown(unknown.why, unknown.what, unknown.where))


def lost_in(machine: Machine, values: Iterable[object]) -> Unknown | None:
    """Return why what a list, tuple or dict among values holds, deep, is no longer known; None where all of it is."""
    if not machine.blurred:
        return None
    for value in values:
        if isinstance(value, list | tuple | dict):
            inner = value.values() if isinstance(value, dict) else value
            lost = is_blurred(machine, value) or lost_in(machine, inner)
            if lost is not None:
                return lost
    return None


def is_blurred(machine: Machine, value: object) -> Unknown | None:
    """Return why a container's contents are no longer known, None where they are."""
    if not machine.blurred:
        return None
    found = machine.blurred.get(id(value))
    return found[1] if found is not None else None


def escape(machine: Machine, layer: Layer, unknown: Unknown) -> None:
    """Note that a layer was passed to a function that is not followed and that might change it."""
    machine.escaped.append((layer, unknown))


def taint(machine: Machine, unknown: Unknown) -> None:
    """Note a statement that is not modelled."""
    machine.tainted.append(unknown)


def taint_trainable(machine: Machine, unknown: Unknown) -> None:
    """Forget which layers are trainable: a loop over what is not known sets them."""
    for layer in machine.builder.layers:
        if not isinstance(layer.trainable, Unknown):
            layer.trainable = unknown


def unknown_in(value: object, depth: int = 0) -> Unknown | None:
    """Return an unknown, which may be a layer, in a value or in lists, tuples and dicts of it."""
    if isinstance(value, Unknown):
        return None if isinstance(value, PlainUnknown) else value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple) and depth < 6:
        return next((found for item in value if (found := unknown_in(item, depth + 1)) is not None), None)
    return None
