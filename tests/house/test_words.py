"""The project speaks of itself only: no paths of a workplace, no names of its tools; and its documents are whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(r"/work/|\btf\.lock\b|\bTODO\b|\bFIXME\b|\bXXX\b")
TEXT = {".json", ".py", ".md", ".toml", ".yaml", ".yml", ".cfg", ".txt", ""}


def files() -> list[Path]:
    """Return the files of the project, as git knows them."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        names = [name for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("lint", "rules", "tests", "fixtures")
        names = [str(p.relative_to(ROOT)) for folder in folders for p in (ROOT / folder).rglob("*.py")]
    own = Path(__file__).relative_to(ROOT)
    return [ROOT / name for name in names if Path(name) != own and (ROOT / name).is_file()]


def test_no_words_of_the_workplace() -> None:
    found = []
    for path in files():
        if path.suffix in TEXT:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [
                f"{path.relative_to(ROOT)}:{n}: {line}" for n, line in enumerate(lines, 1) if FORBIDDEN.search(line)
            ]
    assert found == []


def test_the_top_has_four_folders() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in files() if len(path.relative_to(ROOT).parts) > 1}
    assert {top for top in tops if not top.startswith(".")} == {"fixtures", "lint", "rules", "tests"}


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", ".pre-commit-hooks.yaml"]
)
def test_the_documents_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 100


def test_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
