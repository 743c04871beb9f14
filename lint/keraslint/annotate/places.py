"""Which layers and models each line of a file makes, and at the end of which line their comment belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from keraslint.annotate.statements import Statements
from keraslint.annotate.wording import ARROW, WRITTEN, calls_text, models_text
from keraslint.graph.analysis import Analysis, Assumption, LayerRecord, ModelRecord
from keraslint.source.text import SourceFile
from keraslint.values.unknown import Span

Made = LayerRecord | ModelRecord
Variant = tuple[str, tuple[Assumption, ...]]
"""A run of the program: its target, and the conditions that it took to hold."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a comment says, and where what it speaks of begins: above that line it goes if its own is too long."""

    text: str
    first: int


@dataclass(slots=True)
class Line:
    """What is made by the code that one comment speaks of, and where that code begins."""

    first: int
    made: list[Made] = field(default_factory=list)


def comments(analysis: Analysis, source: SourceFile, statements: Statements) -> dict[int, Remark]:
    """Return offset of the end of a line -> what the comment there says; lines that are not known are left out."""
    runs: dict[Variant, dict[int, Line]] = {}
    for model in analysis.models:
        run = runs.setdefault((model.target, model.assumptions), {})
        for made, span in _made_by(model):
            _enter(run, made, span, source, statements)
    elsewhere = {
        made.span
        for (target, _), run in runs.items()
        if target != analysis.path
        for line in run.values()
        for made in line.made
    }
    for layer in _loose_layers(analysis, list(runs)):
        if layer.span is not None and layer.span not in elsewhere and not layer.is_operation:
            _enter(runs.setdefault((analysis.path, ()), {}), layer, layer.span, source, statements)
    remarks: dict[int, Remark] = {}
    for offset in sorted({offset for run in runs.values() for offset in run}):
        lines = {variant: run[offset] for variant, run in runs.items() if offset in run}
        text = _agreed({variant: line.made for variant, line in lines.items()})
        if text and WRITTEN.fullmatch(f"{ARROW}{text}"):  # a name alone (`units params`) could be anybody's words
            remarks[offset] = Remark(text, min(line.first for line in lines.values()))
    return remarks


def _made_by(model: ModelRecord) -> Iterator[tuple[Made, Span]]:
    yield model, model.span
    waiting = list(model.layers)[::-1]
    while waiting:
        layer = waiting.pop()
        is_whole = bool(layer.layers) and all(inner.span == layer.span for inner in layer.layers)
        if not is_whole:
            waiting.extend(reversed(layer.layers))
        # a nested model has a record of its own, unless one call makes all of it: keras.applications
        if layer.span is not None and not layer.is_operation and (is_whole or not layer.layers):
            yield layer, layer.span


def _loose_layers(analysis: Analysis, runs: Sequence[Variant]) -> tuple[LayerRecord, ...]:
    """Return the layers that the top level made and that no model may hold; none where it ran in several variants."""
    variants = [variant for variant in runs if variant[0] == analysis.path]
    if variants == [(analysis.path, ())] or not runs:
        models = {model.key for model in analysis.models if model.target == analysis.path}
        return tuple(layer for layer in analysis.layers if layer.key not in models and not layer.layers)
    return ()


def _enter(run: dict[int, Line], made: Made, span: Span, source: SourceFile, statements: Statements) -> None:
    if span.path != source.path or not span.end_column:
        return
    start = source.offset(span.line, span.column, span.cell)
    whole = _whole(made, span)
    end = source.offset(whole.end_line, whole.end_column, whole.cell)
    statement = statements.around(start)
    if statement is None or end > statement[1]:
        return
    anchor = _anchor(source.text, end, statement[1])
    is_element = anchor < statement[1]
    line = run.setdefault(anchor, Line(start))
    line.first = min(line.first, start if is_element else statement[0])
    if not any(other.key == made.key and type(other) is type(made) for other in line.made):
        line.made.append(made)


def _whole(made: Made, span: Span) -> Span:
    """Return the call of a layer that stands around its construction, ``Conv2D(32, 3)(x)``, or the construction."""
    calls = made.call_spans if isinstance(made, LayerRecord) else ()
    return next((call for call in calls if call.path == span.path and _holds(call, span)), span)


def _anchor(text: str, end: int, statement_end: int) -> int:
    """Return the end of the line that a comment belongs to: an element's own line in brackets, else the statement's."""
    own = line_end(text, end)
    rest = text[end:own].strip()
    is_element = not rest or rest[0] in ",#"
    if own >= statement_end or (is_element and not rest.endswith("\\")):
        return own
    return line_end(text, statement_end)


def line_end(text: str, offset: int) -> int:
    """Return where the text of the line around an offset ends."""
    ends = [end for end in (text.find("\n", offset), text.find("\r", offset)) if end >= 0]
    return min(ends, default=len(text))


def line_start(text: str, offset: int) -> int:
    """Return where the line around an offset begins."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _agreed(runs: dict[Variant, list[Made]]) -> str:
    """Return what a line says in every variant of the program, or nothing where the variants differ."""
    targets: dict[str, list[list[Made]]] = {}
    for (target, _), made in runs.items():
        targets.setdefault(target, []).append(made)
    everything: list[Made] = []
    for variants in targets.values():
        if len({_text(made) for made in variants}) > 1:
            return ""
        everything.extend(_renumbered(variants[0], len(everything)))
    return _text(everything)


def _renumbered(made: Sequence[Made], base: int) -> Iterator[Made]:
    """Keys tell things of one run apart; things of another run get others."""
    for item in made:
        yield msgspec.structs.replace(item, key=item.key + base * 1_000_000) if base else item


def _text(made: Sequence[Made]) -> str:
    models = [item for item in made if isinstance(item, ModelRecord)]
    if models:
        return models_text(models) if len({model.span for model in models}) == 1 else ""
    layers = [item for item in made if isinstance(item, LayerRecord)]
    spans = sorted({layer.span for layer in layers}, key=_order)
    groups = [[layer for layer in layers if layer.span == span] for span in spans]
    if len(groups) == 1:
        return calls_text([(layer, [layer]) for layer in layers])
    outer = next((group for group in groups if all(_holds_all(layer, layers) for layer in group)), None)
    if outer is not None and len({len(group) for group in groups}) == 1:
        return calls_text([(layer, [group[index] for group in groups]) for index, layer in enumerate(outer)])
    texts = [calls_text([(layer, [layer]) for layer in group]) for group in groups]
    return "; ".join(texts) if all(texts) else ""


def _holds_all(layer: LayerRecord, layers: Sequence[LayerRecord]) -> bool:
    """Return whether a call of this layer stands around the construction of all of these."""
    return any(
        all(other.span is not None and _holds(call, other.span) for other in layers) for call in layer.call_spans
    )


def _holds(outer: Span, inner: Span) -> bool:
    is_after = (outer.line, outer.column) <= (inner.line, inner.column)
    return is_after and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _order(span: Span | None) -> tuple[int, int, int]:
    return (0, 0, 0) if span is None else (span.cell or 0, span.line, span.column)
