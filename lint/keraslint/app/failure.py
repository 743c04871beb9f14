"""The one exception that ends a run with a message: wrong arguments, an unreadable configuration."""

from __future__ import annotations


class UsageError(Exception):
    """The run cannot go on; the message is printed and the status is 2."""


OK = 0
"""Nothing found, or all fixed."""
FOUND = 1
"""There are findings."""
FAILED = 2
"""The run itself failed."""
INTERRUPTED = 130
"""Stopped by Ctrl-C."""
