"""Cases written in Markdown: each fenced block is a program, each ``reveal(x)  # text`` in it an expectation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "fixtures" / "literate"
BLOCK = re.compile(r"^## (?P<title>[^\n]+)\n(?P<text>.*?)^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^(?P<code>.*\breveal\(.*\))  # ?(?P<expected>.*)$")


@dataclass(frozen=True)
class Case:
    """One program of a file, with what each line reveals."""

    path: Path
    title: str
    code: str

    @property
    def expected(self) -> list[tuple[int, str]]:
        """Line and text of every mark, in order."""
        found = []
        for number, line in enumerate(self.code.splitlines(), start=1):
            match = MARK.match(line)
            if match is not None:
                found.append((number, match["expected"]))
        return found


def cases() -> list[Case]:
    """Return every case of every file."""
    return [
        Case(path, match["title"], match["code"])
        for path in sorted(FOLDER.glob("*.md"))
        for match in BLOCK.finditer(path.read_text(encoding="utf-8"))
    ]


def runnable_cases() -> list[Case]:
    """Return the cases that real Keras runs too: those of ``formulas.md`` have nothing to build."""
    return [case for case in cases() if case.path.name != "formulas.md"]
