"""``--statistics``: how often each code was found, how much is known of the models, and why not all."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.graph.analysis import Analysis, Certainty, ModelRecord, Problem
from keraslint.report.text import clean, place


def statistics(diagnostics: Iterable[Diagnostic], analyses: Sequence[Analysis]) -> str:
    """Return a line a code, most frequent first, then how many models are resolved and why the others are not."""
    return "".join(f"{line}\n" for line in (*_codes(diagnostics), *_models(analyses)))


def statistics_json(diagnostics: Iterable[Diagnostic], analyses: Sequence[Analysis]) -> str:
    """Return the same as data; ``findings`` has ruff's field names."""
    found = list(diagnostics)
    fixable = {item.code for item in found if item.fix is not None}
    counts = sorted(Counter((item.code, item.name) for item in found).items(), key=lambda item: (-item[1], item[0]))
    models = [model for analysis in analyses for model in analysis.models]
    open_ones = [model for model in models if model.count.total is None]
    document = {
        "findings": [
            {"code": code, "name": name, "count": count, "fixable": code in fixable} for (code, name), count in counts
        ],
        "models": {
            "total": len(models),
            "resolved": len(models) - len(open_ones),
            "unresolved": [
                {"path": model.span.path, "line": model.span.line, "name": model.name, "reason": _reason(model)}
                for model in open_ones
            ],
        },
    }
    return json.dumps(document, indent=2) + "\n"


def summary_statistics(models: Sequence[ModelRecord]) -> str:
    """Return how many models are exact, symbolic and so on, then what is not known of them, most frequent first."""
    known = ", ".join(f"{count} {certainty}" for certainty, count in _certainties(models).items())
    lines = [f"{len(models)} {'model' if len(models) == 1 else 'models'}: {known}"]
    reasons = _reasons(models)
    width = len(str(max((len(problems) for problems in reasons.values()), default=0)))
    for reason, problems in reasons.items():
        where = problems[0].where
        first = f" ({'first ' if len(problems) > 1 else ''}at {place(where)})" if where is not None else ""
        lines.append(f"{len(problems):>{width}}  {clean(reason)}{first}")
    return "".join(f"{line}\n" for line in lines)


def summary_statistics_json(models: Sequence[ModelRecord]) -> str:
    """Return the same as data; ``where`` is the first place of a reason."""
    reasons = [
        {
            "reason": clean(reason),
            "count": len(problems),
            "where": {"path": where.path, "line": where.line} if (where := problems[0].where) is not None else None,
        }
        for reason, problems in _reasons(models).items()
    ]
    return json.dumps({"models": len(models), **_certainties(models), "reasons": reasons}, indent=2) + "\n"


def _certainties(models: Iterable[ModelRecord]) -> dict[str, int]:
    counts = Counter(model.certainty for model in models)
    return {certainty: counts[certainty] for certainty in get_args(Certainty)}


def _reasons(models: Iterable[ModelRecord]) -> dict[str, list[Problem]]:
    """Return the problems of models by their words without the line, most frequent first."""
    found: dict[str, list[Problem]] = {}
    for model in models:
        for problem in model.unresolved:
            found.setdefault(re.sub(r" \(line \d+\)$", "", problem.reason), []).append(problem)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _codes(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    counts = Counter((found.code, found.name) for found in diagnostics)
    width = len(str(max(counts.values(), default=0)))
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:>{width}}  {code}  {name}"


def _models(analyses: Sequence[Analysis]) -> Iterator[str]:
    models = [model for analysis in analyses for model in analysis.models]
    open_ones = [model for model in models if model.count.total is None]
    if models:
        yield f"{len(models) - len(open_ones)} of {len(models)} models resolved"
    for model in open_ones:
        yield f"  {place(model.span)}: {clean(model.name or model.target)}: {_reason(model)}"


def _reason(model: ModelRecord) -> str:
    return clean(model.unresolved[0].reason) if model.unresolved else "not resolved"
