"""Making fixes: pass after pass until none is left, each pass analysed again, and none that moves a number unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from keraslint.app.run import Analyst
from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.edits import Replacement, apply_fixes, replace_all
from keraslint.diagnose.runner import Findings
from keraslint.graph.analysis import Analysis
from keraslint.interp.analyse import Options
from keraslint.source.notebook import cell_text, replace_cell_sources
from keraslint.source.read import decode, encode
from keraslint.source.text import SourceError, SourceFile

PASSES = 10
"""A fix may make room for another; more rounds than this are two fixes that undo each other."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file after its fixes."""

    data: bytes
    analysis: Analysis
    findings: Findings
    applied: tuple[Diagnostic, ...]
    refused: tuple[Diagnostic, ...]
    """Fixes that would have changed a count or a shape that they did not mean to change, or that Keras would refuse."""


@dataclass(frozen=True, slots=True)
class Fixer:
    """Makes fixes in one file after the other."""

    analyst: Analyst
    judge: Callable[[Analysis], Findings]
    unsafe: bool = False

    def fix(self, path: str, data: bytes, analysis: Analysis, findings: Findings) -> Outcome:
        """Return a file's content with the fixes of its findings made."""
        applied: list[Diagnostic] = []
        refused: list[Diagnostic] = []
        outcome = Outcome(data, analysis, findings, (), ())
        for _ in range(PASSES):
            done = {_identity(found) for found in refused}
            wanted = [found for found in outcome.findings.diagnostics if _identity(found) not in done]
            new, taken = self._one_pass(path, outcome, [found for found in wanted if not _means_change(found)])
            if new is not None and not taken:  # those that change numbers go last: they would hide what others change
                new, taken = self._one_pass(path, outcome, wanted)
            if new is None and len(taken) == 1:
                refused.extend(taken)
                continue
            if new is None:
                for found in taken:  # one of them is at fault: find out which by making them one by one
                    single, _ = self._one_pass(path, outcome, [found])
                    if single is None:
                        refused.append(found)
                continue
            if not taken:
                break
            applied.extend(taken)
            outcome = new
        left = {_identity(found) for found in outcome.findings.diagnostics}  # a later fix may have moved or healed it
        return replace(outcome, applied=tuple(applied), refused=tuple(f for f in refused if _identity(f) in left))

    def _one_pass(
        self, path: str, before: Outcome, wanted: Iterable[Diagnostic]
    ) -> tuple[Outcome | None, tuple[Diagnostic, ...]]:
        """Return the file after one pass and what was made; no file where what was made may not be."""
        source = decode(before.data, path)
        fixed = apply_fixes(source, wanted, unsafe=self.unsafe)
        if not fixed.applied:
            return before, ()
        try:
            data = encode(source, _whole_text(source, fixed.text, fixed.replacements))
        except SourceError:
            return None, fixed.applied
        analysis = self.analyst.analyse(path, options=with_content(self.analyst.options(path), path, data))
        is_meant = any(map(_means_change, fixed.applied)) or numbers(analysis) == numbers(before.analysis)
        if analysis.errors or not is_meant or _refusals(analysis) > _refusals(before.analysis):
            return None, fixed.applied
        return Outcome(data, analysis, self.judge(analysis), (), ()), fixed.applied


def with_content(options: Options, path: str, data: bytes) -> Options:
    """Return options under which a file has a content that is not (or not yet) on the disk."""
    below = options.read
    return replace(options, read=lambda asked: data if asked == path else below(asked))


def numbers(analysis: Analysis) -> tuple[object, ...]:
    """Return every count and shape of an analysis, in a form that can be compared."""
    return tuple(
        (model.target, str(model.count), tuple((str(layer.count), str(layer.output_shape)) for layer in model.layers))
        for model in analysis.models
    )


def _means_change(found: Diagnostic) -> bool:
    return found.fix is not None and found.fix.changes_counts


def _refusals(analysis: Analysis) -> int:
    """Return how much of a program Keras refuses to build."""
    return sum(event.kind == "refused" for event in analysis.events)


def _whole_text(source: SourceFile, text: str, replacements: Sequence[Replacement]) -> str:
    """Return the file's text; for a notebook its JSON with the changed cells."""
    if not source.cells:
        return text
    changed: dict[int, str] = {}
    for cell in source.cells:
        old = cell_text(source, cell.number)
        here = [
            Replacement(item.start - cell.start, item.end - cell.start, item.content)
            for item in replacements
            if cell.start <= item.start <= cell.start + len(old)
        ]
        if here:
            changed[cell.number] = replace_all(old, here)
    return replace_cell_sources(source, changed)


def _identity(found: Diagnostic) -> tuple[str, str, int, int]:
    return found.code, found.message, found.span.line, found.span.column
