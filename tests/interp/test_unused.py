"""Functions, classes and methods that a file never uses are analysed on their own."""

from __future__ import annotations

import pytest

from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

_HEAD = "from tensorflow import keras\nfrom tensorflow.keras import layers\n"
_FACTORY = """
class LeNet:
    @staticmethod
    def build(width, height, depth, classes=10):
        model = keras.Sequential([keras.Input((height, width, depth))])
        model.add(layers.Conv2D(20, 5, padding="same"))
        model.add(layers.GlobalAveragePooling2D())
        model.add(layers.Dense(classes))
        return model
"""
_AGENT = """
class Agent:
    def __init__(self, state_size, action_size):
        self.state_size, self.action_size = state_size, action_size
        self.model = self._build_model()

    def _build_model(self):
        return keras.Sequential([keras.Input((self.state_size,)), layers.Dense(24), layers.Dense(self.action_size)])
"""
_GAN = """
class GAN:
    def __init__(self, latent=100):
        self.latent = latent

    def generator(self):
        return keras.Sequential([keras.Input((self.latent,)), layers.Dense(784)])

    @property
    def critic(self):
        return keras.Sequential([keras.Input((784,)), layers.Dense(1)])

    @classmethod
    def tiny(cls):
        return cls(latent=2).generator()

    def summary(self):
        print("nothing of a model")
"""
_NET = """
class Net(keras.Model):
    def __init__(self, units=4):
        super().__init__()
        self.head = layers.Dense(units)

    def call(self, x):
        return self.head(x)

    def graph(self):
        x = keras.Input((3,))
        return keras.Model(x, self.call(x))
"""
_LAYER = """
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
"""


def _models(text: str, *targets: str) -> list[tuple[str, str]]:
    analysis = analyse_source(SourceFile("net.py", _HEAD + text), list(targets), Options(read=lambda _path: None))
    assert analysis.errors == ()
    return [(model.target, str(model.count.total)) for model in analysis.models]


@pytest.mark.parametrize(
    ("text", "models"),
    [
        (_FACTORY.replace("classes=10", "classes"), [("net.py::LeNet.build", "21*classes + 500*depth + 20")]),
        (_AGENT, [("net.py::Agent", "25*action_size + 24*state_size + 24")]),
        (_GAN, [("net.py::GAN.generator", "79184"), ("net.py::GAN.critic", "785"), ("net.py::GAN.tiny", "2352")]),
        (_NET, [("net.py::Net", "None"), ("net.py::Net.graph", "16")]),
        (_LAYER, []),
        (_AGENT + "agent = Agent(3, 2)\n", [("net.py", "146")]),
        (_FACTORY + "class Small(LeNet):\n    pass\nSmall.build(9, 9, 1)\n", [("net.py", "730")]),
    ],
)  # fmt: skip
def test_a_class_that_nothing_uses_is_analysed_on_its_own(text: str, models: list[tuple[str, str]]) -> None:
    assert _models(text) == models


@pytest.mark.parametrize(
    ("target", "models"),
    [
        ("LeNet", [("net.py::LeNet.build", "500*depth + 230")]),
        ("LeNet.build", [("net.py::LeNet.build", "500*depth + 230")]),
        ("LeNet.build(9, 9, 1)", [("net.py::LeNet.build(9, 9, 1)", "730")]),
    ],
)
def test_a_class_or_method_is_a_target(target: str, models: list[tuple[str, str]]) -> None:
    assert _models(_FACTORY, target) == models


_CIRCLE = {
    "/src/nets/__init__.py": "from nets import parts\n",
    "/src/nets/parts.py": _HEAD
    + "def head(units):\n    return layers.Dense(units)\n\nfrom nets.net import norm\nusual = norm()\n",
    "/src/nets/net.py": _HEAD
    + "from nets.parts import head\n\ndef norm():\n    return layers.BatchNormalization()\n\n"
    + "def build(units=2):\n    return keras.Sequential([keras.Input((3,)), head(units), norm()])\n",
}


def test_a_module_that_its_package_imports_in_a_circle_is_run_after_the_package() -> None:
    source = SourceFile("/src/nets/net.py", _CIRCLE["/src/nets/net.py"])
    options = Options(read=lambda path: _CIRCLE[path].encode() if path in _CIRCLE else None)
    analysis = analyse_source(source, [], options)
    assert [(model.span.line, model.count.total) for model in analysis.models] == [(9, 16)]
    assert [event for event in analysis.events if event.kind == "raised"] == []
