"""Optional imports: where ``try: import x`` changes names only, nothing is chosen before such a name decides something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.spec import Refused
from keraslint.interp.signals import MODULE, Frame, Thrown
from keraslint.source import ir
from keraslint.values.program import MISSING, Module
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # the compiler calls these functions
    from keraslint.interp.compile import Compiler

Execute = Callable[[Frame], object]


def compile_optional(compiler: Compiler, node: ir.Try, run: Execute) -> Execute:
    """Return ``run``, which carries out a ``try`` around imports, or what needs no choice to do so.

    Both outcomes are evaluated, without the package and with it. Names that have other values in them are not known
    afterwards; an outcome that raises builds no model.
    """
    others = [*node.orelse, *(statement for handler in node.handlers for statement in handler.body)]
    if compiler.scope.kind != "module" or node.finalbody or not _only_names(node.body, others):
        return run
    machine, source = compiler.machine, compiler.source
    packages = list(_packages(node.body))
    stores = {name: compiler.store(ir.Name(node.start, node.end, name)) for name in _bound([*node.body, *others])}

    def outcome(frame: Frame, before: dict[str, object], *, is_present: bool) -> dict[str, object]:
        module = frame[MODULE]
        assert isinstance(module, Module)
        namespace = module.namespace
        for name in stores:
            namespace.pop(name, None)
        namespace.update(before)
        machine.are_imports_present = is_present
        try:
            run(frame)
        finally:
            machine.are_imports_present = None
        return {name: namespace.get(name, MISSING) for name in stores}

    def execute(frame: Frame) -> object:
        module = frame[MODULE]
        machine.place = (source, node)
        if machine.are_imports_present is not None or not any(machine.is_doubtful(name) for name in packages):
            return run(frame)
        assert isinstance(module, Module)
        before = {name: module.namespace[name] for name in stores if name in module.namespace}
        depth = machine.depth
        try:
            absent = outcome(frame, before, is_present=False)
        except (Thrown, Refused):
            machine.unwind(depth)
            absent = {}
        present = outcome(frame, before, is_present=True)
        for name, store in stores.items():
            without, value = absent.get(name, MISSING), present[name]
            if without is not MISSING and without is not value and not isinstance(value, Unknown):
                machine.place = (source, node)
                store(frame, machine.unknown(Why.IMPORT, f"{name}, which stands on what is installed"))
        return None

    return execute


def _only_names(body: Iterable[ir.Statement], others: Iterable[ir.Statement]) -> bool:
    """Return whether a ``try`` only imports and gives names values that say whether that succeeded."""
    return all(_imports(statement) or _flags(statement) for statement in body) and all(map(_flags, others))


def _imports(statement: ir.Statement) -> bool:
    match statement:
        case ir.Import():
            return True
        case ir.ImportFrom(level=0, names=names):
            return all(alias.name != "*" for alias in names)
        case ir.Delete(targets=targets):
            return all(isinstance(target, ir.Name) for target in targets)
        case _:
            return False


def _flags(statement: ir.Statement) -> bool:
    match statement:
        case ir.Pass() | ir.Raise():
            return True
        case ir.Assign(targets=targets, value=ir.Constant(value=None | bool()) | ir.Name(id="object")):
            return all(isinstance(target, ir.Name) for target in targets)
        case ir.If(body=body, orelse=orelse):
            return all(map(_flags, (*body, *orelse)))
        case _:
            return False


def _packages(body: Iterable[ir.Statement]) -> Iterator[str]:
    for statement in body:
        match statement:
            case ir.Import(names=names):
                yield from (alias.name for alias in names)
            case ir.ImportFrom(module=module):
                yield module


def _bound(statements: Iterable[ir.Statement]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case ir.Import(names=names):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
            case ir.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case ir.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ir.Name))
            case ir.If(body=body, orelse=orelse):
                yield from _bound((*body, *orelse))
