"""What a rule reports: a headline with numbers, where, what is related, and perhaps a fix."""

from __future__ import annotations

import enum

import msgspec

from keraslint.values.unknown import Span


class Severity(enum.Enum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Applicability(enum.Enum):
    """Whether a fix keeps what the program means (``safe``) or may change it (``unsafe``)."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Edit(msgspec.Struct, frozen=True):
    """Replaces the text of ``span`` by ``content``."""

    span: Span
    content: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that belong together. ``changes_counts``: whether counts or shapes are meant to change."""

    message: str
    applicability: Applicability
    edits: tuple[Edit, ...]
    changes_counts: bool = False


class Related(msgspec.Struct, frozen=True):
    """Another place that a finding speaks of."""

    message: str
    span: Span


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding. ``code``, ``name`` and ``severity`` are those of its rule unless it says otherwise."""

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None

    @property
    def is_safely_fixable(self) -> bool:
        """Whether it has a fix that keeps what the program means."""
        return self.fix is not None and self.fix.applicability is Applicability.SAFE
