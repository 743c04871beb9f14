"""KL003 unused-ignore."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    DirectiveAudit,
    DirectiveRule,
    Edit,
    Fix,
    Settings,
    Severity,
    SourceFile,
    UnusedIgnore,
    line_bounds,
    offsets_of,
    source_of,
    span_between,
)


class UnusedIgnoreRule(DirectiveRule):
    """A comment suppresses a rule that reports nothing there.

    ## Why

    A suppression outlives what it was for, and then hides the next mistake on that line. One is called unused only
    where every rule that it names has run; a `noqa` is judged by the codes of our packs alone, a suppression of KL003 or
    KL004 never.

    ## Bad

    ```python
    import keras

    inputs = keras.Input((32, 32, 3))
    x = keras.layers.MaxPooling2D(2)(inputs)  # keraslint: ignore[KL302] too small once  # KL003
    # keraslint: ignore[KL303, nonpositive-output-size]  # KL003
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Dense(4)(x)  # noqa: E501, KL302  # KL003
    ```

    ## Good

    ```python
    import keras

    inputs = keras.Input((4, 4, 3))
    x = keras.layers.MaxPooling2D(5)(inputs)  # keraslint: ignore[KL302] shows what Keras says
    ```

    ## Fixed

    ```python
    import keras

    inputs = keras.Input((32, 32, 3))
    x = keras.layers.MaxPooling2D(2)(inputs)
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Dense(4)(x)  # noqa: E501
    ```
    """

    code = "KL003"
    name = "unused-ignore"
    severity = Severity.WARNING
    fixes = Applicability.SAFE

    def check_directives(self, analysis: Analysis, settings: Settings, audit: DirectiveAudit) -> Iterator[Diagnostic]:
        """Yield every suppression, or code of one, that suppressed nothing."""
        del settings
        source = source_of(analysis)
        for unused in audit.unused:
            names = ", ".join(f"`{code}`" for code in unused.codes) or "every rule"
            reports = "reports" if len(unused.codes) <= 1 else "report"
            where = "in this file" if unused.directive.name == "file-ignore" else "here"
            message = f"{names} {reports} nothing {where}; remove the suppression"
            yield self.report(message, unused.directive.span, fix=_removal(source, unused))


_LISTS = {
    "noqa": re.compile(r"#\s*noqa\s*:\s*(?P<codes>[A-Za-z]+\d[\w, \t]*)", re.IGNORECASE),
    "ignore": re.compile(r"#\s*keraslint:\s*ignore\s*(?:\[(?P<codes>[^\]]*)\])?[^#]*"),
    "file-ignore": re.compile(r"#\s*keraslint:\s*file-ignore\s*(?:\[(?P<codes>[^\]]*)\])?[^#]*"),
}


def _removal(source: SourceFile, unused: UnusedIgnore) -> Fix | None:
    """Return the fix that takes out the idle codes, and the whole suppression where no others are left."""
    start, end = offsets_of(source, unused.directive.span)
    match = _find(source.text[start:end], unused)
    if match is None:
        return None
    listed = [code for code in re.split(r"[\s,]+", match["codes"] or "") if code]
    kept = [code for code in listed if code not in unused.codes]
    if kept and unused.codes:
        text = match["codes"]
        where = span_between(source, start + match.start("codes"), start + match.start("codes") + len(text.rstrip()))
        return Fix("remove what suppresses nothing", Applicability.SAFE, (Edit(where, ", ".join(kept)),))
    return Fix("remove the comment", Applicability.SAFE, (_delete(source, start, end, match),))


def _find(comment: str, unused: UnusedIgnore) -> re.Match[str] | None:
    """Return the suppression within its comment, which may hold several."""
    for match in _LISTS[unused.directive.name].finditer(comment):
        if set(unused.codes) <= set(re.split(r"[\s,]+", match["codes"] or "")):
            return match
    return None


def _delete(source: SourceFile, start: int, end: int, match: re.Match[str]) -> Edit:
    first, last = start + match.start(), start + match.end()
    line_start, line_end = line_bounds(source, start)
    if last < end:  # another comment follows on the line: it takes the place
        return Edit(span_between(source, first, last), "")
    before = source.text[line_start:first]
    kept = before.rstrip()
    if kept:
        return Edit(span_between(source, line_start + len(kept), end), "")
    after = 2 if source.text.startswith("\r\n", line_end) else 1 if line_end < len(source.text) else 0
    return Edit(span_between(source, line_start, line_end + after), "")
