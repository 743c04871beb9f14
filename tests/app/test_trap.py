"""Nothing of the analysed code runs, whatever the command: but for ``verify``, which is there to run it and says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keraslint.app import cli

BROKEN = Path(__file__).parents[2] / "fixtures" / "broken"

COMMANDS = [
    ["check"],
    ["check", "--output-format", "json"],
    ["check", "--select", "ALL", "--fix", "--unsafe-fixes"],
    ["summary"],
    ["summary", "--output-format", "json"],
    ["explain"],
    ["annotate"],
    ["lock"],
    ["annotate", "--diff"],
    ["annotate", "--remove"],
    ["diff", "."],
]
"""All but ``verify``, which runs the code: tests/app/test_verify.py."""


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """Return a project with the trap in it, in a folder of its own."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("trap.py", "trap_module.py"):
        shutil.copy(BROKEN / name, project / name)
    return project


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_runs_what_it_reads(trap: Path, tmp_path: Path, command: list[str]) -> None:
    sprung = tmp_path / "sprung"
    sprung.mkdir()
    environment = {**os.environ, "KERASLINT_TRAP": str(sprung), "PYTHONPATH": ""}
    target = "trap.py::model" if command[0] == "explain" else "trap.py"
    done = subprocess.run(
        [sys.executable, "-m", "keraslint", *command, target],
        cwd=trap,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {0, 1, 2}
    assert "Traceback" not in done.stderr
    assert list(sprung.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "summary"])
def test_what_lies_in_the_working_folder_is_not_imported(trap: Path, tmp_path: Path, command: str) -> None:
    """``python -m`` looks for modules in the working folder first."""
    sprung = tmp_path / "sprung"
    sprung.mkdir()
    for name in ("libcst.py", "json.py", "evil.py", "argparse.py", "keraslint_rules.py"):
        shutil.copy(trap / "trap_module.py", trap / name)
    (trap / "evil-1.dist-info").mkdir()
    (trap / "evil-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (trap / "evil-1.dist-info" / "entry_points.txt").write_text("[keraslint.rules]\nevil = evil\n")
    environment = {**os.environ, "KERASLINT_TRAP": str(sprung)}
    environment.pop("PYTHONPATH", None)
    line = [sys.executable, "-m", "keraslint", command, "trap.py"]
    done = subprocess.run(line, cwd=trap, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in {0, 1, 2}, done.stderr
    assert "Traceback" not in done.stderr
    assert list(sprung.iterdir()) == []


def test_no_command_is_left_out() -> None:
    about_no_file = {"rule", "rules", "test-rules", "config", "clean", "completion"}
    assert {command for command, *_ in COMMANDS} == set(cli.COMMANDS) - about_no_file - {"verify"}


def test_the_trap_springs_when_it_is_run(trap: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    sprung.mkdir()
    environment = {**os.environ, "KERASLINT_TRAP": str(sprung)}
    code = "import trap_module"
    subprocess.run([sys.executable, "-c", code], cwd=trap, env=environment, check=True, timeout=60)
    assert [path.name for path in sprung.iterdir()] == ["imported"]
