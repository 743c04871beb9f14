"""A share of the standard library and of large packages as input: no crash, and soon done (``soak.py`` reads them all)."""

from __future__ import annotations

from tests.interp.pace import seconds
from tests.interp.soak import default_folders, modules, troubles

_FILES = 40


def test_any_module_is_evaluated_without_a_crash_and_soon() -> None:
    paths = modules(default_folders())
    assert list(troubles(paths[:: len(paths) // _FILES], allowed=seconds(8.0))) == []
