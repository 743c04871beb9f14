"""What holds the house up: imports one way, libcst in its place, files that can be read in one sitting."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "lint").rglob("*.py"), *(ROOT / "rules").rglob("*.py")])
LONGEST = 450


def test_imports_run_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_syntax_trees_stay_in_source_and_in_the_edit_maker(path: Path) -> None:
    is_allowed = path.parent.name == "source" or (path.name == "syntax.py" and path.parent.name == "diagnose")
    names_it = re.search(r"^\s*(import|from) libcst\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert is_allowed or not names_it


WITNESS = ROOT / "lint" / "keraslint" / "app" / "witness.py"
"""Runs the program under real Keras, in a process that `keraslint verify` starts, and says so: what it is for."""


def test_the_witness_is_started_and_never_imported() -> None:
    naming = [path.name for path in SOURCES if path != WITNESS and re.search(r"\bwitness\b", _without_doc(path))]
    assert naming == ["keras_process.py"]
    text = (WITNESS.parent / "keras_process.py").read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|from)\b.*\bwitness\b", text, re.MULTILINE)
    starting = [path.name for path in SOURCES if re.search(r"\bkeras_process\b", path.read_text(encoding="utf-8"))]
    assert starting == ["verify.py"]


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path != WITNESS], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_code_of_others_can_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for pattern in (
        r"(?<![\w.])(exec|eval|compile|__import__)\(",
        r"\b(pickle|marshal|runpy|shelve)\b\.",
        r"os\.system",
    ):
        found = re.search(pattern, text)
        assert found is None, f"{path}: {found[0] if found else ''}"


def test_only_the_shell_reads_prints_and_exits() -> None:
    shell = ROOT / "lint" / "keraslint" / "app"
    pattern = re.compile(
        r"(?<![\w.])(?<!def )(open|print|input)\(|\bsys\.(stdout|stderr|stdin|exit|argv)\b|\bos\.environ\b"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in SOURCES
        if shell not in path.parents and path.name != "__main__.py"
        for match in pattern.finditer(_code(path))
    ]
    assert found == []


def test_files_are_read_in_one_sitting() -> None:
    sizes = {path.relative_to(ROOT): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {str(path): lines for path, lines in sizes.items() if lines > LONGEST} == {}


def test_nothing_at_run_time_but_what_is_declared() -> None:
    command = [
        sys.executable,
        "-c",
        (
            "import sys; from keraslint.app.cli import main; main(['summary', 'fixtures/models/my_model.py', '-q']);"
            "print([m for m in ('numpy', 'keras', 'tensorflow', 'rich', 'hypothesis') if m in sys.modules])"
        ),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def _without_doc(path: Path) -> str:
    """Return a file without its docstrings and comments."""
    text = re.sub(r'"""(?:\\.|[^\\])*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"#[^\n]*", "", text)


def _code(path: Path) -> str:
    """Return a file without its comments and strings, roughly: what is left is enough to look for calls."""
    text = re.sub(r'"""(?:\\.|[^\\])*?"""', '""', path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", '""', text)
    return re.sub(r"#[^\n]*", "", text)
