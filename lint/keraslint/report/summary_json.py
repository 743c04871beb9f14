"""``summary --output-format json``: the document of schema 1, a public contract."""

from __future__ import annotations

import json

import msgspec

from keraslint.graph.analysis import AnalysisError, Count, LayerRecord, ModelRecord, Nest, Problem, WeightRecord
from keraslint.report.machine import without_commands
from keraslint.report.report import SummaryReport, summarizer
from keraslint.values.dim import Dim
from keraslint.values.unknown import Span

SCHEMA = 1


@summarizer("json")
def as_json(report: SummaryReport) -> str:
    """Return the document."""
    document = {
        "schema": SCHEMA,
        "keras": report.keras,
        "environment": dict(report.environment),
        "models": [model_object(model) for model in report.models],
        "errors": [_error(error) for error in report.errors],
    }
    return without_commands(msgspec.json.format(_encoded(document), indent=2)) + "\n"


def _encoded(document: dict[str, object]) -> str:
    """Return a document as JSON in ASCII; the fast encoder does not escape, and knows plain types and 64 bits only."""
    try:
        text = msgspec.json.encode(document).decode()
    except (OverflowError, TypeError, UnicodeEncodeError):
        return json.dumps(document)
    return text if text.isascii() else json.dumps(document)


def model_object(model: ModelRecord) -> dict[str, object]:
    """Return a model as plain data."""
    return {
        "target": model.target,
        "returned": model.returned,
        **_place(model.span),
        "function": model.function,
        "variables": list(model.variables),
        "name": model.name,
        "class": model.class_name,
        "kind": model.kind,
        "built": model.built,
        "certainty": model.certainty,
        "assumptions": [{"line": item.line, "text": item.text} for item in model.assumptions],
        "symbols": model.symbols,
        "params": count_object(model.count),
        "unresolved": [_problem(problem) for problem in model.unresolved],
        "layers": [_layer(layer) for layer in model.layers],
    }


def _layer(layer: LayerRecord) -> dict[str, object]:
    return {
        "name": layer.name,
        "class": layer.class_name,
        **_place(layer.span),
        "inputs": list(layer.inputs),
        "output_shape": _shape(layer.output_shape),
        "dtype": layer.dtype,
        "trainable": layer.trainable,
        "params": count_object(layer.count),
        "weights": [_weight(weight) for weight in layer.weights],
        "layers": [_layer(inner) for inner in layer.layers],
    }


def _weight(weight: WeightRecord) -> dict[str, object]:
    return {
        "name": weight.name,
        "shape": _shape(weight.shape),
        "params": number_object(weight.params),
        "trainable": weight.trainable,
        "dtype": weight.dtype,
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {"why": problem.why, "reason": problem.reason, **(_place(problem.where) if problem.where else {})}


def _error(error: AnalysisError) -> dict[str, object]:
    return {"target": error.target, "path": error.path, "line": error.line, "message": error.message}


def _place(span: Span | None) -> dict[str, object]:
    if span is None:
        return {"path": None, "line": None, "column": None}
    place: dict[str, object] = {"path": span.path, "line": span.line, "column": span.column}
    return place if span.cell is None else {**place, "cell": span.cell}


def count_object(count: Count) -> dict[str, object]:
    """Return a count as plain data."""
    return {
        "total": number_object(count.total),
        "trainable": number_object(count.trainable),
        "non_trainable": number_object(count.non_trainable),
    }


def number_object(value: Dim | None) -> int | str | None:
    """Return a number, the text of a formula, or None."""
    return value if value is None or isinstance(value, int) else str(value)


def _shape(value: Nest) -> object:
    match value:
        case None:
            return None
        case tuple():
            return [dim if type(dim) is int or dim is None else number_object(dim) for dim in value]
        case list():
            return [_shape(item) for item in value]
        case dict():
            return {name: _shape(item) for name, item in value.items()}
