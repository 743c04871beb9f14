"""``heapq`` and ``bisect``: lists that are kept in order."""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.calls import first_unknown
from keraslint.interp.overlays import RawNative, register
from keraslint.interp.overlays.items import forget, work
from keraslint.values.unknown import Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _over_plain(name: str, function: Callable[..., object]) -> RawNative:
    """Return a native for plain values; a list that is not known through and through is not known afterwards."""

    def call(machine: Machine, *args: object, **kwargs: object) -> object:
        cause = first_unknown((args, kwargs), machine)
        if cause is not None:
            for value in args:
                if isinstance(value, list):
                    forget(machine, value, cause)
            return Unknown(cause.why, f"{name}() of {cause.symbol or cause.what}"[:160], cause.where)
        work(machine, sum(len(value) for value in args if isinstance(value, list)))
        return machine.guard(function, *args, **kwargs)

    return RawNative(name, call, inert=False)


for _module, _names in {
    heapq: "heappush heappop heapify heapreplace heappushpop nlargest nsmallest",
    bisect: "bisect bisect_left bisect_right insort insort_left insort_right",
}.items():
    _module_name = _module.__name__
    register(
        _module_name,
        {name: _over_plain(f"{_module_name}.{name}", getattr(_module, name)) for name in _names.split()},
    )
