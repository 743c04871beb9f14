"""``keraslint check`` from the outside."""

from __future__ import annotations

import json
import stat

import pytest

from tests.app.running import BUDGET, Project

TOO_LARGE = "from keras import Input, Sequential, layers\nm = Sequential([Input((4, 4, 3)), layers.Conv2D(8, 5)])\n"
UNUSED = "import keras\nx = 1  # keraslint: ignore[KL101]\n"


def test_nothing_found_is_status_0(example: Project) -> None:
    done = example.run("check", "--ignore", "KL501")
    assert (done.status, done.out, done.err) == (0, "All checks passed!\n", "")


def test_a_budget_of_the_configuration_is_a_finding_and_status_1(example: Project) -> None:
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 30_000))
    done = example.run("check")
    assert done.status == 1
    assert "my_model.py:23:13: KL101 " in done.out
    assert "37,633" in done.out


def test_a_budget_in_a_comment_is_a_finding(example: Project) -> None:
    text = (example.folder / "my_model.py").read_text()
    example.write("my_model.py", text.replace("def my_model", "# keraslint: budget(max_params=30_000)\ndef my_model"))
    done = example.run("check", "--output-format", "json")
    assert done.status == 1
    assert [found["code"] for found in json.loads(done.out)] == ["KL501", "KL101"]


def test_exit_zero_prints_and_is_quiet_about_it(example: Project) -> None:
    example.write("pyproject.toml", BUDGET.format("*", 1))
    done = example.run("check", "--exit-zero")
    assert done.status == 0
    assert "KL101" in done.out


def test_rules_are_selected_and_ignored(example: Project) -> None:
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 1))
    assert example.run("check", "--select", "KL3").status == 0
    assert example.run("check", "--ignore", "KL1").status == 0
    assert example.run("check", "--select", "params-over-budget").status == 1


def test_an_unknown_rule_names_the_nearest_and_is_status_2(example: Project) -> None:
    done = example.run("check", "--select", "KL10l")
    assert done.status == 2
    assert "`KL10l`" in done.err
    assert "did you mean `KL101`" in done.err


def test_a_budget_that_matches_nothing_is_a_finding_at_its_line(example: Project) -> None:
    example.write("pyproject.toml", "[tool.keraslint]\n\n" + BUDGET.format("nothing*", 5))
    done = example.run("check")
    assert done.status == 1
    assert "pyproject.toml:3:1: KL004 " in done.out


def test_a_run_over_one_file_does_not_judge_budgets_for_others(example: Project) -> None:
    example.write("pyproject.toml", BUDGET.format("other/*.py::build", 5))
    assert example.run("check", "my_model.py").status == 0


def test_a_broken_file_is_a_finding_and_the_others_are_checked(example: Project) -> None:
    example.write("broken.py", "import keras\nx = (1,\n")
    example.write("bytes.py", b'import keras\nx = "\xff"\n')
    example.write("deep.py", "import keras\nx = " + "(" * 100_000)
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 1))
    done = example.run("check")
    assert done.status == 1
    lines = [line.split(" ")[:2] for line in done.out.splitlines()[:-1]]
    assert ["broken.py:2:5:", "KL001"] in lines
    assert ["bytes.py:2:6:", "KL001"] in lines
    assert [line[1] for line in lines].count("KL001") == 3
    assert ["my_model.py:23:13:", "KL101"] in lines


def test_a_missing_file_is_status_2_and_the_others_are_checked(example: Project) -> None:
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 1))
    done = example.run("check", "missing.py", "my_model.py")
    assert done.status == 2
    assert "missing.py:1:1: no such file" in done.err
    assert "KL101" in done.out


def test_a_folder_with_no_python_says_so(project: Project) -> None:
    done = project.run("check")
    assert done.status == 0
    assert "no Python files" in done.err


def test_endless_programs_end(project: Project) -> None:
    project.write("endless.py", "import keras\nx = 10 ** 10 ** 10\nwhile True:\n    x = x + 1\n")
    assert project.run("check").status == 0


def test_full_shows_the_source(project: Project) -> None:
    project.write("net.py", TOO_LARGE)
    done = project.run("check", "--output-format", "full")
    assert "2 | m = Sequential([Input((4, 4, 3)), layers.Conv2D(8, 5)])" in done.out
    assert "^^^^^^^^^^^^^^^^^^^" in done.out


def test_the_report_goes_to_a_file(project: Project) -> None:
    project.write("net.py", TOO_LARGE)
    done = project.run("check", "--output-format", "json", "-o", "report.json")
    assert (done.status, done.out) == (1, "")
    assert json.loads((project.folder / "report.json").read_text())[0]["code"] == "KL302"


def test_statistics_count_findings_and_models(example: Project) -> None:
    example.write("net.py", TOO_LARGE)
    done = example.run("check", "--statistics")
    assert "1  KL302  nonpositive-output-size\n" in done.out
    assert "of 2 models resolved" in done.out


def test_safe_fixes_are_made_and_unsafe_ones_only_when_asked_for(project: Project) -> None:
    path = project.write("net.py", TOO_LARGE + UNUSED)
    done = project.run("check", "--fix")
    assert done.status == 1
    assert path.read_text() == TOO_LARGE + "import keras\nx = 1\n"
    done = project.run("check", "--fix", "--unsafe-fixes")
    assert (done.status, done.out) == (0, "Fixed 1 finding.\n")
    assert 'layers.Conv2D(8, 5, padding="same")' in path.read_text()


def test_diff_shows_and_writes_nothing(project: Project) -> None:
    path = project.write("net.py", UNUSED)
    done = project.run("check", "--diff")
    assert done.status == 1
    assert "-x = 1  # keraslint: ignore[KL101]\n+x = 1\n" in done.out
    assert path.read_text() == UNUSED


def test_a_fix_keeps_mode_link_encoding_and_newlines(project: Project) -> None:
    text = "# -*- coding: latin-1 -*-\r\nimport keras\r\ns = 'é'  # keraslint: ignore[KL101]\r\n"
    real = project.write("real.py", text.encode("latin-1"))
    real.chmod(0o750)
    link = project.folder / "link.py"
    link.symlink_to(real)
    assert project.run("check", "--fix", "link.py").status == 0
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o750
    assert real.read_bytes() == "# -*- coding: latin-1 -*-\r\nimport keras\r\ns = 'é'\r\n".encode("latin-1")
    assert [path.name for path in project.folder.iterdir() if path.name.startswith(".")] == []


def test_standard_input_is_checked_under_its_name(project: Project) -> None:
    done = project.run("check", "--stdin-filename", "net.py", "-", stdin=TOO_LARGE.encode())
    assert done.status == 1
    assert done.out.startswith("net.py:2:")


def test_standard_input_is_fixed_to_standard_output(project: Project) -> None:
    done = project.run("check", "--fix", "--stdin-filename", "net.py", "-", stdin=UNUSED.encode())
    assert (done.status, done.out) == (0, "import keras\nx = 1\n")


def test_a_bug_of_ours_is_one_line_and_the_run_goes_on(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from keraslint.interp import analyse

    real = analyse.analyse_file

    def broken(path: str, targets: object, options: object) -> object:
        if path == "a.py":
            raise ZeroDivisionError("ours")
        return real(path, targets, options)  # type: ignore[arg-type]

    monkeypatch.setattr(analyse, "analyse_file", broken)
    example.write("a.py", "import keras\n")
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 1))
    done = example.run("check")
    assert done.status == 2
    assert "a.py:1:1: internal error, please report it: ZeroDivisionError: ours" in done.err
    assert "Traceback" not in done.err
    assert "KL101" in done.out
