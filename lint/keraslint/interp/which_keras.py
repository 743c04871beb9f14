"""Which version of Keras a file is for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from keraslint.catalogue.versions import Keras


def detect_keras(text: str, asked: str | None, environment: Mapping[str, str]) -> Keras:
    """Return the version of Keras that a file is for: the one asked for, or as the environment and the text have it."""
    if asked is not None:
        return Keras.TWO if asked.startswith("2") else Keras.THREE
    if environment.get("TF_USE_LEGACY_KERAS") in {"1", "true", "True"}:
        return Keras.TWO
    if re.search(r"^[ \t]*(import|from) (tf_keras|tensorflow_addons)\b", text, re.MULTILINE):
        return Keras.TWO
    if re.search(r"""environ\[["']TF_USE_LEGACY_KERAS["']\]\s*=\s*["'](1|[Tt]rue)["']""", text):
        return Keras.TWO
    return Keras.THREE
