"""Paths match globs as configuration files write them."""

from __future__ import annotations

import pytest

from keraslint.diagnose.globs import path_matches


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("src/nets/unet.py", "src/nets/*.py"),
        ("src/nets/unet.py", "*.py"),
        ("src/nets/unet.py", "nets/unet.py"),
        ("src/nets/deep/unet.py", "src/**/*.py"),
        ("src/unet.py", "src/**/*.py"),
        ("experiments/a/b.py", "experiments/**"),
        ("experiments/a/b.py", "experiments/"),
        ("./a.py", "./a.py"),
        ("a\\b.py", "a/*.py"),
        ("unet3.py", "unet?.py"),
    ],
)
def test_a_path_matches(path: str, pattern: str) -> None:
    assert path_matches(path, pattern)


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("src/nets/deep/unet.py", "src/nets/*.py"),
        ("src/my_nets/unet.py", "nets/*.py"),
        ("src/unet.pyc", "*.py"),
        ("src/unet.py", "/unet.py"),
    ],
)
def test_a_path_does_not_match(path: str, pattern: str) -> None:
    assert not path_matches(path, pattern)
