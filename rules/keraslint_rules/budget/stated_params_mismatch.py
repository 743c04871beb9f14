"""KL103 stated-params-mismatch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keraslint import (
    Analysis,
    Applicability,
    Budget,
    Diagnostic,
    Edit,
    Fix,
    LayerRecord,
    ModelRecord,
    Related,
    Rule,
    Settings,
    Severity,
    SourceFile,
    Span,
    budgeted_models,
    elements,
    source_of,
    span_between,
)
from keraslint_rules.budget.statements import Comment, Stated, comments_of, docstrings_of, stated_in
from keraslint_rules.numbers import count_text


class StatedParamsMismatch(Rule):
    """A comment, a docstring or an assertion states a number of parameters that is not so.

    ## Why

    A count that is written beside a model is believed, and nothing keeps it right when the model changes: the reader
    plans memory, compares with a paper, or wonders where the code differs. An assertion that states a wrong count
    stops the program.

    Compared are comments on the line of a layer or model or above it, docstrings of functions and classes that build
    one model, and assertions on `count_params()`, each to the digit that it is stated in: `# ≈ 5.3M` holds for
    5,330,571. A number alone in a comment is taken for a count where it stands behind a layer with weights and is no
    size of that layer. Numbers that speak of limits, differences or other models are left alone.

    ## Bad

    ```python
    import keras

    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(32, 5)(inputs)  # 320 params  # KL103
    x = keras.layers.Flatten()(x)
    model = keras.Model(inputs, keras.layers.Dense(10)(x))  # 54,410 params  # KL103
    assert model.count_params() == 54_410  # KL103
    ```

    ## Good

    ```python
    import keras


    def build():
        \"\"\"Return the classifier (about 185k parameters).\"\"\"
        inputs = keras.Input((28, 28, 1))
        x = keras.layers.Conv2D(32, 5)(inputs)  # 832
        x = keras.layers.Flatten()(x)
        return keras.Model(inputs, keras.layers.Dense(10)(x))


    model = build()  # Total params: 185,162
    assert model.count_params() == 185_162
    ```

    ## Fixed

    ```python
    import keras

    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(32, 5)(inputs)  # 832 params
    x = keras.layers.Flatten()(x)
    model = keras.Model(inputs, keras.layers.Dense(10)(x))  # 185,162 params
    assert model.count_params() == 185_162
    ```
    """

    code = "KL103"
    name = "stated-params-mismatch"
    severity = Severity.ERROR
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each stated count that is not that of the model or layer beside it."""
        del settings
        if not analysis.models or not _MAY_STATE.search(analysis.text):
            return
        places = _Places(analysis)
        for stated, subject in places.statements():
            if not any(stated.agrees(count) for count in subject.accepted(stated.what)):
                yield self._mismatch(stated, subject, places.source)

    def _mismatch(self, stated: Stated, subject: _Subject, source: SourceFile) -> Diagnostic:
        actual = subject.counts(stated.what)[0]
        what = "" if stated.what == "total" else f"{stated.what.replace('_', '-')} "
        where = "the assertion" if subject.is_assertion else "the text"
        message = f"{subject.name} has {count_text(actual)} {what}parameters, {where} says {stated.text}"
        span = span_between(source, stated.start, stated.end)
        new = stated.rewritten(actual)
        fix = Fix(f"write {new}", Applicability.SAFE, (Edit(span, new),), changes_counts=subject.is_assertion)
        related = (Related("made here", subject.span),) if subject.span.line != span.line else ()
        return self.report(message, span, related=related, notes=subject.notes, fix=fix)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a statement speaks of: records that share one count, and further counts that it may mean as well."""

    records: Sequence[LayerRecord | ModelRecord]
    span: Span
    also: tuple[int, ...] = ()
    is_assertion: bool = False

    def counts(self, what: str) -> list[int]:
        """Return the distinct counts of the records; none where one is not known."""
        values = [getattr(record.count, what) for record in self.records]
        return sorted({value for value in values if isinstance(value, int)}) if all(map(_is_known, values)) else []

    def accepted(self, what: str) -> list[int]:
        """Return every count that the statement may mean; all of them where the records do not agree."""
        return [*self.counts(what), *(self.also if what == "total" else ())]

    @property
    def name(self) -> str:
        """The layer or model, as messages call it."""
        return f"`{self.records[0].name}`"

    @property
    def notes(self) -> tuple[str, ...]:
        """The conditions that the model stands on."""
        first = self.records[0]
        assumptions = first.assumptions if isinstance(first, ModelRecord) else ()
        return tuple(f"this is the model where {item.text}" for item in assumptions)


class _Places:
    """Which model or layer a piece of the text speaks of."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.source = source_of(analysis)

    def statements(self) -> Iterator[tuple[Stated, _Subject]]:
        """Yield what is stated, each with the one subject that it speaks of."""
        comments = [(comment, list(stated_in(comment.text))) for comment in comments_of(self.source)]
        for comment, statements in comments:
            for stated in statements:
                subject = self._of_comment(comment, stated) if stated.is_bare or not _is_code(comment.text) else None
                if subject is not None and self._is_clear(subject, stated):
                    yield _moved(stated, comment.start), subject
        for docstring in docstrings_of(self.source):
            statements = [stated for stated in stated_in(docstring.text) if not stated.is_bare]
            kinds = [stated.what for stated in statements]
            for stated in statements:
                subject = self._of_definition(docstring.definition)
                if subject is not None and kinds.count(stated.what) == 1 and self._is_clear(subject, stated):
                    yield _moved(stated, docstring.start), subject
        yield from self._assertions()

    def _is_clear(self, subject: _Subject, stated: Stated) -> bool:
        """Return whether a statement can be held against one count."""
        counts = subject.counts(stated.what)
        if len(counts) != 1 or not stated.is_bare:
            return len(counts) == 1
        number = int(stated.value)
        is_model = isinstance(subject.records[0], ModelRecord)
        if is_model or stated.step:
            return number >= _LEAST
        if any(stated.agrees(count) for count in subject.accepted("total")):
            return True
        is_round = number & (number - 1) == 0 or len(str(number).rstrip("0")) < 3 or number in _YEARS
        sizes = {size for record in subject.records for size in _sizes(record)}
        return number >= _LEAST and not is_round and number not in sizes

    def _of_comment(self, comment: Comment, stated: Stated) -> _Subject | None:
        line, _, cell = self.source.position(comment.start)
        if comment.alone:
            if stated.is_bare:
                return None
            below = self._code_line(comment.start, 1)
            return self._at(below, cell) or self._at(self._code_line(comment.start, -1), cell)
        return self._at(line, cell)

    def _code_line(self, offset: int, step: int) -> int:
        """Return the line of code next to a comment: other comments may stand between, an empty line may not."""
        line, _, cell = self.source.position(offset)
        first = self.source.position(self.source.offset(1, 1, cell))[0]
        while line + step >= first:
            line += step
            text = self._line_text(line, cell)
            if text is None or not text.strip():
                return 0
            if not text.lstrip().startswith("#"):
                return line
        return 0

    def _line_text(self, line: int, cell: int | None) -> str | None:
        start = self.source.offset(line, 1, cell)
        if self.source.position(start)[0] != line:
            return None
        return self.source.text[start:].partition("\n")[0]

    def _at(self, line: int, cell: int | None) -> _Subject | None:
        """Return what a line makes or prints: the layer with weights, or the model."""
        text = self._line_text(line, cell) if line else None
        if text is None:
            return None
        if _DEFINITION.match(text):
            return self._of_definition((line, cell))
        shown = _SHOWN.search(text)
        if shown is not None:
            return self._of_variable(shown[1])
        path = self.analysis.path
        models = [model for model in self.analysis.models if _touches(model.span, path, line, cell)]
        layers = [layer for layer in self.analysis.layers if layer.span and _touches(layer.span, path, line, cell)]
        weighed = [layer for layer in layers if layer.count.total != 0]
        if models or not weighed:
            budget = Budget("", {}, where=Span(path, line, 1, line, 1, cell), applies_to=line)
            found = models or list(budgeted_models(self.analysis, budget))
            return _subject(found, (count for layer in layers if _is_known(count := layer.count.total)))
        if len({layer.span for layer in weighed}) > 1:
            return None
        return _subject(weighed, self._sums(weighed))

    def _sums(self, layers: Sequence[LayerRecord]) -> Iterator[int]:
        """Yield other counts that a comment at layers may state: of all of them, and of the model up to each."""
        keys = {layer.key for layer in layers}
        totals = [layer.count.total for layer in layers]
        yield sum(total for total in totals if isinstance(total, int))
        for model in self.analysis.models:
            so_far = 0
            for layer in model.layers:
                so_far += layer.count.total if isinstance(layer.count.total, int) else 0
                if layer.key in keys:
                    yield so_far

    def _of_definition(self, place: tuple[int, int | None]) -> _Subject | None:
        """Return what a def or class builds, where it can only build one model."""
        line, cell = place
        budget = Budget("", {}, where=Span(self.analysis.path, line, 1, line, 1, cell), applies_to=line)
        models = list(budgeted_models(self.analysis, budget))
        text = self.source.text[self.source.offset(line, 1, cell) :]
        header = _PARAMETERS.search(text)
        alone = [model for model in models if header and model.target.endswith(f"::{header[2]}")]
        if header is not None and header[1] == "class":
            maker = _INIT.search(text)
            takes = maker is not None and maker[1].strip().strip(",").strip() not in {"self", "self, **kwargs"}
            return None if takes else _subject(models)
        return _subject(alone if header is not None and header[3].strip() else models)

    def _of_variable(self, name: str) -> _Subject | None:
        return _subject([model for model in self.analysis.models if name in model.variables])

    def _assertions(self) -> Iterator[tuple[Stated, _Subject]]:
        for model, match in self._asserted() if "count_params" in self.source.text else ():
            subject = self._of_variable(model)
            if subject is not None and len(subject.counts("total")) == 1:
                asserted = _Subject(subject.records, subject.span, is_assertion=True)
                yield _moved(next(stated_in(match["number"])), match.start("number")), asserted

    def _asserted(self) -> Iterator[tuple[str, re.Match[str]]]:
        """Yield the model and the number of each assertion on a model's count, or on a name that has it once for all."""
        text = self.source.text
        for pattern in _ASSERTIONS:
            yield from ((match["name"], match) for match in pattern.finditer(text))
        for kept in _KEPT.finditer(text):
            sets = re.findall(rf"\b{kept['name']}\b\s*(?:[-+*/]?=(?!=)|:=|,|\bin\b)", text)
            wanted = rf"^{kept['indent']}assert\s+{kept['name']}\s*==\s*{_WHOLE}"
            found = re.compile(wanted, re.MULTILINE).search(text, kept.end())
            if found is not None and len(sets) == 1:
                yield kept["model"], found


_MAY_STATE = re.compile(r"#[^\r\n]*\d\d|count_params|param|weights")
_DEFINITION = re.compile(r"\s*(?:async\s+)?(?:def|class)\s|\s*@")
_PARAMETERS = re.compile(r"\b(def|class)\s+(\w+)\s*(?:\(([^)]*)\))?")
_INIT = re.compile(r"def __init__\(([^)]*)\)")
_SHOWN = re.compile(r"\b(\w+)\.(?:summary|count_params)\(\s*\)")
_WHOLE = r"(?P<number>\d[\d_]*)(?=[ \t]*(?:$|[,#]))"
"""A number that is all that a count is compared with."""
_ASSERTIONS = (
    re.compile(rf"^[ \t]*assert\s+(?P<name>\w+)\.count_params\(\)\s*==\s*{_WHOLE}", re.MULTILINE),
    re.compile(
        r"^[ \t]*assert\s+(?P<number>\d[\d_]*)\s*==\s*(?P<name>\w+)\.count_params\(\)(?=[ \t]*(?:$|[,#]))", re.MULTILINE
    ),
    re.compile(r"\bassert_?[eE]quals?\(\s*(?P<name>\w+)\.count_params\(\),\s*(?P<number>\d[\d_]*)\s*[,)]"),
    re.compile(r"\bassert_?[eE]quals?\(\s*(?P<number>\d[\d_]*),\s*(?P<name>\w+)\.count_params\(\)\s*[,)]"),
)
_KEPT = re.compile(
    r"^(?P<indent>[ \t]*)(?P<name>\w+)\s*=\s*(?P<model>\w+)\.count_params\(\)[ \t]*(?:#[^\n]*)?$", re.MULTILINE
)
_CODE = re.compile(r"\s*[\w.]+(?:\(|\s*=\s*[A-Za-z_])")
_LEAST = 100
_YEARS = range(1990, 2100)


def _is_code(comment: str) -> bool:
    """Return whether a comment is code that is commented out."""
    return _CODE.match(comment) is not None


def _subject(records: Sequence[LayerRecord | ModelRecord], also: Iterable[object] = ()) -> _Subject | None:
    certain = [item for item in records if isinstance(item, LayerRecord) or item.certainty in {"exact", "assumed"}]
    span = certain[0].span if certain else None
    if span is None or len(certain) < len(records):
        return None
    return _Subject(certain, span, tuple(count for count in also if isinstance(count, int)))


def _touches(span: Span, path: str, line: int, cell: int | None) -> bool:
    return span.path == path and span.cell == cell and line in {span.line, span.end_line}


def _is_known(count: object) -> bool:
    return isinstance(count, int)


def _sizes(record: LayerRecord | ModelRecord) -> Iterator[object]:
    """Yield the numbers that a comment behind a layer may state beside its count: arguments, sizes, products of them."""
    if isinstance(record, ModelRecord):
        return
    shapes = [shape for shape in (record.input_shape, record.output_shape) if isinstance(shape, tuple)]
    for value in (*record.arguments.values(), *shapes, *(weight.shape for weight in record.weights)):
        yield from value if isinstance(value, tuple | list) else (value,)
    yield from (elements(shape[1:]) for shape in shapes)


def _moved(stated: Stated, offset: int) -> Stated:
    return Stated(
        stated.start + offset, stated.end + offset, stated.text, stated.what, stated.value, stated.step, stated.is_bare
    )
