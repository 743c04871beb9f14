"""``check --statistics``: how often each code was found, and which models are not resolved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.graph.analysis import Analysis, ModelRecord
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
