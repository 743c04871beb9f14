"""Bounds on one evaluation: steps, numbers, strings, containers, depth, choices."""

from __future__ import annotations

from typing import NoReturn

from keraslint.values.unknown import Undetermined, Unknown, Why

FUEL = 160_000
"""Calls and loop rounds of one run of an entry; a layer counts for several."""
FUEL_OF_FILE = 200_000
"""The same for all runs of one entry; a whole file has a little more for each of its lines."""
FUEL_OF_LINE = 60
LAYER = 8
"""What making or calling a layer costs more than another call."""
UNFOLLOWED = 3
"""What a call costs that cannot be followed: its result has to be named."""
YIELDS = 4096
"""What a generator yields before it is taken for one that never ends."""
TERMS = 4000
"""Products of terms that one operator on two formulas may make."""
BITS = 4096
"""Length of an integer."""
ITEMS = 1_000_000
"""Length of a string or container that is made by an operator."""
ARGUMENTS = 20_000
"""Arguments of one call."""
DEPTH = 220
"""Nested calls of the program's functions."""
RUNS = 24
"""Replays of one entry with other outcomes of unknown conditions."""
CHECKPOINTS = 24
"""States after the top level that are kept, one for each outcome of its own unknown conditions."""


def too_large(what: str) -> NoReturn:
    """Raise ``Undetermined``: a value is larger than evaluation follows."""
    raise Undetermined(Unknown(Why.FUEL, f"{what} is too large to evaluate"))
