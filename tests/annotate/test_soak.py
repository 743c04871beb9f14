"""The soak's promises, for the programs that the project has itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from keraslint.app.config import Configurations
from keraslint.app.run import Analyst
from tests.annotate.soak import failure

ROOT = Path(__file__).parents[2]
APPLICATIONS = ROOT / "lint" / "keraslint" / "catalogue" / "data" / "applications"
PROGRAMS = sorted([*(ROOT / "fixtures").glob("[bm]*/*.py"), *(ROOT / "fixtures").glob("[bm]*/*.ipynb")])
SAMPLE = [*PROGRAMS, APPLICATIONS / "vgg.py", APPLICATIONS / "densenet.py"]


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_annotating_keeps_the_program_and_removal_gives_the_file_back(path: Path) -> None:
    assert failure(str(path), path.read_bytes(), Analyst(Configurations(is_isolated=True))) in {
        "", "nothing to write", "skipped",
    }  # fmt: skip


def test_the_soak_goes_over_folders() -> None:
    command = [sys.executable, "tests/annotate/soak.py", "fixtures/models"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 files, {'annotated and back': 1}, 0 failed, ")
