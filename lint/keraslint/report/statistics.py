"""``check --statistics``: how often each code was found, and which models are not resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.graph.analysis import Analysis, ModelRecord
from keraslint.report.text import clean, place


def statistics(diagnostics: Iterable[Diagnostic], analyses: Sequence[Analysis]) -> str:
    """Return a line a code, most frequent first, then how many models are resolved and why the others are not."""
    return "".join(f"{line}\n" for line in (*_codes(diagnostics), *_models(analyses)))


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
