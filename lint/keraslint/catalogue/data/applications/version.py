"""What evaluation answers by itself, and never from this text."""

import keras

KERAS_2 = keras.__version__.startswith("2.")
"""Whether the models are those of Keras 2."""


def certainly(condition):
    """Return whether a condition is known to be true; a size or a path that is not known is taken to be allowed."""
    return bool(condition)


def known(value):
    """Return a factor of widths, which are rounded; one that is not known makes them unknown, not a formula."""
    return value
