"""A notebook's cells stand for themselves: one that does not parse, or that raises, leaves the others."""

from __future__ import annotations

import json

from keraslint.graph.analysis import Analysis
from keraslint.interp.analyse import Options, analyse_file


def analyse(*cells: str) -> Analysis:
    document = {
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    data = json.dumps(document).encode()
    return analyse_file("notebook.ipynb", [], Options(read=lambda path: data if path == "notebook.ipynb" else None))


IMPORTS = "import keras\nfrom keras import layers"
MODEL = "x = keras.Input((4,))\nmodel = keras.Model(x, layers.Dense(3)(x))"


def test_a_cell_that_does_not_parse_is_an_error_and_the_others_go_on() -> None:
    analysis = analyse(IMPORTS, "def broken(:", MODEL)
    assert [(error.kind, error.line) for error in analysis.errors] == [("syntax", 1)]
    assert "cell 2" in analysis.errors[0].message
    (model,) = analysis.models
    assert (model.count.total, model.span.cell, model.span.line) == (15, 3, 2)


def test_a_cell_that_raises_leaves_the_others() -> None:
    (model,) = analyse(IMPORTS, "layers.Dense(-3)", MODEL).models
    assert model.count.total == 15


def test_magics_are_passed_over() -> None:
    (model,) = analyse("%matplotlib inline\n!pip install keras", IMPORTS, MODEL).models
    assert model.certainty == "exact"
