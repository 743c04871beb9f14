"""Regular expressions mean the same in every Python that the project runs on."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_GROUP_WITHOUT_RETURN = re.compile(r"(?<!\|\(\?!\))\)(?:[*+?]|\{[\d,]+\})\+(?=.*[\"'])")


def test_a_group_repeated_without_return_ends_with_a_choice_that_fails_at_once() -> None:
    # https://github.com/python/cpython/issues/100061: before 3.11.5, \"\"\"…\"\"\" was never closed without it
    found = []
    for path in [*ROOT.glob("lint/**/*.py"), *ROOT.glob("rules/**/*.py")]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if _GROUP_WITHOUT_RETURN.search(line) and "|" in line and "#" not in line:
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []
