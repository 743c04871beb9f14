"""Models before and after a change, in pairs: the same, renamed or moved, new, or gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from keraslint.diagnose.lock import COUNTS, Locked
from keraslint.graph.analysis import Count, LayerRecord, ModelRecord
from keraslint.report.text import shape
from keraslint.values.dim import Dim, bounds, symbol


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one model, and what it is known by."""

    path: str
    """From the top of what is compared."""
    function: str
    """What builds it; empty at the top level."""
    name: str
    """Its own name, or that of what it is bound to."""
    count: Count
    conditions: tuple[str, ...] = ()
    """What it stands on, of several variants."""
    layers: tuple[tuple[str, str, str], ...] = ()
    """Class, count and output shape of each: what is left of a model when all names change."""

    @property
    def label(self) -> str:
        """What it is called: ``path::function``, with its name where that says more."""
        name = self.function or self.name
        more = [f"`{self.name}`"] if self.function and self.name not in {"", self.function} else []
        conditions = [f"when {' and '.join(self.conditions)}"] if self.conditions else []
        return " ".join([f"{self.path}::{name}", *more, *conditions])


@dataclass(frozen=True, slots=True)
class Change:
    """A model before and after; None where there is none."""

    before: Tally | None
    after: Tally | None

    @property
    def is_renamed(self) -> bool:
        """Whether it is known by another name, or lies elsewhere."""
        return self.before is not None and self.after is not None and self.before.label != self.after.label

    @property
    def is_different(self) -> bool:
        """Whether there is anything to tell."""
        if self.before is None or self.after is None or self.is_renamed:
            return True
        return self.before.count != self.after.count

    @property
    def delta(self) -> Dim | None:
        """By how much the total grew; None where a count is not known."""
        return difference(self, _total)

    def exceeds(self, limit: Limit) -> bool | None:
        """Return whether the total grew by more than a limit; None where that cannot be told.

        What was not there before, or not known, has not grown.
        """
        before = None if self.before is None else self.before.count.total
        if before is None or self.after is None:
            return False
        delta = self.delta
        if delta is None:
            return None
        least, greatest = bounds(limit.excess(before, delta))
        if greatest is not None and greatest <= 0:
            return False
        return True if least is not None and least > 0 else None


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a model may grow: by a number of parameters, or by a part of what it had."""

    amount: Fraction
    is_share: bool
    text: str

    def excess(self, before: Dim, delta: Dim) -> Dim:
        """Return what has the sign of the excess over the limit, in whole numbers."""
        allowed = before * self.amount.numerator if self.is_share else self.amount.numerator
        return delta * self.amount.denominator - allowed


def limit_of(text: str) -> Limit | None:
    """Return the limit that ``5%`` or ``10_000`` says; None where it says none."""
    match = re.fullmatch(r"(\d[\d_]*(?:\.\d+)?)(\s*%)?", text.strip())
    if match is None or (not match[2] and "." in match[1]):
        return None
    amount = Fraction(match[1].replace("_", ""))
    return Limit(amount / 100 if match[2] else amount, bool(match[2]), text.strip())


def difference(change: Change, part: Callable[[Count], Dim | None]) -> Dim | None:
    """Return by how much a part of the count grew, of a new model from nothing; None where that is not known."""
    before: Dim | None = 0 if change.before is None else part(change.before.count)
    after: Dim | None = 0 if change.after is None else part(change.after.count)
    return None if before is None or after is None else after - before


def tally_of(model: ModelRecord, path: str) -> Tally:
    """Return what is compared of a model."""
    bound = model.variables[0] if model.variables else model.name or model.class_name
    name = bound if _is_automatic(model.name) else model.name
    conditions = tuple(assumption.text for assumption in model.assumptions)
    layers = tuple(map(_trace, model.layers))
    return Tally(path, model.function or "", name, model.count, conditions, layers)


def tally_of_locked(model: Locked) -> Tally:
    """Return what is compared of a model in a lock file, where a formula is but a text."""
    path, _, name = model.key.rpartition("::")
    amounts = (model.counts.get(key) for key in COUNTS)
    return Tally(path, "", name, Count(*(symbol(item) if isinstance(item, str) else item for item in amounts)))


def changes(before: Sequence[Tally], after: Sequence[Tally]) -> list[Change]:
    """Return models in pairs, in the order of those after; what is gone comes last.

    What has the same path, function and name is the same; of what is left, what has the same function and name
    elsewhere has moved, and what has the same layers, or alone stands in the same place, is renamed.
    """
    partners: dict[int, int] = {}
    for key, is_certain in _KEYS:
        left = _by_key([(i, t) for i, t in enumerate(before) if i not in partners.values()], key)
        right = _by_key([(i, t) for i, t in enumerate(after) if i not in partners], key)
        for value, indices in right.items():
            others = left.get(value, [])
            if is_certain or len(indices) == len(others) == 1:
                partners.update(zip(indices, others, strict=False))
    pairs = [Change(before[partners[i]] if i in partners else None, tally) for i, tally in enumerate(after)]
    gone = set(range(len(before))) - set(partners.values())
    return [*pairs, *(Change(before[i], None) for i in sorted(gone))]


def _by_key(tallies: Sequence[tuple[int, Tally]], key: Callable[[Tally], Hashable | None]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for index, tally in tallies:
        value = key(tally)
        if value is not None:
            found.setdefault(value, []).append(index)
    return found


_KEYS: tuple[tuple[Callable[[Tally], Hashable | None], bool], ...] = (
    (lambda tally: (tally.path, tally.function, tally.name, tally.conditions), True),
    (lambda tally: (tally.function, tally.name, tally.conditions, tally.layers), False),
    (lambda tally: (tally.function, tally.name, tally.conditions), False),
    (lambda tally: (tally.path, tally.layers) if tally.layers else None, True),
    (lambda tally: tally.layers or None, False),
    (lambda tally: (tally.path, tally.function, tally.conditions) if tally.function else None, False),
    (lambda tally: (tally.path, tally.name, tally.conditions), False),
)
"""What makes two models one, most certain first, and whether several of one key are paired in their order."""


def _trace(layer: LayerRecord) -> tuple[str, str, str]:
    return layer.class_name, str(layer.count.total), shape(layer.output_shape)


def _total(count: Count) -> Dim | None:
    return count.total


_AUTOMATIC = re.compile(r"(functional|sequential|model)(_\d+)?")


def _is_automatic(name: str) -> bool:
    """Return whether Keras gave a name, which counts the models before it."""
    return not name or _AUTOMATIC.fullmatch(name) is not None


def overall(found: Sequence[Change]) -> Iterator[str]:
    """Yield what there is beside the models that a table shows, in words."""
    kinds = Counter(
        "new" if change.before is None else "gone" if change.after is None else "unchanged"
        for change in found
        if change.before is None or change.after is None or not change.is_different
    )
    for kind in ("new", "gone", "unchanged"):
        if kinds[kind]:
            yield f"{kinds[kind]:,} {kind}"
