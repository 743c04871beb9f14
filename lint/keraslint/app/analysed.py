"""From parsed arguments to analyses: the global options, and targets to analyses of their files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Container, Iterator, Mapping, Sequence

import msgspec

from keraslint.app.config import Configurations
from keraslint.app.disk import exists, is_folder
from keraslint.app.failure import UsageError
from keraslint.app.files import Found, find_files, shown
from keraslint.app.progress import with_progress
from keraslint.app.results import Results, Task
from keraslint.app.run import Analyst
from keraslint.app.speaking import speaking_of_keras
from keraslint.app.store import open_store
from keraslint.app.targets import Target, by_file, parse_target
from keraslint.app.terminal import complain, style_of
from keraslint.graph.analysis import Analysis, AnalysisError, ModelRecord, content_of
from keraslint.report.text import Style, clean


def analyst_of(arguments: argparse.Namespace) -> Analyst:
    """Return who analyses under the global options."""
    return Analyst(configurations_of(arguments), is_verbose=arguments.verbose)


def results_of(arguments: argparse.Namespace, analyst: Analyst) -> Results:
    """Return who answers tasks under the global options."""
    store = None if arguments.no_cache else open_store(arguments.cache_dir)
    if not arguments.executor:
        return Results(analyst, store, jobs=arguments.jobs)
    kind, _, address = arguments.executor.partition("=")
    if kind != "dask" or not address:
        message = f"`--executor {arguments.executor}`: write it as in `--executor dask=tcp://scheduler:8786`"
        raise UsageError(message)
    from keraslint.app.cluster import execute_on

    return Results(analyst, store, execute_on(address, analyst))


def configurations_of(arguments: argparse.Namespace) -> Configurations:
    """Return the configurations under the global options, which override them."""
    files = [text for text in arguments.config if exists(text) or text.endswith(".toml")]
    if len(files) > 1:
        message = f"`--config` names {len(files)} files; there can be one"
        raise UsageError(message)
    overrides: dict[str, object] = {}
    if arguments.target_keras:
        overrides["target-keras"] = arguments.target_keras
    for path in arguments.root:
        if not is_folder(path):
            message = f"`--root {path}`: there is no such folder"
            raise UsageError(message)
    if arguments.root:
        overrides["root"] = [shown(path) for path in arguments.root]
    for key, option in (("assume", arguments.assume), ("env", arguments.env)):
        if option:
            overrides[key] = _pairs(option, key)
    for key in ("select", "ignore", "extend_select", "force_exclude"):
        value = getattr(arguments, key, None)
        if value:
            overrides[key.replace("_", "-")] = _listed(value) if isinstance(value, list) else value
    per_file = getattr(arguments, "per_file_ignores", None)
    if per_file:
        overrides["per-file-ignores"] = _by_pattern(per_file)
    return Configurations(
        file=files[0] if files else None,
        inline=[text for text in arguments.config if text not in files],
        is_isolated=arguments.isolated,
        overrides=overrides,
    )


def style_of_arguments(arguments: argparse.Namespace) -> Style:
    """Return how standard output is to look."""
    return style_of(arguments.color, os.environ)


def analyse_targets(targets: Sequence[str], results: Results, *, quiet: bool = False) -> list[Analysis]:
    """Return the analyses of targets in order; files of folders that never speak of Keras are left out."""
    analyst = results.analyst
    wanted: list[Target] = []
    analyses: list[Analysis] = []
    for target in map(parse_target, targets):
        if not exists(target.path):
            name = f"{target.path}::{target.expression}" if target.expression else target.path
            analyses.append(missing(target.path, name))
        elif is_folder(target.path):
            if target.expression:
                message = f"{target.path} is a folder: name the file that `{target.expression}` is in"
                raise UsageError(message)
            found = find_files([target.path], lambda path: analyst.configurations.of(path).excludes())
            complain_of_left_out(found)
            wanted.extend(Target(path) for path in speaking_of_keras(found.files, analyst.roots))
        else:
            wanted.append(Target(shown(target.path), target.expression))
    groups = by_file(wanted)
    answers = results.of([Task(path, tuple(found)) for (path, _), found in groups.items()])
    shown_paths = with_progress([path for path, _ in groups], quiet=quiet)
    analyses.extend(result.analysis for _, result in zip(shown_paths, answers, strict=True))
    return _each_once(analyses, {target.path for target in wanted if not target.expression})


def _each_once(analyses: Sequence[Analysis], whole: Container[str]) -> list[Analysis]:
    """Leave out of a file's models those that an import made, where the file that makes them is told of too."""
    told = [(analysis, model) for analysis in analyses if analysis.path in whole for model in analysis.models]
    imported = {model.span for analysis, model in told if model.span.path != analysis.path}
    if not imported:
        return list(analyses)
    own = {
        (model.span, content_of(model))
        for analysis, model in told
        if model.span.path == analysis.path and model.span in imported
    }
    return [
        msgspec.structs.replace(analysis, models=tuple(_kept(analysis, own))) if analysis.path in whole else analysis
        for analysis in analyses
    ]


def _kept(analysis: Analysis, own: Container[object]) -> Iterator[ModelRecord]:
    for model in analysis.models:
        if model.span.path == analysis.path or model.returned or (model.span, content_of(model)) not in own:
            yield model


def complain_of_left_out(found: Found) -> None:
    """Tell on standard error what looks like a source file or folder and is not read."""
    for reason in found.left_out:
        complain(f"keraslint: {clean(reason)}")


def complain_of_ends(analyses: Sequence[Analysis]) -> None:
    """Tell on standard error where a program ends by an exception of its own: what comes after is not seen."""
    for analysis in analyses:
        for event in analysis.events:
            if event.kind == "raised" and event.span is not None:
                place = f"{clean(event.span.path)}:{event.span.line}:{event.span.column}"
                complain(f"{place}: the program ends here: {clean(str(event.facts['message']))}")


def missing(path: str, target: str = "") -> Analysis:
    """Return the analysis of a path that does not exist."""
    error = AnalysisError(target or path, path, 1, 1, "no such file or folder", "read")
    return Analysis(path, "", "3", {}, (), (), (), (error,), ())


def _pairs(texts: Sequence[str], key: str) -> Mapping[str, str]:
    pairs = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name.strip():
            option = "--assume num_classes=10" if key == "assume" else "--env NAME=VALUE"
            message = f"`{text}` is no pair; write it as in `{option}`"
            raise UsageError(message)
        pairs[name.strip()] = value.strip() if key == "assume" else value
    return pairs


def _by_pattern(values: Sequence[str]) -> Mapping[str, list[str]]:
    """Return pattern -> rules of ``PATTERN:RULE,PATTERN:RULE``, as ruff has it."""
    patterns: dict[str, list[str]] = {}
    for text in _listed(values):
        pattern, mark, rule = text.rpartition(":")
        if not mark or not pattern.strip() or not rule.strip():
            message = f"`{text}` is no pair; write it as in `--per-file-ignores 'tests/*.py:KL3'`"
            raise UsageError(message)
        patterns.setdefault(pattern.strip(), []).append(rule.strip())
    return patterns


def _listed(values: Sequence[str]) -> list[str]:
    return [item.strip() for value in values for item in value.split(",") if item.strip()]
