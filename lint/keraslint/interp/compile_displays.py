"""Displays, comprehensions and f-strings of the IR as Python closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.signals import Frame
from keraslint.source import ir
from keraslint.values.unknown import Unknown

if TYPE_CHECKING:  # the compiler calls these functions
    from keraslint.interp.compile import Compiler

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
            items.extend(machine.iterate(value))
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
    """Compile a comprehension; its variables become hidden names of the scope around it."""
    machine, source, scope = compiler.machine, compiler.source, compiler.scope
    outermost = compiler.expression(node.clauses[0].iter)
    saved = dict(scope.renames)
    clauses: list[tuple[Evaluate, Callable[[Frame, object], None], list[Evaluate], ir.Clause]] = []
    for position, clause in enumerate(node.clauses):
        iterate = outermost if position == 0 else compiler.expression(clause.iter)
        compiler.hide_names(clause.target)
        store = compiler.store(clause.target)
        clauses.append((iterate, store, [compiler.expression(test) for test in clause.conditions], clause))
    element = compiler.expression(node.element)
    value = compiler.expression(node.value) if node.value is not None else None
    scope.renames = saved
    last = len(clauses) - 1

    def fill(frame: Frame, depth: int, emit: Callable[[Frame], None]) -> Unknown | None:
        iterable, store, tests, clause = clauses[depth]
        values = iterable(frame)
        machine.place = (source, clause)
        if isinstance(values, Unknown):
            return values
        for item in machine.iterate(values):
            machine.burn()
            store(frame, item)
            for number, test in enumerate(tests):
                outcome = test(frame)
                machine.place = (source, clause.conditions[number])
                if outcome is not True and not machine.truth(outcome):
                    break
            else:
                if depth == last:
                    emit(frame)
                else:
                    unknown = fill(frame, depth + 1, emit)
                    if unknown is not None:
                        return unknown
        return None

    def build(frame: Frame) -> object:
        entry = value
        if entry is not None:
            mapping: dict[object, object] = {}
            unknown = fill(frame, 0, lambda f: machine.set_item(mapping, element(f), entry(f)))
            result: object = mapping
        else:
            items: list[object] = []
            unknown = fill(frame, 0, lambda f: items.append(element(f)))
            result = machine.make_set(items) if node.kind == "set" else items
        if unknown is not None:
            return Unknown(
                unknown.why,
                f"a comprehension over {unknown.symbol or 'what is not known'}: {unknown.what}",
                unknown.where,
            )
        return machine.make_generator(result) if node.kind == "generator" else result

    return build


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
