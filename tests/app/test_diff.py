"""``diff``: counts before and after, of revisions, folders and files; and nothing of a repository is run."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.app.running import MODEL, Project

WIDER = MODEL.replace("Conv2D(32", "Conv2D(48")
"""The example with 48 filters: 56,449 parameters, of which 96 are not trained."""
IDENTITY = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **IDENTITY}, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def repository(example: Project) -> Project:
    """Return a repository with the example as its first commit, and wider layers in the working folder."""
    git(example.folder, "init", "-q", "-b", "main")
    git(example.folder, "add", ".")
    git(example.folder, "commit", "-qm", "first")
    example.write("my_model.py", WIDER)
    return example


def models(project: Project, *arguments: str) -> list[dict[str, dict[str, object]]]:
    done = project.run("diff", "--output-format", "json", *arguments)
    assert done.status == 0, done.err
    return json.loads(done.out)["models"]


def test_a_revision_is_compared_with_the_working_folder(repository: Project) -> None:
    (only,) = models(repository, "main")
    assert only["before"]["params"] == {"total": 37633, "trainable": 37569, "non_trainable": 64}
    assert only["after"]["params"] == {"total": 56449, "trainable": 56353, "non_trainable": 96}
    assert only["delta"] == 18816


def test_markdown_is_a_table_for_a_pull_request(repository: Project) -> None:
    assert repository.run("diff", "HEAD", "--output-format", "markdown").out == (
        "### Parameters\n\n"
        "| Model | Before | After | Δ | Δ % | Trainable | Non-trainable |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| my\\_model.py::my\\_model \\`myModel\\` | 37,633 | 56,449 | +18,816 | +50 % | 56,353 (+18,784) | 96 (+32) |\n\n"
        "1 model: HEAD → working folder\n"
    )


def test_two_revisions_are_compared_without_a_look_at_the_working_folder(repository: Project) -> None:
    git(repository.folder, "commit", "-qam", "wider")
    repository.write("my_model.py", "a syntax error\n")
    assert models(repository, "main~1", "main")[0]["delta"] == 18816
    assert models(repository, "main", "main~1")[0]["delta"] == -18816
    assert repository.run("diff", "main", "main").out == "1 model (1 unchanged): main → main\n"


def test_what_a_revision_imports_is_read_from_the_revision(project: Project) -> None:
    project.write("pkg/__init__.py", "")
    project.write("pkg/sizes.py", "UNITS = 3\n")
    net = "import keras\nfrom pkg.sizes import UNITS\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(UNITS)])\n"
    project.write("pkg/net.py", net)
    git(project.folder, "init", "-q", "-b", "main")
    git(project.folder, "add", ".")
    git(project.folder, "commit", "-qm", "first")
    project.write("pkg/sizes.py", "UNITS = 5\n")
    (only,) = models(project, "main")
    assert (only["before"]["params"]["total"], only["after"]["params"]["total"]) == (15, 25)


def test_a_subfolder_is_compared_with_itself(repository: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("sub/net.py", MODEL)
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-qm", "second")
    repository.write("sub/net.py", WIDER)
    monkeypatch.chdir(repository.folder / "sub")
    (only,) = models(repository, "main")
    assert only["after"]["path"] == "net.py"


def test_folders_and_files_are_compared(project: Project) -> None:
    project.write("old/net.py", MODEL)
    project.write("new/net.py", WIDER)
    (only,) = models(project, "old", "new")
    assert (only["delta"], only["renamed"]) == (18816, False)
    (only,) = models(project, "old/net.py", "new/net.py")
    assert (only["delta"], only["renamed"]) == (18816, False)


def test_a_lock_file_is_compared(repository: Project) -> None:
    repository.write("my_model.py", MODEL)
    repository.write(
        "open.py", "import keras\ndef f(n):\n    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    )
    assert repository.run("lock").status == 0
    assert models(repository, "keraslint.lock") == []
    repository.write("my_model.py", WIDER)
    repository.write(
        "open.py", "import keras\ndef f(n):\n    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(n)])\n"
    )
    one, other = models(repository, "keraslint.lock")
    assert (one["delta"], other["delta"]) == (18816, "-5*n + 6*n")
    assert models(repository, "keraslint.lock", "main")[-1]["after"] is None


def test_a_lock_file_that_is_none_is_told(repository: Project) -> None:
    repository.write("keraslint.lock", "a = ")
    done = repository.run("diff", "keraslint.lock")
    assert done.status == 2
    assert "keraslint.lock:1:" in done.err


def test_moved_and_renamed_models_are_matched(repository: Project) -> None:
    (repository.folder / "my_model.py").unlink()
    repository.write("nets/watch.py", MODEL.replace("my_model(", "build(").replace("myModel", "watch"))
    (only,) = models(repository, "main")
    assert (only["renamed"], only["delta"]) == (True, 0)
    assert "nets/watch.py::build `watch` (was my\\_model.py" not in repository.run("diff", "main").out
    assert "(was my_model.py::my_model `myModel`)" in repository.run("diff", "main").out.replace("│\n│ ", "")


def test_new_and_lost_models_are_told_apart(repository: Project) -> None:
    repository.write("my_model.py", MODEL)
    repository.write("net.py", "import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n")
    (new,) = models(repository, "main")
    assert (new["before"], new["after"]["params"]["total"]) == (None, 15)
    done = repository.run("diff", "main", "--all", "--output-format", "markdown")
    assert "| net.py::m | - | 15 | +15 |  | 15 | 0 |" in done.out
    assert "2 models (1 new, 1 unchanged)" in done.out


@pytest.mark.parametrize(
    ("limit", "status"), [("5%", 1), ("50%", 0), ("49.9%", 1), ("18_815", 1), ("18_816", 0), ("0", 1)]
)
def test_growth_over_a_limit_fails(repository: Project, limit: str, status: int) -> None:
    done = repository.run("diff", "main", "--fail-on-increase", limit)
    assert done.status == status
    assert (f"my_model.py::my_model `myModel` grew by more than {limit}" in done.err) == bool(status)


def test_growth_that_nobody_can_tell_fails(repository: Project) -> None:
    repository.write("my_model.py", "import unknown\n" + MODEL.replace("Conv2D(32", "Conv2D(unknown.n()"))
    done = repository.run("diff", "main", "--fail-on-increase", "5%")
    assert done.status == 1
    assert "may have grown by more than 5%" in done.err


@pytest.mark.parametrize("limit", ["five", "5.5", "%", "-3"])
def test_a_limit_that_is_none_is_status_2(repository: Project, limit: str) -> None:
    assert repository.run("diff", "main", f"--fail-on-increase={limit}").status == 2


@pytest.mark.parametrize("name", ["nope", "--output=/tmp/x", "-h@{1}", "main:my_model.py"])
def test_what_names_nothing_is_status_2(repository: Project, name: str) -> None:
    done = repository.run("diff", "--", name)
    assert done.status == 2
    assert done.err == f"keraslint: `{name}` is neither a file nor a folder here, and no revision that git knows\n"


def test_outside_of_a_repository_it_says_so(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(example.folder.parent))
    done = example.run("diff", "main")
    assert done.status == 2
    assert "this is no git repository" in done.err


def test_a_file_that_cannot_be_analysed_is_status_2_only_after_the_change(repository: Project) -> None:
    repository.write("broken.py", "import keras\n(\n")
    git(repository.folder, "add", ".")
    git(repository.folder, "commit", "-qm", "broken")
    assert repository.run("diff", "main~1").status == 2
    git(repository.folder, "rm", "-q", "--cached", "broken.py")
    (repository.folder / "broken.py").unlink()
    done = repository.run("diff", "main")
    assert done.status == 0
    assert done.err.startswith("keraslint: main: broken.py:")


def test_links_in_a_revision_are_followed_within_it_only(repository: Project) -> None:
    folder = repository.folder
    (folder / "outside.py").symlink_to("../../../../../../etc/passwd")
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "sizes.py").symlink_to("real.py")
    repository.write("real.py", "UNITS = 3\n")
    repository.write(
        "net.py",
        "import keras, loop, outside\nfrom sizes import UNITS\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(UNITS)])\n",
    )
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "links")
    repository.write("real.py", "UNITS = 5\n")
    found = {str((change["after"] or change["before"])["path"]): change for change in models(repository, "main")}
    assert found["net.py"]["before"]["params"]["total"] == 15


class Trap:
    """A repository whose configuration starts a program wherever git lets it."""

    def __init__(self, project: Project) -> None:
        folder = project.folder
        self._sprung = folder.parent / "sprung"
        trap = folder.parent / "trap.sh"
        trap.write_text(f'#!/bin/sh\necho "$0 $*" >> {self._sprung}\nexit 1\n')
        trap.chmod(0o755)
        hooks = folder.parent / "hooks"
        hooks.mkdir()
        for name in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
            (hooks / name).symlink_to(trap)
        project.write(".gitattributes", "*.py filter=evil diff=evil\n")
        git(folder, "add", ".gitattributes")
        git(folder, "commit", "-qm", "attributes")
        (folder / ".git" / "objects" / "info").mkdir(exist_ok=True)
        settings = {
            "core.fsmonitor": trap, "core.hooksPath": hooks, "core.pager": trap, "core.editor": trap,
            "core.sshCommand": trap, "core.gitProxy": trap, "core.askPass": trap, "credential.helper": f"!{trap}",
            "pager.ls-tree": trap, "pager.cat-file": trap, "pager.rev-parse": trap, "diff.external": trap,
            "diff.evil.textconv": trap, "diff.evil.command": trap, "filter.evil.smudge": trap,
            "filter.evil.clean": trap, "filter.evil.process": trap, "filter.evil.required": "true",
            "alias.ls-tree": f"!{trap}", "alias.cat-file": f"!{trap}", "alias.rev-parse": f"!{trap}",
            "extensions.partialClone": "origin", "remote.origin.promisor": "true",
            "remote.origin.url": f"ext::{trap} fetch", "remote.origin.uploadpack": trap, "protocol.ext.allow": "always",
            "gpg.program": trap, "log.showSignature": "true", "uploadpack.packObjectsHook": trap,
        }  # fmt: skip
        git(folder, "config", "core.repositoryFormatVersion", "1")
        for key, value in settings.items():
            git(folder, "config", key, str(value))

    def sprung(self) -> str:
        text = self._sprung.read_text() if self._sprung.exists() else ""
        self._sprung.unlink(missing_ok=True)
        return text


def test_nothing_that_a_repository_names_is_run(repository: Project) -> None:
    blob = git(repository.folder, "rev-parse", "main:my_model.py").strip()
    trap = Trap(repository)
    trap.sprung()
    assert models(repository, "main")[0]["delta"] == 18816
    assert models(repository, "main", "HEAD~1") == []
    assert trap.sprung() == ""
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    repository.run("diff", "main")
    assert trap.sprung() == ""
    subprocess.run(["git", "cat-file", "-p", blob], cwd=repository.folder, capture_output=True, timeout=30, check=False)
    assert "trap.sh fetch" in trap.sprung()  # the trap does spring where fetching is not forbidden
    subprocess.run(["git", "status"], cwd=repository.folder, capture_output=True, timeout=30, check=False)
    assert "trap.sh" in trap.sprung()


def test_the_repository_is_left_as_it_was(repository: Project) -> None:
    def state() -> dict[str, tuple[int, int]]:
        found = (path for path in repository.folder.rglob("*") if path.is_file())
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in found}

    before = state()
    repository.run("diff", "main")
    assert state() == before
