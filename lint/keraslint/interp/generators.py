"""Generators of the program: run from one ``yield`` to the next, as Python runs them."""

from __future__ import annotations

from collections.abc import Generator as Steps, Iterator
from typing import TYPE_CHECKING

from keraslint.interp.limits import DEPTH, YIELDS
from keraslint.interp.overlays import RawNative
from keraslint.interp.signals import RESULT, Cut, Frame, Thrown
from keraslint.values.program import MISSING, Function, Instance, Method
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the machine resumes what it made
    from keraslint.interp.machine import Machine


class Generator(Iterator[object]):
    """A generator object of the program; ``result`` is what it returned once it has ended."""

    def __init__(
        self, machine: Machine, function: Function, steps: Steps[object, object, object], frame: Frame
    ) -> None:
        self.machine = machine
        self.function = function
        self.frame = frame
        self.result: object = None
        self._steps = steps
        self._handling: list[Thrown] = []
        self._is_started = False
        self._is_running = False
        self._yields = 0

    def __next__(self) -> object:
        return self.resume()

    def resume(self, sent: object = None, thrown: Thrown | None = None) -> object:
        """Return what is yielded next; ``StopIteration`` is raised at the end."""
        machine = self.machine
        machine.burn()
        if self._is_running:
            machine.raise_error("ValueError", "generator already executing")
        if machine.depth >= DEPTH:
            raise Cut(Unknown(Why.FUEL, f"recursion deeper than {DEPTH} calls in {self.function.name}", machine.span))
        self._yields += 1
        if self._yields > YIELDS:
            what = f"what {self.function.name} yields after {YIELDS} items"
            raise Undetermined(Unknown(Why.FUEL, what, machine.span))
        depth, height, place, handling = machine.depth, len(machine.stack), machine.place, machine.handling
        machine.stack.append((self.function, place))
        machine.depth = depth + 1
        machine.resumed.append(depth + 1)
        machine.handling = self._handling
        self._is_running = self._is_started = True
        try:
            return self._steps.throw(thrown) if thrown is not None else self._steps.send(sent)
        except StopIteration:
            self.result = self.frame[RESULT]
            raise
        except Thrown as raised:
            if raised.value.cls.name != "StopIteration":
                raise
            return machine.raise_error("RuntimeError", "generator raised StopIteration")
        finally:
            self._is_running = False
            machine.resumed.pop()
            machine.depth, machine.place, machine.handling = depth, place, handling
            del machine.stack[height:]

    def get_member(self, machine: Machine, name: str) -> object:
        """Return a method of the generator."""
        native = _METHODS.get(name)
        if native is None:
            return Unknown(Why.UNSUPPORTED, f"a generator's .{name}", machine.span)
        return Method(native, self)

    @property
    def is_started(self) -> bool:
        """Whether it has been drawn from."""
        return self._is_started


def delegate(machine: Machine, value: object) -> Steps[object, object, object]:
    """Carry out ``yield from value`` and return its value."""
    if not isinstance(value, Generator):
        yield from machine.iterate(value)
        return None
    sent: object = None
    thrown: Thrown | None = None
    while True:
        try:
            item = value.resume(sent, thrown)
        except StopIteration:
            return value.result
        try:
            sent, thrown = (yield item), None
        except Thrown as raised:
            sent, thrown = None, raised


def _or_stop(machine: Machine, generator: Generator, sent: object = None, thrown: Thrown | None = None) -> object:
    """Return what is yielded next; the end is the program's ``StopIteration``."""
    try:
        return generator.resume(sent, thrown)
    except StopIteration:
        stop = Instance(machine.builtin_class("StopIteration"))
        stop.attributes.update(args=() if generator.result is None else (generator.result,), value=generator.result)
        raise Thrown(stop, machine.span) from None


def send(machine: Machine, generator: Generator, value: object) -> object:
    """Carry out ``generator.send(value)``."""
    if value is not None and not generator.is_started:
        machine.raise_error("TypeError", "can't send non-None value to a just-started generator")
    return _or_stop(machine, generator, value)


def following(machine: Machine, generator: Generator) -> object:
    """Carry out ``next(generator)``."""
    return _or_stop(machine, generator)


def throw(machine: Machine, generator: Generator, kind: object, value: object = MISSING, *_: object) -> object:
    """Carry out ``generator.throw(exception)``."""
    return _or_stop(machine, generator, thrown=_thrown_by(machine, kind if value in (MISSING, None) else value))


def _thrown_by(machine: Machine, exception: object) -> Thrown:
    try:
        machine.throw(exception)
    except Thrown as thrown:
        return thrown


def close(machine: Machine, generator: Generator) -> None:
    """Carry out ``generator.close()``: its ``finally`` blocks are run."""
    try:
        generator.resume(thrown=_thrown_by(machine, machine.builtin_class("GeneratorExit")))
    except StopIteration:
        return
    except Thrown as thrown:
        if thrown.value.cls.name != "GeneratorExit":
            raise
        return
    machine.raise_error("RuntimeError", "generator ignored GeneratorExit")


def itself(machine: Machine, generator: Generator) -> object:
    """Carry out ``iter(generator)``."""
    del machine
    return generator


_METHODS = {
    "send": RawNative("generator.send", send),
    "throw": RawNative("generator.throw", throw),
    "close": RawNative("generator.close", close),
    "__next__": RawNative("generator.__next__", following),
    "__iter__": RawNative("generator.__iter__", itself),
}
