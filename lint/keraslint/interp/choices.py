"""Choice points: a condition that is not known is decided one way, and the run is replayed with it decided the other way."""

from __future__ import annotations

from dataclasses import dataclass

from keraslint.values.unknown import Span, Unknown


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition of unknown value, where it stands, and the outcome that was taken."""

    text: str
    where: Span | None
    outcome: bool
    unknown: Unknown

    @property
    def words(self) -> str:
        """The choice as an assumption reads: ``args.use_bn is true``."""
        return f"{self.text} is {'true' if self.outcome else 'false'}"


class Choices:
    """The choices of one run: forced outcomes first, then a default outcome for each new condition."""

    def __init__(self, forced: tuple[bool, ...]) -> None:
        self.forced = forced
        self.made: list[Choice] = []
        self.known: dict[str, bool] = {}
        """The outcome of each condition, by what names it."""

    def choose(self, unknown: Unknown, text: str, where: Span | None) -> bool:
        """Return the outcome for a condition; one that was decided before in this run keeps its outcome."""
        key, is_negated = _key(unknown)
        if key in self.known:
            return self.known[key] is not is_negated
        index = len(self.made)
        outcome = self.forced[index] if index < len(self.forced) else False
        self.made.append(Choice(unknown.symbol or text or unknown.what, where or unknown.where, outcome, unknown))
        self.known[key] = outcome is not is_negated
        return outcome


def _key(unknown: Unknown) -> tuple[str, bool]:
    """Return what names a condition, and whether it is the negation of that."""
    text = unknown.symbol
    if not text:
        return f"id {id(unknown)}", False
    is_negated = False
    while text.startswith("not (") and text.endswith(")"):
        text = text[5:-1]
        is_negated = not is_negated
    for operator, opposite in ((" is not ", " is "), (" != ", " == "), (" not in ", " in ")):
        if operator in text:
            return text.replace(operator, opposite, 1), not is_negated
    return text, is_negated
