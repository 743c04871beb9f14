"""What each format of ``diff`` shows of a model: counts before and after, the difference, and its share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keraslint.graph.analysis import Count
from keraslint.report.changes import Change, Tally, difference, overall
from keraslint.report.report import DiffReport
from keraslint.report.text import clean, number, plural
from keraslint.values.dim import Dim

TITLES = ("Model", "Before", "After", "Δ", "Δ %", "Trainable", "Non-trainable")


@dataclass(frozen=True, slots=True)
class Row:
    """A model's line, as text; counts of the parts are those after, with what they grew by."""

    model: str
    before: str
    after: str
    delta: str
    share: str
    trainable: str
    non_trainable: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns in order."""
        return self.model, self.before, self.after, self.delta, self.share, self.trainable, self.non_trainable


def shown_changes(report: DiffReport) -> list[Change]:
    """Return the models that a report shows."""
    return [change for change in report.changes if report.shows_all or change.is_different]


def row_of(change: Change) -> Row:
    """Return a model's line."""
    before, after = change.before, change.after
    return Row(
        _label(change),
        "-" if before is None else number(before.count.total),
        "-" if after is None else number(after.count.total),
        signed(change.delta),
        share(change),
        _part(change, lambda count: count.trainable),
        _part(change, lambda count: count.non_trainable),
    )


def closing(report: DiffReport) -> str:
    """Return how many models there are, and how many of them are not in the rows."""
    kinds = ", ".join(overall(report.changes))
    return f"{plural(len(report.changes), 'model')}{f' ({kinds})' if kinds else ''}: {clean(report.base)} → {clean(report.head)}"


def signed(value: Dim | None) -> str:
    """Return a difference with its sign; ``?`` where it is not known."""
    if value is None:
        return "?"
    if not isinstance(value, int):
        return clean(str(value))
    return f"{value:+,}" if value else "0"


def share(change: Change) -> str:
    """Return by which part of the total it grew; empty where that says nothing."""
    delta = change.delta
    before = None if change.before is None else change.before.count.total
    if change.after is None or not isinstance(delta, int) or not isinstance(before, int) or not before:
        return ""
    percent = 100 * delta / before
    digits = 1 if abs(percent) < 10 else 0
    text = f"{percent:+.{digits}f} %"
    return "0 %" if not delta else text if text[1:] != "0.0 %" else f"{text[0]}<0.1 %"


def _label(change: Change) -> str:
    before, after = change.before, change.after
    if change.is_renamed and before is not None and after is not None:
        return f"{_name(after)} (was {_name(before)})"
    only = after or before
    return "" if only is None else _name(only)


def _name(tally: Tally) -> str:
    return clean(tally.label)


def _part(change: Change, part: Callable[[Count], Dim | None]) -> str:
    last = change.after or change.before
    value = number(part(last.count)) if last is not None and change.after is not None else "-"
    grown = difference(change, part)
    is_told = change.before is not None and grown != 0
    return f"{value} ({signed(grown)})" if is_told and change.after is not None else value


def rows_of(report: DiffReport) -> Sequence[Row]:
    """Return the lines that a report shows."""
    return [row_of(change) for change in shown_changes(report)]
