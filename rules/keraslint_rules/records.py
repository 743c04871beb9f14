"""What happened to a layer or model, by its key: names, records and parameters, for rules that follow events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from keraslint import Analysis, Diagnostic, Dim, Edit, LayerRecord, ModelRecord, Span, layers_of, source_of, text_of


@dataclass(slots=True)
class Records:
    """The layers and models of an analysis by key."""

    analysis: Analysis
    models: dict[int, ModelRecord] = field(default_factory=dict)
    layers: dict[int, LayerRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for layer in self.analysis.layers:
            self.layers[layer.key] = layer
        for model in self.analysis.models:
            self.models.setdefault(model.key, model)
            for layer in layers_of(model):
                self.layers.setdefault(layer.key, layer)

    def name(self, key: int) -> str:
        """Return how a message calls a layer or model: by the variable that holds it, else by its name."""
        model = self.models.get(key)
        if model is not None and model.variables:
            return model.variables[0]
        record = model or self.layers.get(key)
        return record.name if record is not None else "a layer"

    def inside(self, key: int) -> set[int]:
        """Return the keys of all layers in a layer or model, its own with them."""
        found = {key}
        for record in (self.models.get(key), self.layers.get(key)):
            waiting = list(record.layers) if record is not None else []
            while waiting:
                layer = waiting.pop()
                if layer.key not in found:
                    found.add(layer.key)
                    waiting.extend(layer.layers)
        return found

    def params(self, keys: Iterable[int]) -> Dim | None:
        """Return how many parameters some layers have together, each weight counted once; None where not known."""
        weights = {}
        for key in keys:
            layer = self.layers.get(key)
            if layer is None or layer.problem is not None:
                return None
            weights.update({weight.key: weight for weight in layer.weights})
        total: Dim = 0
        for weight in weights.values():
            if weight.params is None:
                return None
            total = total + weight.params
        return total


def once(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the first finding of each place: loops and functions run a line many times."""
    seen: set[Span] = set()
    for finding in findings:
        if finding.span not in seen:
            seen.add(finding.span)
            yield finding


def source_line(analysis: Analysis, span: Span) -> tuple[str, str] | None:
    """Return the indentation and the text of a line that holds one statement; None where it holds more than that."""
    source = source_of(analysis)
    start = source.offset(span.line, 1, span.cell)
    text = source.text[start:].split("\n", 1)[0].rstrip("\r")
    indent = text[: len(text) - len(text.lstrip())]
    body = text[len(indent) :]
    is_plain = span.path == analysis.path and ";" not in body and not re.match(r"(if|for|while|else|with|def)\b", body)
    return (indent, body) if is_plain else None


def line_before(analysis: Analysis, span: Span, statement: str) -> Edit | None:
    """Return the edit that puts a statement on a line of its own before the one of a place."""
    line = source_line(analysis, span)
    if line is None:
        return None
    column = len(line[0]) + 1
    return Edit(Span(span.path, span.line, column, span.line, column, span.cell), f"{statement}\n{line[0]}")


def line_after(analysis: Analysis, span: Span, statement: str) -> Edit | None:
    """Return the edit that puts a statement (perhaps of several lines) after the line where a place ends."""
    first = source_line(analysis, span)
    if first is None:
        return None
    source = source_of(analysis)
    end = source.offset(span.end_line, 1, span.cell)
    column = len(source.text[end:].split("\n", 1)[0].rstrip("\r")) + 1
    lines = "".join(f"\n{first[0]}{line}" for line in statement.split("\n"))
    return Edit(Span(span.path, span.end_line, column, span.end_line, column, span.cell), lines)


def span_text(analysis: Analysis, span: Span | None) -> str:
    """Return the text of a place in the analysed file; empty for one in another file."""
    return text_of(source_of(analysis), span) if span is not None and span.path == analysis.path else ""
