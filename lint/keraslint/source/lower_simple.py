"""Simple statements: assignments, imports, ``return``, ``raise``, ``del`` and their like, lowered to the IR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import libcst as cst

from keraslint.source import ir
from keraslint.source.lower_cursor import Cursor, close_parentheses, identifier, open_parentheses, skip, token
from keraslint.source.lower_dispatch import expression, optional
from keraslint.source.lower_operators import from_clause
from keraslint.source.lower_trailers import annotation

_Function = TypeVar("_Function", bound=Callable[..., ir.Statement])

_AUGMENTED = {
    cst.AddAssign: "+=",
    cst.SubtractAssign: "-=",
    cst.MultiplyAssign: "*=",
    cst.MatrixMultiplyAssign: "@=",
    cst.DivideAssign: "/=",
    cst.FloorDivideAssign: "//=",
    cst.ModuloAssign: "%=",
    cst.PowerAssign: "**=",
    cst.BitAndAssign: "&=",
    cst.BitOrAssign: "|=",
    cst.BitXorAssign: "^=",
    cst.LeftShiftAssign: "<<=",
    cst.RightShiftAssign: ">>=",
}
_SIMPLE: dict[type, Callable[..., ir.Statement]] = {}


def simple_statements(cursor: Cursor, nodes: Sequence[cst.BaseSmallStatement], result: list[ir.Statement]) -> None:
    """Lower the statements of one line, with their semicolons."""
    for node in nodes:
        result.append(_SIMPLE.get(type(node), _opaque)(cursor, node))
        token(cursor, node.semicolon)


def dotted_name(cursor: Cursor, node: cst.Attribute | cst.Name) -> str:
    """Lower the name of a module: ``a.b.c``."""
    links = []
    inner: cst.BaseExpression = node
    while isinstance(inner, cst.Attribute):
        links.append(inner)
        inner = inner.value
    assert isinstance(inner, cst.Name)  # the grammar allows nothing else
    names = [inner.value]
    cursor.at += len(inner.value)
    for link in reversed(links):
        token(cursor, link.dot)
        names.append(link.attr.value)
        cursor.at += len(link.attr.value)
    return identifier(".".join(names))


def as_name(cursor: Cursor, node: cst.AsName) -> ir.Expression:
    """Lower ``as name``."""
    skip(cursor, node.whitespace_before_as)
    cursor.at += 2
    skip(cursor, node.whitespace_after_as)
    return expression(cursor, node.name)


def _simple(*kinds: type) -> Callable[[_Function], _Function]:
    """Enter a function into the table of simple statements."""

    def register(function: _Function) -> _Function:
        _SIMPLE.update(dict.fromkeys(kinds, function))
        return function

    return register


@_simple(cst.Expr)
def _expression(cursor: Cursor, node: cst.Expr) -> ir.Statement:
    start = cursor.at
    value = expression(cursor, node.value)
    if start in cursor.magics and not cursor.magics[start].is_harmless and isinstance(value, ir.Opaque):
        return value
    return ir.ExpressionStatement(start, cursor.at, value)


@_simple(cst.Assign)
def _assign(cursor: Cursor, node: cst.Assign) -> ir.Statement:
    start = cursor.at
    targets = []
    for item in node.targets:
        targets.append(expression(cursor, item.target))
        skip(cursor, item.whitespace_before_equal)
        cursor.at += 1
        skip(cursor, item.whitespace_after_equal)
    value = expression(cursor, node.value)
    return ir.Assign(start, cursor.at, tuple(targets), value)


@_simple(cst.AugAssign)
def _augmented(cursor: Cursor, node: cst.AugAssign) -> ir.Statement:
    start, op = cursor.at, _AUGMENTED[type(node.operator)]
    target = expression(cursor, node.target)
    token(cursor, node.operator, len(op))
    value = expression(cursor, node.value)
    return ir.AugmentedAssign(start, cursor.at, target, op, value)


@_simple(cst.AnnAssign)
def _annotated(cursor: Cursor, node: cst.AnnAssign) -> ir.Statement:
    start = cursor.at
    target = expression(cursor, node.target)
    note = annotation(cursor, node.annotation, 1)
    token(cursor, node.equal)
    value = None if node.value is None else expression(cursor, node.value)
    return ir.AnnotatedAssign(start, cursor.at, target, note, value)


@_simple(cst.Return)
def _return(cursor: Cursor, node: cst.Return) -> ir.Statement:
    start = cursor.at
    cursor.at += len("return")
    skip(cursor, node.whitespace_after_return)
    value = None if node.value is None else expression(cursor, node.value)
    return ir.Return(start, cursor.at, value)


@_simple(cst.Del)
def _delete(cursor: Cursor, node: cst.Del) -> ir.Statement:
    start = cursor.at
    cursor.at += len("del")
    skip(cursor, node.whitespace_after_del)
    target = expression(cursor, node.target)
    if isinstance(target, ir.Sequence) and target.kind == "tuple" and not node.target.lpar:
        return ir.Delete(start, cursor.at, target.elements)
    return ir.Delete(start, cursor.at, (target,))


@_simple(cst.Pass, cst.Break, cst.Continue)
def _keyword(cursor: Cursor, node: cst.Pass | cst.Break | cst.Continue) -> ir.Statement:
    start, (kind, length) = cursor.at, _KEYWORDS[type(node)]
    cursor.at += length
    return kind(start, cursor.at)


_KEYWORDS: dict[type, tuple[type[ir.Pass | ir.Break | ir.Continue], int]] = {
    cst.Pass: (ir.Pass, len("pass")),
    cst.Break: (ir.Break, len("break")),
    cst.Continue: (ir.Continue, len("continue")),
}


@_simple(cst.Raise)
def _raise(cursor: Cursor, node: cst.Raise) -> ir.Statement:
    start = cursor.at
    cursor.at += len("raise")
    skip(cursor, node.whitespace_after_raise)
    exception = None if node.exc is None else expression(cursor, node.exc)
    cause = None if node.cause is None else from_clause(cursor, node.cause)
    return ir.Raise(start, cursor.at, exception, cause)


@_simple(cst.Assert)
def _assert(cursor: Cursor, node: cst.Assert) -> ir.Statement:
    start = cursor.at
    cursor.at += len("assert")
    skip(cursor, node.whitespace_after_assert)
    test = expression(cursor, node.test)
    token(cursor, node.comma)
    message = None if node.msg is None else expression(cursor, node.msg)
    return ir.Assert(start, cursor.at, test, message)


@_simple(cst.Global)
def _global(cursor: Cursor, node: cst.Global) -> ir.Statement:
    start = cursor.at
    cursor.at += len("global")
    skip(cursor, node.whitespace_after_global)
    names = _names(cursor, node.names)
    return ir.Global(start, cursor.at, names)


@_simple(cst.Nonlocal)
def _nonlocal(cursor: Cursor, node: cst.Nonlocal) -> ir.Statement:
    start = cursor.at
    cursor.at += len("nonlocal")
    skip(cursor, node.whitespace_after_nonlocal)
    names = _names(cursor, node.names)
    return ir.Nonlocal(start, cursor.at, names)


def _names(cursor: Cursor, nodes: Sequence[cst.NameItem]) -> tuple[str, ...]:
    for node in nodes:
        cursor.at += len(node.name.value)
        token(cursor, node.comma)
    return tuple(identifier(node.name.value) for node in nodes)


@_simple(cst.Import, *optional("LazyImport"))
def _import(cursor: Cursor, node: cst.Import) -> ir.Statement:
    start = cursor.at
    _lazy(cursor, node)
    cursor.at += len("import")
    skip(cursor, node.whitespace_after_import)
    names, end = _aliases(cursor, node.names)
    return ir.Import(start, end, names)


@_simple(cst.ImportFrom, *optional("LazyImportFrom"))
def _import_from(cursor: Cursor, node: cst.ImportFrom) -> ir.Statement:
    start = cursor.at
    _lazy(cursor, node)
    cursor.at += len("from")
    skip(cursor, node.whitespace_after_from)
    for dot in node.relative:
        token(cursor, dot)
    module = "" if node.module is None else dotted_name(cursor, node.module)
    skip(cursor, node.whitespace_before_import)
    cursor.at += len("import")
    skip(cursor, node.whitespace_after_import)
    if node.lpar is not None:
        open_parentheses(cursor, (node.lpar,))
    if isinstance(node.names, cst.ImportStar):
        names: tuple[ir.Alias, ...] = (ir.Alias(cursor.at, cursor.at + 1, "*", ""),)
        cursor.at = end = cursor.at + 1
    else:
        names, end = _aliases(cursor, node.names)
    if node.rpar is not None:
        close_parentheses(cursor, (node.rpar,))
        end = cursor.at
    return ir.ImportFrom(start, end, module, len(node.relative), names)


def _lazy(cursor: Cursor, node: cst.BaseSmallStatement) -> None:
    """Pass the ``lazy`` of PEP 810, which changes when a module is run, not what its names mean."""
    space = getattr(node, "whitespace_after_lazy", None)
    if space is not None:
        cursor.at += len("lazy")
        skip(cursor, space)


def _aliases(cursor: Cursor, nodes: Sequence[cst.ImportAlias]) -> tuple[tuple[ir.Alias, ...], int]:
    result = []
    end = cursor.at
    for node in nodes:
        start = cursor.at
        name = dotted_name(cursor, node.name)
        alias = None if node.asname is None else as_name(cursor, node.asname)
        end = cursor.at
        result.append(ir.Alias(start, end, name, alias.id if isinstance(alias, ir.Name) else ""))
        token(cursor, node.comma)
    return tuple(result), end


@_simple(*optional("TypeAlias"))
def _type_alias(cursor: Cursor, node: cst.TypeAlias) -> ir.Statement:
    start = cursor.at
    cursor.at += len("type")
    skip(cursor, node.whitespace_after_type)
    cursor.at += len(node.name.value)
    skip(cursor, node.whitespace_after_name)
    if node.type_parameters is not None:
        type_parameters(cursor, node.type_parameters)
        skip(cursor, node.whitespace_after_type_parameters)
    cursor.at += 1
    skip(cursor, node.whitespace_after_equals)
    expression(cursor, node.value)
    return ir.Opaque(start, cursor.at, "a type alias")


def type_parameters(cursor: Cursor, node: cst.TypeParameters) -> None:
    """Pass type parameters, which say nothing about values."""
    cursor.at += 1
    skip(cursor, node.lbracket.whitespace_after)
    for item in node.params:
        param = item.param
        if isinstance(param, cst.TypeVar):
            cursor.at += len(param.name.value)
            token(cursor, param.colon)
            if param.bound is not None:
                expression(cursor, param.bound)
        else:
            cursor.at += 1 if isinstance(param, cst.TypeVarTuple) else 2
            skip(cursor, param.whitespace_after_star)
            cursor.at += len(param.name.value)
        token(cursor, item.equal)
        cursor.at += len(item.star)
        skip(cursor, item.whitespace_after_star)
        if item.default is not None:
            expression(cursor, item.default)
        token(cursor, item.comma)
    skip(cursor, node.rbracket.whitespace_before)
    cursor.at += 1


def _opaque(cursor: Cursor, node: cst.BaseSmallStatement) -> ir.Statement:
    start = cursor.at
    bare = node.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    cursor.at += len(cst.Module(()).code_for_node(bare))
    return ir.Opaque(start, cursor.at, type(node).__name__)
