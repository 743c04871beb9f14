"""Where the manuals of rules are on the web: in the files of the rules."""

from __future__ import annotations

import sys

from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.registry import load_registry
from keraslint.report.text import Style

HOME = "https://github.com/keraslint/keraslint"
"""The project's page."""


def manual_url(code: str) -> str:
    """Return the address of a rule's manual: below ``MANUALS`` of its pack; empty where that has no such name."""
    return next((_url(rule.__module__) for rule in load_registry().find(code) if rule.code == code), "")


def code_text(found: Diagnostic, style: Style) -> str:
    """Return a finding's code for a reader, as a link to the rule's manual where the terminal takes links (OSC 8)."""
    text = style.paint(found.code, found.severity.value)
    url = manual_url(found.code) if style.links else ""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if url else text


def _url(module: str) -> str:
    pack, _, below = module.partition(".")
    base: object = getattr(sys.modules.get(pack), "MANUALS", "")
    return f"{base}{below.replace('.', '/')}.py" if base else ""
