"""Finding an operation by any of its public names."""

from __future__ import annotations

import re

from keraslint.catalogue.operations import Entry, bind_operation, entries
from keraslint.catalogue.versions import Keras

bind = bind_operation

_SUBMODULES = re.compile(
    r"^(keras\.ops|tf)\.(?:numpy|nn|math|linalg|image|core|raw_ops|compat\.v[12](?:\.\w+)?|experimental\.numpy)\."
)


def find(dotted: str, keras: Keras) -> Entry | None:
    """Return an operation: ``tf.math.reduce_sum`` and ``tf.reduce_sum`` are one; None where there is none."""
    known = entries()
    found = known.get(dotted)
    if found is None:
        short = _SUBMODULES.sub(r"\1.", dotted)
        found = known.get(short)
        if found is None and short.startswith("keras.activations."):
            found = known.get(short.replace("keras.activations.", "keras.ops."))
    if found is not None and keras is Keras.TWO and found.name.startswith("keras.ops."):
        return found if dotted.startswith("keras.activations.") else None
    if found is not None and keras is Keras.THREE and found.name.startswith("tf."):
        return None
    return found
