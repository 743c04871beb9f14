"""Expressions of the IR as Python closures: ``(frame) -> value``.

Each function of the table takes the compiler and a node, compiles the parts, and returns the closure. Fast paths
stand in the closures; all that is rare or unknown is left to the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.scope import locate
from keraslint.interp.signals import MODULE, PARENT, RESULT, UNSET, Frame
from keraslint.source import ir
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # the compiler of statements calls this one
    from keraslint.interp.compile import Compiler

Evaluate = Callable[[Frame], object]


def compile_name(compiler: Compiler, node: ir.Name) -> Evaluate:
    """Compile the reading of a name."""
    machine, name = compiler.machine, compiler.scope.renames.get(node.id, node.id)
    place = locate(compiler.scope, node.id)
    if isinstance(place, str):
        builtins = machine.builtins
        if place == "class":
            outer = _outer_of_class(compiler, node)

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
                return machine.missing_name(compiler.source, node, frame)

        return load_global
    depth, index = place
    if depth == 0:

        def load_local(frame: Frame) -> object:
            value = frame[index]
            return value if value is not UNSET else machine.missing_name(compiler.source, node, frame)

        return load_local

    def load_outer(frame: Frame) -> object:
        for _ in range(depth):
            frame = frame[PARENT]  # type: ignore[assignment]
        value = frame[index]
        return value if value is not UNSET else machine.missing_name(compiler.source, node, frame)

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
    value, attr = compiler.expression(node.value), node.attr

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
    if isinstance(node.func, ir.Name) and node.func.id in _FRAME_NATIVES:
        compiler.scope_is_read = True
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


_FRAME_NATIVES = {"locals", "vars", "super", "dir"}


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
                positional.extend(machine.iterate(value))
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


def compile_sequence(compiler: Compiler, node: ir.Sequence) -> Evaluate:
    """Compile a tuple, list or set display."""
    machine, source = compiler.machine, compiler.source
    make: Callable[[list[object]], object] = {"tuple": tuple, "list": list, "set": machine.make_set}[node.kind]
    if not any(isinstance(element, ir.Starred) for element in node.elements):
        elements = [compiler.expression(element) for element in node.elements]
        if node.kind == "list":
            return lambda frame: [element(frame) for element in elements]
        return lambda frame: make([element(frame) for element in elements])
    parts = [
        (isinstance(element, ir.Starred), compiler.expression(element.value if isinstance(element, ir.Starred) else element))
        for element in node.elements
    ]

    def build(frame: Frame) -> object:
        items: list[object] = []
        for is_starred, evaluate in parts:
            value = evaluate(frame)
            if not is_starred:
                items.append(value)
                continue
            machine.place = (source, node)
            if isinstance(value, Unknown):
                return Unknown(value.why, f"a display with *{value.symbol or '…'}: {value.what}", value.where)
            items.extend(machine.iterate(value))
        return make(items)

    return build


def compile_dict(compiler: Compiler, node: ir.Dict) -> Evaluate:
    """Compile a dict display."""
    machine, source = compiler.machine, compiler.source
    items = [
        (compiler.expression(key) if key is not None else None, compiler.expression(value)) for key, value in node.items
    ]

    def build(frame: Frame) -> object:
        result: dict[object, object] = {}
        for key, value in items:
            if key is None:
                mapping = value(frame)
                machine.place = (source, node)
                if isinstance(mapping, Unknown):
                    return Unknown(mapping.why, f"a dict with **: {mapping.what}", mapping.where)
                result.update(machine.mapping_items(mapping))
            else:
                name = key(frame)
                machine.set_item(result, name, value(frame))
        return result

    return build


def compile_comprehension(compiler: Compiler, node: ir.Comprehension) -> Evaluate:
    """Compile a comprehension; its variables become hidden names of the scope around it."""
    machine, source, scope = compiler.machine, compiler.source, compiler.scope
    outermost = compiler.expression(node.clauses[0].iter)
    saved = dict(scope.renames)
    clauses: list[tuple[Evaluate, Callable[[Frame, object], None], list[Evaluate], ir.Clause]] = []
    for position, clause in enumerate(node.clauses):
        iterate = outermost if position == 0 else compiler.expression(clause.iter)
        compiler.hide_names(clause.target)
        store = compiler.store(clause.target)
        clauses.append((iterate, store, [compiler.expression(test) for test in clause.conditions], clause))
    element = compiler.expression(node.element)
    value = compiler.expression(node.value) if node.value is not None else None
    scope.renames = saved
    last = len(clauses) - 1

    def fill(frame: Frame, depth: int, emit: Callable[[Frame], None]) -> Unknown | None:
        iterable, store, tests, clause = clauses[depth]
        values = iterable(frame)
        machine.place = (source, clause)
        if isinstance(values, Unknown):
            return values
        for item in machine.iterate(values):
            machine.burn()
            store(frame, item)
            for number, test in enumerate(tests):
                outcome = test(frame)
                machine.place = (source, clause.conditions[number])
                if outcome is not True and not machine.truth(outcome):
                    break
            else:
                if depth == last:
                    emit(frame)
                else:
                    unknown = fill(frame, depth + 1, emit)
                    if unknown is not None:
                        return unknown
        return None

    def build(frame: Frame) -> object:
        if value is not None:
            mapping: dict[object, object] = {}
            unknown = fill(frame, 0, lambda f: machine.set_item(mapping, element(f), value(f)))
            result: object = mapping
        else:
            items: list[object] = []
            unknown = fill(frame, 0, lambda f: items.append(element(f)))
            result = machine.make_set(items) if node.kind == "set" else items
        if unknown is not None:
            return Unknown(unknown.why, f"a comprehension over {unknown.symbol or 'what is not known'}: {unknown.what}", unknown.where)
        return machine.make_generator(result) if node.kind == "generator" else result

    return build


def compile_joined(compiler: Compiler, node: ir.Joined) -> Evaluate:
    """Compile an f-string."""
    machine, source = compiler.machine, compiler.source
    parts: list[str | tuple[Evaluate, str, Evaluate | None, str]] = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        spec = compiler.expression(part.spec) if part.spec is not None else None
        parts.append((compiler.expression(part.value), part.conversion, spec, part.literal))

    def build(frame: Frame) -> object:
        text = ""
        for part in parts:
            if isinstance(part, str):
                text += part
                continue
            evaluate, conversion, spec, literal = part
            value = evaluate(frame)
            if type(value) is str and not conversion and spec is None:
                text += literal + value
                continue
            machine.place = (source, node)
            formatted = machine.format_value(value, conversion, "" if spec is None else spec(frame))
            if isinstance(formatted, Unknown):
                return formatted
            text += literal + formatted
        return text

    return build


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
    """Compile ``yield``: generators are run to their end, and what they yield is kept."""
    machine, source = compiler.machine, compiler.source
    value = compiler.expression(node.value) if node.value is not None else None

    def emit(frame: Frame) -> object:
        result = value(frame) if value is not None else None
        machine.place = (source, node)
        machine.emit(result, is_from=node.is_from)
        return None

    return emit


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
