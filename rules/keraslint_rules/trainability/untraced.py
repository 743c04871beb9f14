"""Classes of layers and models whose `call` the analysis never ran: a file that only defines them; read as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keraslint import Analysis, SourceFile, Span, class_bounds, source_of, span_between

WITH_WEIGHTS = re.compile(
    r"(Einsum)?Dense$|(Depthwise|Separable)?Conv(LSTM)?\dD(Transpose)?$|Embedding$|LSTM$|GRU$|SimpleRNN$|PReLU$"
    r"|(Batch|Layer|Group)Normalization$|MultiHeadAttention$|GroupQueryAttention$"
)
"""Keras' layers that have weights whatever their arguments."""

_CLASS = re.compile(r"^[ \t]*class[ \t]+(\w+)[ \t]*\(([^()]*)\)[ \t]*:", re.MULTILINE)
_BASE = re.compile(
    r"(?:^|,)\s*(?:(?:[\w.]*keras|layers|models|[\w.]*keras\.layers|[\w.]*keras\.models)\.)?(?:Layer|Model)\s*(?:,|$)"
)
_KERAS = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:tensorflow|keras|tf_keras)\b", re.MULTILINE)
_HIDDEN = re.compile(r"(\"\"\"|''').*?\1|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*", re.DOTALL)
_MADE = re.compile(r"(?<![\w.])((?:\w+\.)*)(\w+)\(")
_METHOD = re.compile(r"^([ \t]+)def[ \t]+call\b", re.MULTILINE)
_VARIABLE = re.compile(r"\bself\.(\w+)\s*=\s*(tf\.Variable)\(")


@dataclass(frozen=True, slots=True)
class Found:
    """An expression in the text of a class: its name (a layer's class, an attribute), the class, where it is."""

    name: str
    owner: str
    span: Span


def layers_in_call(analysis: Analysis) -> Iterator[Found]:
    """Yield the layers with weights that a `call` makes and calls at once."""
    for source, owner, text, start in _classes(analysis):
        method = _METHOD.search(text)
        if method is None:
            continue
        end = re.compile(rf"^[ \t]{{0,{len(method[1])}}}\S", re.MULTILINE).search(
            text, text.find("\n", method.end()) + 1
        )
        stop = end.start() if end is not None else len(text)
        for made in _MADE.finditer(text, method.end(), stop):
            close = _closing(text, made.end())
            if close and text.startswith("(", close) and WITH_WEIGHTS.match(made[2]) and _is_of_keras(analysis, made):
                yield Found(made[2], owner, span_between(source, start + made.start(), start + close))


def variables_held(analysis: Analysis) -> Iterator[Found]:
    """Yield the `tf.Variable`s that are kept as attributes and said to be trained."""
    for source, owner, text, start in _classes(analysis):
        for match in _VARIABLE.finditer(text):
            close = _closing(text, match.end())
            if close and not re.search(r"\btrainable\s*=\s*False\b", text[match.end() : close]):
                yield Found(match[1], owner, span_between(source, start + match.start(2), start + close))


def _classes(analysis: Analysis) -> list[tuple[SourceFile, str, str, int]]:
    """Return what ``_unseen`` yields, found once for the rules that read it."""
    if not _latest or _latest[0][0] is not analysis:
        _latest[:] = [(analysis, list(_unseen(analysis)))]
    return _latest[0][1]


_latest: list[tuple[Analysis, list[tuple[SourceFile, str, str, int]]]] = []


def _unseen(analysis: Analysis) -> Iterator[tuple[SourceFile, str, str, int]]:
    """Yield each class that was never called: its name, its text with strings and comments blanked, where it begins."""
    if "class " not in analysis.text or not _KERAS.search(analysis.text):
        return
    source = source_of(analysis)
    ran = {layer.class_name for layer in analysis.layers if layer.call_spans}
    for match in _CLASS.finditer(source.text):
        bounds = class_bounds(source, match[1]) if match[1] not in ran and _BASE.search(match[2]) else None
        if bounds is not None:
            text = _HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source.text[slice(*bounds)])
            yield source, match[1], text, bounds[0]


def _is_of_keras(analysis: Analysis, made: re.Match[str]) -> bool:
    first = made[1].partition(".")[0] or made[2]
    imported = re.search(rf"^[ \t]*(?:import|from)[ \t][^\n]*(?:\([^)]*)?\b{first}\b", analysis.text, re.MULTILINE)
    by_star = not made[1] and re.search(
        r"^[ \t]*from[ \t]+[\w.]*keras\.layers[ \t]+import[ \t]+\*", analysis.text, re.MULTILINE
    )
    return bool(imported or by_star) and not re.search(
        rf"^[ \t]*(?:class|def)[ \t]+{first}\b", analysis.text, re.MULTILINE
    )


def _closing(text: str, start: int) -> int:
    """Return where the bracket that is open at a place is closed, behind it; 0 where it is not."""
    depth = 1
    for position in range(start, min(len(text), start + 2000)):
        depth += (text[position] in "([{") - (text[position] in ")]}")
        if depth == 0:
            return position + 1
    return 0
