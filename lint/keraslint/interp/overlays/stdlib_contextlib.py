"""``contextlib`` and other context managers that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import make_class, nothing
from keraslint.interp.signals import Thrown
from keraslint.values.program import Instance
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class Context:
    """A context manager that gives a value and swallows some exceptions."""

    def __init__(self, result: object = None, swallowed: tuple[object, ...] = ()) -> None:
        self.result = result
        self.swallowed = swallowed

    def enter(self, machine: Machine) -> object:
        """Enter the block."""
        del machine
        return self.result

    def leave(self, machine: Machine, thrown: Thrown | None) -> bool:
        """Leave the block."""
        return thrown is not None and machine.catches(self.swallowed, thrown)


@raw("contextlib.suppress")
def suppress(machine: Machine, *kinds: object) -> object:
    """Return what swallows exceptions."""
    del machine
    return Context(None, kinds)


@raw("contextlib.nullcontext", "contextlib.closing")
def nullcontext(machine: Machine, result: object = None) -> object:
    """Return what does nothing."""
    del machine
    return Context(result)


@raw("contextlib.redirect_stdout", "contextlib.redirect_stderr", "contextlib.chdir", "warnings.catch_warnings")
def redirected(machine: Machine, *_: object, **__: object) -> object:
    """Return what does nothing here."""
    del machine
    return Context([])


@raw("contextlib.contextmanager", "contextlib.asynccontextmanager")
def contextmanager(machine: Machine, function: object) -> object:
    """Return a function whose block is run, and of which nothing is known."""
    del machine, function

    def enter(machine: Machine, *args: object, **kwargs: object) -> object:
        del args, kwargs
        return machine.unknown(Why.UNSUPPORTED, "a context manager made of a generator")

    return RawNative("contextlib.contextmanager", enter)


def _enter_context(machine: Machine, own: Instance, manager: object) -> object:
    del own
    return machine.enter(manager)


def _itself(machine: Machine, own: object, *_: object) -> object:
    del machine
    return own


def _false(machine: Machine, *_: object) -> object:
    del machine
    return False


register(
    "contextlib",
    {
        "ExitStack": Lazy(
            lambda machine: make_class(
                machine,
                "ExitStack",
                {
                    "enter_context": _enter_context,
                    "__enter__": _itself,
                    "__exit__": _false,
                    "close": nothing("close").function,
                },
            )
        ),
        "AbstractContextManager": Lazy(
            lambda machine: make_class(machine, "AbstractContextManager", {"__enter__": _itself})
        ),
        "ContextDecorator": Lazy(lambda machine: make_class(machine, "ContextDecorator", {})),
    },
)
