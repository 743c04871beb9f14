"""Options and marks that all tests share."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update``, which writes goldens and generated files anew instead of comparing them."""
    parser.addoption("--update", action="store_true", help="write goldens and generated files anew")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and have Ctrl-C where the tests run in the background of a script, which ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="keraslint-test-")  # no test reads the user's own cache
    config.addinivalue_line("markers", "tensorflow: imports TensorFlow, which takes seconds and memory")


def pytest_unconfigure() -> None:
    """Remove the cache of the tests."""
    shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)


@pytest.fixture
def is_update(request: pytest.FixtureRequest) -> bool:
    """Return whether goldens are to be written anew."""
    return bool(request.config.getoption("--update"))
