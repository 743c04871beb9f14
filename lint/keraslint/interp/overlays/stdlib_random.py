"""``random``, ``time``, ``datetime``, ``uuid``: never known, but of known number where that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.limits import ITEMS
from keraslint.interp.overlays import raw, register
from keraslint.interp.overlays.items import Facade, blurred, collect, nothing, unknown_call
from keraslint.interp.overlays.methods_list import forget_order
from keraslint.values.array import Array
from keraslint.values.unknown import PlainUnknown, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_UNKNOWN = "random randint randrange uniform gauss normalvariate lognormvariate expovariate betavariate gammavariate triangular vonmisesvariate getrandbits randbytes getstate binomialvariate"
register("random", {name: unknown_call(f"random.{name}", kind=PlainUnknown) for name in _UNKNOWN.split()})
register("random", {name: unknown_call(f"random.{name}") for name in ("Random", "SystemRandom")})
register("random", {name: nothing(f"random.{name}") for name in ("seed", "setstate")})


@raw("random.shuffle", inert=False)
def shuffle(machine: Machine, items: object, *_: object) -> None:
    """Forget the order of a list; its length stays."""
    if isinstance(items, list):
        if len(items) > 1:
            forget_order(machine, items, machine.unknown(Why.DATA, "random.shuffle()"))
    elif isinstance(items, Array):
        items.items = None


@raw("random.choice", "secrets.choice")
def choice(machine: Machine, items: object) -> object:
    """Return the only item, or an unknown one."""
    if isinstance(items, list | tuple | range | str) and blurred(machine, items) is None:
        if not items:
            return machine.raise_error("IndexError", "Cannot choose from an empty sequence")
        if all(item is items[0] for item in items):
            return items[0]
    return machine.unknown(Why.DATA, "random.choice()")


@raw("random.sample", "random.choices")
def sample(machine: Machine, items: object, *args: object, k: object = None, **_: object) -> object:
    """Return as many unknown items as are asked for."""
    count = k if k is not None else next((arg for arg in args if isinstance(arg, int)), 1)
    if not isinstance(count, int) or not 0 <= count <= ITEMS:
        return machine.unknown(Why.DATA, "random.sample()")
    if not isinstance(items, Unknown):
        collect(machine, items)
    return [machine.unknown(Why.DATA, "random.sample()") for _ in range(count)]


# time

_TIMES = "asctime clock ctime gmtime localtime mktime monotonic monotonic_ns perf_counter perf_counter_ns process_time strftime strptime thread_time time time_ns tzname"
register("time", {name: unknown_call(f"time.{name}", kind=PlainUnknown) for name in _TIMES.split()})
register("time", {"sleep": nothing("time.sleep")})


def _clock(name: str) -> Facade:
    """Return a class of ``datetime``: whatever it gives is not known."""

    def make(machine: Machine, *args: object, **kwargs: object) -> object:
        del args, kwargs
        return PlainUnknown(Why.DATA, f"datetime.{name}()", machine.span)

    members = "now today utcnow fromtimestamp strptime fromisoformat combine utcfromtimestamp"
    return Facade(
        f"datetime.{name}",
        make,
        {member: unknown_call(f"datetime.{name}.{member}", kind=PlainUnknown) for member in members.split()},
    )


register("datetime", {name: _clock(name) for name in ("datetime", "date", "time", "timedelta", "timezone", "tzinfo")})
register("datetime", {"UTC": None})
register(
    "uuid",
    {name: unknown_call(f"uuid.{name}", kind=PlainUnknown) for name in ("uuid1", "uuid3", "uuid4", "uuid5", "UUID")},
)
register(
    "secrets",
    {
        name: unknown_call(f"secrets.{name}", kind=PlainUnknown)
        for name in ("token_hex", "token_bytes", "token_urlsafe", "randbelow", "randbits")
    },
)
