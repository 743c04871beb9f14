"""Imports, functions, classes and ``match`` of the IR as Python closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.scope import Scope
from keraslint.interp.signals import MODULE, PARENT, Frame
from keraslint.source import ir

if TYPE_CHECKING:  # the compiler calls these functions
    from keraslint.interp.compile import Compiler

Execute = Callable[[Frame], object]


def compile_import(compiler: Compiler, node: ir.Import) -> Execute:
    """Compile ``import a.b as c``."""
    machine, source = compiler.machine, compiler.source
    stores = [
        (alias, compiler.store(ir.Name(node.start, node.end, alias.asname or alias.name.partition(".")[0])))
        for alias in node.names
    ]

    def run(frame: Frame) -> object:
        for alias, store in stores:
            machine.place = (source, node)
            store(frame, machine.import_module(alias.name, frame[MODULE], whole=bool(alias.asname)))
        return None

    return run


def compile_import_from(compiler: Compiler, node: ir.ImportFrom) -> Execute:
    """Compile ``from m import a as b``."""
    machine, source = compiler.machine, compiler.source
    if any(alias.name == "*" for alias in node.names):

        def run_star(frame: Frame) -> object:
            machine.place = (source, node)
            machine.import_star(node.module, node.level, frame[MODULE])
            return None

        return run_star
    stores = [
        (alias.name, compiler.store(ir.Name(node.start, node.end, alias.asname or alias.name))) for alias in node.names
    ]

    def run(frame: Frame) -> object:
        for name, store in stores:
            machine.place = (source, node)
            store(frame, machine.import_from(node.module, node.level, name, frame[MODULE]))
        return None

    return run


def compile_function(compiler: Compiler, node: ir.FunctionDef) -> Execute:
    """Compile ``def`` with its decorators."""
    make = compiler.function(node, node.name, node.params, node.body)
    return _decorated(compiler, node, make)


def _decorated(compiler: Compiler, node: ir.FunctionDef | ir.ClassDef, make: Callable[[Frame], object]) -> Execute:
    machine, source = compiler.machine, compiler.source
    decorators = [(compiler.expression(decorator), decorator) for decorator in node.decorators]
    store = compiler.store(ir.Name(node.start, node.end, node.name))

    def run(frame: Frame) -> object:
        wrappers = [(decorator(frame), place) for decorator, place in decorators]
        value = make(frame)
        for wrapper, place in reversed(wrappers):
            machine.place = (source, place)
            machine.frame = frame
            value = machine.decorate(wrapper, value)
        store(frame, value)
        return None

    return run


def compile_class(compiler: Compiler, node: ir.ClassDef) -> Execute:
    """Compile ``class``: the body runs in a namespace of its own."""
    machine, source = compiler.machine, compiler.source
    bases = [(argument, compiler.expression(argument.value)) for argument in node.args]
    scope = Scope("class", compiler.scope, has_walrus=compiler.scope.has_walrus)
    inner = type(compiler)(machine, source, scope, f"{compiler.qualname}{node.name}.", node.name)
    body = inner.block(node.body) if node.body else None
    qualname = f"{compiler.qualname}{node.name}"
    docstring = docstring_of(node.body)
    in_class = compiler.scope.kind == "class"

    def make(frame: Frame) -> object:
        arguments = [(argument, base(frame)) for argument, base in bases]
        namespace: dict[str, object] = {"__qualname__": qualname, "__doc__": docstring}
        if body is not None:
            body([frame[MODULE], frame[PARENT] if in_class else frame, namespace])
        machine.place = (source, node)
        return machine.make_class(node.name, qualname, arguments, namespace, frame[MODULE])

    return _decorated(compiler, node, make)


def docstring_of(body: tuple[ir.Statement, ...]) -> str | None:
    """Return the documentation that a body begins with, as it is written there."""
    first = body[0] if body else None
    if isinstance(first, ir.ExpressionStatement) and isinstance(first.value, ir.Constant):
        return first.value.value if isinstance(first.value.value, str) else None
    return None


def compile_match(compiler: Compiler, node: ir.Match) -> Execute:
    """Compile ``match``."""
    from keraslint.interp.patterns import compile_pattern

    machine, source = compiler.machine, compiler.source
    subject = compiler.expression(node.subject)
    cases = [
        (
            compile_pattern(compiler, case.pattern),
            compiler.expression(case.guard) if case.guard is not None else None,
            compiler.block(case.body),
        )
        for case in node.cases
    ]

    def run(frame: Frame) -> object:
        value = subject(frame)
        machine.place = (source, node.subject)
        for matches, guard, body in cases:
            if machine.truth(matches(frame, value)) and (guard is None or machine.truth(guard(frame))):
                return body(frame)
        return None

    return run
