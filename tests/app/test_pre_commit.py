"""The hooks under the real pre-commit, in a repository made for it, with the keraslint that is installed here."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.app.running import BUDGET, MODEL, Project
from tests.app.test_diff import IDENTITY

ROOT = Path(__file__).parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
MISSPELLED = (
    "import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\nm.layers[0].trainble = False\n"
)


@dataclass
class Repository:
    """A repository with one hook installed, and its home."""

    project: Project
    environment: dict[str, str]

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments], cwd=self.project.folder, env=self.environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    def install(self, hook: str, **settings: object) -> None:
        """Have every commit pass a hook; the environment is this one, where the hook would make its own."""
        definition = {**HOOKS[hook], "language": "system", **settings}
        self.project.write(
            ".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [definition]}]})
        )
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "install"], cwd=self.project.folder, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def commit(self, *names: str) -> tuple[int, str]:
        """Add files, commit, and return the status and what was printed."""
        self.git("add", ".pre-commit-config.yaml", *names)
        done = self.git("commit", "-m", "a change")
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repository(project: Project) -> Repository:
    """Return a repository with nothing in it."""
    programs = str(Path(sys.executable).parent)
    environment = {
        **os.environ, **IDENTITY, "PRE_COMMIT_HOME": str(project.folder.parent / "home"),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    for name in [name for name in environment if name.startswith("GIT_") and name not in IDENTITY]:
        del environment[name]
    found = Repository(project, environment)
    found.git("init", "-q", "-b", "main")
    project.write("pyproject.toml", BUDGET.format("*.py::my_model", 40_000))
    return found


def test_a_commit_over_the_budget_is_refused(repository: Repository) -> None:
    repository.install("keraslint")
    repository.project.write("my_model.py", MODEL)
    status, _ = repository.commit("my_model.py", "pyproject.toml")
    assert status == 0
    repository.project.write("my_model.py", MODEL.replace("Conv2D(32", "Conv2D(48"))
    status, text = repository.commit("my_model.py")
    assert status == 1
    assert "KL101 `myModel` has 56,449 parameters" in text


def test_what_is_staged_is_checked_and_not_what_lies_beside(repository: Repository) -> None:
    repository.install("keraslint")
    repository.project.write("my_model.py", MODEL.replace("Conv2D(32", "Conv2D(48"))
    repository.git("add", "my_model.py", "pyproject.toml")
    repository.project.write("my_model.py", MODEL)
    status, text = repository.commit()
    assert status == 1
    assert "56,449" in text
    assert (repository.project.folder / "my_model.py").read_text() == MODEL


def test_fixes_are_made_and_the_commit_waits_for_them(repository: Repository) -> None:
    repository.install("keraslint-fix")
    repository.project.write("net.py", MISSPELLED)
    status, text = repository.commit("net.py")
    assert status == 1
    assert "KL211" in text
    assert "trainable = False" in (repository.project.folder / "net.py").read_text()
    status, text = repository.commit("net.py")
    assert "KL211" not in text


def test_counts_are_written(repository: Repository) -> None:
    repository.install("keraslint-annotate")
    repository.project.write("my_model.py", MODEL)
    status, text = repository.commit("my_model.py")
    assert status == 1
    assert "files were modified by this hook" in text
    assert "# -> (None, 64, 64, 32), 4,736 params" in (repository.project.folder / "my_model.py").read_text()
    assert repository.commit("my_model.py")[0] == 0


def test_the_lock_is_renewed(repository: Repository) -> None:
    repository.install("keraslint-lock")
    repository.project.write("my_model.py", MODEL)
    repository.project.write("keraslint.lock", "")
    status, text = repository.commit("my_model.py", "pyproject.toml", "keraslint.lock")
    assert status == 1
    assert "files were modified by this hook" in text
    assert "total = 37_633" in (repository.project.folder / "keraslint.lock").read_text()
    assert repository.commit("keraslint.lock")[0] == 0


def test_excluded_files_pass(repository: Repository) -> None:
    wide = MODEL.replace("Conv2D(32", "Conv2D(48")
    repository.install("keraslint", exclude="^old/")
    budget = BUDGET.format("*.py::my_model", 40_000)
    repository.project.write("pyproject.toml", f'[tool.keraslint]\nexclude = ["vendored/**"]\n{budget}')
    for name in ("old/a.py", "vendored/b.py"):
        repository.project.write(name, wide)
    status, text = repository.commit("old", "vendored", "pyproject.toml")
    assert status == 0, text
    repository.project.write("mine/c.py", wide)
    assert repository.commit("mine")[0] == 1
