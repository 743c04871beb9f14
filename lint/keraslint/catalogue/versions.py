"""The versions of Keras that the catalogue knows."""

from __future__ import annotations

import enum


class Keras(enum.Enum):
    """A major version: 2 as ``tf_keras`` 2.21 has it, 3 as ``keras`` 3.15 on TensorFlow."""

    TWO = "2"
    THREE = "3"

    __hash__ = object.__hash__  # members are single objects, and keys of much that is remembered
