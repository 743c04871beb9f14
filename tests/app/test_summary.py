"""``keraslint summary``, ``explain`` and ``annotate`` from the outside."""

from __future__ import annotations

import json

import pytest

from tests.app.running import MODEL, Project


def _models(text: str) -> list[dict[str, object]]:
    return list(json.loads(text)["models"])


def test_the_example_is_counted(example: Project) -> None:
    done = example.run("summary", "--output-format", "json", "my_model.py")
    (only,) = _models(done.out)
    assert (done.status, only["params"]) == (0, {"total": 37633, "trainable": 37569, "non_trainable": 64})
    assert (only["line"], only["column"], only["function"], only["kind"]) == (23, 13, "my_model", "functional")


def test_an_expression_gives_other_numbers_and_is_returned(example: Project) -> None:
    done = example.run("summary", "--output-format", "json", "my_model.py::my_model((96, 96, 3))")
    (only,) = _models(done.out)
    assert only["returned"] is True
    assert only["target"] == "my_model.py::my_model((96, 96, 3))"
    assert only["params"] == {"total": 78593, "trainable": 78529, "non_trainable": 64}


def test_a_function_alone_gives_formulas_and_assume_makes_them_numbers(example: Project) -> None:
    (only,) = _models(example.run("summary", "--output-format", "json", "my_model.py::my_model").out)
    assert only["certainty"] == "symbolic"
    arguments = ["--assume", "input_shape=(64, 64, 3)", "my_model.py::my_model"]
    (only,) = _models(example.run("summary", "--output-format", "json", *arguments).out)
    assert only["params"] == {"total": 37633, "trainable": 37569, "non_trainable": 64}


def test_the_configuration_assumes_too(example: Project) -> None:
    example.write("keraslint.toml", 'assume = { input_shape = "(64, 64, 3)" }\n')
    (only,) = _models(example.run("summary", "--output-format", "json", "my_model.py::my_model").out)
    assert only["certainty"] == "exact"


def test_errors_stand_in_the_document_and_on_standard_error(example: Project) -> None:
    example.write("broken.py", "import keras\nx = (\n")
    done = example.run("summary", "--output-format", "json", "broken.py", "missing.py::f", "my_model.py")
    assert done.status == 2
    document = json.loads(done.out)
    assert [(error["path"], error["target"]) for error in document["errors"]] == [
        ("missing.py", "missing.py::f"),
        ("broken.py", "broken.py"),
    ]
    assert len(document["models"]) == 1
    assert "broken.py:2:5: " in done.err


def test_a_program_that_raises_says_where_it_ends(project: Project) -> None:
    project.write("stops.py", "import keras\n\nkeras.Input((2,))\nraise ValueError('no data')\n")
    done = project.run("summary", "stops.py")
    assert done.err.splitlines()[0] == "stops.py:4:1: the program ends here: ValueError: no data"
    assert project.run("summary", "stops.py", "-q").err == ""


def test_numbers_and_names_of_numpy_stand_in_the_document(project: Project) -> None:
    text = "import keras\nimport numpy as np\nx = keras.Input((np.int64(4),), dtype=np.float32)\n"
    project.write("small.py", text + "keras.Model(x, keras.layers.Dense(3)(x))\n")
    (model,) = _models(project.run("summary", "--output-format", "json", "small.py").out)
    layers = model["layers"]
    assert isinstance(layers, list)
    assert [layer["output_shape"] for layer in layers] == [[None, 4], [None, 3]]


def test_a_target_that_does_not_exist_is_status_2(example: Project) -> None:
    done = example.run("summary", "--output-format", "json", "my_model.py::nope")
    assert done.status == 2
    assert json.loads(done.out)["errors"][0]["target"] == "my_model.py::nope"


def test_folders_are_walked(example: Project) -> None:
    example.write("deep/er/net.py", MODEL)
    done = example.run("summary", "--output-format", "json")
    assert [model["path"] for model in _models(done.out)] == ["my_model.py", "deep/er/net.py"]


def test_nothing_found_says_so(project: Project) -> None:
    project.write("a.py", "x = 1\n")
    done = project.run("summary")
    assert (done.status, done.out, done.err) == (0, "", "keraslint: no models found\n")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("my_model.py::mymodel", "Where the 64 non-trainable come from"),
        ("my_model.py::mymodel:bn0", "32 + 32 + 32 + 32 = 128 parameters"),
        ("my_model.py:17", "7 × 7 × 3 × 32 + 32 = 4,736 parameters"),
        ("my_model.py::my_model:18", "training sets it by averaging over the data"),
        ("my_model.py:fc", "32,768 × 1 + 1 = 32,769 parameters"),
        ("my_model.py:23", "4,736 + 128 + 32,769 = 37,633"),
    ],
)
def test_explain_takes_a_model_a_layer_or_a_line(example: Project, target: str, words: str) -> None:
    done = example.run("explain", target)
    assert done.status == 0
    assert words in done.out


def test_explain_takes_the_layer_as_an_option(example: Project) -> None:
    assert "bn0 (BatchNormalization)" in example.run("explain", "my_model.py::mymodel", "--layer", "bn0").out


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("my_model.py::mymodel:bn1", "no layer is called `bn1`; there are activation, bn0"),
        ("my_model.py:1", "line 1 makes no layer and no model"),
        ("missing.py::f", "no such file"),
        (".", "is a folder"),
    ],
)
def test_explain_says_what_is_not_there(example: Project, target: str, words: str) -> None:
    done = example.run("explain", target)
    assert done.status == 2
    assert words in done.err


def test_annotate_writes_checks_and_removes(example: Project) -> None:
    path = example.folder / "my_model.py"
    assert example.run("annotate", "--check").status == 1
    assert path.read_text() == MODEL
    diff = example.run("annotate", "--diff")
    assert diff.status == 0
    assert (
        '+    X = Conv2D(32, (7, 7), strides=(1, 1), name="conv0")(X)  # -> (None, 64, 64, 32), 4,736 params\n'
        in diff.out
    )
    assert path.read_text() == MODEL
    assert example.run("annotate").status == 0
    assert "  # -> 37,633 params (37,569 trainable, 64 non-trainable)\n" in path.read_text()
    assert example.run("annotate", "--check").status == 0
    assert example.run("annotate", "--remove").status == 0
    assert path.read_text() == MODEL


def test_annotate_leaves_a_broken_file_alone_and_goes_on(example: Project) -> None:
    broken = example.write("a.py", "import keras\nx = (\n")
    done = example.run("annotate")
    assert done.status == 2
    assert "a.py:2:5: " in done.err
    assert broken.read_text() == "import keras\nx = (\n"
    assert "# -> " in (example.folder / "my_model.py").read_text()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["nope", "fc"], "no model has layers from `nope` to `fc`"),
        (["conv0", "("], "`(` is no pattern for names of layers: missing ), unterminated subpattern"),
    ],
)
def test_a_range_of_layers_that_is_nowhere_is_status_2(example: Project, names: list[str], words: str) -> None:
    done = example.run("summary", "--layer-range", *names)
    assert (done.status, done.out) == (2, "")
    assert words in done.err
    assert example.run("summary", "--layer-range", "conv0", "fc").status == 0


def test_a_root_that_does_not_exist_is_status_2(example: Project) -> None:
    done = example.run("summary", "--root", "nowhere")
    assert (done.status, done.out) == (2, "")
    assert "`--root nowhere`: there is no such folder" in done.err


_TREE = {
    "known.py": "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n",
    "formula.py": "import keras\ndef f(n):\n    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(n)])\n",
    "open.py": "import keras\na = keras.Sequential([keras.layers.Dense(2)])\n"
    "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.a = keras.layers.Dense(1)\n",
}


def test_statistics_say_how_much_is_known_and_why_not_all(project: Project) -> None:
    for name, text in _TREE.items():
        project.write(name, text)
    done = project.run("summary", "--statistics")
    assert (done.status, done.out.splitlines()) == (
        0,
        [
            "4 models: 1 exact, 0 assumed, 1 symbolic, 2 partial, 0 unknown",
            "1  sequential has no input shape, so it has no weights (at open.py:2:5)",
            "1  net has no input shape, so it has no weights (at open.py:3:1)",
        ],
    )
    found = json.loads(project.run("summary", "--statistics", "--output-format", "json").out)
    assert (found["models"], found["exact"], found["symbolic"], found["partial"]) == (4, 1, 1, 2)
    assert [(reason["count"], reason["where"]["line"]) for reason in found["reasons"]] == [(1, 2), (1, 3)]


def test_statistics_have_no_csv(example: Project) -> None:
    done = example.run("summary", "--statistics", "--output-format", "csv")
    assert (done.status, done.out) == (2, "")
    assert "--statistics is told as table or json, not as csv" in done.err


_PLACES = {"net.py": ["net.py"], "inner/more.py": ["net.py", "inner/more.py"], ".": ["net.py", "inner/more.py"]}


@pytest.mark.parametrize("target", _PLACES)
def test_a_package_is_known_from_inside_its_own_folder_and_lists_each_model_once(
    project: Project, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    project.write("pkg/__init__.py", "from .net import build\n")
    project.write("pkg/blocks.py", "from keras import layers\n\ndef head(x):\n    return layers.Dense(3)(x)\n")
    model = "import keras\nx = keras.Input((2,))\nbuilt = keras.Model(x, {}(x), name='built')\n"
    project.write("pkg/net.py", f"from . import blocks\n{model.format('blocks.head')}build = None\n")
    project.write("pkg/inner/__init__.py", "")
    project.write("pkg/inner/more.py", f"from pkg.blocks import head\n{model.format('head')}")
    monkeypatch.chdir(project.folder / "pkg")
    done = project.run("summary", "--output-format", "json", target)
    models = json.loads(done.out)["models"]
    assert [model["path"] for model in models] == _PLACES[target]
    assert {str(model["params"]) for model in models} == {str({"total": 9, "trainable": 9, "non_trainable": 0})}
    assert {layer["path"] for model in models for layer in model["layers"]} == {"blocks.py", *_PLACES[target]}
