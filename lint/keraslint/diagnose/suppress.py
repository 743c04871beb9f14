"""Suppression by comments, and the audit of these comments that KL003 and KL004 report on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from keraslint.diagnose.configuration import nearest
from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.registry import Registry
from keraslint.diagnose.rule import Rule, Settings
from keraslint.graph.analysis import Analysis, DirectiveRecord


@dataclass(frozen=True, slots=True)
class UnusedIgnore:
    """A suppression of which these codes, as written, suppress nothing."""

    directive: DirectiveRecord
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A suppression that names no rule, and the nearest code or name that there is."""

    directive: DirectiveRecord
    code: str
    nearest: str | None


@dataclass(frozen=True, slots=True)
class DirectiveAudit:
    """What became of the comments of one file once the rules had run."""

    unused: tuple[UnusedIgnore, ...]
    unknown: tuple[UnknownCode, ...]


class DirectiveRule(Rule):
    """Base of rules about the comments themselves: they run last and see the audit."""

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield nothing: there is no audit yet."""
        del analysis, settings
        return iter(())

    def check_directives(self, analysis: Analysis, settings: Settings, audit: DirectiveAudit) -> Iterator[Diagnostic]:
        """Yield what is wrong with the comments of one file."""
        raise NotImplementedError


class Sifted(NamedTuple):
    """Diagnostics that are reported, and those that a comment suppresses."""

    kept: tuple[Diagnostic, ...]
    suppressed: tuple[Diagnostic, ...]


def sift(diagnostics: Iterable[Diagnostic], analysis: Analysis, registry: Registry) -> Sifted:
    """Split diagnostics into the reported and the suppressed."""
    whole: list[DirectiveRecord] = []
    by_line: defaultdict[int, list[DirectiveRecord]] = defaultdict(list)
    for directive in filter(_is_ignore, analysis.directives):
        own = whole if directive.name == "file-ignore" else by_line[directive.applies_to or directive.span.line]
        own.append(directive)
    kept: list[Diagnostic] = []
    suppressed: list[Diagnostic] = []
    for diagnostic in diagnostics:
        lines = {diagnostic.span.line, diagnostic.span.end_line}
        near = [*whole, *(directive for line in lines for directive in by_line.get(line, ()))]
        is_suppressed = any(_suppresses(directive, diagnostic, registry) for directive in near)
        (suppressed if is_suppressed else kept).append(diagnostic)
    return Sifted(tuple(kept), tuple(suppressed))


def audit_directives(
    analysis: Analysis, suppressed: Iterable[Diagnostic], registry: Registry, ran: AbstractSet[str]
) -> DirectiveAudit:
    """Return which suppressions suppressed nothing, of rules that all ran, and which name no rule."""
    found = list(suppressed)
    unused: list[UnusedIgnore] = []
    unknown: list[UnknownCode] = []
    for directive in analysis.directives:
        if not _is_ignore(directive):
            continue
        idle: list[str] = []
        for code in directive.codes:
            rules = {rule.code for rule in registry.find(code)}
            if not rules:
                if _is_ours(directive, code, registry):
                    unknown.append(UnknownCode(directive, code, nearest(code, registry.alike(code))))
            elif rules <= ran and not any(item.code in rules and _speaks_of(directive, item) for item in found):
                idle.append(code)
        is_bare_idle = (
            not directive.codes
            and directive.name != "noqa"
            and {rule.code for rule in registry.rules if rule.is_default} <= ran | registry_directive_codes(registry)
            and not any(_speaks_of(directive, item) for item in found)
        )
        if idle or is_bare_idle:
            unused.append(UnusedIgnore(directive, tuple(idle)))
    return DirectiveAudit(tuple(unused), tuple(unknown))


def registry_directive_codes(registry: Registry) -> AbstractSet[str]:
    """Return the codes of the rules about comments: suppressing these is never called unused."""
    return {rule.code for rule in registry.rules if issubclass(rule, DirectiveRule)}


def _is_ignore(directive: DirectiveRecord) -> bool:
    return directive.name in {"ignore", "file-ignore", "noqa"} and not directive.error


def _is_ours(directive: DirectiveRecord, code: str, registry: Registry) -> bool:
    """Return whether a code is meant for us: of a ``noqa``, one with the letters of one of our packs."""
    if directive.name != "noqa":
        return True
    return code.rstrip("0123456789") in {rule.code.rstrip("0123456789") for rule in registry.rules}


def _suppresses(directive: DirectiveRecord, diagnostic: Diagnostic, registry: Registry) -> bool:
    if not _speaks_of(directive, diagnostic):
        return False
    if not directive.codes:
        return True
    return any(rule.code == diagnostic.code for code in directive.codes for rule in registry.find(code))


def _speaks_of(directive: DirectiveRecord, diagnostic: Diagnostic) -> bool:
    """Return whether a comment's place covers a diagnostic: the file, or the line on which its span begins or ends."""
    span, own = diagnostic.span, directive.span
    if own.path != span.path:
        return False
    if directive.name == "file-ignore":
        return True
    line = directive.applies_to or own.line
    return own.cell == span.cell and line in {span.line, span.end_line}
