"""Single layers under random arguments, made by the catalogue and by real Keras, side by side.

A family's pool says, for each class, which values its arguments may take, legal ones and others, and on which inputs it
is called. ``cases`` draws from a pool, reproducibly; ``differences`` compares what both sides make of the cases.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from keraslint.catalogue.signatures import layer_signature
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph.builder import Builder
from keraslint.graph.count import trainable_weights, weights_of
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import KerasObject
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined
from tests.catalogue.oracle import Built, build, shapes_of


@dataclass(frozen=True, slots=True)
class Object:
    """An object of Keras as an argument: ``Object("regularizers", "L2", "0.01")``."""

    family: str
    class_name: str
    arguments: str = ""

    def __repr__(self) -> str:
        return f"keras.{self.family}.{self.class_name}({self.arguments})"


@dataclass(frozen=True, slots=True)
class Inner:
    """A layer as an argument: ``Inner("Dense", {"units": 3})``."""

    class_name: str
    arguments: Mapping[str, object]

    def __repr__(self) -> str:
        return f"layers.{self.class_name}({_arguments(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Pool:
    """What a class is tried with: arguments that are always there, others, and shapes (without the batch).

    Values behind an ``...`` are odd ones, mostly refused, and drawn now and then.
    """

    required: Mapping[str, Sequence[object]]
    optional: Mapping[str, Sequence[object]]
    shapes: Sequence[object]
    dtypes: Sequence[str] = ("float32",)


@dataclass(frozen=True, slots=True)
class Case:
    """One layer on one input."""

    class_name: str
    arguments: Mapping[str, object]
    shape: object
    dtype: str

    def text(self, keras: Keras) -> str:
        """Return the module's text."""
        package = "import tf_keras as keras" if keras is Keras.TWO else "import keras"
        return (
            f"{package}\nfrom {'tf_' if keras is Keras.TWO else ''}keras import layers\n\n"
            f"inputs = keras.Input({self.shape!r}, dtype={self.dtype!r})\n"
            f"outputs = layers.{self.class_name}({_arguments(self.arguments)})(inputs)\n"
            "model = keras.Model(inputs, outputs)\n"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the two sides made of a case; ``difference`` is empty where they agree."""

    case: Case
    difference: str
    is_undetermined: bool = False


COMMON: Mapping[str, Sequence[object]] = {
    "name": ("it", ..., "a b", "a/b"),
    "trainable": (True, False, ..., 1),
    "dtype": ("float32", "float16", "mixed_float16", "float64", "bfloat16", ..., "foo"),
    "activity_regularizer": ("l2", None, Object("regularizers", "L1", "0.01"), ..., "l1l2", "nonsense"),
}
ODD = 0.06
"""How often an odd value is drawn."""
UNKNOWN = 0.01
"""How often an argument is given that this version does not have."""
SEED = int(os.environ.get("KERASLINT_SEED", "20250101"))


def cases(pools: Mapping[str, Pool], keras: Keras, count: int) -> Iterator[Case]:
    """Yield ``count`` cases for each class of a pool that this version has, always the same ones."""
    for class_name in sorted(pools):
        signature = layer_signature(class_name, keras)
        if signature is None:
            continue
        draw = random.Random(f"{SEED} {class_name} {keras.value}")
        for _ in range(count):
            yield case_of(class_name, pools[class_name], keras, draw)


def case_of(class_name: str, pool: Pool, keras: Keras, draw: random.Random) -> Case:
    """Return a case drawn from a class's pool."""
    signature = layer_signature(class_name, keras)
    known = set(signature.names()) if signature is not None else set()
    arguments = {name: _choice(draw, values) for name, values in pool.required.items() if name in known}
    for name, values in {**COMMON, **pool.optional}.items():
        chance = 0.08 if name in COMMON else 0.3
        is_tried = name in known or draw.random() < UNKNOWN
        if is_tried and draw.random() < chance:
            arguments[name] = _choice(draw, values)
    return Case(class_name, arguments, _choice(draw, pool.shapes), draw.choice(list(pool.dtypes)))


def _choice(draw: random.Random, values: Sequence[object]) -> object:
    if ... not in values:
        return draw.choice(list(values))
    middle = list(values).index(...)
    odd = list(values[middle + 1 :])
    return draw.choice(odd if draw.random() < ODD else list(values[:middle]))


def compare(pools: Mapping[str, Pool], keras: Keras, count: int) -> list[Verdict]:
    """Return a verdict for each case of a pool."""
    drawn = list(cases(pools, keras, count))
    answers = build(keras.value, [case.text(keras) for case in drawn])
    return [_verdict(case, keras, answer) for case, answer in zip(drawn, answers, strict=True)]


def report(verdicts: Sequence[Verdict], keras: Keras, limit: int = 12) -> str:
    """Return the differences as text, each with the module that shows it; empty where there are none."""
    wrong = [verdict for verdict in verdicts if verdict.difference and not verdict.is_undetermined]
    shown = [f"{verdict.difference}\n{verdict.case.text(keras)}" for verdict in wrong[:limit]]
    return f"{len(wrong)} of {len(verdicts)} cases differ\n\n" + "\n".join(shown) if wrong else ""


def _verdict(case: Case, keras: Keras, answer: Built) -> Verdict:
    try:
        weights, shapes = ours(case, keras)
    except Refused as refused:
        if answer.error:
            return Verdict(case, "")
        return Verdict(case, f"refused ({refused.message}), but Keras makes {answer.weights} {answer.output_shape}")
    except Undetermined as problem:
        return Verdict(case, f"undetermined: {problem.unknown.what}", is_undetermined=True)
    if answer.error:
        return Verdict(case, f"made {weights} {shapes}, but Keras refuses: {answer.error[:300]}")
    if weights != answer.weights:
        return Verdict(case, f"made weights {weights}, Keras {answer.weights}")
    if shapes != shapes_of(answer.output_shape):
        return Verdict(case, f"made shape {shapes}, Keras {answer.output_shape}")
    return Verdict(case, "")


def ours(case: Case, keras: Keras) -> tuple[list[tuple[Shape, bool]], list[Shape]]:
    assert isinstance(case.shape, tuple)
    builder = Builder(keras, _NoProgram())
    inputs = builder.input_tensor((None, *case.shape), case.dtype, None, None)
    arguments = {name: _value(value, builder) for name, value in case.arguments.items()}
    layer = builder.make_layer(case.class_name, (), arguments, None)
    outputs = builder.call_layer(layer, (inputs,), {}, None)
    if layer.trouble is not None:
        raise Undetermined(layer.trouble)
    model = Model("Functional", "model", "functional", None)
    builder.functional(model, inputs, outputs)
    trained = {id(weight) for weight in trainable_weights(model, keras)}
    weights = [(weight.shape, id(weight) in trained) for weight in weights_of(model, keras)]
    return weights, _shapes(outputs)  # type: ignore[return-value]


def _shapes(outputs: object) -> list[Shape]:
    match outputs:
        case Tensor():
            return [outputs.known_shape()]
        case list() | tuple():
            return [shape for item in outputs for shape in _shapes(item)]
        case dict():
            return [shape for item in outputs.values() for shape in _shapes(item)]
        case _:
            return []


def _value(value: object, builder: Builder) -> object:
    match value:
        case Object():
            return KerasObject(value.family, value.class_name, {})
        case Inner():
            arguments = {name: _value(item, builder) for name, item in value.arguments.items()}
            return builder.make_layer(value.class_name, (), arguments, None)
        case list() | tuple():
            return type(value)(_value(item, builder) for item in value)
        case _:
            return value


def _arguments(arguments: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


class _NoProgram:
    """There is no program around a single layer."""

    is_tracing = False

    def build_custom(self, layer: Layer, call: object) -> None:
        """Not called."""
        raise NotImplementedError(layer, call)

    def call_custom(self, layer: Layer, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Not called."""
        raise NotImplementedError(layer, args, kwargs)

    def call_function(self, function: object, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Not called."""
        raise NotImplementedError(function, args, kwargs)

    def clone_custom(self, layer: Layer, changes: Mapping[str, object]) -> Layer:
        """Not called."""
        raise NotImplementedError(layer, changes)

    def attribute(self, layer: Layer, name: str) -> object:
        """Not called."""
        raise NotImplementedError(layer, name)

    def as_shape(self, value: object, lead: tuple[object, ...]) -> Shape:
        """Return a shape as it was given."""
        assert isinstance(value, list | tuple)
        return tuple(dim if isinstance(dim, int) else None for dim in (*lead, *value))
