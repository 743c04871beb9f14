"""Assumptions bind names by module, by function, or anywhere; a range leaves a name its symbol."""

from __future__ import annotations

import pytest

from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

_PROGRAM = """
import keras
from keras import layers
width = int(input())

def net(n):
    x = keras.Input((4,))
    return keras.Model(x, layers.Dense(n)(x))

def wide(n, flag):
    x = keras.Input((4,))
    return keras.Model(x, layers.Dense(5 if flag is None else n)(x))

x = keras.Input((4,))
model = keras.Model(x, layers.Dense(width)(x))
"""


def _counts(assume: dict[str, str], text: str = _PROGRAM) -> dict[str | None, str]:
    options = Options(read=lambda _path: None, assume=assume)
    analysis = analyse_source(SourceFile("package/nets.py", text), [], options)
    return {model.function: str(model.count.total) for model in analysis.models if model.count.total is not None}


@pytest.mark.parametrize(
    ("assume", "net", "whole"),
    [
        ({}, "5*n", "5*width"),
        ({"n": "7"}, "35", "5*width"),
        ({"net.n": "7"}, "35", "5*width"),
        ({"nets.net.n": "7", "net.n": "8", "n": "9"}, "35", "5*width"),
        ({"nets.n": "7", "n": "9"}, "35", "5*width"),
        ({"other.net.n": "7", "other.n": "8"}, "5*n", "5*width"),
        ({"width": "3"}, "5*n", "15"),
        ({"nets.width": "3"}, "5*n", "15"),
        ({"n": "1..1000", "width": "2.."}, "5*n", "5*width"),
        ({"n": "'1..1000'"}, "5*n", "5*width"),
        ({"n": "2 * 3"}, "30", "5*width"),
    ],
    ids=str,
)
def test_a_name_is_bound_where_the_assumption_says(assume: dict[str, str], net: str, whole: str) -> None:
    found = _counts({**assume, "wide.flag": "None", "wide.n": "1"})
    assert (found["net"], found[None]) == (net, whole)
    assert found["wide"] == "25"


def test_a_comment_binds_the_parameters_of_its_function() -> None:
    text = _PROGRAM.replace("def net", "# keraslint: assume(n=7)\ndef net")
    assert _counts({"wide.flag": "None"}, text)["net"] == "35"
