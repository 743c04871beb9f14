"""``eval`` and ``exec`` of a text that is known: a part of the program like any other, carried out by evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from keraslint.interp.compile import compile_expression, compile_module
from keraslint.interp.limits import DEPTH
from keraslint.interp.overlays import raw
from keraslint.interp.signals import Cut
from keraslint.source import ir
from keraslint.source.parse import parse
from keraslint.source.text import SourceError, SourceFile
from keraslint.values.program import Module
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("builtins.eval", inert=False)
def evaluate(machine: Machine, text: object, *scopes: object) -> object:
    """Return what an expression gives over the names of the function and module that it stands in."""
    module = machine.module
    node = _expression(text) if isinstance(text, str) and not scopes else None
    if node is None or module is None:
        return machine.unknown(Why.UNSUPPORTED, "`eval` of a text that is not known")
    source, expression = node
    names = machine.call(machine.builtins["locals"], (), {})
    inner = Module(module.name, module.path)
    inner.namespace.update({**module.namespace, **names} if isinstance(names, dict) else module.namespace)
    with _inside(machine, "eval"):
        return compile_expression(machine, source, expression)([inner, None, None])


@raw("builtins.exec", inert=False)
def execute(machine: Machine, text: object, namespace: object = None, *others: object) -> None:
    """Run the statements of a text; without a namespace, those of the module that it stands in."""
    source = SourceFile("<exec>", text) if isinstance(text, str) else None
    if source is None or others or not (isinstance(namespace, dict) or (namespace is None and not machine.stack)):
        unknown = machine.unknown(Why.UNSUPPORTED, "`exec` of a text or in a scope that is not known")
        if isinstance(namespace, dict):
            machine.blur(namespace, unknown)
        machine.taint(unknown)
        return
    module = machine.module if namespace is None else None
    if module is None:
        module = Module("__main__", machine.module.path if machine.module is not None else "")
        module.namespace = namespace if isinstance(namespace, dict) else {}
    try:
        statements = compile_module(machine, source, parse(source))
    except SourceError as error:
        machine.raise_error("SyntaxError", error.message)
    with _inside(machine, "exec"):
        machine.run_statements(module, statements)


@contextmanager
def _inside(machine: Machine, name: str) -> Iterator[None]:
    """Let what is evaluated stand at the call."""
    if machine.depth >= DEPTH:
        raise Cut(Unknown(Why.FUEL, f"`{name}` within `{name}`, deeper than {DEPTH} calls", machine.span))
    outer, place, frame = machine.library, machine.place, machine.frame
    machine.library = machine.span
    machine.depth += 1
    try:
        yield
    finally:
        machine.depth -= 1
        machine.library, machine.place, machine.frame = outer, place, frame


def _expression(text: str) -> tuple[SourceFile, ir.Expression] | None:
    source = SourceFile("<eval>", text.strip())
    try:
        body = parse(source).body
    except SourceError:
        return None
    statement = body[0] if len(body) == 1 else None
    return (source, statement.value) if isinstance(statement, ir.ExpressionStatement) else None
