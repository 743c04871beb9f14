"""What is no longer known after a loop that may have run any number of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.scope import bound_names, walk
from keraslint.interp.signals import Frame
from keraslint.source import ir
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # called by the compiler
    from keraslint.interp.compile import Compiler

_STRUCTURAL = {"add", "pop", "append", "extend", "insert", "remove", "update", "clear", "setdefault", "build", "sort"}


_WORDS = {ir.For: "a `for` loop", ir.While: "a `while` loop", ir.Comprehension: "a comprehension"}


def effects_of(compiler: Compiler, node: ir.For | ir.While | ir.Comprehension) -> Callable[[Frame, Unknown], None]:
    """Return what forgets: every name that the loop assigns, and every object that it may change in place."""
    effects: list[Callable[[Frame, Unknown], None]] = []

    def forget(frame: Frame, cause: Unknown) -> None:
        if not effects:  # few loops ever need them
            effects.append(_effects_of(compiler, node))
        effects[0](frame, cause)

    return forget


def _effects_of(compiler: Compiler, node: ir.For | ir.While | ir.Comprehension) -> Callable[[Frame, Unknown], None]:
    machine, source = compiler.machine, compiler.source
    assigned: dict[str, ir.Name] = {}
    changed: dict[str, ir.Name] = {}
    sets_trainable = False
    own: set[str] = set()
    if isinstance(node, ir.Comprehension):
        own = {name for clause in node.clauses for name in bound_names(clause.target)}
    parts = (node,) if isinstance(node, ir.Comprehension) else (node.body, getattr(node, "target", None))
    for part in walk(parts):
        for target in _targets(part):
            for name in bound_names(target):
                assigned[name] = ir.Name(part.start, part.end, name)
            if isinstance(target, ir.Attribute) and target.attr == "trainable":
                sets_trainable = True
            if isinstance(target, ir.Attribute | ir.Subscript) and (base := _base(target)) is not None:
                changed[base.id] = base
        if isinstance(part, ir.Call) and isinstance(part.func, ir.Attribute) and part.func.attr in _STRUCTURAL:
            base = _base(part.func)
            if base is not None:
                changed[base.id] = base
    if isinstance(node, ir.For):
        for name in bound_names(node.target):
            assigned[name] = ir.Name(node.start, node.end, name)
    stores = [compiler.store(name) for name in assigned.values()]
    owners = [compiler.expression(name) for id_, name in changed.items() if id_ not in {*assigned, *own}]
    iterated = compiler.expression(node.iter) if sets_trainable and isinstance(node, ir.For) else None

    def forget(frame: Frame, cause: Unknown) -> None:
        span = machine.span_of(source, node)
        reason = f"{_WORDS[type(node)]} over {cause.symbol or 'what is not known'} ({cause.what})"
        unknown = Unknown(cause.why if cause.why is not Why.INPUT else Why.BRANCH, reason, span)
        for store in stores:
            store(frame, unknown)
        for owner in owners:
            machine.blur(owner(frame), unknown)
        if iterated is not None:
            machine.taint_trainable(unknown)

    return forget


def _targets(node: ir.Node) -> tuple[ir.Expression, ...]:
    match node:
        case ir.Assign(targets=targets) | ir.Delete(targets=targets):
            return targets
        case ir.AugmentedAssign(target=target) | ir.AnnotatedAssign(target=target) | ir.For(target=target):
            return (target,)
        case ir.With(items=items):
            return tuple(item.target for item in items if item.target is not None)
        case ir.Walrus(target=name):
            return (ir.Name(node.start, node.end, name),)
        case ir.FunctionDef(name=name) | ir.ClassDef(name=name):
            return (ir.Name(node.start, node.end, name),)
        case _:
            return ()


def _base(node: ir.Expression) -> ir.Name | None:
    """Return the name at the bottom of ``a.b[c].d``."""
    while isinstance(node, ir.Attribute | ir.Subscript | ir.Call):
        node = node.func if isinstance(node, ir.Call) else node.value
    return node if isinstance(node, ir.Name) else None
