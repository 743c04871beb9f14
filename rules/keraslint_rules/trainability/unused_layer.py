"""KL210 unused-layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Diagnostic,
    LayerRecord,
    Related,
    Rule,
    Settings,
    Severity,
    SourceFile,
    Span,
    class_bounds,
    layers_of,
    source_of,
)
from keraslint_rules.numbers import params_text
from keraslint_rules.occurrences import numbered_events
from keraslint_rules.records import once
from keraslint_rules.trainability.untraced import WITH_WEIGHTS

_ELSEWHERE = re.compile(
    r"\badd_loss\b|\badd_metric\b|\bfunction\(|\blocals\(|\bglobals\(|\bgetattr\(|\beval\(|\bexec\("
)
_WORDS = ("add_loss", "add_metric", "function", "locals", "globals", "getattr", "eval", "exec")
"""What ``_ELSEWHERE`` needs at least: a plain search takes a tenth of the time."""
_WALKS = re.compile(r"\bself\.(_?layers|submodules|_flatten_layers|_self_tracked_trackables)\b|\bvars\(self\)|__dict__")


class UnusedLayer(Rule):
    """A layer with weights is made and never called, or called and its output never used.

    ## Why

    Only what lies between the inputs and the outputs belongs to a model. A layer that is not called has no weights;
    one whose output is overwritten or dropped has some, which no model counts, trains or saves. Mostly it is a slip:
    the wrong variable on the next line, a forgotten `x =`, a forgotten `model.add`. In a class, it is a layer of
    `__init__` that `call` forgets.

    Reported are layers whose variable or attribute is never read again, in files whose models are all resolved.

    ## Bad

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64, activation="relu")(inputs)  # KL210
    x = layers.Dense(32, activation="relu")(inputs)
    model = keras.Model(inputs, layers.Dense(1)(x))
    ```

    ```python
    import keras
    from keras import layers


    class Block(layers.Layer):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(8)
            self.second = layers.Dense(8)  # KL210

        def call(self, x):
            return self.first(self.first(x))


    model = keras.Sequential([keras.Input((8,)), Block()])
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((16,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dense(32, activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    ```
    """

    code = "KL210"
    name = "unused-layer"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each layer that no model uses."""
        del settings
        is_known = bool(analysis.models) and all(model.certainty in {"exact", "symbolic"} for model in analysis.models)
        if is_known and not numbered_events(analysis, "refused", "raised"):
            yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        source = source_of(analysis)
        called = {event.subject for event in analysis.events if event.kind == "called"}
        used = {model.key for model in analysis.models}
        for model in analysis.models:
            held = layers_of(model)  # a subclass lists what its attributes hold, called or not
            used |= {layer.key for layer in held if model.kind != "subclassed" or layer.key in called}
        sources: set[str] | None = None
        seen: set[Span] = set()
        is_elsewhere = _is_elsewhere(analysis)
        for layer in analysis.layers:
            if layer.key in used or layer.is_operation or layer.layers or layer.span is None:
                continue
            if layer.span.path != analysis.path or layer.class_name == "InputLayer":
                continue
            if not layer.call_spans and layer.key not in called:
                yield from self._not_called(analysis, source, layer, layer.span)
            elif (
                not is_elsewhere
                and len(layer.call_spans) == 1
                and layer.inputs
                and layer.count.total
                and layer.call_spans[0] not in seen
            ):
                sources = sources or {layer.name for model in analysis.models for layer in model.layers}
                if not sources.issuperset(layer.inputs):
                    continue
                seen.add(layer.call_spans[0])  # a helper makes many layers on one line
                yield from self._not_used(analysis, source, layer, layer.call_spans[0])

    def _not_called(
        self, analysis: Analysis, source: SourceFile, layer: LayerRecord, span: Span
    ) -> Iterator[Diagnostic]:
        if layer.is_custom or not WITH_WEIGHTS.match(layer.class_name):
            return
        target = _target(source, span)
        if target is None or (target and _is_read(source, span, target)) or _may_fail(source, span):
            return
        if target.startswith("self."):
            owner = _owner(analysis, source, span)
            if owner is None or _is_elsewhere(analysis) or _WALKS.search(analysis.text):
                return
            message = (
                f"`{target}` is made and `call` of `{owner}` never uses it: no weights, not counted; use it or drop it"
            )
        else:
            message = f"`{layer.class_name}` is made and never called: no weights, in no model; call it or drop it"
        yield self.report(message, span)

    def _not_used(self, analysis: Analysis, source: SourceFile, layer: LayerRecord, span: Span) -> Iterator[Diagnostic]:
        target = _target(source, span)
        count = layer.count.total
        if target is None or "." in target or count is None or span.path != analysis.path:
            return
        if _is_in_class(source, span) or (target and _is_read(source, span, target)):
            return
        what = f"`{target}` is never read" if target else "what it returns is dropped"
        message = f"{what}, so the {params_text(count)} of `{layer.name}` are in no model; use its output or drop it"
        related = (
            (Related("the layer is made here", layer.span),) if layer.span and layer.span.line != span.line else ()
        )
        yield self.report(message, span, related=related)


def _is_elsewhere(analysis: Analysis) -> bool:
    """Whether a program may use names in ways that its text does not show."""
    return any(word in analysis.text for word in _WORDS) and _ELSEWHERE.search(analysis.text) is not None


_ASSIGNED = re.compile(r"[ \t]*(?:(?P<name>(?:self\.)?\w+)(?:\s*:\s*[\w.]+)?\s*=\s*)?")


def _target(source: SourceFile, span: Span) -> str | None:
    """Return the name that an expression is assigned to, empty for a statement of its own; None for a part of one."""
    start, end = source.offset(span.line, 1, span.cell), source.offset(span.end_line, span.end_column, span.cell)
    match = _ASSIGNED.match(source.text, start)
    rest = source.text[end:].split("\n", 1)[0].strip()
    if match is None or match.end() != source.offset(span.line, span.column, span.cell):
        return None
    if rest and not rest.startswith("#"):
        return None
    before = source.text[:start].rstrip()
    if before.endswith((",", "(", "[", "{", "\\", "=")):  # a line of a longer expression
        return None
    return match["name"] or ""


def _is_read(source: SourceFile, span: Span, target: str) -> bool:
    """Whether a name is read after it is set, before it is set again; an attribute: whether it occurs anywhere else."""
    text = source.text
    end = source.offset(span.end_line, span.end_column, span.cell)
    name = target.removeprefix("self.")
    if target != name:
        return len(re.findall(rf"\b{name}\b", text)) > 1
    if _is_in_loop(source, span):
        return True
    found = re.search(rf"(?<![.\w]){name}\b(?!\s*=[^=][^\n]*\bfor\b)", text[end:])
    if found is None:
        return False
    position = end + found.start()
    again = re.match(rf"{name}\s*=(?!=)(?P<value>.*)", text[position:].split("\n\n", 1)[0], re.DOTALL)
    if again is None or text[:position].rsplit("\n", 1)[-1].strip():
        return True
    indent = position - (text.rfind("\n", 0, position) + 1)
    if indent != _indent(source, span):  # set again in a branch only
        return True
    statement = _statement(again["value"])
    return re.search(rf"(?<![.\w]){name}\b(?!\s*=[^=])", statement) is not None


def _statement(text: str) -> str:
    """Return the text up to the end of a line outside of brackets."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "\n" and depth <= 0:
            return text[:position]
    return text


def _indent(source: SourceFile, span: Span) -> int:
    start = source.offset(span.line, 1, span.cell)
    line = source.text[start:].split("\n", 1)[0]
    return len(line) - len(line.lstrip())


def _headers(source: SourceFile, span: Span) -> Iterator[str]:
    """Yield the statements that a line stands in, innermost first."""
    indent = _indent(source, span)
    start = source.offset(span.line, 1, span.cell)
    while indent and start:
        end, start = start - 1, source.text.rfind("\n", 0, start - 1) + 1
        body = source.text[start:end].lstrip()
        if body and end - start - len(body) < indent and not body.startswith("#"):
            indent = end - start - len(body)
            yield body


def _is_in_loop(source: SourceFile, span: Span) -> bool:
    for header in _headers(source, span):
        if header.startswith(("def ", "class ")):
            return False
        if header.startswith(("for ", "while ", "if ", "else", "elif ", "try", "with ")):
            return True
    return False


def _may_fail(source: SourceFile, span: Span) -> bool:
    """Whether a line is there for the error that it may raise: in a `try` or a block of `pytest.raises`."""
    return any(
        header.startswith("try") or "Raises" in header or "raises(" in header for header in _headers(source, span)
    )


def _is_in_class(source: SourceFile, span: Span) -> bool:
    return any(header.startswith("class ") for header in _headers(source, span))


def _owner(analysis: Analysis, source: SourceFile, span: Span) -> str | None:
    """Return the custom class around a place, where a layer of it was called and called layers itself."""
    offset = source.offset(span.line, span.column, span.cell)
    for layer in analysis.layers:
        if layer.is_custom and layer.call_spans and layer.problem is None and layer.weights:
            bounds = class_bounds(source, layer.class_name)
            if bounds is not None and bounds[0] < offset < bounds[1]:
                return layer.class_name
    return None
