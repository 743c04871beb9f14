"""``--output-format github``: workflow commands, which GitHub Actions shows as annotations of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions; what has to be escaped is in
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from __future__ import annotations

from keraslint.diagnose.diagnostic import Diagnostic, Severity
from keraslint.report.machine import in_file, message_of, path_of
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean, place

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


@reporter("github")
def github(report: CheckReport) -> str:
    """Return a command a finding."""
    return "".join(f"{_command(found, report)}\n" for found in report.diagnostics)


def _command(found: Diagnostic, report: CheckReport) -> str:
    where = in_file(found.span)
    properties = {
        "title": f"keraslint ({found.code})",
        "file": clean(path_of(where, report)),
        "line": str(where.line),
        "col": str(where.column),
        "endLine": str(where.end_line),
        "endColumn": str(where.end_column),
    }
    if where.line != where.end_line:  # columns are only taken where a finding is on one line
        del properties["col"], properties["endColumn"]
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    notes = "".join(f"\n{clean(note)}" for note in found.notes)
    text = f"{place(found.span)}: {found.code} {message_of(found)}{notes}"
    return f"::{COMMANDS[found.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
