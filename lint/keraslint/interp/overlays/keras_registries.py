"""What the program registers by name: ``get_custom_objects`` and the scopes around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import raw
from keraslint.interp.overlays.stdlib_contextlib import Context

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("keras.utils.get_custom_objects", "keras.saving.get_custom_objects")
def get_custom_objects(machine: Machine) -> object:
    """Return the dict of what is registered, for the program to change."""
    return machine.builder.custom_objects


@raw(
    "keras.utils.custom_object_scope",
    "keras.utils.CustomObjectScope",
    "keras.saving.custom_object_scope",
    "keras.saving.CustomObjectScope",
)
def custom_object_scope(machine: Machine, *objects: object) -> object:
    """Register objects; what a scope has registered stays known behind it, which refuses nothing."""
    for given in objects:
        if isinstance(given, dict):
            machine.builder.custom_objects.update(given)
    return Context()
