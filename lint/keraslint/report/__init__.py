"""Strings for people and programs: one file a format, each a function registered under its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import TypeVar

_REPORTERS: dict[str, Callable[..., str]] = {}


F = TypeVar("F", bound=Callable[..., str])


def reporter(name: str) -> Callable[[F], F]:
    """Register a function as a format: ``summary:json``, ``check:concise`` …"""

    def register(function: F) -> F:
        if name in _REPORTERS:
            message = f"the format {name} is registered twice"
            raise ValueError(message)
        _REPORTERS[name] = function
        return function

    return register


def reporters(command: str) -> Mapping[str, Callable[..., str]]:
    """Return the formats of a command by name."""
    for info in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{info.name}")
    prefix = f"{command}:"
    return {name.removeprefix(prefix): f for name, f in sorted(_REPORTERS.items()) if name.startswith(prefix)}
