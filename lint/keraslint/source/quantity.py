"""Amounts as people write them: ``40_000``, ``"5M"``, ``"20 MB"``, ``"1.5 GiB"``."""

from __future__ import annotations

import re
from fractions import Fraction

_QUANTITY = re.compile(r"\s*(\d[\d_]*(?:\.\d+)?)\s*([kKMGT]?i?)\s*(B|bytes?)?\s*")
_FACTORS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY_FACTORS = {"k": 2**10, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def read_quantity(value: object) -> int:
    """Return an amount as a whole number; ``ValueError`` with the way out where it is none."""
    message = f'{value!r} is not an amount; write 40_000, "5M" or "20 MB"'
    if isinstance(value, bool):
        raise ValueError(message)  # noqa: TRY004  # for the caller a wrong type is a wrong value
    if isinstance(value, int) and value >= 0:
        return value
    if isinstance(value, float) and 0 <= value < float("inf") and value == int(value):
        return int(value)
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(message)
    factors = _BINARY_FACTORS if match[2].endswith("i") else _FACTORS
    factor = factors.get(match[2].removesuffix("i"))
    if factor is None:
        raise ValueError(message)
    return int(Fraction(match[1].replace("_", "")) * factor)
