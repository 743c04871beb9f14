"""Bounds on time that hold on a slow or busy machine as on a fast one."""

from __future__ import annotations

import time

_USUAL = 0.08
"""CPU seconds of the loop on a machine that is fast enough."""


def seconds(bound: float) -> float:
    """Return a bound on CPU time, longer where this machine is slower just now."""
    start = time.process_time()
    sum(number % 7 for number in range(2_000_000))
    return bound * max(1.0, (time.process_time() - start) / _USUAL)
