"""Our tree and Python's own as plain nested tuples, to be compared; positions of names are compared too."""

from __future__ import annotations

import ast

from keraslint.source import ir

_OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Invert: "~",
    ast.Not: "not",
    ast.And: "and",
    ast.Or: "or",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


def ours(node: object) -> object:
    """Return a node of the IR as nested tuples, in the shape of ``theirs``."""
    match node:
        case None | str() | bool() | int():
            return node
        case tuple():
            return [ours(item) for item in node]
        case ir.Constant(value=value):
            return ("Constant", type(value).__name__, repr(value))
        case ir.Boolean(op=op, operands=operands):
            return _flat(op, [ours(item) for item in operands])
        case ir.Joined(parts=parts):
            return ("Joined", [ours(part) for part in _with_literals(parts)])
        case ir.Formatted(value=value, conversion=conversion, spec=spec):
            return ("Formatted", ours(value), conversion, ours(spec))
        case ir.Opaque(what="a type alias"):
            return "TypeAlias"
        case ir.Opaque(what=what) if "string" in what or "number" in what:
            return ("Constant", "unread")
        case ir.FunctionDef():
            fields = (node.name, node.params, node.body, node.decorators, node.returns, node.is_async)
            return ("FunctionDef", *map(ours, fields))
        case ir.ClassDef():
            return ("ClassDef", node.name, ours(node.args), ours(node.body), ours(node.decorators))
        case ir.Node():
            names = [name for name in type(node).__struct_fields__ if name not in {"start", "end"}]
            return (type(node).__name__, *[ours(getattr(node, name)) for name in names])
        case _:
            raise TypeError(node)


def _with_literals(parts: tuple[str | ir.Formatted, ...]) -> tuple[str | ir.Formatted, ...]:
    """Put the text of ``{value=}`` before its value, as Python does."""
    result: list[str | ir.Formatted] = []
    for part in parts:
        texts: list[str | ir.Formatted] = [part] if isinstance(part, str) else [part.literal, part]
        for text in texts:
            last = result[-1] if result else None
            if isinstance(text, str) and isinstance(last, str):
                result[-1] = last + text
            elif text != "":
                result.append(text)
    return tuple(result)


def _flat(op: str, operands: list[object]) -> object:
    """Python keeps ``(a and b) and c`` apart from ``a and b and c``; we may."""
    result: list[object] = []
    for operand in operands:
        if isinstance(operand, tuple) and operand[:2] == ("Boolean", op):
            result.extend(operand[2])
        else:
            result.append(operand)
    return ("Boolean", op, result)


def theirs(node: object) -> object:  # one case a node
    """Return a node of ``ast`` as nested tuples."""
    match node:
        case None | str() | bool() | int():
            return node
        case list():
            return [theirs(item) for item in node]
        case ast.Constant(value=str(value)) if any("\ud800" <= character <= "\udfff" for character in value):
            return ("Constant", "unread")  # no report could print it
        case ast.Constant(value=value):
            return ("Constant", type(value).__name__, repr(value))
        case ast.Name(id=name):
            return ("Name", name)
        case ast.Attribute(value=value, attr=attr):
            return ("Attribute", theirs(value), attr)
        case ast.Subscript(value=value, slice=index):
            return ("Subscript", theirs(value), theirs(index))
        case ast.Slice(lower=lower, upper=upper, step=step):
            return ("Slice", theirs(lower), theirs(upper), theirs(step))
        case ast.Call(func=func):
            return ("Call", theirs(func), _arguments(node))
        case ast.UnaryOp(op=op, operand=operand):
            return ("Unary", _OPERATORS[type(op)], theirs(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return ("Binary", theirs(left), _OPERATORS[type(op)], theirs(right))
        case ast.BoolOp(op=op, values=values):
            return _flat(_OPERATORS[type(op)], [theirs(value) for value in values])
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return ("Compare", theirs(left), [_OPERATORS[type(op)] for op in ops], theirs(comparators))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return ("Conditional", theirs(test), theirs(body), theirs(orelse))
        case ast.Lambda(args=args, body=body):
            return ("Lambda", _parameters(args), theirs(body))
        case ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(elts=elts):
            return ("Sequence", type(node).__name__.lower(), theirs(elts))
        case ast.Starred(value=value):
            return ("Starred", theirs(value))
        case ast.Dict(keys=keys, values=values):
            return ("Dict", [[theirs(key), theirs(value)] for key, value in zip(keys, values, strict=True)])
        case ast.ListComp(elt=elt) | ast.SetComp(elt=elt) | ast.GeneratorExp(elt=elt):
            kind = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}[type(node)]
            return ("Comprehension", kind, theirs(elt), None, theirs(node.generators))
        case ast.DictComp(key=key, value=value):
            return ("Comprehension", "dict", theirs(key), theirs(value), theirs(node.generators))
        case ast.comprehension(target=target, iter=iterable, ifs=ifs):
            return ("Clause", theirs(target), theirs(iterable), theirs(ifs))
        case ast.JoinedStr(values=values):
            texts = [value.value if isinstance(value, ast.Constant) else theirs(value) for value in values]
            return ("Joined", texts)
        case ast.FormattedValue(value=value, conversion=conversion, format_spec=spec):
            return ("Formatted", theirs(value), "" if conversion < 0 else chr(conversion), theirs(spec))
        case ast.NamedExpr(target=target, value=value):
            return ("Walrus", target.id, theirs(value))
        case ast.Await(value=value):
            return ("Await", theirs(value))
        case ast.Yield(value=value) | ast.YieldFrom(value=value):
            return ("Yield", theirs(value), isinstance(node, ast.YieldFrom))
        case _:
            return _statement(node)


def _statement(node: object) -> object:
    match node:
        case ast.Expr(value=value):
            return ("ExpressionStatement", theirs(value))
        case ast.Assign(targets=targets, value=value):
            return ("Assign", theirs(targets), theirs(value))
        case ast.AugAssign(target=target, op=op, value=value):
            return ("AugmentedAssign", theirs(target), _OPERATORS[type(op)] + "=", theirs(value))
        case ast.AnnAssign(target=target, annotation=annotation, value=value):
            return ("AnnotatedAssign", theirs(target), theirs(annotation), theirs(value))
        case ast.Return(value=value):
            return ("Return", theirs(value))
        case ast.Delete(targets=targets):
            return ("Delete", theirs(targets))
        case ast.Pass() | ast.Break() | ast.Continue():
            return (type(node).__name__,)
        case ast.Raise(exc=exc, cause=cause):
            return ("Raise", theirs(exc), theirs(cause))
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return (type(node).__name__, names)
        case ast.Assert(test=test, msg=msg):
            return ("Assert", theirs(test), theirs(msg))
        case ast.Import(names=names):
            return ("Import", theirs(names))
        case ast.ImportFrom(module=module, names=names, level=level):
            return ("ImportFrom", module or "", level, theirs(names))
        case ast.alias(name=name, asname=asname):
            return ("Alias", name, asname or "")
        case ast.If(test=test, body=body, orelse=orelse):
            return ("If", theirs(test), theirs(body), theirs(orelse))
        case ast.For() | ast.AsyncFor():
            is_async = isinstance(node, ast.AsyncFor)
            return ("For", theirs(node.target), theirs(node.iter), theirs(node.body), theirs(node.orelse), is_async)
        case ast.While(test=test, body=body, orelse=orelse):
            return ("While", theirs(test), theirs(body), theirs(orelse))
        case ast.Try() | ast.TryStar():
            return ("Try", theirs(node.body), theirs(node.handlers), theirs(node.orelse), theirs(node.finalbody))
        case ast.ExceptHandler(type=kind, name=name, body=body):
            return ("Handler", theirs(kind), name or "", theirs(body))
        case ast.With() | ast.AsyncWith():
            return ("With", theirs(node.items), theirs(node.body), isinstance(node, ast.AsyncWith))
        case ast.withitem(context_expr=context, optional_vars=target):
            return ("WithItem", theirs(context), theirs(target))
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            is_async = isinstance(node, ast.AsyncFunctionDef)
            decorators, returns = theirs(node.decorator_list), theirs(node.returns)
            return ("FunctionDef", node.name, _parameters(node.args), theirs(node.body), decorators, returns, is_async)
        case ast.ClassDef():
            return ("ClassDef", node.name, _arguments(node), theirs(node.body), theirs(node.decorator_list))
        case ast.Match(subject=subject, cases=cases):
            return ("Match", theirs(subject), theirs(cases))
        case ast.match_case(pattern=pattern, guard=guard, body=body):
            return ("Case", _pattern(pattern), theirs(guard), theirs(body))
        case _:
            if type(node).__name__ == "TypeAlias":
                return "TypeAlias"
            raise TypeError(node)


def _arguments(node: ast.Call | ast.ClassDef) -> list[object]:
    """Return positional and keyword arguments in the order of the text."""
    positional = node.args if isinstance(node, ast.Call) else node.bases
    found: list[tuple[tuple[int, int], object]] = []
    for arg in positional:
        star = isinstance(arg, ast.Starred)
        value = arg.value if isinstance(arg, ast.Starred) else arg
        found.append(((arg.lineno, arg.col_offset), ("Argument", theirs(value), "", int(star))))
    for keyword in node.keywords:
        place = (keyword.lineno, keyword.col_offset)
        found.append((place, ("Argument", theirs(keyword.value), keyword.arg or "", 0 if keyword.arg else 2)))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def _parameters(node: ast.arguments) -> list[object]:
    plain = [*node.posonlyargs, *node.args]
    defaults = [None] * (len(plain) - len(node.defaults)) + node.defaults
    kinds = ["positional"] * len(node.posonlyargs) + ["plain"] * len(node.args)
    found = [_parameter(arg, kind, default) for arg, kind, default in zip(plain, kinds, defaults, strict=True)]
    if node.vararg is not None:
        found.append(_parameter(node.vararg, "*", None))
    found += [_parameter(arg, "keyword", value) for arg, value in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
    if node.kwarg is not None:
        found.append(_parameter(node.kwarg, "**", None))
    return found


def _parameter(arg: ast.arg, kind: str, default: ast.expr | None) -> object:
    return ("Parameter", arg.arg, kind, theirs(default), theirs(arg.annotation))


def _pattern(node: ast.pattern | None) -> object:
    match node:
        case ast.MatchValue(value=value):
            return ("Pattern", "value", theirs(value), "", [], [], [])
        case ast.MatchSingleton(value=value):
            return ("Pattern", "value", ("Constant", type(value).__name__, repr(value)), "", [], [], [])
        case ast.MatchSequence(patterns=patterns):
            return ("Pattern", "sequence", None, "", [_pattern(item) for item in patterns], [], [])
        case ast.MatchStar(name=name):
            return ("Pattern", "star", None, name or "", [], [], [])
        case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
            return ("Pattern", "mapping", None, rest or "", [_pattern(item) for item in patterns], theirs(keys), [])
        case ast.MatchClass(cls=kind, patterns=patterns, kwd_attrs=names, kwd_patterns=named):
            parts = [_pattern(item) for item in (*patterns, *named)]
            return ("Pattern", "class", theirs(kind), "", parts, [], names)
        case ast.MatchOr(patterns=patterns):
            return ("Pattern", "or", None, "", [_pattern(item) for item in patterns], [], [])
        case ast.MatchAs(pattern=None, name=name):
            return ("Pattern", "capture", None, name or "", [], [], [])
        case ast.MatchAs(pattern=pattern, name=name):
            return ("Pattern", "as", None, name or "", [_pattern(pattern)], [], [])
        case _:
            raise TypeError(node)
