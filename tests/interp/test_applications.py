"""``keras.applications`` called as a library: places, names of its modules, unknown arguments, what Keras refuses."""

from __future__ import annotations

import pytest

from keraslint.catalogue.signatures import members
from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import Analysis, ModelRecord
from keraslint.interp.analyse import Options, analyse_source
from keraslint.interp.overlays.keras_applications import resolve_application
from keraslint.source.text import SourceFile
from keraslint.values.program import MISSING


def analysed(text: str, *targets: str, keras: str | None = None, **assume: str) -> Analysis:
    options = Options(read=lambda _path: None, keras=keras, assume=assume)
    return analyse_source(SourceFile("program.py", text), targets, options)


def the_model(text: str, *targets: str, keras: str | None = None, **assume: str) -> ModelRecord:
    analysis = analysed(text, *targets, keras=keras, **assume)
    (model,) = [model for model in analysis.models if model.returned or not targets]
    return model


SPELLINGS = {
    "the package": "import keras\nmodel = keras.applications.VGG16(weights=None)",
    "its module": "import keras\nmodel = keras.applications.vgg16.VGG16(weights=None)",
    "from the package": "from keras.applications import VGG16\nmodel = VGG16(weights=None)",
    "from its module": "from keras.applications.vgg16 import VGG16\nmodel = VGG16(weights=None)",
    "a module by name": "import keras.applications as apps\nmodel = apps.VGG16(weights=None)",
    "a star": "from keras.applications import *\nmodel = VGG16(weights=None)",
    "by getattr": "import keras\nmodel = getattr(keras.applications, 'VGG16')(weights=None)",
    "tf.keras": "import tensorflow as tf\nmodel = tf.keras.applications.VGG16(weights=None)",
    "tensorflow.keras": "from tensorflow.keras.applications.vgg16 import VGG16\nmodel = VGG16(weights=None)",
    "tensorflow.python.keras": "from tensorflow.python.keras.applications.vgg16 import VGG16\nmodel = VGG16(weights=None)",
    "tf_keras": "import tf_keras\nmodel = tf_keras.applications.VGG16(weights=None)",
    "keras.src": "from keras.src.applications.vgg16 import VGG16\nmodel = VGG16(weights=None)",
    "keras.api": "from keras.api.applications import VGG16\nmodel = VGG16(weights=None)",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_of_the_package_is_the_library(text: str) -> None:
    model = the_model(text)
    assert (model.name, model.count.total, model.certainty) == ("vgg16", 138357544, "exact")


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"Keras {keras.value}")
def test_every_function_of_the_package_has_a_builder(keras: Keras) -> None:
    functions = [name for name in members("applications", keras) if name[0].isupper()]
    assert len(functions) > 30
    program = "import keras\n" + "\n".join(f"keras.applications.{name}" for name in functions)
    analysed(program, keras=keras.value)
    missing = [
        name for name in functions if resolve_application(_Versioned(keras), "keras.applications", name) is MISSING
    ]
    assert missing == []


class _Versioned:
    """As much of a machine as finding a function needs."""

    def __init__(self, keras: Keras) -> None:
        self.keras = keras


PROGRAM = """
import keras
from keras import layers

def classifier(classes):
    base = keras.applications.ResNet50(
        include_top=False, weights="imagenet", pooling="avg", input_shape=(64, 64, 3),
    )
    base.trainable = False
    return keras.Sequential([base, layers.Dense(classes)])

model = classifier(10)
"""


def test_all_that_the_library_makes_is_at_the_line_of_the_call() -> None:
    base, model = analysed(PROGRAM).models
    spans = {layer.span for layer in base.layers} | {span for layer in base.layers for span in layer.call_spans}
    assert {(span.path, span.line, span.end_line) for span in spans if span} == {("program.py", 6, 8)}
    assert (base.variables, base.function, base.name) == (("base",), "classifier", "resnet50")
    assert (model.count.total, model.count.trainable) == (23608202, 20490)
    assert str(the_model(PROGRAM, "classifier").count.total) == "2049*classes + 23587712"


def test_layers_of_the_library_are_not_the_programs_own() -> None:
    analysis = analysed(PROGRAM)
    assert [layer.class_name for layer in analysis.layers] == ["Functional", "Dense", "Sequential", "InputLayer"]
    made = [event for event in analysis.events if event.kind != "imported"]
    assert {event.span.line for event in made if event.span} <= {6, 9, 10}


REFUSED = {
    "trained weights with other classes": (
        "VGG16(classes=10)", "ValueError", "`classes` should be 1000. Received classes=10",
    ),
    "too small an image": (
        "Xception(weights=None, include_top=False, input_shape=(70, 80, 3))", "ValueError", "at least 71x71",
    ),
    "no channels": ("MobileNet(weights=None, input_shape=(64, 64))", "ValueError", "tuple of three integers"),
    "an alpha without weights": ("MobileNetV2(alpha=0.6)", "ValueError", "alpha must be one of `0.35`"),
    "an argument that there is not": ("VGG19(weight=None)", "TypeError", "unexpected keyword argument 'weight'"),
    "a classifier on a size that is not given": (
        "DenseNet121(weights=None, input_shape=(None, None, 3))", "ValueError", "specify a static `input_shape`",
    ),
    "an image that a layer finds too small": (
        "VGG16(weights=None, include_top=False, input_tensor=keras.Input((8, 8, 3)))",
        "ValueError",
        "Computed output size would be zero or negative",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_keras_refuses_is_refused_at_the_call(call: str, error: str, message: str) -> None:
    analysis = analysed(f"import keras\n\nmodel = keras.applications.{call}\n")
    (event,) = [event for event in analysis.events if event.kind == "refused"]
    assert (event.facts["error"], event.span.path, event.span.line) == (error, "program.py", 3)
    assert message in str(event.facts["message"])
    assert analysis.models == ()


def test_a_refusal_can_be_caught() -> None:
    analysis = analysed(
        "import keras\n"
        "try:\n    model = keras.applications.VGG16(classes=3)\n"
        "except ValueError:\n    model = keras.applications.VGG16(classes=3, weights=None)\n"
    )
    assert [model.count.total for model in analysis.models] == [134272835]
    assert [event.kind for event in analysis.events if event.kind == "refused"] == []


def test_a_size_that_is_not_known_stays_in_the_shapes() -> None:
    model = the_model(
        "import keras\n"
        "def f(h, w):\n"
        "    return keras.applications.VGG16(weights=None, include_top=False, input_shape=(h, w, 3))\n",
        "f",
    )
    assert (model.count.total, str(model.outputs)) == (14714688, "(None, Poly(h // 32), Poly(w // 32), 512)")


@pytest.mark.parametrize("name", ["NASNetMobile", "EfficientNetB0", "MobileNetV3Small", "InceptionV3"])
def test_a_size_that_is_not_known_leaves_the_counts(name: str) -> None:
    call = f"keras.applications.{name}(weights=None, include_top=False, input_shape=(size, size, 3))"
    open_size = the_model(f"import keras\ndef f(size):\n    return {call}\n", "f")
    given_size = the_model(f"import keras\nsize = 128\nmodel = {call}\n")
    assert open_size.count == given_size.count
    assert [layer.class_name for layer in open_size.layers] == [layer.class_name for layer in given_size.layers]


def test_weights_that_are_not_known_change_no_count() -> None:
    text = "import keras\ndef f(weights):\n    return keras.applications.ResNet50(weights=weights)\n"
    model = the_model(text, "f")
    assert (model.count.total, model.certainty) == (25636712, "exact")


def test_an_alpha_that_is_not_known_gives_no_formula() -> None:
    text = "import keras\ndef f(alpha):\n    return keras.applications.MobileNet(alpha=alpha, weights=None)\n"
    model = the_model(text, "f")
    assert model.count.total is None
    assert "rounded of alpha" in model.unresolved[0].reason
    assert the_model(text, "f", alpha="0.6").count.total == 1796609


def test_a_top_that_is_not_known_gives_both_models() -> None:
    text = "import keras\ndef f(top):\n    return keras.applications.VGG16(weights=None, include_top=top)\n"
    analysis = analysed(text, "f")
    assert {model.count.total for model in analysis.models} == {14714688, 138357544}


def test_images_keep_their_shape_in_preprocessing() -> None:
    model = the_model(
        "import keras\nimport numpy as np\n"
        "x = keras.applications.vgg16.preprocess_input(np.zeros((2, 50, 60, 3)))\n"
        "model = keras.applications.VGG16(weights=None, include_top=False, input_shape=x.shape[1:])\n"
    )
    assert model.inputs == (None, 50, 60, 3)


def test_versions_differ_as_keras_does() -> None:
    text = "from tensorflow.keras.applications import MobileNetV3Large\nmodel = MobileNetV3Large(weights=None)\n"
    three, two = the_model(text, keras="3"), the_model(text, keras="2")
    assert (three.name, two.name) == ("MobileNetV3Large", "MobilenetV3large")
    assert three.count == two.count
    assert "expanded_conv/depthwise/BatchNorm" in [layer.name for layer in two.layers]
