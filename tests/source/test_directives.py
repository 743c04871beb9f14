"""Directives in comments say what they say, of which line, or why they say nothing."""

from __future__ import annotations

import json

import pytest

from keraslint.source.directives import Directive, directives
from keraslint.source.parse import parse
from keraslint.source.quantity import read_quantity
from keraslint.source.read import decode


def found(text: str, path: str = "x.py") -> list[Directive]:
    """Return the directives of a text."""
    source = decode(text.encode(), path)
    return directives(source, parse(source))


def one(comment: str) -> Directive:
    """Return the directive of a comment before a statement."""
    (directive,) = found(f"{comment}\nx = 1\n")
    return directive


@pytest.mark.parametrize(
    ("comment", "name", "codes"),
    [
        ("# keraslint: ignore[KL501] checkpoints need the bias", "ignore", ("KL501",)),
        ("#keraslint:ignore[ KL501 , unused-layer ]", "ignore", ("KL501", "unused-layer")),
        ("# keraslint: file-ignore[KL6]", "file-ignore", ("KL6",)),
        ("# noqa: KL501", "noqa", ("KL501",)),
        ("# noqa:E501,KL501, KL2", "noqa", ("E501", "KL501", "KL2")),
        ("# NOQA : KL501 for now", "noqa", ("KL501",)),
        ("# keraslint: frozen", "frozen", ()),
        ("# keraslint: frozen on purpose", "frozen", ()),
        ("# type: ignore  # keraslint: ignore[KL1]", "ignore", ("KL1",)),
    ],
)
def test_codes(comment: str, name: str, codes: tuple[str, ...]) -> None:
    directive = one(comment)
    assert (directive.name, directive.codes, directive.error) == (name, codes, "")


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: yes", "# about keraslint", "# keraslinter: x", "# x -> y"])
def test_other_comments_are_not_ours(comment: str) -> None:
    assert found(f"{comment}\nx = 1\n") == []


@pytest.mark.parametrize(
    ("comment", "arguments"),
    [
        ("# keraslint: budget(max_params=40_000, max_trainable=38_000)", {"max_params": 40000, "max_trainable": 38000}),
        (
            '# keraslint: budget(max_bytes="20 MB", message="(too big)") fits',
            {"max_bytes": "20 MB", "message": "(too big)"},
        ),
        ("# keraslint: budget(max_params=5 * 10 ** 6 // 2 - 1)", {"max_params": 2_499_999}),
        ("# keraslint: assume(input_shape=(64, 64, 3))", {"input_shape": (64, 64, 3)}),
        (
            "# keraslint: assume(n=-1, s=[None, 'a'], d={'a': 1.5}, b=True)",
            {"n": -1, "s": [None, "a"], "d": {"a": 1.5}, "b": True},
        ),
    ],
)
def test_arguments_are_plain_values(comment: str, arguments: dict[str, object]) -> None:
    directive = one(comment)
    assert (directive.arguments, directive.error) == (arguments, "")


@pytest.mark.parametrize(
    ("comment", "error"),
    [
        ("# keraslint: ignor[KL501]", "did you mean `ignore`?"),
        ("# keraslint: fileignore[KL501]", "did you mean `file-ignore`?"),
        ("# keraslint: zzz", "there are `ignore`"),
        ("# keraslint: ignore", "needs codes"),
        ("# keraslint: ignore[]", "names no rule"),
        ("# keraslint: ignore[KL501; KL502]", "is not a code"),
        ("# keraslint: budget", "needs arguments"),
        ("# keraslint: budget()", "says nothing"),
        ("# keraslint: budget(40_000)", "takes `name=value` only"),
        ("# keraslint: budget(max_param=1)", "did you mean `max_params`?"),
        ("# keraslint: budget(max_params=1", "needs arguments in parentheses"),
        ("# keraslint: budget(max_params=)", "cannot be read"),
        ("# keraslint: budget(max_params='lots')", "is not an amount"),
        ("# keraslint: budget(max_params=LIMIT)", "`LIMIT` is a name"),
        ("# keraslint: budget(max_params=10 ** 10 ** 10)", "too large"),
        ("# keraslint: budget(max_params=" + "9" * 5000 + ")", "not a plain value"),
        ("# keraslint: assume(n=1 // 0)", "divides by zero"),
        ("# keraslint: assume(n=__import__('os').getcwd())", "not a plain value"),
        ("# keraslint: assume(n=" + "(" * 5000 + ")" * 5000 + ")", "more than 200 deep"),
        ("# keraslint: assume(**n)", "takes `name=value` only"),
        ("# keraslint: frozen[KL1]", "takes no arguments"),
    ],
    ids=lambda text: text[:48],
)
def test_what_does_not_parse_says_why_and_the_way_out(comment: str, error: str) -> None:
    assert error in one(comment).error


def test_a_trailing_directive_speaks_of_its_line_and_one_alone_of_the_next_code() -> None:
    text = """\
# keraslint: file-ignore[KL6]
x = f(  # keraslint: ignore[KL1]
    # keraslint: ignore[KL2]
    1,
)  # noqa: KL3
# keraslint: budget(max_params=1)

# why
@a(
    1
)
# keraslint: assume(n=1)
@b
def g(n):
    # keraslint: frozen
    class H:
        # keraslint: ignore[KL4]
        @c
        async def i(self): pass
        # keraslint: ignore[KL5]
"""
    lines = [(item.codes or item.name, item.alone, item.applies_to) for item in found(text)]
    assert lines == [
        (("KL6",), True, 1),
        (("KL1",), False, 2),
        (("KL2",), True, 4),
        (("KL3",), False, 5),
        ("budget", True, 14),
        ("assume", True, 14),
        ("frozen", True, 16),
        (("KL4",), True, 19),
        (("KL5",), True, 20),
    ]


def test_one_comment_may_hold_several() -> None:
    assert [item.name for item in found("x = 1  # keraslint: frozen # noqa: KL1 # keraslint: ignore[KL2]\n")] == [
        *("frozen", "noqa", "ignore"),
    ]


def test_in_a_notebook_lines_count_within_the_cell() -> None:
    cells = [
        {"cell_type": "code", "source": text} for text in ("x = 1\n# keraslint: frozen", "\n# keraslint: frozen\ny = 1")
    ]
    assert [item.applies_to for item in found(json.dumps({"cells": cells}), "a.ipynb")] == [2, 3]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (40_000, 40_000),
        (5e6, 5_000_000),
        ("5M", 5_000_000),
        ("1_000", 1000),
        ("20 MB", 20_000_000),
        ("1.5 GiB", 3 * 2**29),
    ],
)
def test_amounts(written: object, amount: int) -> None:
    assert read_quantity(written) == amount


@pytest.mark.parametrize("written", ["lots", "5 X", -1, 1.5, True, None, float("nan"), float("inf"), "", "i"])
def test_what_is_no_amount(written: object) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        read_quantity(written)
