"""``try`` and ``with`` of the IR as Python closures, and the deletion of names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.catalogue.spec import Refused
from keraslint.interp.optional_imports import compile_optional
from keraslint.interp.scope import locate
from keraslint.interp.signals import (
    MODULE,
    PARENT,
    RESULT,
    UNSET,
    Frame,
    Thrown,
)
from keraslint.source import ir

if TYPE_CHECKING:  # the compiler calls this table
    from keraslint.interp.compile import Compiler

Execute = Callable[[Frame], object]


def compile_try(compiler: Compiler, node: ir.Try) -> Execute:
    """Compile ``try``: exceptions that evaluation itself knows are caught, those of unknown calls do not happen."""
    machine = compiler.machine
    body = compiler.block(node.body)
    handlers = [(Handler(compiler, handler), compiler.block(handler.body)) for handler in node.handlers]
    orelse = compiler.block(node.orelse) if node.orelse else None
    final = compiler.block(node.finalbody) if node.finalbody else None

    guards = int(any(_catches_import_error(handler.type) for handler in node.handlers))

    def guarded(frame: Frame) -> object:
        depth = machine.depth
        machine.import_guards += guards
        try:
            try:
                signal = body(frame)
            finally:
                machine.import_guards -= guards
        except (Thrown, Refused) as raised:
            machine.unwind(depth)
            thrown = machine.as_thrown(raised)
            for handler, handle in handlers:
                if not handler.fits(frame, thrown):
                    continue
                machine.forgive(raised)
                machine.handling.append(thrown)
                try:
                    return handle(frame)
                finally:
                    machine.handling.pop()
                    handler.forget(frame)
            raise
        if signal is None and orelse is not None:
            return orelse(frame)
        return signal

    if final is None:
        return compile_optional(compiler, node, guarded) if guards else guarded

    def run(frame: Frame) -> object:
        try:
            signal = guarded(frame)
        except (Thrown, Refused):
            after = final(frame)
            if after is not None:
                return after
            raise
        result = frame[RESULT]
        after = final(frame)
        if after is not None:
            return after
        frame[RESULT] = result
        return signal

    return run


class Handler:
    """The head of an ``except`` clause: which exceptions it takes, and the name that it gives them."""

    def __init__(self, compiler: Compiler, node: ir.Handler) -> None:
        self._machine = compiler.machine
        self._place = (compiler.source, node)
        self._kind = compiler.expression(node.type) if node.type is not None else None
        name = ir.Name(node.start, node.end, node.name)
        self._store = compiler.store(name) if node.name else None
        self._unset = deletions(compiler, name) if node.name else []

    def fits(self, frame: Frame, thrown: Thrown) -> bool:
        """Return whether an exception is caught here; it then has its name."""
        self._machine.place = self._place
        if self._kind is not None and not self._machine.catches(self._kind(frame), thrown):
            return False
        if self._store is not None:
            self._store(frame, thrown.value)
        return True

    def forget(self, frame: Frame) -> None:
        """Take the name away again, as Python does after the clause."""
        for unset in self._unset:
            unset(frame)


def _catches_import_error(kind: ir.Expression | None) -> bool:
    names = kind.elements if isinstance(kind, ir.Sequence) else (kind,)
    return any(
        name is None or (isinstance(name, ir.Name) and name.id in {"ImportError", "ModuleNotFoundError", "Exception"})
        for name in names
    )


def compile_with(compiler: Compiler, node: ir.With) -> Execute:
    """Compile ``with``: ``__enter__`` and ``__exit__`` of the program's classes are run, scopes of Keras entered."""
    machine, source = compiler.machine, compiler.source
    item, *others = node.items
    context = compiler.expression(item.context)
    store = compiler.store(item.target) if item.target is not None else None
    if others:  # `with a, b` is `with a` around `with b`
        body = compile_with(compiler, ir.With(node.start, node.end, tuple(others), node.body, node.is_async))
    else:
        body = compiler.block(node.body)

    def run(frame: Frame) -> object:
        manager = context(frame)
        machine.place = (source, item)
        value = machine.enter(manager)
        depth = machine.depth
        try:
            if store is not None:
                store(frame, value)
            signal = body(frame)
        except (Thrown, Refused) as raised:
            machine.unwind(depth)
            machine.place = (source, node)
            if machine.leave(manager, machine.as_thrown(raised)):
                machine.forgive(raised)
                return None
            raise
        machine.place = (source, node)
        machine.leave(manager, None)
        return signal

    return run


def deletions(compiler: Compiler, target: ir.Expression) -> list[Callable[[Frame], None]]:
    """Compile the deletion of a target."""
    machine = compiler.machine
    match target:
        case ir.Name(id=name):
            place = locate(compiler.scope, name)
            if isinstance(place, str):
                return [lambda frame: machine.delete_name(frame[RESULT] if place == "class" else frame[MODULE], name)]
            depth, index = place

            def unset(frame: Frame) -> None:
                for _ in range(depth):
                    frame = frame[PARENT]  # type: ignore[assignment]
                frame[index] = UNSET

            return [unset]
        case ir.Attribute(value=value, attr=attr):
            owner, attr = compiler.expression(value), compiler.private(attr)
            return [lambda frame: machine.delete_attribute(owner(frame), attr)]
        case ir.Subscript(value=value, index=index_node):
            owner, key = compiler.expression(value), compiler.expression(index_node)
            return [lambda frame: machine.delete_item(owner(frame), key(frame))]
        case ir.Sequence(elements=elements):
            return [action for element in elements for action in deletions(compiler, element)]
        case _:
            return []
