"""``--output-format gitlab``: a Code Quality report, which GitLab shows in a merge request.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from keraslint.diagnose.diagnostic import Severity
from keraslint.report.machine import fingerprinted, in_file, json_text, message_of, path_of
from keraslint.report.report import CheckReport, reporter
from keraslint.report.text import clean

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


@reporter("gitlab")
def gitlab(report: CheckReport) -> str:
    """Return one array of objects."""
    document = [
        {
            "description": f"{found.code} {message_of(found)}",
            "check_name": found.code,
            "fingerprint": fingerprint,
            "severity": SEVERITIES[found.severity],
            "location": {
                "path": clean(path_of(found.span, report)),
                "lines": {"begin": in_file(found.span).line, "end": in_file(found.span).end_line},
            },
        }
        for found, fingerprint in fingerprinted(report)
    ]
    return json_text(document) + "\n"
