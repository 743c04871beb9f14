"""A program as keraslint understands it, beside what real Keras made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import msgspec

from keraslint.app.files import read
from keraslint.graph.analysis import Analysis, ModelRecord
from keraslint.graph.builder import Builder
from keraslint.graph.count import count
from keraslint.interp.analyse import Options, analyse_file
from keraslint.report.comparison import Comparison, RealModel, compare
from keraslint.values.layer import Layer, Model
from keraslint.values.unknown import Span
from tests.programs.listing import FOLDER, entry_of, record_of

Moment = tuple[str, int, int | None, int | None]
"""What happened to a model (built, compiled, fitted), the line that made it, its parameters and those that are trained."""


NOT_IN_THIS_VERSION = ("ImportError", "ModuleNotFoundError", "AttributeError: module")
"""What ends a program that is not written for a version."""


class Record(msgspec.Struct):
    """What real Keras made of a program."""

    error: str | None
    broken: list[str]
    models: list[RealModel]
    moments: list[Moment]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a program is analysed otherwise than Keras has it."""

    kind: str
    """``wrong`` (stated as certain), ``missing`` (a model), ``unresolved``, ``error`` or ``moment``."""
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def recorded(name: str, version: str, answer: dict | None = None) -> Record:
    """Return what real Keras of a version made of a program; without an answer of it, the one that is kept."""
    if answer is None:
        answer = json.loads(record_of(name).read_text(encoding="utf-8"))[version]
    for model in answer["models"]:
        model.update(path=str(FOLDER / model["path"]), package=version)
    return msgspec.convert(answer, Record)


def analysed(name: str, version: str) -> tuple[Analysis, list[list[Moment]]]:
    """Return the analysis of a program, and the counts of its models at each moment, once for every outcome."""
    runs: dict[int, tuple[Builder, list[Moment]]] = {}
    note = Builder.note

    def watched(builder: Builder, kind: str, span: Span | None, subject: Layer | None, **facts: object) -> None:
        note(builder, kind, span, subject, **facts)
        if kind in {"built", "compiled", "fitted"} and isinstance(subject, Model) and subject.origin is not None:
            counted = count(subject, builder.keras)
            _, moments = runs.setdefault(id(builder), (builder, []))
            moments.append((kind, subject.origin.line, counted.total, counted.trainable))  # type: ignore[arg-type]

    options = Options(read=read, is_folder=lambda path: Path(path).is_dir(), keras=version)
    with patch.object(Builder, "note", watched):
        analysis = analyse_file(str(entry_of(name)), [], options)
    return analysis, [moments for _, moments in runs.values()]


def differences(name: str, version: str, record: Record) -> Iterator[Difference]:
    """Yield how the analysis of a program differs from what real Keras made of it."""
    analysis, runs = analysed(name, version)
    if record.error is not None and any(error in record.error for error in NOT_IN_THIS_VERSION):
        return
    yield from (Difference("error", error.message) for error in analysis.errors)
    ended = [event for event in analysis.events if event.kind == "raised"]
    if ended and record.error is None and not record.broken:
        yield Difference("error", f"the program does not end by {ended[0].facts['message']} at {ended[0].span}")
    refused = [event for event in analysis.events if event.kind == "refused"]
    if record.error is not None and not (ended or refused):
        yield Difference("error", f"the program ends by {record.error}")
    own = [model for model in analysis.models if model.target == analysis.path]
    compared = compare(name, own, record.models)
    for comparison in compared:
        yield from _model_differences(comparison)
    if record.moments and not any(_is_same(moments, record.moments) for moments in runs):
        yield Difference("moment", f"{runs} instead of {record.moments}")


def _is_same(ours: list[Moment], real: list[Moment]) -> bool:
    """Return whether the counts at each moment are Keras'; what Keras itself cannot count yet may be anything."""
    return len(ours) == len(real) and all(
        own == its or (its[2] is None and own[:2] == its[:2]) for own, its in zip(ours, real, strict=True)
    )


def _model_differences(comparison: Comparison) -> Iterator[Difference]:
    ours, real = comparison.ours, comparison.real
    if real is None:
        assert ours is not None
        yield Difference("wrong", f"{_shown(ours)} is no model of the program")
    elif ours is None:
        yield Difference("missing", f"line {real.line}: {real.name} ({real.class_name}) of {real.total}")
    elif ours.certainty not in {"exact", "assumed"} and real.built:
        yield Difference("unresolved", f"{_shown(ours)}: {'; '.join(problem.reason for problem in ours.unresolved)}")
    elif comparison.count:
        yield Difference("wrong", f"{_shown(ours)}, really {real.total} ({real.trainable})")
        for row in comparison.rows:
            if row.differences:
                yield Difference("wrong", f"  {row.differences} {_layer(row.ours)} really {_layer(row.real)}")


def _shown(model: ModelRecord) -> str:
    return f"line {model.span.line}: {model.name} of {model.count.total} ({model.count.trainable}), {model.certainty}"


def _layer(layer: object) -> str:
    if layer is None:
        return "nothing"
    name, class_name = layer.name, layer.class_name  # type: ignore[attr-defined]
    if hasattr(layer, "shapes"):
        return f"{name} {class_name} {layer.shapes} {layer.total} ({layer.trainable})"  # type: ignore[attr-defined]
    return f"{name} {class_name} {layer.output_shape} {layer.count.total} ({layer.count.trainable})"  # type: ignore[attr-defined]
