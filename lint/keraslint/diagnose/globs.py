"""Globs over paths and names, as configuration files write them: ``src/nets/*.py``, ``experiments/**``, ``build_*``."""

from __future__ import annotations

import fnmatch
import functools
import re


def path_matches(path: str, pattern: str) -> bool:
    """Return whether a path, or a tail of it that begins after a slash, matches a glob; ``**`` crosses folders."""
    return _compiled(pattern.removeprefix("./")).search(path.replace("\\", "/").removeprefix("./")) is not None


def name_matches(name: str, pattern: str) -> bool:
    """Return whether a name matches a glob, case and all."""
    return fnmatch.fnmatchcase(name, pattern)


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    text = ""
    position = 0
    while position < len(pattern):
        if pattern.startswith("**/", position):
            text, position = text + "(?:[^/]+/)*", position + 3
        elif pattern.startswith("**", position):
            text, position = text + ".*", position + 2
        elif pattern[position] == "*":
            text, position = text + "[^/]*", position + 1
        elif pattern[position] == "?":
            text, position = text + "[^/]", position + 1
        else:
            text, position = text + re.escape(pattern[position]), position + 1
    if pattern.endswith("/"):
        text += ".*"
    return re.compile(f"(?:^|/){text}$" if not pattern.startswith("/") else f"^{text}$")
