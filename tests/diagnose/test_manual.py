"""Manuals are read from docstrings, and an example that is wrong is told."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint.diagnose.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from keraslint.diagnose.examples import ManualTest, check_manual
from keraslint.diagnose.manual import manual_of, programs_of, render
from keraslint.diagnose.registry import build_registry
from keraslint.diagnose.rule import Rule, Settings
from keraslint.graph.analysis import Analysis
from keraslint.values.unknown import Span


class Shouting(Rule):
    """A line shouts.

    ## Why

    It hurts.

    ## Bad

    ```python
    ## no heading
    a = "HEY"  # KL901
    ```

    ## Good

    ```python
    a = "hey"  # fine
    ```

    ## Fixed

    ```python
    ## no heading
    a = "hey"
    ```
    """

    code = "KL901"
    name = "shouting-line"
    severity = Severity.WARNING
    fixes = Applicability.SAFE
    word = "HEY"

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each line that has the word."""
        del settings
        for number, line in enumerate(analysis.text.splitlines(), start=1):
            if self.word in line:
                span = Span(analysis.path, number, line.index("HEY") + 1, number, line.index("HEY") + 4)
                yield self.report("shouts", span, fix=Fix("", Applicability.SAFE, (Edit(span, "hey"),)))


class Deaf(Shouting):
    """A sentence.

    And another.

    ## Bad

    ```python
    a = "HEY"  # KL901
    a = "hey"
    ```

    ## Good

    ```python
    a = "WHAT HEY"
    ```
    """

    word = "WHAT"


def analyse(text: str, path: str) -> Analysis:
    """Return an analysis of nothing but the text."""
    return Analysis(path, text, "3", {}, (), (), (), (), ())


def test_a_manual_is_read_in_sections_with_programs() -> None:
    manual = manual_of(Shouting)
    assert manual.summary == "A line shouts."
    assert [section.title for section in manual.sections] == ["Why", "Bad", "Good", "Fixed"]
    (program,) = programs_of(manual, "Bad")
    assert program.text == '## no heading\na = "HEY"\n'
    assert program.marks == ((2, "KL901"),)


def test_a_manual_is_rendered_as_markdown() -> None:
    text = render(Shouting)
    assert text.startswith("# KL901 shouting-line\n\nwarning, safe fix, on by default\n\nA line shouts.\n\n## Why\n")
    assert '```python\n## no heading\na = "HEY"  # KL901\n```' in text


def test_a_manual_that_is_right_has_nothing_to_tell() -> None:
    assert check_manual(Shouting, ManualTest(build_registry([Shouting]), analyse)) == ()


def test_everything_that_is_wrong_with_a_manual_is_told() -> None:
    problems = "\n".join(check_manual(Deaf, ManualTest(build_registry([Deaf]), analyse)))
    assert "has to begin with one sentence" in problems
    assert "no section Why" in problems
    assert "a rule with a fix has to show it" in problems
    assert "Bad 1: line 1 is marked # KL901 and not reported" in problems
    assert "Good 1: line 1 is reported and not marked: KL901 shouts" in problems
