"""Counts in people's own tests: the numbers are what Keras prints of the same models."""

from __future__ import annotations

from pathlib import Path

import pytest

import keraslint
from keraslint import CountError, Parameters
from tests.app.running import Project


def test_a_call_is_counted(example: Project) -> None:
    assert keraslint.count("my_model.py::my_model((64, 64, 3))") == Parameters(37633, 37569, 64)


def test_a_file_with_one_model_needs_no_name(example: Project) -> None:
    assert keraslint.count("my_model.py").total == 37633
    assert keraslint.count(str(example.folder / "my_model.py")).trainable == 37569


def test_models_tell_their_layers(example: Project) -> None:
    (model,) = keraslint.models("my_model.py::my_model((64, 64, 3))")
    assert [layer.count.total for layer in model.layers if layer.name == "bn0"] == [128]


def test_what_is_not_in_the_source_is_a_formula_or_assumed(project: Project) -> None:
    project.write(
        "net.py", "import keras\ndef f(n):\n    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    )
    assert str(keraslint.count("net.py::f").total) == "5*n"
    assert keraslint.count("net.py::f", assume={"n": 3}).total == 15
    assert keraslint.count("net.py::f", assume={"n": "1 + 2"}).total == 15


def test_the_configuration_of_the_folder_holds(project: Project) -> None:
    project.write("pyproject.toml", "[tool.keraslint]\nassume = { n = 7 }\n")
    project.write(
        "net.py", "import keras\ndef f(n):\n    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    )
    assert keraslint.count("net.py::f").total == 35


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nope.py", "nope.py: no such file"),
        ("broken.py", "broken.py:2:1: "),
        ("empty.py", "empty.py builds no model"),
        ("two.py", "two.py builds 2 models, of different counts: "),
        ("open.py", "open.py is not resolved: open.py:3:"),
        ("empty.py::nothing", "nothing"),
    ],
)
def test_what_has_no_count_says_why(project: Project, target: str, message: str) -> None:
    dense = "keras.Sequential([keras.Input((4,)), keras.layers.Dense({})])\n"
    project.write("broken.py", "import keras\n)\n")
    project.write("empty.py", "import keras\n")
    project.write("two.py", "import keras\n" + "a = " + dense.format(1) + "b = " + dense.format(2))
    project.write("open.py", "import keras\nimport unknown\na = " + dense.format("unknown.f()"))
    with pytest.raises(CountError) as raised:
        keraslint.count(target)
    assert message in str(raised.value)


def test_models_of_one_count_are_one_answer(project: Project) -> None:
    line = "keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
    project.write("two.py", f"import keras\na = {line}b = {line}")
    assert keraslint.count("two.py").total == 15


def test_the_facade_has_its_types() -> None:
    assert (Path(keraslint.__file__).parent / "py.typed").exists()
