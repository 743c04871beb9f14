"""Bodies of generators as Python generators: ``(frame) -> steps``, which yield what the program yields.

Only statements with a ``yield`` in them are compiled so; what they return is the statement's signal. The ``yield``
expressions of a statement are carried out before the rest of it, each leaving what is sent in a place of the frame.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.spec import Refused
from keraslint.interp.forget import effects_of
from keraslint.interp.generators import delegate
from keraslint.interp.scope import walk
from keraslint.interp.signals import BREAK, RESULT, RETURN, Frame, Thrown
from keraslint.source import ir
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the compiler calls this table
    from keraslint.interp.compile import Compiler

Steps = Callable[[Frame], Generator[object, object, object]]


def compile_steps(compiler: Compiler, body: Sequence[ir.Statement]) -> Steps:
    """Compile statements that follow each other."""
    parts: list[tuple[Steps | None, Callable[[Frame], object] | None]] = [
        (_statement(compiler, statement), None) if _yields_in(statement) else (None, compiler.statement(statement))
        for statement in body
    ]

    def run(frame: Frame) -> Generator[object, object, object]:
        for steps, execute in parts:
            signal = (yield from steps(frame)) if steps is not None else execute(frame) if execute else None
            if signal is not None:
                return signal
        return None

    return run


def _yields_in(node: object) -> list[ir.Yield]:
    """Return the ``yield`` expressions in a node, in the order in which they are carried out."""
    if isinstance(node, ir.FunctionDef | ir.ClassDef | ir.Lambda):
        return []
    found = [part for part in walk(node) if isinstance(part, ir.Yield)]
    return sorted(found, key=lambda part: (part.end, -part.start))


def _statement(compiler: Compiler, node: ir.Statement) -> Steps:
    handler = _COMPOUND.get(type(node))
    if handler is not None:
        return handler(compiler, node)
    first = _ask(compiler, node)
    execute = compiler.statement(node)

    def run(frame: Frame) -> Generator[object, object, object]:
        yield from first(frame)
        return execute(frame)

    return run


def _ask(compiler: Compiler, node: object) -> Callable[[Frame], Generator[object, object, None]]:
    """Compile the ``yield`` expressions of a statement or expression; the rest of it then reads what they gave."""
    machine, source = compiler.machine, compiler.source
    asked = []
    for part in _yields_in(node):
        value = compiler.expression(part.value) if part.value is not None else None
        slot = compiler.sent[id(part)] = compiler.scope.hide("sent")
        asked.append((value, slot, part, _is_in_order(node, part)))

    def ask(frame: Frame) -> Generator[object, object, None]:
        for value, slot, part, is_in_order in asked:
            if not is_in_order:
                what = "a `yield` that other parts of its statement decide"
                raise Undetermined(Unknown(Why.UNSUPPORTED, what, machine.span_of(source, part)))
            given = value(frame) if value is not None else None
            machine.place = (source, part)
            frame[slot] = (yield from delegate(machine, given)) if part.is_from else (yield given)

    return ask


def _is_in_order(node: object, part: ir.Yield) -> bool:
    """Return whether nothing that has effects precedes a ``yield`` in its statement, and nothing decides about it."""
    for other in walk(node):
        if isinstance(other, ir.Boolean | ir.Conditional | ir.Comprehension) and other.start <= part.start < other.end:
            return False
        if isinstance(other, ir.Call) and other.end <= part.start:
            return False
    return True


def _if(compiler: Compiler, node: ir.If) -> Steps:
    machine, source = compiler.machine, compiler.source
    first, test = _ask(compiler, node.test), compiler.expression(node.test)
    body, orelse = compile_steps(compiler, node.body), compile_steps(compiler, node.orelse)

    def run(frame: Frame) -> Generator[object, object, object]:
        yield from first(frame)
        value = test(frame)
        machine.place = (source, node.test)
        return (yield from (body if machine.truth(value) else orelse)(frame))

    return run


def _for(compiler: Compiler, node: ir.For) -> Steps:
    machine, source = compiler.machine, compiler.source
    first, iterable = _ask(compiler, node.iter), compiler.expression(node.iter)
    store = compiler.store(node.target)
    body, orelse = compile_steps(compiler, node.body), compile_steps(compiler, node.orelse)
    forget = effects_of(compiler, node)

    def run(frame: Frame) -> Generator[object, object, object]:
        yield from first(frame)
        values = iterable(frame)
        machine.place = (source, node.iter)
        items: Iterator[object] = iter(())
        is_first = True
        while True:
            try:
                items = machine.iterate(values) if is_first else items
                is_first = False
                item = next(items)
            except StopIteration:
                return (yield from orelse(frame))
            except Undetermined as problem:
                forget(frame, problem.unknown)
                raise  # what it yields in the rounds is not known
            machine.burn()
            store(frame, item)
            signal = yield from body(frame)
            if signal is BREAK:
                return None
            if signal is RETURN:
                return signal

    return run


def _while(compiler: Compiler, node: ir.While) -> Steps:
    machine, source = compiler.machine, compiler.source
    first, test = _ask(compiler, node.test), compiler.expression(node.test)
    body, orelse = compile_steps(compiler, node.body), compile_steps(compiler, node.orelse)
    forget = effects_of(compiler, node)

    def run(frame: Frame) -> Generator[object, object, object]:
        while True:
            machine.burn()
            yield from first(frame)
            value = test(frame)
            machine.place = (source, node.test)
            if isinstance(value, Unknown):
                forget(frame, value)
                raise Undetermined(value)
            if not machine.truth(value):
                return (yield from orelse(frame))
            signal = yield from body(frame)
            if signal is BREAK:
                return None
            if signal is RETURN:
                return signal

    return run


def _try(compiler: Compiler, node: ir.Try) -> Steps:
    machine = compiler.machine
    body, orelse = compile_steps(compiler, node.body), compile_steps(compiler, node.orelse)
    final = compile_steps(compiler, node.finalbody)
    handlers = [(compiler.handler(handler), compile_steps(compiler, handler.body)) for handler in node.handlers]

    def guarded(frame: Frame) -> Generator[object, object, object]:
        try:
            signal = yield from body(frame)
        except (Thrown, Refused) as raised:
            machine.unwind(machine.depth_of_generator())
            thrown = machine.as_thrown(raised)
            for handler, handle in handlers:
                if not handler.fits(frame, thrown):
                    continue
                machine.forgive(raised)
                machine.handling.append(thrown)
                try:
                    return (yield from handle(frame))
                finally:
                    machine.handling.pop()
                    handler.forget(frame)
            raise
        return signal if signal is not None else (yield from orelse(frame))

    def run(frame: Frame) -> Generator[object, object, object]:
        try:
            signal = yield from guarded(frame)
        except (Thrown, Refused):
            after = yield from final(frame)
            if after is not None:
                return after
            raise
        result = frame[RESULT]
        after = yield from final(frame)
        if after is not None:
            return after
        frame[RESULT] = result
        return signal

    return run


def _with(compiler: Compiler, node: ir.With) -> Steps:
    item, *others = node.items
    if others:  # `with a, b` is `with a` around `with b`
        inner = ir.With(node.start, node.end, tuple(others), node.body, node.is_async)
        return _with(compiler, ir.With(node.start, node.end, (item,), (inner,), node.is_async))
    machine, source = compiler.machine, compiler.source
    first, context = _ask(compiler, item.context), compiler.expression(item.context)
    store = compiler.store(item.target) if item.target is not None else None
    body = compile_steps(compiler, node.body)

    def run(frame: Frame) -> Generator[object, object, object]:
        yield from first(frame)
        manager = context(frame)
        machine.place = (source, item)
        value = machine.enter(manager)
        try:
            if store is not None:
                store(frame, value)
            signal = yield from body(frame)
        except (Thrown, Refused) as raised:
            machine.unwind(machine.depth_of_generator())
            machine.place = (source, node)
            if machine.leave(manager, machine.as_thrown(raised)):
                machine.forgive(raised)
                return None
            raise
        machine.place = (source, node)
        machine.leave(manager, None)
        return signal

    return run


def _match(compiler: Compiler, node: ir.Match) -> Steps:
    from keraslint.interp.patterns import compile_pattern

    machine, source = compiler.machine, compiler.source
    first, subject = _ask(compiler, node.subject), compiler.expression(node.subject)
    cases = [
        (
            compile_pattern(compiler, case.pattern),
            compiler.expression(case.guard) if case.guard is not None else None,
            compile_steps(compiler, case.body),
        )
        for case in node.cases
    ]

    def run(frame: Frame) -> Generator[object, object, object]:
        yield from first(frame)
        value = subject(frame)
        machine.place = (source, node.subject)
        for matches, guard, body in cases:
            if machine.truth(matches(frame, value)) and (guard is None or machine.truth(guard(frame))):
                return (yield from body(frame))
        return None

    return run


_COMPOUND: dict[type, Callable[..., Steps]] = {
    ir.If: _if,
    ir.For: _for,
    ir.While: _while,
    ir.Try: _try,
    ir.With: _with,
    ir.Match: _match,
}
