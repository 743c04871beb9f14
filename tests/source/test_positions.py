"""Every node of the IR stands where libcst's own positions say, on snippets and on the standard library."""

from __future__ import annotations

import random
import sysconfig
import unicodedata
import warnings
from collections import defaultdict
from pathlib import Path

import libcst
import msgspec
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from keraslint.source import ir
from keraslint.source.parse import parse
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile, line_starts

_SNIPPETS = {
    "nothing": "",
    "spaces before colons": "try :\n  a\nexcept E as b  : # c\n  d\nexcept F : pass\nif x : y\n",
    "a newline": "\n",
    "a comment without a newline": "  # c",
    "parentheses": "x = ( ( a ) . b ) ( (c) )\n",
    "a chain over lines": "x = (a\n  .b(1)  # one\n  # two\n\n  .c [0] ( ) )\n",
    "a continuation": "x = 1 + \\\n  2\nif x: \\\n  y\n",
    "a continuation before a block's line": "if 1:\n  x\n\\\n  y\n",
    "form feeds": "\f\nif x:\n\ty\n\f\tz\n\x0c# c\n",
    "tabs": "def f(a,\tb):\n\tif a:\n\t\treturn\tb\n",
    "carriage returns and newlines": "if x:\r\n    y = '''a\r\nb'''  # c\r\nz = (1,\r\n  2)\r\n",
    "carriage returns": "if x:\r  y\rz\r",
    "decorators": "@a\n# c\n@b ( 1 )  # d\n\n# e\nasync def f(): pass\n@c\nclass A(B, metaclass=C, **k): x\n",
    "type comments": "x = []  # type: list[int]\ndef f(a):  # type: (int) -> int\n    pass\n",
    "strings": "x = 'a' \"b\" \\\n  r'\\c' f'{d}' f'''\n{e}'''\ny = b'a' rb'\\b'\n",
    "f-strings": "f'a{{b}}{c!r:>{d}}{ e = }{f:%H:%M}\\N{DASH}{g[\"h\"]}' f\"{x:{y}.{z}}\" f'{ {1: 2}[1] }'\n",
    "nested f-strings": 'f"{f"{f"{1}"}"}"\n',
    "numbers": "x = 1_000, 0xFF, 1e-3, 2.5j, 007_0 if 0 else -1, ...\n".replace("007_0", "0o70"),
    "operators": "x = a + b * -c ** ~d // (e @ f) % g << h >> i & j | k ^ l - + m\n",
    "booleans": "x = a and (b or c or d) and not e or (f and g) and h\n",
    "comparisons": "x = a < b <= c != d == e not  in f is  not g in h is i > j >= k\n",
    "conditionals and lambdas": "x = a if b else lambda *, c=1, **d: (yield) if c else lambda: 0\n",
    "walrus": "if (n := len(a)) > 1: f(m := 2)\n",
    "calls": "f(a, *b, c = 1, ** d, )\nf(x for x in y)\nf((x for x in y))\nf( )\n",
    "subscripts": "a[1], a[1,], a[1, 2], a[:], a[1 : 2 : 3], a[b:, ::c], a[*d], a[()]\n",
    "displays": "x = [], (), {}, (1,), [1, ], {1, 2}, {1: 2, ** a, }, [*a, *b], {*a}\n",
    "comprehensions": "[x for x in y], {x: y for x, y in z if a if b for c in d}, {i async for i in j}\n",
    "targets": "a = b, *c = [d, e] = f[0].g = h\na += 1\na: int = 1\nb: 'c'\ndel a, (b), [c]\ndel (d, e)\n",
    "simple statements": "pass; break; continue ; return; raise; raise a from b; assert a, b;\nglobal a, b\n",
    "imports": "import a . b as c, d\nfrom . import e\nfrom ...f.g import (h as i, j,)  # k\nfrom .. l import *\n",
    "if": "if a: b\nelif c:\n    d\n# e\nelif f: g; h\nelse :\n    i\n    # j\n# k\n",
    "loops": "for a, b in c, d:\n    e\nelse:\n    f\nwhile g: h\nelse: i\nasync def f():\n    async for j in k: l\n",
    "with": "with a as b, c: d\nwith (e as f, g,): h\nwith (i): j\nasync def f():\n  async with (k, l) as (m, n): o\n",
    "try": "try: a\nexcept: b\ntry:\n  c\nexcept (D, E) as f:\n  g\nelse:\n  h\nfinally:\n  i\n",
    "groups": "try: j\nexcept* K as l: m\n",
    "parameters": "def f(a, b: int = 1, /, c=(2), *d: e, f, g: h = 3, **i: j) -> k[l]: ...\ndef g(*, a): ...\n",
    "positional parameters": "def h(a, /): ...\ndef i(a, b=1, /, ): ...\n",
    "type parameters": "def f[T: (int, str) = int, *U, **P](x: T) -> T: ...\nclass A[T](B): ...\ntype X[T] = list[T]\n",
    "match": (
        "match x, y:\n  case 1 | -2 | 3 + 4j | 'a' 'b' | None if z: pass\n  # c\n  case (a.b): pass\n"
        "  case [c, *_, d] | (e, *f) | [] | (): pass\n  case g, : pass\n  case *h, i: pass\n"
        "  case {'j': k, l.m: _, ** n , }: pass\n  case O(p, q , r = s , t=U()): pass\n  case (v | w) as x: pass\n"
        "  case _: pass\n  # footer\n"
    ),
    "soft keywords as names": "match = case = type = 1\nmatch(case)[type]\nprint(match.case)\n",
    "identifiers beyond ASCII": "é = 日本 . ﬁ\n",
}


def nodes_of(value: object) -> list[ir.Node]:
    """Return all nodes in a tree."""
    found: list[ir.Node] = []
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, ir.Node):
            found.append(item)
        if isinstance(item, msgspec.Struct):
            pending.extend(getattr(item, name) for name in item.__struct_fields__)
        elif isinstance(item, tuple):
            pending.extend(item)
    return found


def misplaced(source: SourceFile, module: ir.Module) -> list[str]:
    """Return the nodes that do not stand where libcst has one, and comments that are not there."""
    positions = MetadataWrapper(libcst.parse_module(source.text), unsafe_skip_copy=True).resolve(PositionProvider)
    starts = line_starts(source.text)
    spans: dict[tuple[int, int], set[str]] = defaultdict(set)
    for node, place in positions.items():
        first, last = place.start, place.end
        if max(first.line, last.line) <= len(starts):
            spans[starts[first.line - 1] + first.column, starts[last.line - 1] + last.column].add(type(node).__name__)
    wrong = [
        f"{type(node).__name__} {source.text[node.start : node.end][:60]!r} at {node.start}"
        for node in nodes_of(module)
        if (node.start, node.end) not in spans and not _stands_alone(node)
    ]
    wrong += [str(comment) for comment in module.comments if source.text[comment.start : comment.end] != comment.text]
    return wrong


def _stands_alone(node: ir.Node) -> bool:
    """Tell whether libcst has no node of this span: its clauses nest, and an index of several items is no tuple."""
    return isinstance(node, ir.Clause | ir.Joined) or (isinstance(node, ir.Sequence) and node.kind == "tuple")


# Where libcst drops characters of the text, its own positions are wrong; see ``lower_cursor.begin_line``.
_DROPS = {"a continuation before a block's line", "form feeds", "spaces before colons"}


@pytest.mark.parametrize("title", _SNIPPETS)
def test_every_node_stands_where_libcst_says(title: str) -> None:
    source = SourceFile("x.py", _SNIPPETS[title])
    module = parse(source)
    if title not in _DROPS:
        # a star of a pattern leaves out its comma, which libcst counts in
        wrong = [item for item in misplaced(source, module) if not item.startswith("Pattern '*")]
        assert wrong == []
    for node in nodes_of(module):
        if isinstance(node, ir.Name):
            assert unicodedata.normalize("NFKC", source.text[node.start : node.end]) == node.id
        assert 0 <= node.start <= node.end <= len(source.text)


def test_lost_form_feeds_and_continuations_are_found_again() -> None:
    for title in _DROPS:
        source = SourceFile("x.py", _SNIPPETS[title])
        names = [node for node in nodes_of(parse(source)) if isinstance(node, ir.Name)]
        assert names
        for node in names:
            assert source.text[node.start : node.end] == node.id


def test_functions_and_classes_begin_at_their_keyword() -> None:
    text = "@a\nasync def f(): pass\n@b\n@c\nclass D: pass\n"
    function, klass = parse(SourceFile("x.py", text)).body
    assert isinstance(function, ir.FunctionDef)
    assert isinstance(klass, ir.ClassDef)
    assert text[function.start : function.end] == "async def f(): pass"
    assert text[klass.start : klass.end] == "class D: pass"
    assert text[function.name_start :].startswith("f(")
    assert text[klass.name_start :].startswith("D:")


def test_comments_come_in_order_and_know_whether_they_stand_alone() -> None:
    text = "# a\nx = [  # b\n  # c\n  1, # d\n]\nif x:  # e\n  # f\n  y\n  # g\n# h"
    comments = parse(SourceFile("x.py", text)).comments
    assert [(comment.text[2:], comment.alone) for comment in comments] == [
        *[("a", True), ("b", False), ("c", True), ("d", False), ("e", False), ("f", True), ("g", True), ("h", True)],
    ]


def library_sample(count: int) -> list[Path]:
    """Return some files of the standard library, the same on every run."""
    library = Path(sysconfig.get_path("stdlib"))
    files = sorted(path for path in library.glob("[a-z]*/*.py") if "site-packages" not in path.parts)
    files += sorted(library.glob("*.py"))
    small = [path for path in files if path.stat().st_size < 30_000]
    return random.Random(3).sample(small, min(count, len(small)))


def test_the_standard_library_is_placed_as_libcst_places_it() -> None:
    seen = 0
    for path in library_sample(60):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                source = decode(path.read_bytes(), str(path))
                module = parse(source)
            except SourceError:  # tests of the standard library hold files that are broken on purpose
                continue
        if libcst.parse_module(source.text).code != source.text:
            continue
        wrong = [item for item in misplaced(source, module) if not item.startswith("Pattern '*")]
        assert wrong == [], path
        seen += 1
    assert seen > 50  # nearly all of the sample
