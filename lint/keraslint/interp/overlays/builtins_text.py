"""``eval`` of a text that is known: an expression of the program like any other, carried out by evaluation itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.compile import compile_expression
from keraslint.interp.limits import DEPTH
from keraslint.interp.overlays import raw
from keraslint.interp.signals import MODULE, Cut
from keraslint.source import ir
from keraslint.source.lower import parse
from keraslint.source.text import SourceError, SourceFile
from keraslint.values.program import Module
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("builtins.eval", inert=False)
def evaluate(machine: Machine, text: object, *scopes: object) -> object:
    """Return what an expression gives over the names of the function and module that it stands in."""
    module = machine.frame[MODULE] if machine.frame else None
    node = _expression(text) if isinstance(text, str) and not scopes else None
    if node is None or not isinstance(module, Module):
        return machine.unknown(Why.UNSUPPORTED, "`eval` of a text that is not known")
    if machine.depth >= DEPTH:
        raise Cut(Unknown(Why.FUEL, f"`eval` within `eval`, deeper than {DEPTH} calls", machine.span))
    source, expression = node
    names = machine.call(machine.builtins["locals"], (), {})
    inner = Module(module.name, module.path)
    inner.namespace.update({**module.namespace, **names} if isinstance(names, dict) else module.namespace)
    outer, place, frame = machine.library, machine.place, machine.frame
    machine.library = machine.span
    machine.depth += 1
    try:
        return compile_expression(machine, source, expression)([inner, None, None])
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
