"""Where the report of ``check`` goes: several formats at once, files, and what is in the way of that."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.app.running import BUDGET, Project


@pytest.fixture
def failing(example: Project) -> Project:
    """Return the example with a budget that it is over."""
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 30_000))
    return example


def test_several_formats_at_once(failing: Project) -> None:
    done = failing.run("check", "--output-format", "github", "--output-format", "sarif=out.sarif", "--output-format",
                       "junit=out.xml", "my_model.py")  # fmt: skip
    assert done.status == 1
    assert "\n::error title=keraslint (KL101),file=my_model.py," in f"\n{done.out}"
    assert json.loads((failing.folder / "out.sarif").read_text())["version"] == "2.1.0"
    assert '<testsuite name="my_model.py"' in (failing.folder / "out.xml").read_text()


def test_formats_for_files_leave_standard_output_as_it_is(failing: Project) -> None:
    plain = failing.run("check", "my_model.py")
    assert failing.run("check", "--output-format", "json=out.json", "my_model.py").out == plain.out


def test_a_file_has_no_colours(failing: Project) -> None:
    failing.run("check", "--output-format", "concise=out.txt", "my_model.py")
    assert "\x1b" not in (failing.folder / "out.txt").read_text()


def test_two_formats_cannot_both_be_printed(failing: Project) -> None:
    done = failing.run("check", "--output-format", "json", "--output-format", "sarif", "my_model.py")
    assert done.status == 2
    assert done.err == "keraslint: `json` and `sarif` cannot both be printed; write one into a file: `sarif=FILE`\n"


@pytest.mark.parametrize("option", [["-o", "none/out.txt"], ["--output-format", "json=none/out.txt"]])
def test_a_file_that_cannot_be_written_is_status_2(failing: Project, option: list[str]) -> None:
    done = failing.run("check", *option, "my_model.py")
    assert done.status == 2
    assert done.err == "keraslint: none/out.txt: cannot be written: No such file or directory\n"


def test_a_new_file_has_the_usual_mode_and_an_old_one_keeps_its_own(failing: Project) -> None:
    old = failing.write("old.json", "")
    old.chmod(0o604)
    failing.run("check", "--output-format", "json=old.json", "--output-format", "json=new.json", "my_model.py")
    beside = failing.write("beside", "")
    assert old.stat().st_mode & 0o777 == 0o604
    assert (failing.folder / "new.json").stat().st_mode == beside.stat().st_mode


def test_what_is_no_plain_file_is_written_to(failing: Project) -> None:
    assert failing.run("check", "-o", os.devnull, "my_model.py").status == 1
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(("variable", "format_name"), [("GITHUB_WORKSPACE", "github"), ("CI_PROJECT_DIR", "gitlab")])
def test_paths_count_from_the_top_of_the_repository(
    failing: Project, monkeypatch: pytest.MonkeyPatch, variable: str, format_name: str
) -> None:
    monkeypatch.setenv(variable, str(failing.folder.parent))
    assert "project/my_model.py" in failing.run("check", "--output-format", format_name, "my_model.py").out


def test_a_name_of_a_file_gives_no_command_to_a_workflow(failing: Project) -> None:
    failing.write("::stop-commands::x.py", "import keras\n!\n")
    failing.write("##[add-mask]a.py", "import keras\n!\n")
    for command in (
        ["check"],
        ["summary"],
        ["annotate"],
        ["check", "--statistics"],
        ["summary", "--output-format", "json"],
    ):
        done = failing.run(*command)
        for line in (done.out + done.err).splitlines():
            assert not line.lstrip().startswith("::")
            assert "##[" not in line
