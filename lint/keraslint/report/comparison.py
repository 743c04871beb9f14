"""Models as keraslint counts them beside the same models as real Keras made them, and where the two differ."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from keraslint.graph.analysis import LayerRecord, ModelRecord, Nest

SHAPE, COUNT, NAME, CLASS, WEIGHTS, TRAINED = "output shape", "params", "name", "class", "weights", "trainable"


class RealLayer(msgspec.Struct, frozen=True):
    """A layer or model of real Keras."""

    name: str
    class_name: str = msgspec.field(name="class")
    shapes: list[object]
    """The output shape of each call on symbolic tensors: lists, nested for several outputs; null where not known."""
    built: bool
    """Whether it and all layers inside have their weights."""
    total: int
    trainable: int
    weights: list[tuple[list[int], bool]]
    """Shape, and whether it is trained, in Keras' order."""
    layers: list[RealLayer]


class RealModel(RealLayer, frozen=True, kw_only=True):
    """A model that the program made, and where: ``path`` is absolute, empty for what a target gave."""

    package: str
    """``keras 3.15.1``."""
    path: str = ""
    line: int = 0
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A layer as keraslint has it, beside Keras'; None where one of the two has no such layer."""

    ours: LayerRecord | None
    real: RealLayer | None
    level: int = 0

    @property
    def differences(self) -> tuple[str, ...]:
        """What differs; a fact that keraslint does not know differs from one that Keras knows."""
        if self.ours is None or self.real is None:
            return ("no such layer",)
        return tuple(_layer_differences(self.ours, self.real))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model as keraslint has it, beside Keras'; None where one of the two has no such model."""

    target: str
    ours: ModelRecord | None
    real: RealModel | None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The layers of both, those of nested models below them."""
        ours = () if self.ours is None else self.ours.layers
        return tuple(_rows(ours, () if self.real is None else self.real.layers, 0))

    @property
    def differences(self) -> tuple[str, ...]:
        """What differs of the model as a whole."""
        if self.ours is None or self.real is None:
            return ("no such model",)
        return tuple(_model_differences(self.ours, self.real))

    @property
    def count(self) -> int:
        """How many rows and totals differ."""
        if self.ours is None or self.real is None:
            return 1
        return len(self.differences) + sum(bool(row.differences) for row in self.rows)


def compare(target: str, ours: Sequence[ModelRecord], real: Sequence[RealModel]) -> list[Comparison]:
    """Return models in pairs: by the line that made them, else by name, else in order.

    A model that stands on an assumption (one outcome of a condition that keraslint cannot decide) and has no partner
    is no difference: the program took the other outcome.
    """
    left = list(ours)
    partners: dict[int, ModelRecord] = {}
    for is_near in (_at_one_place, _of_one_name, _of_one_kind):
        for index, model in enumerate(real):
            near = [record for record in left if index not in partners and is_near(record, model)]
            if near:
                equal = (record for record in near if not Comparison(target, record, model).count)
                partners[index] = next(equal, near[0])
                left.remove(partners[index])
    pairs = [Comparison(target, partners.get(index), model) for index, model in enumerate(real)]
    return [*pairs, *(Comparison(target, record, None) for record in left if not record.assumptions)]


def shape_of(nest: Nest) -> object:
    """Return a shape or a nest of shapes as the answer has it: a nest of one shape is that shape."""
    match nest:
        case tuple():
            return [dim if dim is None or isinstance(dim, int) else str(dim) for dim in nest]
        case list():
            return shape_of(nest[0]) if len(nest) == 1 else [shape_of(item) for item in nest]
        case dict():
            return {name: shape_of(item) for name, item in nest.items()}
        case None:
            return None


def shape_text(shape: object) -> str:
    """Return a shape of an answer as Keras prints it."""
    match shape:
        case None:
            return "?"
        case dict():
            return "{" + ", ".join(f"{name}: {shape_text(item)}" for name, item in shape.items()) + "}"
        case list() if any(isinstance(item, list | dict) for item in shape):
            return f"[{', '.join(map(shape_text, shape))}]"
        case list():
            return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
        case _:
            return str(shape)


def _at_one_place(ours: ModelRecord, real: RealModel) -> bool:
    return (ours.span.path, ours.span.line, ours.span.cell) == (real.path, real.line, real.cell)


def _of_one_name(ours: ModelRecord, real: RealModel) -> bool:
    return ours.name == real.name


def _of_one_kind(ours: ModelRecord, real: RealModel) -> bool:
    return ours.class_name == real.class_name or (not real.path and not ours.assumptions)


def _rows(ours: Sequence[LayerRecord], real: Sequence[RealLayer], level: int) -> Iterator[Row]:
    """Yield layers side by side; where there are more on one side, those of one class stand beside each other."""
    matcher = difflib.SequenceMatcher(
        None, [layer.class_name for layer in ours], [layer.class_name for layer in real], autojunk=False
    )
    for _, start, end, real_start, real_end in matcher.get_opcodes():
        for step in range(max(end - start, real_end - real_start)):
            left = ours[start + step] if start + step < end else None
            right = real[real_start + step] if real_start + step < real_end else None
            yield Row(left, right, level)
            yield from _rows(() if left is None else left.layers, () if right is None else right.layers, level + 1)


def _layer_differences(ours: LayerRecord, real: RealLayer) -> Iterator[str]:
    if ours.name != real.name:
        yield NAME
    if ours.class_name != real.class_name:
        yield CLASS
    known = [json.dumps(shape) for shape in real.shapes if shape is not None]
    if known and json.dumps(shape_of(ours.output_shape)) not in known:
        yield SHAPE
    if ours.count.total != real.total:
        yield COUNT
    elif [(list(weight.shape or ()), weight.trainable) for weight in ours.weights] != real.weights:
        yield WEIGHTS
    if ours.count.trainable != real.trainable:
        yield TRAINED


def _model_differences(ours: ModelRecord, real: RealModel) -> Iterator[str]:
    if ours.name != real.name:
        yield NAME
    if ours.class_name != real.class_name:
        yield CLASS
    if not ours.built and not real.built:
        return  # neither has a count
    if ours.count.total != real.total:
        yield COUNT
    if ours.count.trainable != real.trainable:
        yield TRAINED
