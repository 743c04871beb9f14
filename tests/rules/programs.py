"""Runs rules over program texts, through the front door: text in, diagnostics out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from keraslint.diagnose.configuration import settings_of
from keraslint.diagnose.diagnostic import Severity
from keraslint.diagnose.examples import ManualTest
from keraslint.diagnose.manual import Program, program_of
from keraslint.diagnose.registry import load_registry
from keraslint.diagnose.runner import Findings, run_rules
from keraslint.graph.analysis import Analysis
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

CASES = Path(__file__).parent / "cases"


def analyse(text: str, path: str = "example.py", files: Mapping[str, str] | None = None) -> Analysis:
    """Return the analysis of a text; ``files`` are the other files of its project."""

    def read(name: str) -> bytes | None:
        return files[name].encode() if files is not None and name in files else None

    return analyse_source(SourceFile(path, text), (), Options(read=read))


def manual_test() -> ManualTest:
    """Return all rules with the real analysis."""
    return ManualTest(load_registry(), analyse)


def find(text: str, table: Mapping[str, object] | None = None, *, extra: tuple[str, ...] = ()) -> Findings:
    """Return what the rules that are on by default but for hints, and ``extra`` ones, say of a text."""
    hints = Severity.INFO
    rules = [r() for r in load_registry().rules if (r.is_default and r.severity is not hints) or r.code in extra]
    return run_rules(analyse(text), rules, settings_of(table or {}))


@dataclass(frozen=True, slots=True)
class Case:
    """A program of a case file: ``Fires`` or ``Silent``, its title, and the program."""

    kind: str
    title: str
    program: Program


def read_cases(code: str) -> Iterator[Case]:
    """Yield the cases of a rule: ``# Fires`` and ``# Silent``, with a title and a program each."""
    text = (CASES / f"{code}.md").read_text()
    kind = title = configuration = lock = ""
    for match in _PIECE.finditer(text):
        if match["kind"]:
            kind = match["kind"]
        elif match["title"]:
            title, configuration, lock = match["title"], "", ""
        elif match["language"] == "toml":
            configuration = match["text"]
        elif match["language"] == "toml keraslint.lock":
            lock = match["text"]
        else:
            yield Case(kind, title, program_of(title, match["text"], configuration, lock))


_PIECE = re.compile(
    r"^# (?P<kind>Fires|Silent)$|^## (?P<title>[^\n]+)$|^```(?P<language>[\w. ]+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
