"""The IR says what Python's own parser says, of the standard library and of what is rare there."""

from __future__ import annotations

import ast
import sys
import warnings

import pytest

from keraslint.source import ir
from keraslint.source.parse import parse
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile
from tests.source.python_tree import ours, theirs
from tests.source.test_positions import library_sample

_SNIPPETS = [
    r"""x = 'a\n\x41\u00e9\U0001F600\N{LATIN SMALL LETTER E WITH ACUTE}\101\0\q\
b' 'c' """,
    r"""x = b'a\n\x41\101\777\N{x}\u0041' b"c" rb'\n' """,
    r"""x = r'\n' R"\'" u'a' 'b' f'{c}' rf'\n{d}' '{}' """,
    "x = f'{{a}}{b}}}' f'{c!r}' f'{d:>{e}}' f'{f = }' f'{g=!s}' f'{h=:>3}' f'{i = !r:^20}' f''",
    "x = f'''\n{a\n}'''",
    "x = 0, 1_000, 0xFf, 0o17, 0b11, 1e3, 1_0.5_0, .5, 5., 1j, 1.5e-3J, 00",
    "x = (a and b) and c or d or (e or f)",
    "x = a[1], a[1,], a[1:2, ::3], a[*b], a[b, *c]",
    "x = {**a, 'b': 1}, {*a, 1}, [*a], (*a, 1)",
    "f(a, *b, c=1, *d, **e, g=2)",
    "class A(B, *C, metaclass=D, **E): pass",
    "def f(a, b=1, /, c=2, *args, d, e=3, **kwargs): pass",
    "def f(a: int = 1, *args: str, **kwargs: float) -> None: pass",
    "del a, b.c, (d, e), [f]",
    "x, *y = (yield)",
    "async def f():\n    await a\n    return [b async for b in c]",
    "try:\n  a\nexcept* B as c:\n  d\nelse:\n  e\nfinally:\n  f",
    "match a:\n  case {'b': 1, **c} if d: pass\n  case E(f, g=H()) | [*_, 1] as i: pass\n  case -1 | None | j.k: pass",
]


@pytest.mark.parametrize("text", _SNIPPETS, ids=range(len(_SNIPPETS)))
def test_the_tree_is_that_of_python(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes that mean nothing
        expected = ast.parse(text)
    assert ours(parse(SourceFile("x.py", text)).body) == theirs(expected.body)


def test_the_standard_library_reads_as_python_reads_it() -> None:
    for path in library_sample(60):
        data = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                expected = ast.parse(data)
                module = parse(decode(data, str(path)))
            except (SyntaxError, ValueError, SourceError):
                continue
        assert ours(module.body) == theirs(expected.body), path


@pytest.mark.parametrize("text", ["9" * 5000, "'\\x1'", "'\\N{NO SUCH}'", "b'\\x'", "'\\ud800'", "f'\\u12{x}'"])
def test_a_literal_without_a_value_is_opaque(text: str) -> None:
    (statement,) = parse(SourceFile("x.py", text)).body
    assert isinstance(statement, ir.ExpressionStatement)
    assert isinstance(statement.value, ir.Opaque)
    assert (statement.value.start, statement.value.end) == (0, len(text))


def test_long_chains_need_no_deep_stack() -> None:
    limit = sys.getrecursionlimit()
    sum_of_many, calls = "1" + " + 1" * 1500, "a" + ".b(1)[0]" * 300
    for text in (sum_of_many, calls, "x = [" + "'a' " * 1500 + "]", "if 1: 1\n" + "elif 1: 1\n" * 600):
        assert parse(SourceFile("x.py", text)).body
    assert sys.getrecursionlimit() == limit


def test_names_are_normalized_as_python_does() -> None:
    (statement,) = parse(SourceFile("x.py", "ﬁlters")).body
    assert isinstance(statement, ir.ExpressionStatement)
    assert statement.value == ir.Name(0, len("ﬁlters"), "filters")
