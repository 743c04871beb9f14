"""Statements of the IR as Python closures: ``(frame) -> signal``, None where the program goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.compile_definitions import (
    compile_class,
    compile_function,
    compile_import,
    compile_import_from,
    compile_match,
)
from keraslint.interp.compile_guards import compile_try, compile_with, deletions
from keraslint.interp.forget import effects_of
from keraslint.interp.signals import (
    BREAK,
    CONTINUE,
    RESULT,
    RETURN,
    Frame,
)
from keraslint.source import ir
from keraslint.values.program import MISSING
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the compiler calls this table
    from keraslint.interp.compile import Compiler

Execute = Callable[[Frame], object]


def compile_expression_statement(compiler: Compiler, node: ir.ExpressionStatement) -> Execute:
    """Compile an expression for its effect."""
    if isinstance(node.value, ir.Constant):
        return lambda _frame: None
    value = compiler.expression(node.value)

    def run(frame: Frame) -> object:
        value(frame)
        return None

    return run


def compile_assign(compiler: Compiler, node: ir.Assign) -> Execute:
    """Compile ``target = … = value``."""
    value = compiler.expression(node.value)
    stores = [compiler.store(target) for target in node.targets]
    if len(stores) == 1:
        store = stores[0]

        def assign(frame: Frame) -> object:
            store(frame, value(frame))
            return None

        return assign

    def assign_all(frame: Frame) -> object:
        result = value(frame)
        for store in stores:
            store(frame, result)
        return None

    return assign_all


def compile_augmented(compiler: Compiler, node: ir.AugmentedAssign) -> Execute:
    """Compile ``target op= value``; what is left of the target's dot or bracket is evaluated once."""
    machine, source = compiler.machine, compiler.source
    value = compiler.expression(node.value)
    op = node.op.removesuffix("=")
    target = node.target
    if isinstance(target, ir.Attribute | ir.Subscript):
        owner = compiler.expression(target.value)
        index = compiler.expression(target.index) if isinstance(target, ir.Subscript) else None
        name = compiler.private(target.attr) if isinstance(target, ir.Attribute) else ""

        def change(frame: Frame) -> object:
            holder, key = owner(frame), index(frame) if index is not None else None
            machine.place = (source, target)
            old = machine.get_attribute(holder, name) if index is None else machine.get_item(holder, key)
            operand = value(frame)
            machine.place = (source, node)
            new = machine.in_place(op, old, operand)
            machine.place = (source, target)
            if index is None:
                machine.set_attribute(holder, name, new)
            else:
                machine.set_item(holder, key, new)
            return None

        return change
    read, store = compiler.expression(target), compiler.store(target)

    def run(frame: Frame) -> object:
        old, operand = read(frame), value(frame)
        machine.place = (source, node)
        store(frame, machine.in_place(op, old, operand))
        return None

    return run


def compile_annotated(compiler: Compiler, node: ir.AnnotatedAssign) -> Execute:
    """Compile ``target: annotation = value``; in a class body the annotation's name is kept for dataclasses."""
    store = compiler.store(node.target)
    value = compiler.expression(node.value) if node.value is not None else None
    name = node.target.id if isinstance(node.target, ir.Name) and compiler.scope.kind == "class" else ""
    text = compiler.source.text[node.annotation.start : node.annotation.end]

    def run(frame: Frame) -> object:
        if name:
            frame[RESULT].setdefault("__annotations__", {})[name] = text  # type: ignore[attr-defined]
        if value is not None:
            store(frame, value(frame))
        return None

    return run


def compile_return(compiler: Compiler, node: ir.Return) -> Execute:
    """Compile ``return``."""
    value = compiler.expression(node.value) if node.value is not None else None

    def run(frame: Frame) -> object:
        frame[RESULT] = value(frame) if value is not None else None
        return RETURN

    return run


def compile_delete(compiler: Compiler, node: ir.Delete) -> Execute:
    """Compile ``del``."""
    machine, source = compiler.machine, compiler.source
    actions: list[Callable[[Frame], None]] = []
    for target in node.targets:
        actions.extend(deletions(compiler, target))

    def run(frame: Frame) -> object:
        machine.place = (source, node)
        for action in actions:
            action(frame)
        return None

    return run


def compile_nothing(compiler: Compiler, node: ir.Statement) -> Execute:
    """Compile ``pass``, ``global`` and ``nonlocal``."""
    del compiler, node
    return lambda _frame: None


def compile_break(compiler: Compiler, node: ir.Break) -> Execute:
    """Compile ``break``."""
    del compiler, node
    return lambda _frame: BREAK


def compile_continue(compiler: Compiler, node: ir.Continue) -> Execute:
    """Compile ``continue``."""
    del compiler, node
    return lambda _frame: CONTINUE


def compile_opaque(compiler: Compiler, node: ir.Opaque) -> Execute:
    """Compile a statement that is not modelled: what it may change is not known afterwards."""
    machine, source = compiler.machine, compiler.source

    def run(_frame: Frame) -> object:
        machine.taint(Unknown(Why.UNSUPPORTED, node.what, machine.span_of(source, node)))
        return None

    return run


def compile_raise(compiler: Compiler, node: ir.Raise) -> Execute:
    """Compile ``raise``."""
    machine, source = compiler.machine, compiler.source
    value = compiler.expression(node.exception) if node.exception is not None else None
    cause = compiler.expression(node.cause) if node.cause is not None else None

    def run(frame: Frame) -> object:
        exception = value(frame) if value is not None else None
        reason = cause(frame) if cause is not None else MISSING
        machine.place = (source, node)
        machine.throw(exception, reason)
        return None

    return run


def compile_assert(compiler: Compiler, node: ir.Assert) -> Execute:
    """Compile ``assert``: an unknown condition is taken to hold."""
    machine, source = compiler.machine, compiler.source
    test = compiler.expression(node.test)
    message = compiler.expression(node.message) if node.message is not None else None

    def run(frame: Frame) -> object:
        value = test(frame)
        machine.place = (source, node)
        if machine.is_certainly_false(value):
            error = machine.builtin_class("AssertionError")
            machine.throw(machine.instantiate(error, () if message is None else (message(frame),), {}))
        return None

    return run


def compile_if(compiler: Compiler, node: ir.If) -> Execute:
    """Compile ``if``; a long ``elif`` chain is a list, not a nest."""
    machine, source = compiler.machine, compiler.source
    branches: list[tuple[Callable[[Frame], object], ir.Expression, Execute]] = []
    current = node
    while True:
        branches.append((compiler.expression(current.test), current.test, compiler.block(current.body)))
        if len(current.orelse) == 1 and isinstance(current.orelse[0], ir.If):
            current = current.orelse[0]
            continue
        orelse = compiler.block(current.orelse) if current.orelse else None
        break

    def run(frame: Frame) -> object:
        for test, test_node, body in branches:
            value = test(frame)
            if value is not True and value is not False:
                machine.place = (source, test_node)
                value = machine.truth(value)
            if value:
                return body(frame)
        return orelse(frame) if orelse is not None else None

    return run


def compile_for(compiler: Compiler, node: ir.For) -> Execute:
    """Compile ``for``: where no more items are known, what the body could change is not known after it."""
    machine, source = compiler.machine, compiler.source
    iterable = compiler.expression(node.iter)
    store = compiler.store(node.target)
    body = compiler.block(node.body)
    orelse = compiler.block(node.orelse) if node.orelse else None
    forget = compile_forget(compiler, node)

    def run(frame: Frame) -> object:
        values = iterable(frame)
        machine.place = (source, node.iter)
        try:
            items = machine.iterate(values)
        except Undetermined as problem:
            forget(frame, problem.unknown)
            return None
        while True:
            try:
                item = next(items)
            except StopIteration:
                break
            except Undetermined as problem:
                forget(frame, problem.unknown)
                return None
            machine.burn()
            store(frame, item)
            signal = body(frame)
            if signal is not None:
                if signal is BREAK:
                    return None
                if signal is RETURN:
                    return signal
        return orelse(frame) if orelse is not None else None

    return run


def compile_while(compiler: Compiler, node: ir.While) -> Execute:
    """Compile ``while``; one whose condition is not known is treated as ``for`` over what is not known."""
    machine, source = compiler.machine, compiler.source
    test = compiler.expression(node.test)
    body = compiler.block(node.body)
    orelse = compiler.block(node.orelse) if node.orelse else None
    forget = compile_forget(compiler, node)

    def run(frame: Frame) -> object:
        while True:
            machine.burn()
            value = test(frame)
            machine.place = (source, node.test)
            if isinstance(value, Unknown):
                forget(frame, value)
                return None
            if not machine.truth(value):
                return orelse(frame) if orelse is not None else None
            signal = body(frame)
            if signal is BREAK:
                return None
            if signal is RETURN:
                return signal

    return run


def compile_forget(compiler: Compiler, node: ir.For | ir.While) -> Callable[[Frame, Unknown], None]:
    """Compile the loss of knowledge after a loop that may have run any number of times."""
    return effects_of(compiler, node)


STATEMENTS: dict[type, Callable[..., Execute]] = {
    ir.Opaque: compile_opaque,
    ir.ExpressionStatement: compile_expression_statement,
    ir.Assign: compile_assign,
    ir.AugmentedAssign: compile_augmented,
    ir.AnnotatedAssign: compile_annotated,
    ir.Return: compile_return,
    ir.Delete: compile_delete,
    ir.Pass: compile_nothing,
    ir.Global: compile_nothing,
    ir.Nonlocal: compile_nothing,
    ir.Break: compile_break,
    ir.Continue: compile_continue,
    ir.Raise: compile_raise,
    ir.Assert: compile_assert,
    ir.Import: compile_import,
    ir.ImportFrom: compile_import_from,
    ir.If: compile_if,
    ir.For: compile_for,
    ir.While: compile_while,
    ir.Try: compile_try,
    ir.With: compile_with,
    ir.FunctionDef: compile_function,
    ir.ClassDef: compile_class,
    ir.Match: compile_match,
}
