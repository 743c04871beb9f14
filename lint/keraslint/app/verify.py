"""``keraslint verify``: the models of targets beside those that real Keras makes. The one command that runs the code."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Iterator

from keraslint.app.analysed import analyst_of, missing, style_of_arguments
from keraslint.app.disk import exists, is_folder, read
from keraslint.app.failure import FAILED, FOUND, OK, UsageError
from keraslint.app.files import shown
from keraslint.app.keras_process import Answer, Failure, Request, ask
from keraslint.app.run import Analyst
from keraslint.app.targets import Target, parse_target
from keraslint.app.terminal import complain, complain_of, write
from keraslint.graph.analysis import Analysis, AnalysisError, ModelRecord
from keraslint.interp.modules import module_name
from keraslint.report.comparison import Comparison, compare
from keraslint.report.report import UnknownFormatError, VerifyReport, keras_of, verifier
from keraslint.report.text import clean, plural
from keraslint.source.notebook import cell_text
from keraslint.source.read import decode
from keraslint.source.text import SourceFile


def run(arguments: argparse.Namespace) -> int:
    """Compare each target; 1 where anything differs, 2 where a program could not be run to its end."""
    try:
        render = verifier.find(arguments.output_format)
    except UnknownFormatError as problem:
        raise UsageError(str(problem)) from problem
    if shutil.which(arguments.python) is None:
        message = f"`--python {arguments.python}`: there is no such program"
        raise UsageError(message)
    targets = [parse_target(text) for text in arguments.targets]
    for target in targets:
        if is_folder(target.path):
            message = f"{target.path} is a folder; `verify` runs what it is given, so name the files"
            raise UsageError(message)
    complain(f"keraslint: `verify` runs the code of {', '.join(clean(text) for text in arguments.targets)}")
    analyst = analyst_of(arguments)
    verification = _Verification(analyst, arguments)
    for target in targets:
        verification.add(target)
    keras = keras_of(verification.analyses, analyst.options(".").keras)
    report = VerifyReport(verification.comparisons, verification.errors, keras, style_of_arguments(arguments))
    write(render(report))
    for error in verification.errors:
        complain_of(error)
    if verification.errors:
        return FAILED
    return FOUND if any(comparison.count for comparison in verification.comparisons) else OK


class _Verification:
    """What came of the targets so far."""

    def __init__(self, analyst: Analyst, arguments: argparse.Namespace) -> None:
        self._analyst = analyst
        self._arguments = arguments
        self.analyses: list[Analysis] = []
        self.comparisons: list[Comparison] = []
        self.errors: list[AnalysisError] = []

    def add(self, target: Target) -> None:
        """Compare one target."""
        if not exists(target.path):
            self.errors.extend(missing(target.path).errors)
            return
        path = shown(target.path)
        label = f"{path}::{target.expression}" if target.expression else path
        analysis = self._analyst.analyse(path, [target.expression] if target.expression else [])
        self.analyses.append(analysis)
        self.errors.extend(analysis.errors)
        if analysis.errors:
            return
        answer = self._ask(path, target.expression, analysis)
        for failure in answer.broken:
            place = f"{clean(failure.path or path)}:{f'cell {failure.cell}:' if failure.cell else ''}{failure.line}"
            complain(f"keraslint: {place}: {clean(failure.message)}; the other cells ran")
        if answer.error is not None:
            self.errors.append(_error(label, path, answer.error, self._arguments.python))
            if self._arguments.verbose:
                complain(answer.error.trace.rstrip())
        elif not answer.models:
            what = "the program makes no model" if not target.expression else "the target gives no model"
            self.errors.append(AnalysisError(label, path, 1, 1, f"{what} when it is run", "target"))
        ours, others = _compared(analysis, label)
        if others and not self._arguments.quiet:
            names = ", ".join(sorted({clean(model.target) for model in others}))
            complain(f"keraslint: {plural(len(others), 'model')} that {path} does not make itself: verify {names}")
        if answer.models:
            self.comparisons.extend(compare(label, ours, answer.models))

    def _ask(self, path: str, expression: str, analysis: Analysis) -> Answer:
        options = self._analyst.options(path)
        source = decode(read(path) or b"", path)
        name, root = module_name(path, options.roots, options.read, options.home)
        folders = [os.path.dirname(path), root, *options.roots]
        request = Request(
            path=os.path.abspath(path),
            module=name,
            expression=expression,
            cells=[(cell.number, cell_text(source, cell.number)) for cell in source.cells],
            assume={**options.assume, **dict(_assumed(analysis, source))},
            roots=list(dict.fromkeys(os.path.abspath(folder) for folder in folders)),
            keras=analysis.keras,
        )
        return ask(
            request,
            python=self._arguments.python,
            environment={**os.environ, **options.environment},
            timeout=self._arguments.timeout,
            is_loud=self._arguments.verbose,
        )


def _compared(analysis: Analysis, label: str) -> tuple[list[ModelRecord], list[ModelRecord]]:
    """Return the models that the target makes, and those of functions that a file's top level never calls."""
    if label == analysis.path:
        own = [model for model in analysis.models if model.target == label]
        return own, [model for model in analysis.models if model.target != label]
    return [model for model in analysis.models if model.returned], []


def _assumed(analysis: Analysis, source: SourceFile) -> Iterator[tuple[str, str]]:
    """Yield what comments say of parameters (``function.parameter``) and names."""
    for directive in analysis.directives:
        if directive.name == "assume" and not directive.error:
            start = source.offset(directive.applies_to, 1, directive.span.cell)
            match = _DEF.match(source.text, start)
            for name, value in directive.arguments.items():
                yield f"{match['name']}.{name}" if match else name, repr(value)


_DEF = re.compile(r"(?:@[^\n]*\n)*(?:async +)?def +(?P<name>\w+)")


def _error(label: str, path: str, failure: Failure, python: str) -> AnalysisError:
    message = failure.message
    if failure.missing.partition(".")[0] in {"keras", "tf_keras", "tensorflow"}:
        message += (
            f"; `verify` needs Keras in {clean(python)}: install `keraslint[verify]`, or name another by `--python`"
        )
    return AnalysisError(label, failure.path or path, failure.line or 1, 1, message, "target")
