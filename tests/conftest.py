"""Options and marks that all tests share."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update``, which writes goldens and generated files anew instead of comparing them."""
    parser.addoption("--update", action="store_true", help="write goldens and generated files anew")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks."""
    config.addinivalue_line("markers", "tensorflow: imports TensorFlow, which takes seconds and memory")


@pytest.fixture
def is_update(request: pytest.FixtureRequest) -> bool:
    """Return whether goldens are to be written anew."""
    return bool(request.config.getoption("--update"))
