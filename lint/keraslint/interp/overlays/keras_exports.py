"""Decorators that libraries export names with: they mark what they decorate and give it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import Lazy, RawNative, register
from keraslint.interp.overlays.items import make_class, shared_class
from keraslint.interp.overlays.keras_api import identity_decorator
from keraslint.values.program import Instance

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _export_init(machine: Machine, own: Instance, package: object, path: object) -> None:
    if not isinstance(path, str | list):
        machine.raise_error("ValueError", f"Invalid type for `path` argument: Received '{path}'")
    for name in [path] if isinstance(path, str) else path:
        if isinstance(name, str) and isinstance(package, str) and not name.startswith(f"{package}."):
            text = f"All `export_path` values should start with '{package}.'. Received: path={machine.plain_text(path)}"
            machine.raise_error("ValueError", text)
    own.attributes.update(package=package, path=path)


def _export_call(machine: Machine, own: Instance, symbol: object) -> object:
    machine.set_attribute(symbol, "_api_export_path", own.attributes["path"])
    return symbol


_export_class = shared_class(
    "namex.export",
    lambda machine: make_class(
        machine, "export", {"__init__": _export_init, "__call__": _export_call}, is_complete=True
    ),
)
for _module in ("namex", "namex.export"):
    register(_module, {"export": Lazy(_export_class)})

register(
    "tf.python.util.tf_export",
    {name: RawNative(name, identity_decorator) for name in ("tf_export", "keras_export", "estimator_export")},
)
