"""The intermediate representation: Python's syntax as small frozen nodes, with offsets and no libcst in them.

``start`` and ``end`` are offsets in code points into the file's text (for a notebook: into its joined code cells);
``source.text.SourceFile`` turns them into lines and columns. What is not understood becomes ``Opaque``.
"""

from __future__ import annotations

import msgspec


class Node(msgspec.Struct, frozen=True, gc=False, array_like=True, tag_field="node", tag=True):
    """What every node has: its place in the text."""

    start: int
    end: int


# expressions


class Opaque(Node, frozen=True, gc=False):
    """An expression or statement that is not modelled; ``what`` names the construct."""

    what: str


class Constant(Node, frozen=True, gc=False):
    """A literal: None, a bool, number, string, bytes or Ellipsis. Numbers too long to read are ``Opaque``."""

    value: object


class Name(Node, frozen=True, gc=False):
    id: str


class Attribute(Node, frozen=True, gc=False):
    value: Expression
    attr: str


class Subscript(Node, frozen=True, gc=False):
    value: Expression
    index: Expression


class Slice(Node, frozen=True, gc=False):
    lower: Expression | None
    upper: Expression | None
    step: Expression | None


class Argument(Node, frozen=True, gc=False):
    """``value``, ``keyword=value``, ``*value`` (star 1) or ``**value`` (star 2)."""

    value: Expression
    keyword: str = ""
    star: int = 0


class Call(Node, frozen=True, gc=False):
    func: Expression
    args: tuple[Argument, ...]


class Unary(Node, frozen=True, gc=False):
    """``op`` is ``-``, ``+``, ``~`` or ``not``."""

    op: str
    operand: Expression


class Binary(Node, frozen=True, gc=False):
    """``op`` as written: ``+ - * / // % ** @ << >> & | ^``."""

    left: Expression
    op: str
    right: Expression


class Boolean(Node, frozen=True, gc=False):
    """``op`` is ``and`` or ``or``; left-nested chains are flattened into ``operands``."""

    op: str
    operands: tuple[Expression, ...]


class Compare(Node, frozen=True, gc=False):
    """A chain: ``ops`` are ``== != < <= > >= in``, ``not in``, ``is``, ``is not``."""

    left: Expression
    ops: tuple[str, ...]
    comparators: tuple[Expression, ...]


class Conditional(Node, frozen=True, gc=False):
    test: Expression
    body: Expression
    orelse: Expression


class Lambda(Node, frozen=True, gc=False):
    params: tuple[Parameter, ...]
    body: Expression


class Sequence(Node, frozen=True, gc=False):
    """A display; ``kind`` is ``tuple``, ``list`` or ``set``. Elements may be ``Starred``."""

    kind: str
    elements: tuple[Expression, ...]


class Starred(Node, frozen=True, gc=False):
    value: Expression


class Dict(Node, frozen=True, gc=False):
    """Items are (key, value); a None key is ``**value``."""

    items: tuple[tuple[Expression | None, Expression], ...]


class Clause(Node, frozen=True, gc=False):
    """One ``for target in iter if …`` of a comprehension."""

    target: Expression
    iter: Expression
    conditions: tuple[Expression, ...]


class Comprehension(Node, frozen=True, gc=False):
    """``kind`` is ``list``, ``set``, ``dict`` or ``generator``; ``element`` is the key for ``dict``."""

    kind: str
    element: Expression
    value: Expression | None
    clauses: tuple[Clause, ...]


class Formatted(Node, frozen=True, gc=False):
    """``{value!conversion:spec}`` of an f-string; ``literal`` is the text of ``{value=}``."""

    value: Expression
    conversion: str
    spec: Joined | None
    literal: str = ""


class Joined(Node, frozen=True, gc=False):
    """An f-string or a concatenation with one in it: text and formatted parts."""

    parts: tuple[str | Formatted, ...]


class Walrus(Node, frozen=True, gc=False):
    target: str
    value: Expression


class Await(Node, frozen=True, gc=False):
    value: Expression


class Yield(Node, frozen=True, gc=False):
    """``is_from`` for ``yield from``."""

    value: Expression | None
    is_from: bool


Expression = (
    Opaque
    | Constant
    | Name
    | Attribute
    | Subscript
    | Slice
    | Call
    | Unary
    | Binary
    | Boolean
    | Compare
    | Conditional
    | Lambda
    | Sequence
    | Starred
    | Dict
    | Comprehension
    | Joined
    | Walrus
    | Await
    | Yield
)


# statements


class Parameter(Node, frozen=True, gc=False):
    """``kind``: ``positional`` (before ``/``), ``plain``, ``keyword`` (after ``*``), ``*`` or ``**``."""

    name: str
    kind: str
    default: Expression | None
    annotation: Expression | None = None


class ExpressionStatement(Node, frozen=True, gc=False):
    value: Expression


class Assign(Node, frozen=True, gc=False):
    targets: tuple[Expression, ...]
    value: Expression


class AugmentedAssign(Node, frozen=True, gc=False):
    target: Expression
    op: str
    value: Expression


class AnnotatedAssign(Node, frozen=True, gc=False):
    target: Expression
    annotation: Expression
    value: Expression | None


class Return(Node, frozen=True, gc=False):
    value: Expression | None


class Delete(Node, frozen=True, gc=False):
    targets: tuple[Expression, ...]


class Pass(Node, frozen=True, gc=False):
    pass


class Break(Node, frozen=True, gc=False):
    pass


class Continue(Node, frozen=True, gc=False):
    pass


class Raise(Node, frozen=True, gc=False):
    exception: Expression | None
    cause: Expression | None


class Global(Node, frozen=True, gc=False):
    names: tuple[str, ...]


class Nonlocal(Node, frozen=True, gc=False):
    names: tuple[str, ...]


class Assert(Node, frozen=True, gc=False):
    test: Expression
    message: Expression | None


class Alias(Node, frozen=True, gc=False):
    """``name as asname``; ``asname`` empty where there is none. ``from m import *`` has the name ``*``."""

    name: str
    asname: str


class Import(Node, frozen=True, gc=False):
    names: tuple[Alias, ...]


class ImportFrom(Node, frozen=True, gc=False):
    module: str
    level: int
    names: tuple[Alias, ...]


class If(Node, frozen=True, gc=False):
    """``elif`` is an ``If`` alone in ``orelse``."""

    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class For(Node, frozen=True, gc=False):
    target: Expression
    iter: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]
    is_async: bool = False


class While(Node, frozen=True, gc=False):
    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class Handler(Node, frozen=True, gc=False):
    type: Expression | None
    name: str
    body: tuple[Statement, ...]


class Try(Node, frozen=True, gc=False):
    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Statement, ...]
    finalbody: tuple[Statement, ...]


class WithItem(Node, frozen=True, gc=False):
    context: Expression
    target: Expression | None


class With(Node, frozen=True, gc=False):
    items: tuple[WithItem, ...]
    body: tuple[Statement, ...]
    is_async: bool = False


class FunctionDef(Node, frozen=True, gc=False):
    """``name_start`` locates the name."""

    name: str
    params: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...]
    returns: Expression | None
    name_start: int
    is_async: bool = False


class ClassDef(Node, frozen=True, gc=False):
    """``args`` are the bases and keywords (``metaclass=``)."""

    name: str
    args: tuple[Argument, ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...]
    name_start: int


class Pattern(Node, frozen=True, gc=False):
    """A ``match`` pattern.

    ``kind``: ``value`` (``value``), ``capture`` (``name``, empty for ``_``), ``star`` (``name``), ``sequence``
    (``patterns``), ``mapping`` (``keys``, ``patterns``, ``name`` of ``**rest``), ``class`` (``value``, ``patterns``
    positional then keyword ones named by ``keywords``), ``or`` (``patterns``), ``as`` (``patterns`` of one, ``name``).
    """

    kind: str
    value: Expression | None = None
    name: str = ""
    patterns: tuple[Pattern, ...] = ()
    keys: tuple[Expression, ...] = ()
    keywords: tuple[str, ...] = ()


class Case(Node, frozen=True, gc=False):
    pattern: Pattern
    guard: Expression | None
    body: tuple[Statement, ...]


class Match(Node, frozen=True, gc=False):
    subject: Expression
    cases: tuple[Case, ...]


Statement = (
    Opaque
    | ExpressionStatement
    | Assign
    | AugmentedAssign
    | AnnotatedAssign
    | Return
    | Delete
    | Pass
    | Break
    | Continue
    | Raise
    | Global
    | Nonlocal
    | Assert
    | Import
    | ImportFrom
    | If
    | For
    | While
    | Try
    | With
    | FunctionDef
    | ClassDef
    | Match
)


class Comment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A comment: its text from ``#`` on, and whether it stands alone on its line."""

    start: int
    end: int
    text: str
    alone: bool


class Module(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A module: its statements, and every comment in order."""

    body: tuple[Statement, ...]
    comments: tuple[Comment, ...]
