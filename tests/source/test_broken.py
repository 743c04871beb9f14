"""What is not Python, not text or too deep is an error with its place, and never takes the process down."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from keraslint.source.depth import check_depth
from keraslint.source.parse import parse, parse_cells
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile
from tests.source.test_positions import library_sample

BROKEN = Path(__file__).parents[2] / "fixtures" / "broken"

_FILES = {
    "syntax_error.py": (6, 17, "`:` is missing here"),
    "unclosed_bracket.py": (3, 26, "`[` is never closed"),
    "unclosed_string.py": (3, 8, "a string is never closed"),
    "bad_indentation.py": (3, 5, "the indentation matches that of no block around it"),
    "python2.py": (3, 7, "does not fit here"),
    "undecodable.py": (3, 6, "byte 0xE9 is not UTF-8"),
    "unknown_encoding.py": (1, 15, "'klingon' is not known"),
    "contradicting_encoding.py": (1, 1, "says that it is latin-1"),
    "utf16.py": (1, 1, "UTF-16"),
    "nul_byte.py": (2, 6, "NUL"),
    "deep_brackets.py": (3, 205, "more than 200 deep"),
    "deep_calls.py": (3, None, "more than 200 deep"),
    "deep_format.py": (3, None, "more than 200 deep"),
    "deep_pattern.py": (4, None, "more than 7 deep"),
    "deep_indentation.py": (103, None, "more than 100 deep"),
    "long_chain.py": (3, None, "chained too deep"),
    "long_sum.py": (3, None, "chained too deep"),
    "long_negation.py": (3, None, "chained too deep"),
    "long_lambda.py": (3, None, "chained too deep"),
    "long_elif.py": (None, None, "chained too deep"),
    "not_json.ipynb": (3, 24, "not JSON"),
    "no_cells.ipynb": (1, 1, "not an object with cells"),
}


def read(name: str) -> SourceFile:
    """Decode a file of the folder of broken input."""
    return decode((BROKEN / name).read_bytes(), name)


@pytest.mark.parametrize("name", _FILES)
def test_a_broken_file_is_an_error_with_its_place(name: str) -> None:
    line, column, message = _FILES[name]
    with pytest.raises(SourceError) as caught:
        parse(read(name))
    assert message in caught.value.message
    assert line in {caught.value.line, None}
    assert column in {caught.value.column, None}


@pytest.mark.parametrize("name", ["huge_number.py", "huge_power.py"])
def test_numbers_without_end_are_read_without_being_computed(name: str) -> None:
    assert len(parse(read(name)).body) > 1


def test_a_broken_cell_does_not_lose_the_others() -> None:
    parsed = parse_cells(read("broken_cell.ipynb"))
    assert [(error.cell, error.line, error.message) for error in parsed.errors] == [(2, 1, "`[` is never closed")]
    assert len(parsed.module.body) == 2  # the statements of the sound cells
    with pytest.raises(SourceError):
        parse(read("broken_cell.ipynb"))


_SYNTAX = {
    "x = 1 +\n": (1, 8, "the line ends too early"),
    "x = 1 2\n": (1, 7, "`2` does not fit here"),
    "def f(:\n    pass\n": (1, 6, "`(` is never closed"),
    "a = (1, 2]\n": (1, 10, "`]` closes `(`"),
    "a = 1)\n": (1, 6, "`)` closes nothing"),
    "if x:\ny\n": (2, 1, "an indented block is missing here"),
    "x = 1\n  y = 2\n": (2, 3, "the indentation is not expected here"),
    "x = '''a\n\n": (1, 5, "a string is never closed"),
    "f'{x'\n": (1, 5, "a string is never closed"),
    "a = 1\nb = 012\n": (2, 1, "leading zeros"),
    "a = 1\nb = $c\n": (2, 1, "'$' is not a valid character"),
    "a = 1\nb = 'x' b'y'\n": (2, 1, "Cannot concatenate"),
    "x = 1 \\": (1, 1, "line continuation"),
    "x = 1\nwith " + ", ".join("a" * 21) + ": pass\n": (2, 1, "a `with` of more than 20 managers"),
}


@pytest.mark.parametrize("text", _SYNTAX)
def test_a_syntax_error_says_where_and_what(text: str) -> None:
    line, column, message = _SYNTAX[text]
    with pytest.raises(SourceError) as caught:
        parse(SourceFile("x.py", text))
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "f'{" * 50_000,
        "x = " + "- " * 100_000 + "1",
        "x = " + "a if b else " * 100_000 + "c",
        "x = " + "lambda a, b=lambda c, d=" * 50_000 + "1",
        "x = [" + "x for a, b in c " * 50_000 + "]",
        "x = " + "'a' " * 100_000,
        "".join(" " * depth + "if 1:\n" for depth in range(500)),
        "match x:\n  \\\n  case " + "[" * 40 + "]" * 40 + ": pass",
        "f'''{" + "(" * 3000 + "}'''",
        "f'{x:{y:{" + "(" * 3000,
        "}" * 100_000 + "f'" + "}" * 100_001,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_hostile_text_is_refused_in_little_time(text: str) -> None:
    start = time.process_time()
    with pytest.raises(SourceError):
        parse(SourceFile("x.py", text))
    assert time.process_time() - start < 10  # seconds, where it takes a tenth of one


def test_a_long_line_is_scanned_once() -> None:
    start = time.process_time()
    check_depth("x = '" + "a" * 10_000_000 + "'\n")
    check_depth("x = '" + "a\\n" * 1_000_000)
    check_depth("# " + "(" * 10_000_000)
    assert time.process_time() - start < 10  # seconds


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "f(" * 150 + ")" * 150,
        "x = 1" + " + 1" * 1500,
        "x = a" + ".b(1)" * 300,
        "x = [\n" + "    'a'\n" * 2000 + "]\n",
        "x = [" + "(1, [2, {3: 4}]), " * 5000 + "]",
        "x = " + " + ".join(f"{n}*a**{n}*b - c**2*d" for n in range(500)),
        "x = not a" + " and not b" * 300,
        "".join(" " * depth + "if 1:\n" for depth in range(90)) + " " * 90 + "pass",
        "'((((' + ')))' # ((((\nf'((((( {x}'\n" * 100,
        "match x:\n  case A(b=[{'c': D(e=(1, 2))}]): f(g(h(i(j(k(l(m(n()))))))))\n",
    ],
    ids=range(10),
)
def test_code_that_only_looks_deep_passes(text: str) -> None:
    assert check_depth(text) > 0
    assert parse(SourceFile("x.py", text)).body


def test_nothing_of_the_standard_library_is_too_deep() -> None:
    for path in library_sample(300):
        try:
            text = decode(path.read_bytes(), str(path)).text
        except SourceError:
            continue
        check_depth(text)
