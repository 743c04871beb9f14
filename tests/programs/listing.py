"""The programs of ``fixtures/programs``: files, notebooks, and folders with a file that is run."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "programs"
ENTRIES = ("main.py", "train.py", "run.py")
"""The file of a folder that is run."""


def names() -> list[str]:
    """Return the names of all programs."""
    files = [path.name for path in FOLDER.iterdir() if path.suffix in {".py", ".ipynb"}]
    folders = [path.name for path in FOLDER.iterdir() if path.is_dir() and path.name not in {"recorded", "__pycache__"}]
    return sorted([*files, *folders])


def entry_of(name: str) -> Path:
    """Return the file that is run."""
    path = FOLDER / name
    return next(path / entry for entry in ENTRIES if (path / entry).exists()) if path.is_dir() else path


def record_of(name: str) -> Path:
    """Return the file with what real Keras made of a program."""
    return FOLDER / "recorded" / f"{name.partition('.')[0]}.json"
