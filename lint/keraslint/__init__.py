"""keraslint: counts the parameters and checks the shapes of Keras models from their source, never running it."""

from __future__ import annotations

__version__ = "0.1.0"
