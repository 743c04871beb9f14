"""Text in markdown: names and messages that mean no more than they say."""

from __future__ import annotations

from collections.abc import Sequence

from keraslint.report.text import clean


def table_line(cells: Sequence[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Return text in which no mark is one of markdown's; an ``@`` calls nobody."""
    spelled = clean(text)
    for mark in "\\|*_`<[":
        spelled = spelled.replace(mark, f"\\{mark}")
    return spelled.replace("@", "@\u200b")
