"""Counts for people's own tests: ``keraslint.count("pkg/model.py::build((64, 64, 3))").total``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import msgspec

from keraslint.app.config import Configurations
from keraslint.app.files import shown
from keraslint.app.run import Analyst, quick_allocation
from keraslint.app.targets import parse_target
from keraslint.graph.analysis import ModelRecord
from keraslint.report.text import place
from keraslint.values.dim import Dim


class CountError(Exception):
    """There is no count: no such file or model, several models, or one that is not resolved; the message says why."""


class Parameters(msgspec.Struct, frozen=True):
    """The parameters of one model as Keras counts them: integers, or formulas over names that are not in the source."""

    total: Dim
    trainable: Dim
    non_trainable: Dim


def count(
    target: str,
    *,
    keras: str | None = None,
    assume: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    roots: Sequence[str] = (),
) -> Parameters:
    """Return the parameters of the one model that a target builds; ``CountError`` where there is no such count.

    ``target`` is what ``keraslint summary`` takes, relative to the working folder: ``path``, ``path::name`` or
    ``path::EXPRESSION``. The settings of the file's folder hold; ``keras`` (``"2"`` or ``"3"``), ``assume``,
    ``environment`` and ``roots`` override them, as the options of the command line do. No code is run.
    """
    found = models(target, keras=keras, assume=assume, environment=environment, roots=roots)
    if not found:
        message = f"{target} builds no model"
        raise CountError(message)
    counts = {(str(model.count.total), str(model.count.trainable)): model for model in found}
    if len(counts) > 1:
        names = ", ".join(f"`{model.name or model.target}` ({place(model.span)})" for model in found)
        message = f"{target} builds {len(found)} models, of different counts: {names}; name the one that is meant"
        raise CountError(message)
    total, trainable, rest = found[0].count.total, found[0].count.trainable, found[0].count.non_trainable
    if total is None or trainable is None or rest is None:
        reasons = "; ".join(f"{place(problem.where)}: {problem.reason}" for problem in found[0].unresolved)
        message = f"{target} is not resolved: {reasons or 'the model is not built'}"
        raise CountError(message)
    return Parameters(total, trainable, rest)


def models(
    target: str,
    *,
    keras: str | None = None,
    assume: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    roots: Sequence[str] = (),
) -> tuple[ModelRecord, ...]:
    """Return every model that a target builds, layer by layer; of an expression, those that it gives.

    Arguments are those of ``count``. ``CountError`` where the file or the target cannot be analysed.
    """
    asked = parse_target(target)
    overrides: dict[str, object] = {
        "target-keras": keras,
        "assume": {name: value if isinstance(value, str) else repr(value) for name, value in (assume or {}).items()},
        "env": dict(environment or {}),
        "root": [shown(path) for path in roots],
    }
    analyst = Analyst(Configurations(overrides={key: value for key, value in overrides.items() if value}))
    if not os.path.isfile(asked.path):
        message = f"{asked.path}: no such file"
        raise CountError(message)
    with quick_allocation():
        analysis = analyst.analyse(shown(asked.path), [asked.expression] if asked.expression else [])
    if analysis.errors:
        error = analysis.errors[0]
        message = f"{error.path}:{error.line}:{error.column}: {error.message}"
        raise CountError(message)
    returned = tuple(model for model in analysis.models if model.returned)
    return returned or analysis.models
