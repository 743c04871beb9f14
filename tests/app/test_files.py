"""Which files are looked at, and how they are rewritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keraslint.app.files import Excludes, find_files
from keraslint.app.speaking import speaking_of_keras
from keraslint.app.write import replace_file
from tests.app.running import BUDGET, MODEL, Project


def _found(project: Project, *paths: str, excludes: Excludes | None = None) -> list[str]:
    del project
    return find_files(paths or ["."], lambda _path: excludes or Excludes()).files


def test_folders_are_walked_in_order_of_name(project: Project) -> None:
    for name in ("b.py", "a.ipynb", "c.txt", "z/a.py", "d/e/f.py"):
        project.write(name, "")
    assert _found(project) == ["a.ipynb", "b.py", "d/e/f.py", "z/a.py"]


def test_git_ignored_files_are_skipped_as_git_does(project: Project) -> None:
    (project.folder / ".git").mkdir()
    project.write(".gitignore", "build/\n*_pb.py\n!keep_pb.py\n/top.py\n")
    project.write("sub/.gitignore", "!again_pb.py\nlocal.py\n")
    for name in ("build/a.py", "x_pb.py", "keep_pb.py", "top.py", "sub/top.py", "sub/again_pb.py", "sub/local.py"):
        project.write(name, "")
    assert _found(project) == ["keep_pb.py", "sub/again_pb.py", "sub/top.py"]
    os.chdir("sub")
    assert _found(project) == ["again_pb.py", "top.py"]


def test_folders_of_tools_and_packages_are_skipped(project: Project) -> None:
    for name in (".venv/a.py", "node_modules/b.py", "site-packages/c.py", ".git/d.py", "e.py"):
        project.write(name, "")
    assert _found(project) == ["e.py"]


def test_a_file_passed_by_name_is_taken_unless_excludes_are_forced(project: Project) -> None:
    project.write("experiments/a.py", "")
    excludes = Excludes(("experiments",))
    assert _found(project, excludes=excludes) == []
    assert _found(project, "experiments/a.py", excludes=excludes) == ["experiments/a.py"]
    assert _found(project, "experiments/a.py", excludes=Excludes(("experiments",), is_forced=True)) == []


def test_forced_excludes_hold_from_the_command_line(example: Project) -> None:
    example.write("pyproject.toml", '[tool.keraslint]\nexclude = ["my_model.py"]\n' + BUDGET.format("*", 1))
    assert example.run("check", "my_model.py").status == 1
    assert example.run("check", "--force-exclude", "my_model.py").status == 0


def test_symbolic_links_to_folders_are_not_followed(project: Project) -> None:
    project.write("a/x.py", "")
    (project.folder / "a" / "loop").symlink_to(project.folder)
    assert _found(project) == ["a/x.py"]


def test_only_files_that_reach_keras_are_read(project: Project) -> None:
    project.write("blocks.py", "from keras import layers\n")
    project.write("wrap.py", "from blocks import conv\n")
    project.write("uses.py", "import wrap\n")
    project.write("other.py", "import os\n")
    assert _speaking(project) == ["blocks.py", "uses.py", "wrap.py"]


IMPORTS = {
    "of the package": ("a/use.py", "from a import net\n"),
    "of a module": ("a/use.py", "import a.net\n"),
    "relative": ("a/use.py", "from . import net\n"),
    "relative, of a member": ("a/use.py", "from .net import build\n"),
    "relative, from further down": ("a/b/use.py", "from ..net import build\n"),
    "in brackets": ("a/use.py", "from a import (\n    other,\n    net,\n)\n"),
    "over two lines": ("a/use.py", "from a import \\\n    net\n"),
    "behind another statement": ("use.py", "x = 1; import a.net\n"),
    "behind a colon": ("use.py", "try: from a.net import build\nexcept ImportError: pass\n"),
    "one of several": ("use.py", "import os, a.net as net\n"),
    "by a name that is worked out": ("use.py", "import importlib\nimportlib.import_module('a.' + 'net')\n"),
    "in a notebook": ("use.ipynb", '{"cells": [{"source": ["x = 1\\n", "from a.net import build"]}]}'),
    "in a notebook, in one text": ("use.ipynb", '{"cells": [{"source": "x = 1\\nfrom a.net import build"}]}'),
}


@pytest.mark.parametrize("title", IMPORTS)
def test_an_import_reaches_a_module_that_speaks(project: Project, title: str) -> None:
    name, text = IMPORTS[title]
    for package in ("a", "a/b"):
        project.write(f"{package}/__init__.py", "")
    project.write("a/net.py", "import keras\n")
    project.write(name, text)
    project.write("silent.py", "import os\n")
    assert sorted(_speaking(project)) == sorted(["a/net.py", name])


def test_a_module_outside_of_what_is_checked_is_reached(project: Project) -> None:
    project.write("a/__init__.py", "")
    project.write("a/net.py", "import keras\n")
    project.write("a/scripts/__init__.py", "")
    project.write("a/scripts/use.py", "from a.net import build\n")
    project.write("a/scripts/silent.py", "import a\n")
    assert speaking_of_keras(_found(project, "a/scripts"), lambda _: ()) == ["a/scripts/use.py"]


def test_cyclic_imports_end(project: Project) -> None:
    project.write("a.py", "import b\n")
    project.write("b.py", "import a\n")
    assert _speaking(project) == []


def _speaking(project: Project) -> list[str]:
    return speaking_of_keras(_found(project), lambda _: ())


def test_a_tree_without_keras_is_not_analysed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from keraslint.interp import analyse

    monkeypatch.setattr(analyse, "analyse_file", None)
    project.write("a.py", "x = 1\n")
    assert project.run("check").status == 0


def test_a_pipe_is_no_file(project: Project) -> None:
    os.mkfifo(project.folder / "pipe.py")
    done = project.run("check", "pipe.py")
    assert done.status == 2
    assert "pipe.py:1:1: not a plain file" in done.err


def test_an_interrupted_rewrite_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        replace_file(str(path), b"new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_names_that_act_on_a_terminal_are_spelled_out(project: Project) -> None:
    project.write("a\x1b[2J.py", MODEL)
    done = project.run("summary")
    assert "\x1b" not in done.out
    assert r"a\x1b[2J.py" in done.out
