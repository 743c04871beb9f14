"""The summary document, schema 1: a public contract."""

from __future__ import annotations

import json
from collections.abc import Sequence

from keraslint.graph.analysis import Analysis, Count, LayerRecord, ModelRecord, Nest
from keraslint.report import reporter
from keraslint.values.dim import Dim, Poly
from keraslint.values.shape import Shape
from keraslint.values.unknown import Span


@reporter("summary:json")
def summary_json(analyses: Sequence[Analysis], *, errors: Sequence[dict[str, object]] = ()) -> str:
    """Return the document for the models of several files."""
    document = {
        "schema": 1,
        "keras": analyses[0].keras if analyses else "3",
        "environment": dict(analyses[0].environment) if analyses else {},
        "models": [model_of(model) for analysis in analyses for model in analysis.models],
        "errors": list(errors),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def model_of(model: ModelRecord) -> dict[str, object]:
    """Return one model of the document."""
    return {
        "target": model.target,
        "returned": model.returned,
        **place_of(model.span),
        "function": model.function,
        "variables": list(model.variables),
        "name": model.name,
        "kind": model.kind,
        "built": model.built,
        "certainty": model.certainty,
        "assumptions": [{"line": item.line, "text": item.text} for item in model.assumptions],
        "symbols": model.symbols,
        "params": count_of(model.count),
        "unresolved": [
            {"reason": problem.reason, "why": problem.why, **(place_of(problem.where) if problem.where else {})}
            for problem in model.unresolved
        ],
        "layers": [layer_of(layer) for layer in model.layers],
    }


def layer_of(layer: LayerRecord) -> dict[str, object]:
    """Return one layer of the document."""
    return {
        "name": layer.name,
        "class": layer.class_name,
        **place_of(layer.span),
        "inputs": list(layer.inputs),
        "output_shape": nest_of(layer.output_shape),
        "dtype": layer.dtype,
        "trainable": layer.trainable,
        "params": count_of(layer.count),
        "weights": [
            {
                "name": weight.name,
                "shape": shape_of(weight.shape),
                "params": dim_of(weight.params),
                "trainable": weight.trainable,
                "dtype": weight.dtype,
            }
            for weight in layer.weights
        ],
        "layers": [layer_of(child) for child in layer.layers],
    }


def place_of(span: Span | None) -> dict[str, object]:
    """Return path, line and column, and the cell of a notebook."""
    if span is None:
        return {"path": None, "line": None, "column": None}
    cell = {"cell": span.cell} if span.cell is not None else {}
    return {"path": span.path, "line": span.line, "column": span.column, **cell}


def count_of(count: Count) -> dict[str, object]:
    """Return counts: integers, formulas as text, null where not known."""
    return {
        "total": dim_of(count.total),
        "trainable": dim_of(count.trainable),
        "non_trainable": dim_of(count.non_trainable),
    }


def dim_of(dim: Dim | None) -> object:
    """Return a dimension: an integer, a formula as text, or null."""
    return str(dim) if isinstance(dim, Poly) else dim


def shape_of(shape: Shape | None) -> object:
    """Return a shape as a list."""
    return None if shape is None else [dim_of(dim) for dim in shape]


def nest_of(nest: Nest) -> object:
    """Return a shape, or a list of shapes for several outputs."""
    if nest is None or isinstance(nest, tuple):
        return shape_of(nest)
    if isinstance(nest, dict):
        return {key: nest_of(part) for key, part in nest.items()}
    return [nest_of(part) for part in nest]
