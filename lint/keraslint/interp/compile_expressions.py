"""Expressions of the IR as Python closures: ``(frame) -> value``.

Each function of the table takes the compiler and a node, compiles the parts, and returns the closure. Fast paths
stand in the closures; all that is rare or unknown is left to the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from keraslint.interp.compile_displays import (
    compile_comprehension,
    compile_dict,
    compile_joined,
    compile_sequence,
)
from keraslint.interp.limits import ARGUMENTS
from keraslint.interp.scope import locate
from keraslint.interp.signals import MODULE, PARENT, RESULT, UNSET, Cut, Frame
from keraslint.source import ir
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # the compiler of statements calls this one
    from keraslint.interp.compile import Compiler

Evaluate = Callable[[Frame], object]


def compile_name(compiler: Compiler, node: ir.Name) -> Evaluate:
    """Compile the reading of a name."""
    machine, name = compiler.machine, node.id
    place = locate(compiler.scope, node.id)
    if isinstance(place, str):
        builtins = machine.builtins
        if place == "class":
            outer, name = _outer_of_class(compiler, node), compiler.private(name)

            def load_class(frame: Frame) -> object:
                namespace = frame[RESULT]
                if isinstance(namespace, dict) and name in namespace:
                    return namespace[name]
                return outer(frame)

            return load_class

        def load_global(frame: Frame) -> object:
            try:
                return frame[MODULE].namespace[name]  # type: ignore[attr-defined]
            except KeyError:
                pass
            try:
                return builtins[name]
            except KeyError:
                if name == "__class__" and machine.stack and machine.stack[-1][0].owner is not None:
                    return machine.stack[-1][0].owner
                return machine.missing_name(compiler.source, node, frame)

        return load_global
    depth, index = place
    if depth == 0:

        def load_local(frame: Frame) -> object:
            value = frame[index]
            return value if value is not UNSET else machine.unset_name(compiler.source, node, is_own=True)

        return load_local

    is_own = compiler.scope.is_comprehension

    def load_outer(frame: Frame) -> object:
        for _ in range(depth):
            frame = frame[PARENT]  # type: ignore[assignment]
        value = frame[index]
        return value if value is not UNSET else machine.unset_name(compiler.source, node, is_own=is_own)

    return load_outer


def _outer_of_class(compiler: Compiler, node: ir.Name) -> Evaluate:
    """Compile a name as seen from around the class body."""
    scope = compiler.scope
    scope.nonlocals.add(node.id)
    place = locate(scope, node.id)
    scope.nonlocals.discard(node.id)
    machine, name = compiler.machine, node.id

    def load(frame: Frame) -> object:
        module = frame[MODULE]
        if not isinstance(place, str):
            depth, index = place
            for _ in range(depth):
                frame = frame[PARENT]  # type: ignore[assignment]
            if frame[index] is not UNSET:
                return frame[index]
        namespace = module.namespace  # type: ignore[attr-defined]
        if name in namespace:
            return namespace[name]
        if name in machine.builtins:
            return machine.builtins[name]
        return machine.missing_name(compiler.source, node, frame)

    return load


def compile_constant(compiler: Compiler, node: ir.Constant) -> Evaluate:
    """Compile a literal."""
    del compiler
    value = node.value
    return lambda _frame: value


def compile_opaque(compiler: Compiler, node: ir.Opaque) -> Evaluate:
    """Compile what is not modelled."""
    machine, source = compiler.machine, compiler.source
    return lambda _frame: Unknown(Why.UNSUPPORTED, node.what, machine.span_of(source, node))


def compile_attribute(compiler: Compiler, node: ir.Attribute) -> Evaluate:
    """Compile ``value.attr``."""
    machine, source = compiler.machine, compiler.source
    value, attr = compiler.expression(node.value), compiler.private(node.attr)

    def load(frame: Frame) -> object:
        owner = value(frame)
        machine.place = (source, node)
        return machine.get_attribute(owner, attr)

    return load


def compile_subscript(compiler: Compiler, node: ir.Subscript) -> Evaluate:
    """Compile ``value[index]``."""
    machine, source = compiler.machine, compiler.source
    value, index = compiler.expression(node.value), compiler.expression(node.index)

    def load(frame: Frame) -> object:
        owner, key = value(frame), index(frame)
        if type(owner) in _INDEXED and type(key) is int and not machine.blurred:
            try:
                return owner[key]  # type: ignore[index]
            except IndexError:
                pass
        machine.place = (source, node)
        return machine.get_item(owner, key)

    return load


_INDEXED = {list, tuple}


def compile_slice(compiler: Compiler, node: ir.Slice) -> Evaluate:
    """Compile ``lower:upper:step``."""
    parts = [compiler.expression(part) if part is not None else None for part in (node.lower, node.upper, node.step)]

    def load(frame: Frame) -> object:
        return slice(*(part(frame) if part is not None else None for part in parts))

    return load


def compile_call(compiler: Compiler, node: ir.Call) -> Evaluate:
    """Compile a call: positional arguments alone have a path of their own."""
    machine, source = compiler.machine, compiler.source
    function = compiler.expression(node.func)
    if any(argument.star for argument in node.args):
        return _call_with_stars(compiler, node, function)
    positional = [compiler.expression(argument.value) for argument in node.args if not argument.keyword]
    keywords = [(arg.keyword, compiler.expression(arg.value)) for arg in node.args if arg.keyword]
    call = machine.call
    if not keywords and len(positional) == 1:
        only = positional[0]

        def call_one(frame: Frame) -> object:
            target, argument = function(frame), only(frame)
            machine.place = (source, node)
            machine.frame = frame
            return call(target, (argument,), {})

        return call_one
    if not keywords:

        def call_positional(frame: Frame) -> object:
            target = function(frame)
            arguments = tuple([argument(frame) for argument in positional])
            machine.place = (source, node)
            machine.frame = frame
            return call(target, arguments, {})

        return call_positional

    def call_any(frame: Frame) -> object:
        target = function(frame)
        arguments = tuple([argument(frame) for argument in positional])
        named = {name: argument(frame) for name, argument in keywords}
        machine.place = (source, node)
        machine.frame = frame
        return call(target, arguments, named)

    return call_any


def _call_with_stars(compiler: Compiler, node: ir.Call, function: Evaluate) -> Evaluate:
    machine, source = compiler.machine, compiler.source
    parts = [(argument, compiler.expression(argument.value)) for argument in node.args]

    def call(frame: Frame) -> object:
        target = function(frame)
        positional: list[object] = []
        named: dict[str, object] = {}
        for argument, evaluate in parts:
            value = evaluate(frame)
            machine.place = (source, node)
            if argument.star == 1:
                if isinstance(value, Unknown):
                    return machine.call_unknown(target, value)
                positional.extend(islice(machine.iterate(value), ARGUMENTS + 1))
                if len(positional) > ARGUMENTS:
                    raise Cut(Unknown(Why.FUEL, f"a call with more than {ARGUMENTS} arguments", machine.span))
            elif argument.star == 2:
                if isinstance(value, Unknown):
                    return machine.call_unknown(target, value)
                for key, item in machine.mapping_items(value):
                    if key in named:
                        machine.raise_error("TypeError", f"got multiple values for keyword argument '{key}'")
                    named[str(key)] = item
            elif argument.keyword:
                named[argument.keyword] = value
            else:
                positional.append(value)
        machine.place = (source, node)
        machine.frame = frame
        return machine.call(target, tuple(positional), named)

    return call


def compile_unary(compiler: Compiler, node: ir.Unary) -> Evaluate:
    """Compile a unary operator."""
    machine, source, op = compiler.machine, compiler.source, node.op
    operand = compiler.expression(node.operand)
    if op == "not":

        def negate(frame: Frame) -> object:
            value = operand(frame)
            if value is True:
                return False
            if value is False or value is None:
                return True
            machine.place = (source, node)
            return machine.negation(value)

        return negate

    def apply(frame: Frame) -> object:
        value = operand(frame)
        if type(value) is int and op == "-":
            return -value
        machine.place = (source, node)
        return machine.unary(op, value)

    return apply


def compile_binary(compiler: Compiler, node: ir.Binary) -> Evaluate:
    """Compile a binary operator; a chain of one precedence is walked, not recursed into."""
    machine, source = compiler.machine, compiler.source
    chain: list[ir.Binary] = []
    first: ir.Expression = node
    while isinstance(first, ir.Binary):
        chain.append(first)
        first = first.left
    value = compiler.expression(first)
    for link in reversed(chain):
        value = _binary(machine, source, link, value, compiler.expression(link.right))
    return value


def _binary(machine: object, source: object, node: ir.Binary, left: Evaluate, right: Evaluate) -> Evaluate:
    op = node.op

    def apply(frame: Frame) -> object:
        a, b = left(frame), right(frame)
        if type(a) is int and type(b) is int:
            if op == "+":
                return a + b
            if op == "-":
                return a - b
            if op == "//" and b:
                return a // b
        machine.place = (source, node)  # type: ignore[attr-defined]
        return machine.binary(op, a, b)  # type: ignore[attr-defined]

    return apply


def compile_boolean(compiler: Compiler, node: ir.Boolean) -> Evaluate:
    """Compile ``and`` and ``or``."""
    machine, source = compiler.machine, compiler.source
    operands = [compiler.expression(operand) for operand in node.operands]
    stops_on = node.op == "or"

    def apply(frame: Frame) -> object:
        value: object = None
        for position, operand in enumerate(operands):
            value = operand(frame)
            if position == len(operands) - 1:
                return value
            machine.place = (source, node.operands[position])
            if machine.truth(value) is stops_on:
                return value
        return value

    return apply


def compile_compare(compiler: Compiler, node: ir.Compare) -> Evaluate:
    """Compile a comparison, chained or not."""
    machine, source = compiler.machine, compiler.source
    left = compiler.expression(node.left)
    rest = [compiler.expression(comparator) for comparator in node.comparators]
    ops = node.ops
    if len(ops) == 1:
        op, right = ops[0], rest[0]

        def compare(frame: Frame) -> object:
            a, b = left(frame), right(frame)
            machine.place = (source, node)
            return machine.compare(op, a, b)

        return compare

    def compare_chain(frame: Frame) -> object:
        a = left(frame)
        result: object = True
        for op, operand in zip(ops, rest, strict=True):
            b = operand(frame)
            machine.place = (source, node)
            result = machine.compare(op, a, b)
            if result is not True and not machine.truth(result):
                return result
            a = b
        return result

    return compare_chain


def compile_conditional(compiler: Compiler, node: ir.Conditional) -> Evaluate:
    """Compile ``body if test else orelse``."""
    machine, source = compiler.machine, compiler.source
    test, body, orelse = (compiler.expression(part) for part in (node.test, node.body, node.orelse))

    def choose(frame: Frame) -> object:
        value = test(frame)
        if value is not True and value is not False:
            machine.place = (source, node.test)
            value = machine.truth(value)
        return body(frame) if value else orelse(frame)

    return choose


def compile_lambda(compiler: Compiler, node: ir.Lambda) -> Evaluate:
    """Compile a lambda."""
    body = (ir.Return(node.body.start, node.body.end, node.body),)
    return compiler.function(node, "<lambda>", node.params, body)


def compile_walrus(compiler: Compiler, node: ir.Walrus) -> Evaluate:
    """Compile ``name := value``."""
    value = compiler.expression(node.value)
    store = compiler.store(ir.Name(node.start, node.end, node.target))

    def assign(frame: Frame) -> object:
        result = value(frame)
        store(frame, result)
        return result

    return assign


def compile_await(compiler: Compiler, node: ir.Await) -> Evaluate:
    """Compile ``await value`` as the value."""
    return compiler.expression(node.value)


def compile_yield(compiler: Compiler, node: ir.Yield) -> Evaluate:
    """Compile ``yield``: its statement has carried it out, and left what was sent in the frame."""
    slot = compiler.sent.get(id(node))
    if slot is None:
        return compile_opaque(compiler, ir.Opaque(node.start, node.end, "a `yield` outside of a generator"))
    return lambda frame: frame[slot]


EXPRESSIONS: dict[type, Callable[..., Evaluate]] = {
    ir.Opaque: compile_opaque,
    ir.Constant: compile_constant,
    ir.Name: compile_name,
    ir.Attribute: compile_attribute,
    ir.Subscript: compile_subscript,
    ir.Slice: compile_slice,
    ir.Call: compile_call,
    ir.Unary: compile_unary,
    ir.Binary: compile_binary,
    ir.Boolean: compile_boolean,
    ir.Compare: compile_compare,
    ir.Conditional: compile_conditional,
    ir.Lambda: compile_lambda,
    ir.Sequence: compile_sequence,
    ir.Dict: compile_dict,
    ir.Comprehension: compile_comprehension,
    ir.Joined: compile_joined,
    ir.Walrus: compile_walrus,
    ir.Await: compile_await,
    ir.Yield: compile_yield,
}
