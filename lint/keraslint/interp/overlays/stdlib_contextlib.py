"""``contextlib`` and other context managers that change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.generators import Generator
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import make_class
from keraslint.interp.signals import Thrown
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class Context:
    """A context manager that gives a value and swallows some exceptions."""

    def __init__(
        self,
        result: object = None,
        swallowed: tuple[object, ...] = (),
        on_leave: tuple[object, tuple[object, ...], dict[str, object]] | None = None,
    ) -> None:
        self.result = result
        self.swallowed = swallowed
        self.on_leave = on_leave

    def enter(self, machine: Machine) -> object:
        """Enter the block."""
        del machine
        return self.result

    def leave(self, machine: Machine, thrown: Thrown | None) -> bool:
        """Leave the block."""
        if self.on_leave is not None:
            machine.call(*self.on_leave)
        return thrown is not None and machine.catches(self.swallowed, thrown)


class GeneratorContext:
    """A context manager made of a generator: its block stands where the generator yields."""

    def __init__(self, function: object, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        self._made_by = function, args, kwargs
        self._generator: object = None

    def enter(self, machine: Machine) -> object:
        """Run the generator up to its ``yield``."""
        self._generator = generator = machine.call(*self._made_by)
        if not isinstance(generator, Generator):
            return machine.unknown(Why.UNSUPPORTED, "a context manager made of what is not known")
        try:
            return generator.resume()
        except StopIteration:
            return machine.raise_error("RuntimeError", "generator didn't yield")

    def leave(self, machine: Machine, thrown: Thrown | None) -> bool:
        """Run the generator to its end; an exception of the block is raised at its ``yield``."""
        if not isinstance(self._generator, Generator):
            return False
        try:
            self._generator.resume(thrown=thrown)
        except StopIteration:
            return thrown is not None
        except Thrown as raised:
            if thrown is None or raised.value is not thrown.value:
                raise
            return False
        return machine.raise_error("RuntimeError", "generator didn't stop")

    def call_with(self, machine: Machine, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Decorate a function: each of its calls is a block of its own."""
        del kwargs
        return _inside(machine, lambda: GeneratorContext(*self._made_by), args[0])


def _inside(machine: Machine, manager_of: Callable[[], object], function: object) -> object:
    """Return a function whose calls are run inside a block."""

    def run(machine: Machine, *args: object, **kwargs: object) -> object:
        manager = manager_of()
        machine.enter(manager)
        try:
            result = machine.call(function, args, kwargs)
        except Thrown as thrown:
            if machine.leave(manager, thrown):
                return None
            raise
        machine.leave(manager, None)
        return result

    del machine
    return RawNative("contextlib.decorated", run)


class ExitStack:
    """``contextlib.ExitStack``: what was entered is left in the reverse order."""

    def __init__(self) -> None:
        self._entered: list[object] = []

    def enter(self, machine: Machine) -> object:
        """Enter the block."""
        del machine
        return self

    def leave(self, machine: Machine, thrown: Thrown | None) -> bool:
        """Leave everything that was entered."""
        pending = thrown
        while self._entered:
            try:
                if machine.leave(self._entered.pop(), pending):
                    pending = None
            except Thrown as raised:
                pending = raised
        if pending is not None and pending is not thrown:
            raise pending
        return pending is None and thrown is not None

    def get_member(self, machine: Machine, name: str) -> object:
        """Return a method."""
        members: dict[str, Callable[..., object]] = {
            "enter_context": self._enter_context,
            "push": self._push,
            "callback": self._callback,
            "close": self._close,
            "pop_all": self._pop_all,
        }
        if name not in members:
            return machine.unknown(Why.UNSUPPORTED, f"ExitStack.{name}")
        return RawNative(f"ExitStack.{name}", members[name])

    def _enter_context(self, machine: Machine, manager: object) -> object:
        value = machine.enter(manager)
        self._entered.append(manager)
        return value

    def _push(self, machine: Machine, manager: object) -> object:
        del machine
        self._entered.append(manager)
        return manager

    def _callback(self, machine: Machine, function: object, /, *args: object, **kwargs: object) -> object:
        del machine
        self._entered.append(Context(on_leave=(function, args, kwargs)))
        return function

    def _close(self, machine: Machine) -> None:
        self.leave(machine, None)

    def _pop_all(self, machine: Machine) -> object:
        del machine
        other = ExitStack()
        other._entered, self._entered = self._entered, []
        return other


@raw("contextlib.ExitStack")
def exit_stack(machine: Machine) -> object:
    """Return an ``ExitStack``."""
    del machine
    return ExitStack()


@raw("contextlib.suppress")
def suppress(machine: Machine, *kinds: object) -> object:
    """Return what swallows exceptions."""
    del machine
    return Context(None, kinds)


@raw("pytest.raises")
def raises(machine: Machine, kind: object = (), *_: object, **__: object) -> object:
    """Return what swallows the exceptions that a test waits for."""
    told = machine.unknown(Why.UNSUPPORTED, "what `pytest.raises` tells of an exception")
    return Context(told, kind if isinstance(kind, tuple) else (kind,))


@raw("contextlib.nullcontext")
def nullcontext(machine: Machine, result: object = None) -> object:
    """Return what does nothing."""
    del machine
    return Context(result)


@raw("contextlib.closing")
def closing(machine: Machine, thing: object) -> object:
    """Return what closes a thing at the end."""
    return Context(thing, on_leave=(machine.get_attribute(thing, "close"), (), {}))


@raw("contextlib.redirect_stdout", "contextlib.redirect_stderr", "contextlib.chdir", "warnings.catch_warnings")
def redirected(machine: Machine, *_: object, **__: object) -> object:
    """Return what does nothing here."""
    del machine
    return Context([])


@raw("contextlib.contextmanager", "contextlib.asynccontextmanager")
def contextmanager(machine: Machine, function: object) -> object:
    """Return a function that makes a context manager of a generator."""

    def enter(machine: Machine, *args: object, **kwargs: object) -> object:
        del machine
        return GeneratorContext(function, args, kwargs)

    del machine
    return RawNative("contextlib.contextmanager", enter)


def _decorate(machine: Machine, own: object, function: object) -> object:
    return _inside(machine, lambda: own, function)


def _itself(machine: Machine, own: object, *_: object) -> object:
    del machine
    return own


register(
    "contextlib",
    {
        "AbstractContextManager": Lazy(
            lambda machine: make_class(machine, "AbstractContextManager", {"__enter__": _itself})
        ),
        "ContextDecorator": Lazy(lambda machine: make_class(machine, "ContextDecorator", {"__call__": _decorate})),
    },
)
