"""What passes between the closures: frames' layout, control flow, and exceptions of the analysed program."""

from __future__ import annotations

from keraslint.values.program import Instance
from keraslint.values.unknown import Span, Unknown

MODULE, PARENT, RESULT, FIRST = 0, 1, 2, 3
"""A frame is a list: the module, the frame that it closes over, the value returned, then one entry a local name."""

Frame = list[object]

COMPREHENSION = "comprehension"
"""What the frame of a comprehension has for its result."""


def function_frame(frame: Frame) -> Frame:
    """Return the frame of the function, class or module that a comprehension's frame is in."""
    while len(frame) > RESULT and frame[RESULT] is COMPREHENSION:
        outer = frame[PARENT]
        if not isinstance(outer, list):
            break
        frame = outer
    return frame


class Signal:
    """A statement's outcome other than going on."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


RETURN, BREAK, CONTINUE = Signal("return"), Signal("break"), Signal("continue")


class Unset:
    """The content of a local name that has no value."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()


class Thrown(Exception):
    """An exception of the analysed program."""

    def __init__(self, value: Instance, span: Span | None) -> None:
        super().__init__(value.cls.name)
        self.value = value
        self.span = span

    @property
    def message(self) -> str:
        """The exception's text."""
        args = self.value.attributes.get("args")
        if not (isinstance(args, tuple) and args and isinstance(args[0], str)):
            return ""
        return repr(args[0]) if self.value.cls.name == "KeyError" else args[0]


class Cut(Exception):
    """Evaluation ends here: out of fuel, or something unknown decides where the program goes."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.what)
        self.unknown = unknown
