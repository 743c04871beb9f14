"""The project that tests of the command line work in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.running import MODEL, Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """Return an empty project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch, capsys)


@pytest.fixture
def example(project: Project) -> Project:
    """Return a project with the README's example in it."""
    project.write("my_model.py", MODEL)
    return project
