"""Operations on tensors, by family."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every family, so that the shape function of each operation is registered."""
    for info in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{info.name}")
