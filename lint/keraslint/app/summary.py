"""``keraslint summary``: the models of targets as tables or data."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from keraslint.app.analysed import analyse_targets, analyst_of, complain_of_ends, results_of, style_of_arguments
from keraslint.app.failure import FAILED, OK, UsageError
from keraslint.app.terminal import complain, complain_of, write
from keraslint.graph.analysis import ModelRecord
from keraslint.report.report import SummaryReport, UnknownFormatError, keras_of, summarizer
from keraslint.report.statistics import summary_statistics, summary_statistics_json
from keraslint.report.summary_rows import layers_between

_STATISTICS = {"table": summary_statistics, "json": summary_statistics_json}


def run(arguments: argparse.Namespace) -> int:
    """Print the models, and complain of what could not be analysed."""
    try:
        render = summarizer.find(arguments.output_format)
    except UnknownFormatError as problem:
        raise UsageError(str(problem)) from problem
    if arguments.statistics and arguments.output_format not in _STATISTICS:
        message = f"--statistics is told as table or json, not as {arguments.output_format}"
        raise UsageError(message)
    _refuse_bad_patterns(arguments.layer_range or ())
    analyst = analyst_of(arguments)
    results = results_of(arguments, analyst)
    analyses = analyse_targets(arguments.targets or ["."], results, quiet=arguments.quiet)
    results.trim()
    models = [model for analysis in analyses for model in analysis.models]
    errors = [error for analysis in analyses for error in analysis.errors]
    if arguments.layer_range and models and not any(_has_range(model, arguments.layer_range) for model in models):
        first, last = arguments.layer_range
        message = f"no model has layers from `{first}` to `{last}`"
        raise UsageError(message)
    options = analyst.options(".")
    report = SummaryReport(
        models,
        errors,
        keras=keras_of(analyses, options.keras),
        environment=options.environment,
        weights=arguments.weights,
        expand_nested=arguments.expand_nested,
        show_trainable=arguments.show_trainable,
        layer_range=tuple(arguments.layer_range) if arguments.layer_range else None,
        percent=arguments.percent,
        sort=arguments.sort,
        style=style_of_arguments(arguments),
    )
    write(_STATISTICS[arguments.output_format](models) if arguments.statistics else render(report))
    for error in errors:
        complain_of(error)
    if not arguments.quiet:
        complain_of_ends(analyses)
    if not models and not errors and arguments.output_format == "table" and not arguments.quiet:
        complain("keraslint: no models found")
    return FAILED if errors else OK


def _has_range(model: ModelRecord, names: Sequence[str]) -> bool:
    first, last = names
    return bool(layers_between(model.rows or model.layers, first, last))


def _refuse_bad_patterns(names: Sequence[str]) -> None:
    for name in names:
        try:
            re.compile(name)
        except re.error as problem:
            message = f"`{name}` is no pattern for names of layers: {problem}"
            raise UsageError(message) from problem
