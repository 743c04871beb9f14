"""Counts as comments: text in, text out."""

from __future__ import annotations

import json

import pytest

from keraslint.annotate.rewrite import annotated, bare
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.read import decode
from keraslint.source.text import SourceError

HEADER = "from keras import Input, Model, Sequential, layers\n"


def annotate(text: str, path: str = "net.py", *, line_length: int | None = None) -> str:
    """Return a file's text with its counts."""
    source = decode(text.encode(), path)
    analysis = analyse_source(source, [], Options(read=lambda _path: None))
    return annotated(source, analysis, line_length=line_length)


def remove(text: str, path: str = "net.py") -> str:
    """Return a file's text without counts."""
    return bare(decode(text.encode(), path))


CASES = {
    "a layer on its line": """\
x = Input((4,))  # -> (None, 4), 0 params
y = layers.Dense(3)(x)  # -> (None, 3), 15 params
m = Model(x, y)  # -> 15 params
""",
    "statistics are told apart": """\
x = Input((8, 8, 32))  # -> (None, 8, 8, 32), 0 params
y = layers.BatchNormalization()(x)  # -> (None, 8, 8, 32), 128 params (64 non-trainable)
m = Model(x, y)  # -> 128 params (64 trainable, 64 non-trainable)
""",
    "a model of keras.applications is told as one": """\
from keras.applications import VGG16
def f():
    base = VGG16(weights=None, include_top=False, pooling="avg")  # -> (None, 512), 14,714,688 params
    return Sequential([base, layers.Dense(1)])  # -> 14,715,201 params
m = VGG16(weights=None)  # -> 138,357,544 params
""",
    "a function's layers are not told again at the top level": """\
def f():
    x = Input((4,))  # -> (None, 4), 0 params
    y = layers.Dense(3)(x)  # -> (None, 3), 15 params
    return Model(x, y)  # -> 15 params
m = Sequential([Input((4,)), layers.Dense(3)])  # -> 15 params
""",
    "behind a comment that stands there already": """\
m = Sequential([Input((4,)), layers.Dense(3)])  # the model  # -> 15 params
""",
    "a call over several lines is marked on its last": """\
x = Input((4,))  # -> (None, 4), 0 params
y = layers.Dense(
    3,
    use_bias=False,
)(x)  # -> (None, 3), 12 params
m = Model(x, y)  # -> 12 params
""",
    "elements in brackets have lines of their own": """\
m = Sequential([
    Input((4,)),  # -> (None, 4), 0 params
    layers.Dense(3),  # hidden  # -> (None, 3), 15 params
    layers.Dense(1)  # -> (None, 1), 4 params
])  # -> 19 params
""",
    "a loop tells the first and the total": """\
x = y = Input((2,))  # -> (None, 2), 0 params
for units in (3, 4):
    y = layers.Dense(units)(y)  # -> 2x: (None, 3), 9 params; … total 25 params
m = Model(x, y)  # -> 25 params
""",
    "a loop over layers that are alike": """\
x = y = Input((3,))  # -> (None, 3), 0 params
for _ in range(3):
    y = layers.Dense(3)(y)  # -> 3x: (None, 3), 12 params; total 36 params
m = Model(x, y)  # -> 36 params
""",
    "a chain on one line is what comes out and what it costs": """\
x = Input((4,))  # -> (None, 4), 0 params
y = layers.ReLU()(layers.Dense(3)(x))  # -> (None, 3), 15 params
m = Model(x, y)  # -> 15 params
""",
    "a helper that is called several times tells the first call and the total": """\
def block(x, filters):
    x = layers.Conv2D(filters, 3)(x)  # -> 3x: (None, 30, 30, 8), 224 params; … total 3,712 params
    return layers.ReLU()(x)  # -> 3x: (None, 30, 30, 8), 0 params; … total 0 params
x = Input((32, 32, 3))  # -> (None, 32, 32, 3), 0 params
y = block(block(block(x, 8), 16), 16)
m = Model(x, y)  # -> 3,712 params
""",
    "comprehensions are loops": """\
x = Input((4,))  # -> (None, 4), 0 params
heads = [layers.Dense(3)(x) for _ in range(2)]  # -> 2x: (None, 3), 15 params; total 30 params
named = {n: layers.Dense(n)(x) for n in (1, 2)}  # -> 2x: (None, 1), 5 params; … total 15 params
m = Model(x, [heads, named])  # -> 45 params
""",
    "a decorated function is what it is": """\
import functools
def logged(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)
    return inner
@logged
def build():
    return Sequential([Input((4,)), layers.Dense(3)])  # -> 15 params
m = build()
""",
    "a lambda's models are told where they are made": """\
f = lambda n: Sequential([Input((n,)), layers.Dense(3)])  # -> 2x: 12 params; … total 27 params
two = f(3), f(4)
""",
    "two statements on one line": """\
x = Input((4,))  # -> (None, 4), 0 params
a = layers.Dense(2)(x); b = layers.Dense(3)(x)  # -> (None, 2), 10 params; (None, 3), 15 params
m = Model(x, [a, b])  # -> 25 params
""",
    "a backslash is no place for a comment": """\
x = Input((4,))  # -> (None, 4), 0 params
y = layers.Dense(3) \\
    (x)  # -> (None, 3), 15 params
m = Model(x, y)  # -> 15 params
""",
    "a function on its own has formulas": """\
def build(units):
    x = Input((4,))  # -> (None, 4), 0 params
    y = layers.Dense(units)(x)  # -> (None, units), 5*units params
    return Model(x, y)  # -> 5*units params
""",
    "a formula without a number is known again": """\
def build(size, units):
    x = Input((4,))  # -> (None, 4), 0 params
    return Model(x, layers.Embedding(size, units)(x))  # -> size*units params
""",
    "a name alone could be anybody's words, and is not written": """\
def build(units):
    x = Input((4,))  # -> (None, 4), 0 params
    return Model(x, layers.Embedding(1, units)(x))
""",
    "what is not known is left alone": """\
import unknown_library
x = Input((4,))  # -> (None, 4), 0 params
y = layers.Dense(unknown_library.units())(x)
m = Model(x, y)
""",
}


@pytest.mark.parametrize("title", CASES)
def test_counts_are_written(title: str) -> None:
    expected = HEADER + CASES[title]
    plain = "".join(f"{line.partition('  # ->')[0]}\n" for line in expected.splitlines())
    assert annotate(plain) == expected


@pytest.mark.parametrize("title", CASES)
def test_running_it_twice_changes_nothing(title: str) -> None:
    once = annotate(HEADER + CASES[title])
    assert annotate(once) == once


@pytest.mark.parametrize("title", CASES)
def test_removal_gives_the_file_back(title: str) -> None:
    expected = HEADER + CASES[title]
    plain = "".join(f"{line.partition('  # ->')[0]}\n" for line in expected.splitlines())
    assert remove(expected) == plain


def test_stale_counts_are_replaced_or_dropped() -> None:
    stale = HEADER + "x = Input((4,))  # -> (None, 5), 99 params\nz = 1  # -> (None, 3), 15 params\nm = Model(x, x)\n"
    fresh = HEADER + "x = Input((4,))  # -> (None, 4), 0 params\nz = 1\nm = Model(x, x)  # -> 0 params\n"
    assert annotate(stale) == fresh


@pytest.mark.parametrize(
    "comment",
    ["# -> the next layer", "# -> see the params below", "# x -> y params", "# 15 params", "# type: ignore[call-arg]"],
)
def test_comments_of_other_people_stay(comment: str) -> None:
    text = f"z = 1  {comment}\n"
    assert remove(text) == text


def test_arrows_in_strings_stay() -> None:
    text = 's = "  # -> (None, 3), 15 params"\nt = """\nx  # -> 15 params\n"""\n'
    assert remove(text) == text
    assert annotate(text) == text


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_trailing_spaces_and_a_missing_last_newline_survive(newline: str) -> None:
    lines = [HEADER.rstrip(), "x = Input((4,))   ", "m = Sequential([Input((4,)), layers.Dense(3)])\t"]
    text = newline.join(lines)
    marked = annotate(text)
    assert marked.endswith("layers.Dense(3)])\t  # -> 15 params")
    assert remove(marked) == text


def test_variants_that_differ_leave_a_line_alone() -> None:
    text = HEADER + (
        "import sys\n"
        "def build(x, flag):\n"
        "    units = 3 if flag else 5\n"
        "    y = layers.Dense(2)(x)\n"
        "    return Model(x, layers.Dense(units)(y))\n"
        "def use(flag):\n"
        "    return build(Input((4,)), flag)\n"
    )
    lines = annotate(text).splitlines()
    assert lines[4].endswith("y = layers.Dense(2)(x)  # -> (None, 2), 10 params")
    assert lines[5] == "    return Model(x, layers.Dense(units)(y))"


def test_notebooks_keep_all_else_byte_for_byte() -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n"]},
        {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": [], "source": [HEADER, "%time 1\n"]},
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
         "source": ["m = Sequential([Input((4,)), layers.Dense(3)])"]},
    ]  # fmt: skip
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    marked = annotate(text, "net.ipynb")
    assert "layers.Dense(3)])  # -> 15 params" in marked
    assert marked.replace("  # -> 15 params", "") == text
    assert remove(marked, "net.ipynb") == text
    assert annotate(marked, "net.ipynb") == marked


LONG = {
    "above its line, as far in": (
        HEADER + "def f():\n    m = Sequential([Input((4,)), layers.Dense(3)])\n    return m\n",
        HEADER + "def f():\n    # -> 15 params\n    m = Sequential([Input((4,)), layers.Dense(3)])\n    return m\n",
    ),
    "above the first line of a call, or of an element": (
        HEADER + "m = Sequential(\n    [\n        Input((4,)),\n        layers.Dense(\n"
        "            3, activation='relu', name='abc'),\n    ]\n)\n",
        HEADER + "m = Sequential(\n    [\n        Input((4,)),  # -> (None, 4), 0 params\n"
        "        # -> (None, 3), 15 params\n        layers.Dense(\n"
        "            3, activation='relu', name='abc'),\n    ]\n)  # -> 15 params\n",
    ),
    "not between two lines that are one": (
        HEADER + "if True: \\\n    m = Sequential([Input((4,)), layers.Dense(3)])\n",
        HEADER + "if True: \\\n    m = Sequential([Input((4,)), layers.Dense(3)])  # -> 15 params\n",
    ),
    "not into a string": (
        HEADER + 's = """\n"""; m = Sequential([Input((4,)), layers.Dense(3)])\n',
        HEADER + 's = """\n"""; m = Sequential([Input((4,)), layers.Dense(3)])  # -> 15 params\n',
    ),
    "with the newlines of the file": (
        "import keras\r\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])",
        "import keras\r\n# -> 15 params\r\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])",
    ),
}


@pytest.mark.parametrize("title", LONG)
def test_comments_that_do_not_fit_stand_above(title: str) -> None:
    text, expected = LONG[title]
    assert annotate(text, line_length=50) == expected
    assert annotate(expected, line_length=50) == expected
    assert remove(expected) == text


def test_a_limit_that_changes_moves_the_comments() -> None:
    text = HEADER + "m = Sequential([Input((4,)), layers.Dense(3)])\n"
    above, behind = annotate(text, line_length=50), annotate(text, line_length=80)
    assert above != behind
    assert annotate(above, line_length=80) == behind
    assert annotate(behind, line_length=50) == above


def test_a_comment_above_leaves_directives_their_line() -> None:
    text = HEADER + "# keraslint: budget(max_params=3)\nm = Sequential([Input((4,)), layers.Dense(3)])\n"
    marked = annotate(text, line_length=50)
    assert "budget(max_params=3)\n# -> 15 params\nm = " in marked
    source = decode(marked.encode(), "net.py")
    (directive,) = analyse_source(source, [], Options(read=lambda _path: None)).directives
    assert directive.applies_to == 4


def test_a_file_that_is_no_python_is_told_as_such() -> None:
    with pytest.raises(SourceError, match="never closed"):
        remove("x = (  # -> 15 params\n")
