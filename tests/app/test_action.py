"""The steps of the GitHub Action, run by a shell as a runner does, in a repository with a pull request's commits."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.app.running import BUDGET, Project
from tests.app.test_diff import WIDER, git

ACTION = yaml.safe_load((Path(__file__).parents[2] / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}


def step(project: Project, name: str, **inputs: str) -> tuple[int, str, str]:
    """Run a step; return its status, what it printed, and the job's summary."""
    values = {key: str(entry["default"]) for key, entry in ACTION["inputs"].items()}
    values |= {key.replace("_", "-"): value for key, value in inputs.items()}

    def filled(match: re.Match[str]) -> str:
        kind, _, key = match[1].partition(".")
        return values[key] if kind == "inputs" else ""

    summary = project.folder.parent / "summary.md"
    summary.write_text("")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(project.folder),
        "GITHUB_STEP_SUMMARY": str(summary),
        **{key: re.sub(r"\$\{\{ *([\w.-]+) *\}\}", filled, text) for key, text in STEPS[name]["env"].items()},
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]]
    done = subprocess.run(
        command, cwd=project.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr, summary.read_text()


@pytest.fixture
def request_of_a_pull(example: Project) -> Project:
    """Return a repository whose second commit makes the example wider, and too wide for its budget."""
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 40_000))
    git(example.folder, "init", "-q", "-b", "main")
    git(example.folder, "add", ".")
    git(example.folder, "commit", "-qm", "first")
    example.write("my_model.py", WIDER)
    git(example.folder, "commit", "-qam", "second")
    return example


def test_findings_are_annotations(request_of_a_pull: Project) -> None:
    status, text, _ = step(request_of_a_pull, "Check")
    assert status == 1
    assert re.search(r"^::error title=keraslint \(KL101\),file=my_model\.py,line=\d+,", text, re.MULTILINE)


def test_options_are_taken_line_by_line_and_never_as_a_program(request_of_a_pull: Project) -> None:
    status, text, _ = step(request_of_a_pull, "Check", options="--ignore\nKL101\n", sarif="out.sarif")
    assert status == 0, text
    assert (request_of_a_pull.folder / "out.sarif").exists()
    status, text, _ = step(request_of_a_pull, "Check", paths="$(touch sprung)\n`touch sprung`\n; touch sprung\n-o/x")
    assert status == 2
    assert not (request_of_a_pull.folder / "sprung").exists()


def test_counts_are_compared_with_the_base_in_the_summary(request_of_a_pull: Project) -> None:
    base = git(request_of_a_pull.folder, "rev-parse", "HEAD~1").strip()
    status, _, summary = step(request_of_a_pull, "Compare", base=base)
    assert status == 0
    assert "| 37,633 | 56,449 | +18,816 | +50 % |" in summary


def test_growth_over_the_limit_fails(request_of_a_pull: Project) -> None:
    status, text, summary = step(request_of_a_pull, "Compare", base="HEAD~1", fail_on_increase="5%")
    assert status == 1
    assert "grew by more than 5%" in text
    assert "+18,816" in summary


def test_no_input_is_pasted_into_a_program() -> None:
    for run in (entry["run"] for entry in STEPS.values()):
        assert "${{" not in run
