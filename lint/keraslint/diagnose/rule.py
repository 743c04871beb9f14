"""What a rule is: a class with a code, a kebab-case name, and ``check(analysis)`` that yields diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from keraslint.diagnose.diagnostic import Applicability, Diagnostic, Fix, Related, Severity
from keraslint.diagnose.lock import Lock
from keraslint.graph.analysis import Analysis
from keraslint.values.unknown import Span


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit from the configuration or a comment. ``model`` is a glob ``path::name``; limits are None where unset."""

    model: str
    limits: Mapping[str, int]
    """``max-params``, ``max-trainable``, ``max-non-trainable``, ``max-layer-params``, ``max-bytes`` -> limit."""
    message: str = ""
    where: Span | None = None
    """Where the limit is written."""
    applies_to: int = 0
    """For a comment: the line of the def, class or model that it stands above."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What rules may ask of the configuration."""

    budgets: tuple[Budget, ...] = ()
    allow_non_trainable: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Rule code -> option -> value (``[tool.keraslint.rules.KL104]``)."""
    ranges: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    """Symbol -> least and greatest value that it can have (``assume = { num_classes = "1..1000" }``)."""
    lock: Lock | None = None
    """The lock file beside the configuration, if there is one."""


Option = bool | float | str | tuple[str, ...]
"""The value of a rule's option: true or false, a number, text, or a list of texts."""


class Rule:
    """Base of all rules. The docstring is the manual: Why, Bad, Good, Fixed, Options, References."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    is_default: ClassVar[bool] = True
    fixes: ClassVar[Applicability | None] = None
    """How safe the fixes are that it offers; None where it offers none."""
    options: ClassVar[Mapping[str, Option]] = {}
    """What ``[tool.keraslint.rules.KL104]`` may set: name -> the value where it is not set, which gives the type."""

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield what is wrong in one file; fire on known facts only."""
        raise NotImplementedError

    def number(self, settings: Settings, name: str) -> float:
        """Return an option that is a number, as the configuration or this rule sets it."""
        value = settings.options.get(self.code, {}).get(name, self.options[name])
        assert isinstance(value, int | float)
        return value

    def text(self, settings: Settings, name: str) -> str:
        """Return an option that is a text, likewise."""
        return str(settings.options.get(self.code, {}).get(name, self.options[name]))

    def report(
        self,
        message: str,
        span: Span,
        *,
        related: tuple[Related, ...] = (),
        notes: tuple[str, ...] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> Diagnostic:
        """Return a diagnostic of this rule."""
        return Diagnostic(self.code, self.name, severity or self.severity, message, span, related, notes, fix)
