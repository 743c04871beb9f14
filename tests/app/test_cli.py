"""The command line as a program: help, versions, signals, closed pipes, colours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from keraslint import __version__
from keraslint.app import cli
from keraslint.app.targets import Target, parse_place, parse_target
from tests.app.running import Project

COMMAND = [sys.executable, "-m", "keraslint"]


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_its_help(project: Project, command: str) -> None:
    done = project.run(command, "--help")
    assert done.status == 0
    assert "global options" in done.out


def test_the_version_is_told(project: Project) -> None:
    assert project.run("--version").out == f"keraslint {__version__}\n"


def test_no_command_prints_the_help_and_is_status_2(project: Project) -> None:
    done = project.run()
    assert done.status == 2
    assert "summary" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sumary"], "keraslint: `sumary` is no command; did you mean `summary`?; see `keraslint --help`\n"),
        (["summary", "--exit-zero"], "this command has no option `--exit-zero`, as `check` has"),
        (["check", "--exit-zerro"], "there is no option `--exit-zerro`; did you mean `--exit-zero`?"),
        (["check", "--color", "alway"], "`alway` is no value of `--color`; did you mean `always`?"),
        (["check", "--colour=\x1b[2J"], "there is no option `--colour`"),
        (["\x1b[2J"], "`\\x1b[2J` is no command; there are check, summary, "),
        (["diff"], "the following arguments are required: BASE"),
    ],
)
def test_wrong_arguments_are_status_2_and_name_the_nearest(
    project: Project, arguments: list[str], message: str
) -> None:
    done = project.run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_wrong_format_is_status_2_and_names_the_nearest(example: Project) -> None:
    done = example.run("check", "--output-format", "jsn")
    assert (done.status, done.out) == (2, "")
    assert "did you mean `json`?" in done.err


def test_ctrl_c_is_status_130_and_silent(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("keraslint.interp.analyse.analyse_file", interrupt)
    done = example.run("summary", "my_model.py")
    assert (done.status, done.out, done.err) == (130, "", "")


def test_a_closed_pipe_is_silent(example: Project) -> None:
    process = subprocess.Popen(
        [*COMMAND, "summary", "--weights", *["my_model.py"] * 3],
        cwd=example.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() in {0, 141}


def test_colours_only_where_they_are_wanted(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in example.run("summary").out
    assert "\x1b[" in example.run("summary", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in example.run("summary").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in example.run("summary").out


def test_a_rule_has_its_manual_and_all_have_a_line(project: Project) -> None:
    assert project.run("rule", "KL101").out.startswith("# KL101 params-over-budget\n")
    assert project.run("rule", "params-over-budget").status == 0
    done = project.run("rule", "KL999")
    assert done.status == 2
    assert "`KL999`" in done.err
    assert "KL101  params-over-budget" in project.run("rules").out


def test_output_that_a_terminal_cannot_show_is_no_error(example: Project) -> None:
    environment = {"PATH": "", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*COMMAND, "summary"], cwd=example.folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    assert "Total params: 37,633" in done.stdout.decode()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a.py", Target("a.py")),
        ("a.py::f", Target("a.py", "f")),
        ("a.py::f(x[::2], {1: 2})", Target("a.py", "f(x[::2], {1: 2})")),
    ],
)
def test_targets_are_paths_and_expressions(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a.py:12", Target("a.py", "", 12)),
        ("a.ipynb:bn0", Target("a.ipynb", "", None, "bn0")),
        ("a.py::f:12", Target("a.py", "f", 12)),
        ("a.py::f((1, 2)):bn0", Target("a.py", "f((1, 2))", None, "bn0")),
        ("a.py::f({1: 2})", Target("a.py", "f({1: 2})")),
        ("a.py::m", Target("a.py", "m")),
    ],
)
def test_places_have_a_line_or_a_layer(text: str, target: Target) -> None:
    assert parse_place(text) == target


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"keraslint {__version__}\n"
