"""Whole modules of random layers, read by keraslint and run by real Keras: the same weights, shapes and refusals.

``Draw`` draws arguments and shapes, ``module`` writes the text around one layer, ``differences`` compares. A family's
test file says how its layers are drawn; layers of one input and plain arguments have pools instead (``differential``).
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import ModelRecord
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile
from tests.catalogue.oracle import Built, build, shapes_of

SEED = int(os.environ.get("KERASLINT_SEED", "20250101"))
COUNT = int(os.environ.get("KERASLINT_COUNT", "25"))
"""How many modules a family is tried with in each version."""

T = TypeVar("T")
Maker = Callable[["Draw"], str]


class Draw:
    """A source of random arguments for one version of Keras."""

    def __init__(self, keras: Keras, seed: str) -> None:
        self.keras = keras
        self.random = random.Random(f"{SEED} {seed} {keras.value}")

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return self.random.random() < probability

    def one(self, choices: Sequence[T]) -> T:
        """Return one of several values."""
        return self.random.choice(choices)

    def number(self, low: int, high: int) -> int:
        """Return an integer of a range, its ends included."""
        return self.random.randint(low, high)

    def dim(self, low: int = 1, high: int = 8, none: float = 0.12) -> int | None:
        """Return a dimension, now and then None."""
        return None if self.chance(none) else self.number(low, high)

    def shape(self, rank: int, low: int = 1, high: int = 8, none: float = 0.12) -> tuple[int | None, ...]:
        """Return a shape without its batch."""
        return tuple(self.dim(low, high, none) for _ in range(rank))

    def shuffled(self, items: Sequence[int]) -> list[int]:
        """Return the items in another order."""
        return self.random.sample(items, len(items))

    def pick(self, items: Sequence[T], count: int) -> list[T]:
        """Return some of the items, each at most once."""
        return self.random.sample(items, min(count, len(items)))

    def some(self, probability: float, options: Mapping[str, Sequence[object]]) -> list[str]:
        """Return keyword arguments, each there with a probability, with one of its values."""
        return [f"{name}={self.one(values)!r}" for name, values in options.items() if self.chance(probability)]

    def common(self) -> list[str]:
        """Return arguments that every layer takes."""
        dtypes = ("float32", "float16", "mixed_float16", "float64", "bfloat16")
        return self.some(0.06, {"name": ("it",), "trainable": (False,), "dtype": dtypes})

    def input(self, shape: Sequence[int | None], dtype: str = "", batch: int | None = None) -> str:
        """Return the text of an input."""
        typed = f", dtype={dtype!r}" if dtype else ""
        if batch is not None:
            return f"keras.Input(batch_shape={(batch, *shape)!r}{typed})"
        return f"keras.Input({tuple(shape)!r}{typed})"

    def batch(self) -> int | None:
        """Return a batch size, mostly None."""
        return self.one((None, None, None, None, 2, 3))


def module(draw: Draw, inputs: Sequence[str], layer: str, arguments: Sequence[str], call: str) -> str:
    """Return the text of a module with one layer, called on the inputs ``x0``, ``x1`` …"""
    package = "tf_keras" if draw.keras is Keras.TWO else "keras"
    names = [f"x{index}" for index in range(len(inputs))]
    lines = [
        "import tf_keras as keras" if draw.keras is Keras.TWO else "import keras",
        f"from {package} import layers",
        "",
        *(f"{name} = {text}" for name, text in zip(names, inputs, strict=True)),
        f"layer = layers.{layer}({', '.join(arguments)})",
        f"y = layer({call})",
        f"model = keras.Model([{', '.join(names)}], y)",
        *(["layer.trainable = False"] if draw.chance(0.06) else []),
    ]
    return "\n".join(lines) + "\n"


def differences(keras: Keras, makers: Mapping[str, Maker], count: int = COUNT) -> str:
    """Return where keraslint and real Keras differ on modules of each maker, as text; empty where nowhere."""
    texts: list[str] = []
    for name, maker in makers.items():
        draw = Draw(keras, name)
        texts += [maker(draw) for _ in range(count)]
    answers = build(keras.value, texts)
    found = [
        f"{difference}\n{text}"
        for text, answer in zip(texts, answers, strict=True)
        for difference in [_difference(keras, text, answer)]
        if difference
    ]
    return f"{len(found)} of {len(texts)} modules differ\n\n" + "\n".join(found[:12]) if found else ""


def _difference(keras: Keras, text: str, answer: Built) -> str:
    analysis = analyse_source(SourceFile("module.py", text), [], Options(read=lambda _path: None, keras=keras.value))
    models = [model for model in analysis.models if "model" in model.variables]
    if answer.error:
        exact = [model for model in models if model.certainty == "exact"]
        return f"accepted, but Keras refuses: {answer.error[:300]}" if exact else ""
    if not models:
        reasons = [event.facts.get("message") for event in analysis.events if event.kind in {"refused", "raised"}]
        return f"refused ({reasons}), but Keras makes {answer.weights} {answer.output_shape}"
    return _against(models[-1], answer)


def _against(model: ModelRecord, answer: Built) -> str:
    if model.certainty != "exact":
        return f"not resolved: {[problem.reason for problem in model.unresolved]}"
    shapes = [(weight.shape, weight.trainable) for layer in model.layers for weight in layer.weights]
    if sorted(map(str, shapes)) != sorted(map(str, answer.weights)):
        return f"made weights {shapes}, Keras {answer.weights}"
    if model.count.total != answer.total or model.count.trainable != answer.trainable:
        return f"counts {model.count}, Keras {answer.total} of which {answer.trainable} trained"
    if shapes_of(model.outputs) != shapes_of(answer.output_shape):
        return f"made shape {model.outputs}, Keras {answer.output_shape}"
    return ""
