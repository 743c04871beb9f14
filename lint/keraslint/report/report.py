"""What a format is given, and the tables of formats: of findings, of models (``summary``) and of comparisons."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.graph.analysis import Analysis, AnalysisError, ModelRecord
from keraslint.report.changes import Change
from keraslint.report.comparison import Comparison
from keraslint.report.text import Style
from keraslint.source.text import SourceFile


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings of one run."""

    diagnostics: Sequence[Diagnostic]
    errors: Sequence[AnalysisError] = ()
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    """Path -> text, of every file that a finding may speak of."""
    style: Style = field(default_factory=Style)
    prefix: str = ""
    """The folder of the run, from the top of the project, with a slash: what tools that show files from there need."""


@dataclass(frozen=True, slots=True)
class SummaryReport:
    """The models of one run, and what the reader wants to see of them."""

    models: Sequence[ModelRecord]
    errors: Sequence[AnalysisError] = ()
    keras: str = "3"
    environment: Mapping[str, str] = field(default_factory=dict)
    weights: bool = False
    """Whether each weight has a row."""
    expand_nested: bool = False
    show_trainable: bool = False
    layer_range: tuple[str, str] | None = None
    """Patterns for the names of the first and last layer that are shown."""
    percent: bool = False
    """Whether each layer's part of the total is shown."""
    sort: str = ""
    """``params``: heaviest layers first."""
    style: Style = field(default_factory=Style)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The models of one run beside those that real Keras made."""

    comparisons: Sequence[Comparison]
    errors: Sequence[AnalysisError] = ()
    """Targets that could not be compared, or not to the end."""
    keras: str = "3"
    style: Style = field(default_factory=Style)


@dataclass(frozen=True, slots=True)
class DiffReport:
    """Models before and after a change."""

    changes: Sequence[Change]
    base: str
    """What is compared with, in the user's words."""
    head: str
    errors: Sequence[AnalysisError] = ()
    shows_all: bool = False
    """Whether models that did not change are shown too."""
    style: Style = field(default_factory=Style)


Report = TypeVar("Report", CheckReport, SummaryReport, VerifyReport, DiffReport)


class UnknownFormatError(Exception):
    """There is no output format of that name; the message lists those that there are."""


class Formats(Generic[Report]):
    """The formats of one command by name: those in modules of this folder that begin with the command's name."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._functions: dict[str, Callable[[Report], str]] = {}

    def __call__(self, name: str) -> Callable[[Callable[[Report], str]], Callable[[Report], str]]:
        """Return the decorator that enters a function into the table."""

        def enter(function: Callable[[Report], str]) -> Callable[[Report], str]:
            if name in self._functions:
                message = f"there are two formats called {name}"
                raise ValueError(message)
            self._functions[name] = function
            return function

        return enter

    def find(self, name: str) -> Callable[[Report], str]:
        """Return the function of a format; no other is imported where its module has its name."""
        if name not in self._functions:
            self._load(f"{self._command}_{name.replace('-', '_')}")
        if name not in self._functions:
            self._load()
        if name not in self._functions:
            near = difflib.get_close_matches(name, self._functions, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(sorted(self._functions))}"
            message = f"no output format is called `{name}`; {hint}"
            raise UnknownFormatError(message)
        return self._functions[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of all formats."""
        self._load()
        return tuple(sorted(self._functions))

    def _load(self, wanted: str = "") -> None:
        package = importlib.import_module("keraslint.report")
        for module in pkgutil.iter_modules(package.__path__):
            if module.name == wanted or (not wanted and module.name.startswith(f"{self._command}_")):
                importlib.import_module(f"keraslint.report.{module.name}")


reporter: Formats[CheckReport] = Formats("check")
"""``@reporter("concise")`` stands on a function from a ``CheckReport`` to text."""
summarizer: Formats[SummaryReport] = Formats("summary")
"""``@summarizer("table")`` stands on a function from a ``SummaryReport`` to text."""
verifier: Formats[VerifyReport] = Formats("verify")
"""``@verifier("table")`` stands on a function from a ``VerifyReport`` to text."""
differ: Formats[DiffReport] = Formats("diff")
"""``@differ("table")`` stands on a function from a ``DiffReport`` to text."""


def keras_of(analyses: Sequence[Analysis], asked: str | None) -> str:
    """Return the Keras version that a document is for: the one asked for, or that of the files."""
    return asked or (analyses[0].keras if analyses else "3")
