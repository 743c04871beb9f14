"""Pieces of text that formats share."""

from __future__ import annotations

import pytest

from keraslint.report.text import Style, clean, number, plural, shape, wrap
from keraslint.values.dim import symbol


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb", r"a\nb"),
        ("\u202eevil", r"\u202eevil"),
        ("é → ×", "é → ×"),
        ("\x9b31m", r"\x9b31m"),
        ("\udcff", r"\udcff"),
    ],
)
def test_control_and_direction_characters_are_spelled_out(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_numbers_have_their_thousands_separated_and_formulas_stay() -> None:
    assert number(37633) == "37,633"
    assert number(symbol("num_classes") * 513 + 33024) == "513*num_classes + 33024"
    assert number(None) == "?"


def test_shapes_look_as_keras_prints_them() -> None:
    assert shape((None, 64, 64, 3)) == "(None, 64, 64, 3)"
    assert shape((None,)) == "(None,)"
    assert shape([(None, 1), (None, 2)]) == "[(None, 1), (None, 2)]"
    assert shape(None) == "?"


def test_long_words_are_broken_and_others_are_not() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("", 4) == [""]


def test_colours_are_off_unless_asked_for() -> None:
    assert Style().paint("x", "bold") == "x"
    assert Style(color=True).paint("x", "bold") == "\x1b[1mx\x1b[0m"


def test_a_noun_follows_its_number() -> None:
    assert plural(1, "finding") == "1 finding"
    assert plural(1200, "finding") == "1,200 findings"
