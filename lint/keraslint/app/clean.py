"""``keraslint clean``: the cache is removed."""

from __future__ import annotations

import argparse

from keraslint.app.failure import OK
from keraslint.app.store import clean
from keraslint.app.terminal import complain
from keraslint.report.text import clean as neutral


def run(arguments: argparse.Namespace) -> int:
    """Remove all entries of the cache."""
    folder, size = clean(arguments.cache_dir)
    if not arguments.quiet:
        complain(f"keraslint: removed {size:,} bytes from {neutral(folder)}")
    return OK
