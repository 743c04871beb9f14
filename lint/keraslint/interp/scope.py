"""Which names of a function are its own, which belong to a function around it, and which to the module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from keraslint.interp.signals import FIRST
from keraslint.source import ir


@dataclass(slots=True)
class Scope:
    """The names of a module, class, function or comprehension while it is compiled."""

    kind: Literal["module", "class", "function"]
    parent: Scope | None
    slots: dict[str, int] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    is_comprehension: bool = False
    has_walrus: bool = True
    """Whether the module's text has ``:=`` at all; looking for it in every expression costs time."""

    def slot(self, name: str) -> int:
        """Return the frame index of a local name, making one where there is none."""
        return self.slots.setdefault(name, FIRST + len(self.slots))

    def hide(self, name: str) -> int:
        """Return the frame index of a value that has no name in the program."""
        return self.slot(f"{name}@{len(self.slots)}")

    @property
    def size(self) -> int:
        """The length of a frame."""
        return FIRST + len(self.slots)


def locate(scope: Scope, name: str) -> tuple[int, int] | str:
    """Return (frames up, index) of a name, ``"class"`` for the class body's own, or ``"global"``."""
    if scope.kind == "module" or name in scope.globals:
        return "global"
    if scope.kind == "class" and name not in scope.nonlocals:
        return "class"
    depth = 0
    current: Scope | None = scope
    first = True
    while current is not None and current.kind != "module":
        if current.kind == "function" and name in current.slots and (not first or name not in scope.nonlocals):
            return depth, current.slots[name]
        # a class body's frame is no link of the chain for functions in it: they close over the frame around it
        if current.kind == "function" or first:
            depth += 1
        current = current.parent
        first = False
    return "global"


def function_scope(params: Iterable[ir.Parameter], body: Iterable[ir.Statement], parent: Scope) -> Scope:
    """Return the scope of a function: parameters first, then every name that its body binds."""
    scope = Scope("function", parent, has_walrus=parent.has_walrus)
    for parameter in params:
        scope.slot(parameter.name)
    declare(scope, body)
    return scope


def declare(scope: Scope, body: Iterable[ir.Statement]) -> None:
    """Enter into a scope what a body binds, without looking into nested functions and classes."""
    names: list[str] = []
    for statement in body:
        _collect(statement, scope, names)
    for name in names:
        if name not in scope.globals and name not in scope.nonlocals:
            scope.slot(name)


def _collect(statement: ir.Statement, scope: Scope, names: list[str]) -> None:
    match statement:
        case ir.Global(names=declared):
            scope.globals.update(declared)
        case ir.Nonlocal(names=declared):
            scope.nonlocals.update(declared)
        case ir.FunctionDef(name=name) | ir.ClassDef(name=name):
            names.append(name)
        case ir.Import(names=aliases):
            names.extend(alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ir.ImportFrom(names=aliases):
            names.extend(alias.asname or alias.name for alias in aliases if alias.name != "*")
        case ir.Assign(targets=targets) | ir.Delete(targets=targets):
            for target in targets:
                names.extend(bound_names(target))
        case ir.AugmentedAssign(target=target) | ir.AnnotatedAssign(target=target):
            names.extend(bound_names(target))
        case ir.For(target=target):
            names.extend(bound_names(target))
        case ir.With(items=items):
            for item in items:
                if item.target is not None:
                    names.extend(bound_names(item.target))
        case ir.Try(handlers=handlers):
            names.extend(handler.name for handler in handlers if handler.name)
        case ir.Match(cases=cases):
            for case in cases:
                names.extend(_pattern_names(case.pattern))
        case _:
            pass
    if scope.has_walrus:
        names.extend(_walrus_names(statement))
    for child in children(statement):
        _collect(child, scope, names)


def children(statement: ir.Statement) -> Iterator[ir.Statement]:
    """Yield the statements inside a compound statement of the same scope."""
    match statement:
        case ir.If(body=body, orelse=orelse) | ir.While(body=body, orelse=orelse) | ir.For(body=body, orelse=orelse):
            yield from body
            yield from orelse
        case ir.With(body=body):
            yield from body
        case ir.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            yield from body
            for handler in handlers:
                yield from handler.body
            yield from orelse
            yield from finalbody
        case ir.Match(cases=cases):
            for case in cases:
                yield from case.body
        case _:
            return


def bound_names(target: ir.Expression) -> Iterator[str]:
    """Yield the plain names that an assignment target binds."""
    match target:
        case ir.Name(id=name):
            yield name
        case ir.Sequence(elements=elements):
            for element in elements:
                yield from bound_names(element)
        case ir.Starred(value=value):
            yield from bound_names(value)
        case _:
            return


def _pattern_names(pattern: ir.Pattern) -> Iterator[str]:
    if pattern.name:
        yield pattern.name
    for inner in pattern.patterns:
        yield from _pattern_names(inner)


def _walrus_names(statement: ir.Statement) -> Iterator[str]:
    for node in walk(statement, statements=False):
        if isinstance(node, ir.Walrus):
            yield node.target


def walk(node: object, *, statements: bool = True) -> Iterator[ir.Node]:
    """Yield a node and all nodes below it, not entering functions, lambdas and classes.

    Without ``statements``, the statements inside a compound statement are left out.
    """
    pending: list[object] = [node]
    is_first = True
    while pending:
        current = pending.pop()
        if isinstance(current, tuple):
            pending.extend(reversed(current))
            continue
        if not isinstance(current, ir.Node):
            continue
        if not is_first and (
            isinstance(current, ir.FunctionDef | ir.ClassDef | ir.Lambda)
            or (not statements and isinstance(current, _STATEMENTS))
        ):
            continue
        is_first = False
        yield current
        pending.extend(getattr(current, name) for name in reversed(current.__struct_fields__[2:]))


_STATEMENTS = (
    ir.ExpressionStatement,
    ir.Assign,
    ir.AugmentedAssign,
    ir.AnnotatedAssign,
    ir.Return,
    ir.Delete,
    ir.Raise,
    ir.Assert,
    ir.Import,
    ir.ImportFrom,
    ir.If,
    ir.For,
    ir.While,
    ir.Try,
    ir.With,
    ir.Match,
    ir.Handler,
    ir.Case,
)
