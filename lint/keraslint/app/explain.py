"""``keraslint explain``: where a count comes from, for a model, a layer or a line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from keraslint.app.analysed import analyst_of, missing, style_of_arguments
from keraslint.app.disk import exists, is_folder
from keraslint.app.failure import FAILED, OK, UsageError
from keraslint.app.files import shown
from keraslint.app.targets import Target, parse_place
from keraslint.app.terminal import complain, complain_of, write
from keraslint.graph.analysis import Analysis, LayerRecord, ModelRecord
from keraslint.report.explain import ExplainReport, explain
from keraslint.report.sizes import inner_layers
from keraslint.report.text import clean
from keraslint.values.unknown import Span


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation of each target."""
    analyst = analyst_of(arguments)
    style = style_of_arguments(arguments)
    status = OK
    for index, text in enumerate(arguments.targets):
        target = parse_place(text)
        if arguments.layer:
            target = Target(target.path, target.expression, target.line, arguments.layer)
        if is_folder(target.path):
            message = f"{target.path} is a folder; `explain` needs a file, such as `model.py::build`"
            raise UsageError(message)
        if exists(target.path):
            path = shown(target.path)
            analysis = analyst.analyse(path, [target.expression] if target.expression else [])
        else:
            path, analysis = target.path, missing(target.path, text)
        for error in analysis.errors:
            complain_of(error)
            status = FAILED
        if analysis.errors and not analysis.models:
            continue
        models, layers = _asked(analysis, target, path)
        if not models and not layers:
            complain(f"keraslint: {clean(text)}: {_nothing(analysis, target)}")
            status = FAILED
            continue
        write(("\n" if index else "") + explain(ExplainReport(models, layers, style)))
    return status


def _asked(analysis: Analysis, target: Target, path: str) -> tuple[list[ModelRecord], list[LayerRecord]]:
    models = [model for model in analysis.models if model.returned] or list(analysis.models)
    if target.layer:
        every = _unique(layer for model in models for layer in inner_layers(model.rows or model.layers))
        named = [layer for layer in every if layer.name == target.layer]
        return [], named or [layer for layer in every if layer.class_name == target.layer]
    if target.line is None:
        return models, []
    every = _unique([*(layer for model in analysis.models for layer in inner_layers(model.layers)), *analysis.layers])
    here = [
        layer for layer in every if any(_covers(span, path, target.line) for span in (layer.span, *layer.call_spans))
    ]
    made = [model for model in analysis.models if _covers(model.span, path, target.line)]
    spans = {model.span for model in made}
    return made, [layer for layer in here if layer.span not in spans]


def _unique(layers: Iterator[LayerRecord] | Sequence[LayerRecord]) -> list[LayerRecord]:
    """Return layers, those that are alike in all that is told of them only once."""
    unique: dict[object, LayerRecord] = {}
    for layer in layers:
        told = (layer.name, layer.class_name, layer.span, str(layer.input_shape), str(layer.count))
        unique.setdefault(told, layer)
    return list(unique.values())


def _covers(span: Span | None, path: str, line: int) -> bool:
    return span is not None and span.path == path and span.line <= line <= span.end_line


def _nothing(analysis: Analysis, target: Target) -> str:
    if target.layer:
        names = {layer.name for model in analysis.models for layer in inner_layers(model.rows or model.layers)}
        shown_names = ", ".join(clean(name) for name in sorted(names)[:20])
        return (
            f"no layer is called `{clean(target.layer)}`; there are {shown_names}" if names else "there are no layers"
        )
    if target.line is not None:
        return f"line {target.line} makes no layer and no model"
    return "there is no model"
