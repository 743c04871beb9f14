"""What is remembered of one layer is used for another only where nothing tells them apart."""

from __future__ import annotations

import pytest

from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

HEAD = "import keras\nfrom keras import layers\nx = keras.Input((8, 8, 3))\n"


def totals(text: str, keras: str = "3") -> list[object]:
    """Return the totals of a program's models."""
    options = Options(read=lambda _path: None, keras=keras)
    return [model.count.total for model in analyse_source(SourceFile("program.py", HEAD + text), [], options).models]


def test_a_list_that_the_program_changes_later_is_not_remembered() -> None:
    change = "size = [3, 3]\na = layers.Conv2D(4, size)\nsize[0] = 5\n"
    assert totals(f"{change}y = layers.Conv2D(4, [3, 3])(x)\nkeras.Model(x, y)\n") == [112]


@pytest.mark.parametrize(("other", "found"), [("True", [4, 4]), ("1.0", [4])])
def test_equal_values_of_other_types_are_told_apart(other: str, found: list[int]) -> None:
    model = "keras.Model(x, layers.Dense({})(x))\n"  # Keras 3 takes True for 1, and refuses 1.0
    assert totals(model.format(1) + model.format(other)) == found


def test_the_default_data_format_and_the_version_are_part_of_what_is_remembered() -> None:
    model = "keras.Model(x, layers.Conv2D(4, 3)(x))\n"
    assert totals(model) == [112]
    assert totals(f"keras.config.set_image_data_format('channels_first')\n{model}") == [292]


def test_the_same_layer_under_another_name_has_its_own_name() -> None:
    text = HEAD + "y = layers.Dense(4, name='first')(layers.Dense(4, name='second')(x))\nkeras.Model(x, y)\n"
    (model,) = analyse_source(SourceFile("program.py", text), [], Options(read=lambda _path: None)).models
    assert [layer.name for layer in model.layers][1:] == ["second", "first"]
