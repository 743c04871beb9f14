"""The layers of Keras, one module a family. Importing this package registers every layer of the catalogue."""

from __future__ import annotations

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
