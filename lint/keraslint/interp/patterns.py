"""Patterns of ``match`` as closures: ``(frame, value) -> bool | Unknown``, binding names on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.signals import Frame
from keraslint.source import ir
from keraslint.values.program import MISSING
from keraslint.values.unknown import Unknown

if TYPE_CHECKING:  # called by the compiler
    from keraslint.interp.compile import Compiler

Matches = Callable[[Frame, object], object]


def compile_pattern(compiler: Compiler, pattern: ir.Pattern) -> Matches:
    """Compile a pattern."""
    machine = compiler.machine
    inner = [compile_pattern(compiler, part) for part in pattern.patterns]
    store = compiler.store(ir.Name(pattern.start, pattern.end, pattern.name)) if pattern.name else None
    value = compiler.expression(pattern.value) if pattern.value is not None else None

    def bind(frame: Frame, subject: object) -> bool:
        if store is not None:
            store(frame, subject)
        return True

    def every(frame: Frame, parts: list[Matches], subjects: list[object]) -> object:
        for matches, subject in zip(parts, subjects, strict=True):
            outcome = matches(frame, subject)
            if outcome is not True:
                return outcome
        return True

    match pattern.kind:
        case "value" if value is not None:
            return lambda frame, subject: machine.compare("==", subject, value(frame))
        case "capture" | "star":
            return bind
        case "as":
            return lambda frame, subject: (
                outcome if (outcome := inner[0](frame, subject)) is not True else bind(frame, subject)
            )
        case "or":

            def any_of(frame: Frame, subject: object) -> object:
                outcome: object = False
                for matches in inner:
                    outcome = matches(frame, subject)
                    if outcome is not False:
                        return outcome
                return outcome

            return any_of
        case "sequence":
            star = next((i for i, part in enumerate(pattern.patterns) if part.kind == "star"), -1)

            def sequence(frame: Frame, subject: object) -> object:
                if isinstance(subject, Unknown):
                    return subject
                if not isinstance(subject, list | tuple):
                    return False
                if star < 0:
                    return len(subject) == len(inner) and every(frame, inner, list(subject))
                tail = len(inner) - star - 1
                if len(subject) < len(inner) - 1:
                    return False
                middle = list(subject[star : len(subject) - tail])
                return every(frame, inner, [*subject[:star], middle, *subject[len(subject) - tail :]])

            return sequence
        case "mapping":
            keys = [compiler.expression(key) for key in pattern.keys]

            def mapping(frame: Frame, subject: object) -> object:
                if isinstance(subject, Unknown):
                    return subject
                if not isinstance(subject, dict):
                    return False
                names = [key(frame) for key in keys]
                if any(name not in subject for name in names):
                    return False
                outcome = every(frame, inner, [subject[name] for name in names])
                if outcome is True and store is not None:
                    store(frame, {k: v for k, v in subject.items() if k not in names})
                return outcome

            return mapping
        case "class" if value is not None:

            def instance(frame: Frame, subject: object) -> object:
                outcome = machine.is_instance(subject, value(frame))
                if outcome is not True:
                    return outcome
                count = len(inner) - len(pattern.keywords)
                names = [*machine.match_names(subject, count), *pattern.keywords]
                parts = [machine.get_attribute(subject, name, MISSING) if name else subject for name in names]
                return False if MISSING in parts else every(frame, inner, parts)

            return instance
        case _:
            return lambda _frame, subject: machine.unsupported(f"a {pattern.kind} pattern", subject)
