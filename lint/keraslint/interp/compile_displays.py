"""Displays, comprehensions and f-strings of the IR as Python closures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from keraslint.interp.forget import effects_of
from keraslint.interp.limits import ITEMS
from keraslint.interp.scope import Scope, bound_names
from keraslint.interp.signals import COMPREHENSION, MODULE, PARENT, RESULT, UNSET, Frame
from keraslint.source import ir
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the compiler calls these functions
    from keraslint.interp.compile import Compiler
    from keraslint.interp.machine import Machine

Evaluate = Callable[[Frame], object]


def compile_sequence(compiler: Compiler, node: ir.Sequence) -> Evaluate:
    """Compile a tuple, list or set display."""
    machine, source = compiler.machine, compiler.source
    makers: dict[str, Callable[[list[object]], object]] = {"tuple": tuple, "list": list, "set": machine.make_set}
    make = makers[node.kind]
    if not any(isinstance(element, ir.Starred) for element in node.elements):
        elements = [compiler.expression(element) for element in node.elements]
        if node.kind == "list":
            return lambda frame: [element(frame) for element in elements]
        return lambda frame: make([element(frame) for element in elements])
    parts = [
        (
            isinstance(element, ir.Starred),
            compiler.expression(element.value if isinstance(element, ir.Starred) else element),
        )
        for element in node.elements
    ]

    def build(frame: Frame) -> object:
        items: list[object] = []
        for is_starred, evaluate in parts:
            value = evaluate(frame)
            if not is_starred:
                items.append(value)
                continue
            machine.place = (source, node)
            if isinstance(value, Unknown):
                return Unknown(value.why, f"a display with *{value.symbol or '…'}: {value.what}", value.where)
            items.extend(islice(machine.iterate(value), ITEMS + 1))
            machine.burn(len(items) >> 6)
            if len(items) > ITEMS:
                return Unknown(Why.FUEL, "a display is too large to evaluate", machine.span_of(source, node))
        return make(items)

    return build


def compile_dict(compiler: Compiler, node: ir.Dict) -> Evaluate:
    """Compile a dict display."""
    machine, source = compiler.machine, compiler.source
    items = [
        (compiler.expression(key) if key is not None else None, compiler.expression(value)) for key, value in node.items
    ]

    def build(frame: Frame) -> object:
        result: dict[object, object] = {}
        for key, value in items:
            if key is None:
                mapping = value(frame)
                machine.place = (source, node)
                if isinstance(mapping, Unknown):
                    return Unknown(mapping.why, f"a dict with **: {mapping.what}", mapping.where)
                result.update(machine.mapping_items(mapping))
            else:
                name = key(frame)
                machine.set_item(result, name, value(frame))
        return result

    return build


def compile_comprehension(compiler: Compiler, node: ir.Comprehension) -> Evaluate:
    """Compile a comprehension: it has a frame of its own, which a generator keeps between its items."""
    machine, source = compiler.machine, compiler.source
    outermost = compiler.expression(node.clauses[0].iter)
    scope = Scope("function", compiler.scope, has_walrus=compiler.scope.has_walrus, is_comprehension=True)
    for clause in node.clauses:
        for name in bound_names(clause.target):
            scope.slot(name)
    inner = type(compiler)(machine, source, scope, compiler.qualname, compiler.class_name)
    rounds = _rounds(inner, node)
    element = inner.expression(node.element)
    value = inner.expression(node.value) if node.value is not None else None
    in_class = compiler.scope.kind == "class"
    forget = effects_of(compiler, node)

    def build(frame: Frame) -> object:
        values = outermost(frame)
        machine.place = (source, node.clauses[0])
        own: Frame = [UNSET] * scope.size
        own[MODULE], own[PARENT], own[RESULT] = frame[MODULE], frame[PARENT] if in_class else frame, COMPREHENSION
        if node.kind == "generator" and not isinstance(values, Unknown):
            items = machine.iterate(values)
            return (element(own) for _ in rounds(own, items))
        try:
            drawn = rounds(own, _items(machine, values))
            if value is not None:
                mapping: dict[object, object] = {}
                for _ in drawn:
                    machine.set_item(mapping, element(own), value(own))
                return mapping
            found = [element(own) for _ in drawn]
        except _NoMoreKnown as problem:
            unknown = problem.unknown
        else:
            return machine.make_set(found) if node.kind == "set" else found
        forget(frame, unknown)
        what = f"a comprehension over {unknown.symbol or 'what is not known'}: {unknown.what}"
        return Unknown(unknown.why, what, unknown.where)

    return build


class _NoMoreKnown(Undetermined):
    """The further items of what a comprehension goes through are not known."""


def _items(machine: Machine, values: object) -> Iterator[object]:
    try:
        yield from machine.iterate(values)
    except Undetermined as problem:
        raise _NoMoreKnown(problem.unknown) from None


def _rounds(compiler: Compiler, node: ir.Comprehension) -> Callable[[Frame, Iterator[object]], Iterator[None]]:
    """Compile the clauses of a comprehension: each round leaves its variables in the frame."""
    machine, source = compiler.machine, compiler.source
    clauses = [
        (
            compiler.expression(clause.iter) if position else None,
            compiler.store(clause.target),
            [(compiler.expression(test), test) for test in clause.conditions],
            clause,
        )
        for position, clause in enumerate(node.clauses)
    ]

    def rounds(frame: Frame, items: Iterator[object], depth: int = 0) -> Iterator[None]:
        _, store, tests, _ = clauses[depth]
        for item in items:
            machine.burn()
            store(frame, item)
            for test, place in tests:
                outcome = test(frame)
                machine.place = (source, place)
                if outcome is not True and not machine.truth(outcome):
                    break
            else:
                if depth + 1 == len(clauses):
                    yield None
                    continue
                iterable, _, _, clause = clauses[depth + 1]
                values = iterable(frame) if iterable is not None else ()
                machine.place = (source, clause)
                yield from rounds(frame, _items(machine, values), depth + 1)

    return rounds


def compile_joined(compiler: Compiler, node: ir.Joined) -> Evaluate:
    """Compile an f-string."""
    machine, source = compiler.machine, compiler.source
    parts: list[str | tuple[Evaluate, str, Evaluate | None, str]] = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        spec = compiler.expression(part.spec) if part.spec is not None else None
        parts.append((compiler.expression(part.value), part.conversion, spec, part.literal))

    def build(frame: Frame) -> object:
        text = ""
        for part in parts:
            if isinstance(part, str):
                text += part
                continue
            evaluate, conversion, spec, literal = part
            value = evaluate(frame)
            if type(value) is str and not conversion and spec is None:
                text += literal + value
                continue
            machine.place = (source, node)
            formatted = machine.format_value(value, conversion, "" if spec is None else spec(frame))
            if isinstance(formatted, Unknown):
                return formatted
            text += literal + formatted
        return text

    return build
