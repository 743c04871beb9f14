"""``tensorflow_addons``: the texts from which keraslint knows its layers.

They are plain programs for Keras 2, kept as data in ``data/addons`` and never imported: evaluation reads one when a
program imports the library and its own source is not there.
"""

from __future__ import annotations

from pathlib import Path

_NAME = "tensorflow_addons"
_TEXTS = ("__init__", "activations", "layers", "normalizations", "pooling", "rnn")
OUTSIDE = f"<{_NAME}>"
"""How the paths of the texts begin: no file of a program is there."""


def addons_text(module: str) -> tuple[str, bytes]:
    """Return the path and text of a module of the library; of one inside ``layers``, what ``layers`` has."""
    top, *parts = module.split(".")
    if top != _NAME:
        return "", b""
    name = ".".join(parts) or "__init__"
    path = f"{OUTSIDE}/{name}.py"
    if name in _TEXTS:
        return path, (Path(__file__).parent / "data" / "addons" / f"{name}.py").read_bytes()
    shown = f"from {_NAME}.{parts[0]} import *\n" if parts[0] in _TEXTS else ""
    return path, f"{shown}from {SUPPORT} import __getattr__\n".encode()


SUPPORT = "keraslint_addons"
"""The module from which the texts have what evaluation answers by itself."""
