"""What a program asks of Keras behind an argument that ends it: told to rules, and to nobody else."""

from __future__ import annotations

from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

PROGRAM = """
import keras

rate = keras.optimizers.Adam(lr=0.1)
other = keras.optimizers.SGD(lr=0.2)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile(other, "mse")
"""


def test_all_such_places_are_told_and_no_model_is() -> None:
    analysis = analyse_source(SourceFile("net.py", PROGRAM), (), Options(read=lambda _: None))
    told = [e.span.line for e in analysis.events if e.kind == "object-arguments" and e.span is not None]
    assert told == [4, 5]
    assert not analysis.models
    assert not [event for event in analysis.events if event.kind in {"built", "compiled"}]


def test_the_second_run_leaves_nothing_behind() -> None:
    program = "import keras\n\n\ndef one():\n    return keras.layers.Dense(3, weights=[1])\n\n\ndef two():\n    return one()\n"
    for _ in range(2):
        analysis = analyse_source(SourceFile("net.py", program), (), Options(read=lambda _: None))
        assert any(event.kind == "refused" for event in analysis.events)
        assert not analysis.models
