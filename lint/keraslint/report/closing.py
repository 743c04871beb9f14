"""What stands below the findings for a reader: how many there are, what was fixed, what could be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keraslint.diagnose.diagnostic import Applicability, Diagnostic
from keraslint.report.text import clean, plural


@dataclass(frozen=True, slots=True)
class Closing:
    """The facts."""

    diagnostics: Sequence[Diagnostic]
    fixed: Sequence[Diagnostic] = ()
    ignored: int = 0
    """Findings for which a comment was written."""
    known: int = 0
    """Findings that the baseline knows."""
    has_errors: bool = False
    is_planned: bool = False
    """Whether the fixes are shown only, and nothing is written."""
    shows_fixes: bool = False
    offers_fixes: bool = True
    """Whether to say what ``--fix`` would do."""
    unsafe: bool = False


def closing(facts: Closing) -> str:
    """Return the closing lines."""
    return "".join(f"{line}\n" for line in _lines(facts))


def _lines(facts: Closing) -> Iterator[str]:
    if facts.fixed:
        done = "Would fix" if facts.is_planned else "Fixed"
        yield f"{done} {plural(len(facts.fixed), 'finding')}{':' if facts.shows_fixes else '.'}"
        if facts.shows_fixes:
            yield from fixes(facts.fixed)
    if facts.is_planned:
        return
    if facts.ignored:
        yield f"Added comments for {plural(facts.ignored, 'finding')}."
    if facts.diagnostics:
        yield f"Found {plural(len(facts.diagnostics), 'finding')}."
    elif not facts.has_errors and not facts.fixed and not facts.ignored:
        yield "All checks passed!"
    if facts.known:
        yield f"{plural(facts.known, 'finding')} of the baseline not shown."
    if facts.offers_fixes:
        yield from _offers(facts)


def fixes(fixed: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield what was fixed, by file and rule."""
    by_file: dict[str, Counter[tuple[str, str]]] = {}
    for found in fixed:
        by_file.setdefault(found.span.path, Counter())[found.code, found.name] += 1
    for path, counts in by_file.items():
        yield f"- {clean(path)}:"
        yield from (f"    {count} × {code} ({name})" for (code, name), count in sorted(counts.items()))


def _offers(facts: Closing) -> Iterator[str]:
    safe, unsafe = (
        sum(found.fix is not None and found.fix.applicability is kind for found in facts.diagnostics)
        for kind in (Applicability.SAFE, Applicability.UNSAFE)
    )
    if facts.unsafe:
        safe, unsafe = safe + unsafe, 0
    hidden = f"{unsafe} hidden {'fix' if unsafe == 1 else 'fixes'} can be enabled with the `--unsafe-fixes` option"
    if safe:
        yield f"[*] {safe} fixable with the `--fix` option{f' ({hidden})' if unsafe else ''}."
    elif unsafe:
        yield f"No fixes available ({hidden})."
