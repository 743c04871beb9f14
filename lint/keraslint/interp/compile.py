"""The compiler: a module's IR to closures, once; function bodies when they are first called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from keraslint.interp.compile_expressions import EXPRESSIONS, Evaluate
from keraslint.interp.compile_generators import Steps, compile_steps
from keraslint.interp.compile_guards import Handler
from keraslint.interp.compile_statements import STATEMENTS, Execute
from keraslint.interp.scope import Scope, declare, function_scope, locate
from keraslint.interp.signals import MODULE, PARENT, RESULT, UNSET, Frame
from keraslint.source import ir
from keraslint.values.program import Function, Module
from keraslint.values.unknown import PlainUnknown, Unknown, Why

if TYPE_CHECKING:  # the machine compiles what it runs
    from keraslint.interp.machine import Machine
    from keraslint.source.text import SourceFile


_NAMED = (Unknown, PlainUnknown)
"""What gets the name that it is bound to; scalars of numpy do not."""


class Code:
    """A function's code: compiled when it is first called."""

    __slots__ = (
        "body",
        "body_ir",
        "class_name",
        "name",
        "node",
        "params",
        "qualname",
        "scope",
        "source",
        "source_names",
        "steps",
    )

    def __init__(
        self,
        name: str,
        qualname: str,
        node: ir.Node,
        params: tuple[ir.Parameter, ...],
        body_ir: tuple[ir.Statement, ...],
        scope: Scope,
        source: SourceFile,
    ) -> None:
        self.name = name
        self.qualname = qualname
        self.node = node
        self.params = params
        self.body_ir = body_ir
        self.scope = scope
        self.source = source
        self.class_name = ""
        self.body: Execute | None = None
        self.steps: Steps | None = None
        """The body of a generator."""


class Compiler:
    """Compiles the statements and expressions of one scope."""

    def __init__(
        self, machine: Machine, source: SourceFile, scope: Scope, qualname: str = "", class_name: str = ""
    ) -> None:
        self.machine = machine
        self.source = source
        self.scope = scope
        self.qualname = qualname
        self.class_name = class_name
        """The innermost class around, whose private names are its own."""
        self.has_yield = False
        self.sent: dict[int, int] = {}
        """Where in the frame a generator finds what a ``yield`` gave, by the node's identity."""

    def expression(self, node: ir.Expression) -> Evaluate:
        """Compile an expression."""
        if type(node) is ir.Yield:
            self.has_yield = True
        handler = EXPRESSIONS.get(type(node))
        if handler is None:
            what = type(node).__name__
            machine, source = self.machine, self.source
            return lambda _frame: Unknown(Why.UNSUPPORTED, what, machine.span_of(source, node))
        return handler(self, node)

    def block(self, body: Sequence[ir.Statement]) -> Execute:
        """Compile statements that follow each other."""
        statements = [self.statement(statement) for statement in body]
        if len(statements) == 1:
            return statements[0]

        def run(frame: Frame) -> object:
            for statement in statements:
                signal = statement(frame)
                if signal is not None:
                    return signal
            return None

        return run

    def statement(self, node: ir.Statement) -> Execute:
        """Compile a statement."""
        return STATEMENTS[type(node)](self, node)

    def private(self, name: str) -> str:
        """Return an attribute's name as it is known outside of its class: ``_Class__name`` for ``__name``."""
        if not name.startswith("__") or name.endswith("__") or not self.class_name.strip("_"):
            return name
        return f"_{self.class_name.lstrip('_')}{name}"

    def handler(self, node: ir.Handler) -> Handler:
        """Compile the head of an ``except`` clause."""
        return Handler(self, node)

    def store(self, target: ir.Expression) -> Callable[[Frame, object], None]:
        """Compile an assignment to a target."""
        machine, source = self.machine, self.source
        match target:
            case ir.Name(id=name):
                return self._store_name(name, target)
            case ir.Attribute(value=value, attr=attr):
                owner, attr = self.expression(value), self.private(attr)

                def store_attribute(frame: Frame, new: object) -> None:
                    holder = owner(frame)
                    machine.place = (source, target)
                    machine.set_attribute(holder, attr, new)

                return store_attribute
            case ir.Subscript(value=value, index=index):
                owner, key = self.expression(value), self.expression(index)

                def store_item(frame: Frame, new: object) -> None:
                    holder, place = owner(frame), key(frame)
                    machine.place = (source, target)
                    machine.set_item(holder, place, new)

                return store_item
            case ir.Sequence(elements=elements):
                return self._store_sequence(target, elements)
            case _:
                return lambda _frame, _new: None

    def _store_name(self, name: str, node: ir.Node) -> Callable[[Frame, object], None]:
        machine, source = self.machine, self.source
        place = locate(self.scope, name)
        key = self.private(name)

        def named(value: object) -> object:
            if type(value) in _NAMED and isinstance(value, Unknown) and not value.symbol:
                return machine.name_unknown(value, name, source, node)
            return value

        if place == "class":

            def store_class(frame: Frame, new: object) -> None:
                frame[RESULT][key] = named(new)  # type: ignore[index]

            return store_class
        if isinstance(place, str):

            def store_global(frame: Frame, new: object) -> None:
                frame[MODULE].namespace[name] = named(new)  # type: ignore[attr-defined]
                if machine.watched:
                    machine.note_binding(name, new)

            return store_global
        depth, index = place
        is_comprehension = self.scope.is_comprehension

        def store_local(frame: Frame, new: object) -> None:
            if type(new) in _NAMED:
                new = named(new)
            for _ in range(depth):
                frame = frame[PARENT]  # type: ignore[assignment]
            frame[index] = new
            if machine.watched and not is_comprehension:
                machine.note_binding(name, new)

        return store_local

    def _store_sequence(
        self, target: ir.Sequence, elements: tuple[ir.Expression, ...]
    ) -> Callable[[Frame, object], None]:
        machine, source = self.machine, self.source
        star = next((i for i, element in enumerate(elements) if isinstance(element, ir.Starred)), -1)
        stores = [self.store(element.value if isinstance(element, ir.Starred) else element) for element in elements]
        count = len(elements)

        def store_all(frame: Frame, new: object) -> None:
            machine.place = (source, target)
            values = machine.unpack(new, count) if star < 0 else machine.unpack_star(new, star, count - star - 1)
            for store, value in zip(stores, values, strict=True):
                store(frame, value)

        return store_all

    def function(
        self, node: ir.Node, name: str, params: tuple[ir.Parameter, ...], body: tuple[ir.Statement, ...]
    ) -> Evaluate:
        """Compile a function or lambda: evaluating it makes a ``Function`` with its defaults."""
        machine = self.machine
        qualname = f"{self.qualname}{name}"
        parent = self.scope
        code = Code(name, qualname, node, params, body, Scope("function", parent), self.source)
        code.class_name = self.class_name
        defaults = [(p.name, self.expression(p.default)) for p in params if p.default is not None]
        in_class = self.scope.kind == "class"
        has_walrus = parent.has_walrus

        def make(frame: Frame) -> object:
            closure = frame[PARENT] if in_class else frame
            module = frame[MODULE]
            assert isinstance(module, Module)
            function = Function(name, qualname, code, closure, module)
            if defaults:
                function.defaults = {parameter: default(frame) for parameter, default in defaults}
            return function

        code.scope.has_walrus = has_walrus
        del machine
        return make


def prepare(machine: Machine, code: Code) -> Execute:
    """Compile a function's body, at its first call."""
    parent = code.scope.parent
    assert parent is not None
    code.scope = function_scope(code.params, code.body_ir, parent)
    compiler = Compiler(machine, code.source, code.scope, f"{code.qualname}.<locals>.", code.class_name)
    body = compiler.block(code.body_ir) if code.body_ir else _nothing
    if compiler.has_yield:
        code.steps = compile_steps(compiler, code.body_ir)
    code.body = body
    return body


def _nothing(_frame: Frame) -> object:
    return None


def compile_module(machine: Machine, source: SourceFile, module: ir.Module) -> list[tuple[ir.Statement, Execute]]:
    """Compile a module's statements, each with its node."""
    scope = Scope("module", None, has_walrus=":=" in source.text)
    declare(scope, ())
    compiler = Compiler(machine, source, scope)
    return [(statement, compiler.statement(statement)) for statement in module.body]


def compile_expression(machine: Machine, source: SourceFile, node: ir.Expression) -> Evaluate:
    """Compile one expression as if it stood in a module."""
    return Compiler(machine, source, Scope("module", None)).expression(node)


def new_frame(module: Module, closure: object, size: int) -> Frame:
    """Return a frame with every local name unset."""
    frame: Frame = [UNSET] * size
    frame[MODULE], frame[PARENT], frame[RESULT] = module, closure, None
    return frame
