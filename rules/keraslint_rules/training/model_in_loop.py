"""KL704 model-in-loop."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Diagnostic,
    ModelRecord,
    Rule,
    Settings,
    Severity,
    SourceFile,
    Span,
    source_of,
    span_between,
)
from keraslint_rules.occurrences import events_of, numbered_events
from keraslint_rules.records import once

_LOOP = re.compile(r"^([ \t]*)(?:async[ \t]+)?(for|while)\b[^\n]*:[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_CLEARED = re.compile(r"\bclear_session\b|\bProcess\b|\bPool\b|\bsubprocess\b")


class ModelInLoop(Rule):
    """A loop builds and trains a model in each round, and never clears the session.

    ## Why

    Keras keeps what each model made: names that count up (`dense_41`), traced functions, variables that the graph
    holds. A search over settings or folds grows with each round. `keras.backend.clear_session()` (Keras 3:
    `keras.utils.clear_session()`) at the beginning of a round starts afresh.

    ## Bad

    ```python
    import keras
    import numpy as np

    x, y = np.zeros((8, 16)), np.zeros((8, 1))
    for units in (16, 32, 64):
        model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(units), keras.layers.Dense(1)])  # KL704
        model.compile("adam", "mse")
        model.fit(x, y)
    ```

    ## Good

    ```python
    import keras
    import numpy as np

    x, y = np.zeros((8, 16)), np.zeros((8, 1))
    for units in (16, 32, 64):
        keras.utils.clear_session()
        model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(units), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y)
    ```

    ## References

    - [`clear_session`](https://keras.io/api/utils/config_utils/)
    """

    code = "KL704"
    name = "model-in-loop"
    severity = Severity.INFO

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each place in a loop where a model is built that the loop trains."""
        del settings
        if numbered_events(analysis, "fitted") and not _CLEARED.search(analysis.text):
            yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        trained = {event.subject: event.span for event in events_of(analysis, "fitted")}
        source = source_of(analysis)
        loops = list(_bodies(source, _LOOP))
        for model in analysis.models:
            fit = trained.get(model.key)
            if fit is None or model.span.path != analysis.path or not loops:
                continue
            place = _in_loop(source, loops, model, fit)
            if place is not None:
                message = (
                    "each round of the loop builds another model, and Keras keeps them all; clear the session first"
                )
                yield self.report(message, place)


def _bodies(source: SourceFile, head: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield where the bodies of the statements that begin like this begin and end in the text."""
    for match in head.finditer(source.text):
        end = match.end()
        for line in source.text[match.end() + 1 :].splitlines(keepends=True):
            body = line.strip()
            if body and not body.startswith((")", "]", "#")) and len(line) - len(line.lstrip()) <= len(match[1]):
                break
            end += len(line)
        yield match.end(), end


def _in_loop(source: SourceFile, loops: list[tuple[int, int]], model: ModelRecord, fit: Span | None) -> Span | None:
    """Return the construction, or the call of the function that constructs, in a loop that trains the model too."""
    if fit is None:
        return None
    function = model.function.rpartition(".")[2] if model.function else None
    start = source.offset(model.span.line, model.span.column, model.span.cell)
    fitted = source.offset(fit.line, fit.column, fit.cell)
    own = list(_bodies(source, re.compile(rf"^([ \t]*)def[ \t]+{function}\b[^\n]*$", re.MULTILINE))) if function else []
    is_own = any(begin < fitted < end for begin, end in own)
    for begin, end in loops:
        text = source.text[begin:end]
        if re.search(r"\.append\(|\byield\b", text):  # the models are kept
            continue
        is_fitted = begin < fitted < end
        if begin < start < end:
            if is_fitted:
                return model.span
            continue
        call = re.search(rf"\b{function}\(", text) if function else None
        if call is not None and (is_fitted or is_own):
            return span_between(source, begin + call.start(), begin + call.end() - 1)
    return None
