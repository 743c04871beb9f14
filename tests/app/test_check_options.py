"""The options of ``keraslint check``, one by one, from the outside."""

from __future__ import annotations

import json

import pytest

from tests.app.running import BUDGET, Project

TOO_LARGE = "from keras import Input, Sequential, layers\nm = Sequential([Input((4, 4, 3)), layers.Conv2D(8, 5)])\n"
UNUSED = "import keras\nx = 1  # keraslint: ignore[KL101]\n"


@pytest.fixture
def mixed(project: Project) -> Project:
    """Return a project with an error whose fix is unsafe, and a warning whose fix is safe."""
    project.write("large.py", TOO_LARGE)
    project.write("unused.py", UNUSED)
    return project


def test_hidden_fixes_are_told_of(mixed: Project) -> None:
    hint = "1 hidden fix can be enabled with the `--unsafe-fixes` option"
    assert mixed.run("check").out.endswith(f"Found 2 findings.\n[*] 1 fixable with the `--fix` option ({hint}).\n")
    assert mixed.run("check", "large.py").out.endswith(f"Found 1 finding.\nNo fixes available ({hint}).\n")
    assert mixed.run("check", "--unsafe-fixes").out.endswith("[*] 2 fixable with the `--fix` option.\n")


def test_show_fixes_lists_them_by_file_and_rule(mixed: Project) -> None:
    done = mixed.run("check", "--fix", "--unsafe-fixes", "--show-fixes")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "Fixed 2 findings:\n- large.py:\n    1 × KL302 (nonpositive-output-size)\n"
        "- unused.py:\n    1 × KL003 (unused-ignore)\n"
    )


def test_a_diff_says_how_much_it_would_fix(mixed: Project) -> None:
    done = mixed.run("check", "--diff", "--show-fixes")
    assert (done.status, done.err) == (1, "Would fix 1 finding:\n- unused.py:\n    1 × KL003 (unused-ignore)\n")
    assert done.out.startswith("--- unused.py\n")
    assert "KL302" not in done.out
    assert mixed.run("check", "--diff", "-q").err == ""
    done = mixed.run("check", "--diff", "--stdin-filename", "net.py", "-", stdin=UNUSED.encode())
    assert (done.status, done.err) == (1, "Would fix 1 finding.\n")


def test_exit_non_zero_on_fix(mixed: Project) -> None:
    arguments = ["check", "--fix", "unused.py"]
    assert mixed.run(*arguments, "--exit-non-zero-on-fix").status == 1
    assert mixed.run(*arguments, "--exit-non-zero-on-fix").status == 0
    mixed.write("unused.py", UNUSED)
    assert mixed.run(*arguments).status == 0


def test_error_on_warning_makes_errors_of_warnings(mixed: Project) -> None:
    def severities(*options: str) -> list[str]:
        return [found["severity"] for found in json.loads(mixed.run("check", "--output-format", "json", *options).out)]

    assert severities() == ["error", "warning"]
    assert severities("--error-on-warning") == ["error", "error"]


def test_statistics_are_data_where_the_format_is(mixed: Project) -> None:
    document = json.loads(mixed.run("check", "--statistics", "--output-format", "json").out)
    assert document["findings"] == [
        {"code": "KL003", "name": "unused-ignore", "count": 1, "fixable": True},
        {"code": "KL302", "name": "nonpositive-output-size", "count": 1, "fixable": True},
    ]
    assert (document["models"]["total"], document["models"]["resolved"]) == (1, 0)
    assert document["models"]["unresolved"][0]["path"] == "large.py"


def test_per_file_ignores_are_pairs(mixed: Project) -> None:
    assert mixed.run("check", "--per-file-ignores", "large.py:KL3,unused.py:unused-ignore").status == 0
    assert mixed.run("check", "--per-file-ignores", "large.py:KL3").status == 1
    assert mixed.run("check", "--per-file-ignores", "*.py:KL3", "--per-file-ignores", "*.py:KL003").status == 0
    mixed.write("keraslint.toml", '[per-file-ignores]\n"large.py" = ["KL3"]\n')
    assert mixed.run("check", "--per-file-ignores", "unused.py:KL003").status == 0
    done = mixed.run("check", "--per-file-ignores", "KL3")
    assert done.status == 2
    assert "`KL3` is no pair; write it as in `--per-file-ignores 'tests/*.py:KL3'`" in done.err
    assert "did you mean `KL305`?" in mixed.run("check", "--per-file-ignores", "*.py:KL3055").err


def test_extend_select_adds_to_what_is_selected(mixed: Project) -> None:
    done = mixed.run("check", "--select", "KL1,KL003", "--extend-select", "KL302", "--output-format", "json")
    assert [found["code"] for found in json.loads(done.out)] == ["KL302", "KL003"]


def test_quiet_prints_findings_only(mixed: Project) -> None:
    done = mixed.run("check", "-q")
    assert done.out.count("\n") == 2
    assert done.err == ""


def test_verbose_says_what_was_looked_at(mixed: Project) -> None:
    mixed.write("other.py", "x = 1\n")
    mixed.write("keraslint.toml", "")
    done = mixed.run("check", "-v")
    assert "keraslint: 1 model in 2 files, 1 more that do not speak of Keras; settings: keraslint.toml; 0." in done.err


def test_a_report_in_a_file_has_no_colours(mixed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    mixed.run("check", "-o", "report.txt")
    assert "\x1b" not in (mixed.folder / "report.txt").read_text()
    mixed.run("check", "--color", "always", "-o", "report.txt")
    assert "\x1b" in (mixed.folder / "report.txt").read_text()
    done = mixed.run("check", "-o", "no/such/report.txt")
    assert done.status == 2
    assert "no/such/report.txt: cannot be written: No such file or directory" in done.err


# standard input


def test_standard_input_has_the_settings_of_its_name(project: Project) -> None:
    project.write("sub/keraslint.toml", 'ignore = ["KL3"]\noutput-format = "json"\n')
    done = project.run("check", "--stdin-filename", "sub/net.py", "-", stdin=TOO_LARGE.encode())
    assert (done.status, done.out) == (0, "[]\n")


def test_standard_input_that_is_excluded_is_left_alone(project: Project) -> None:
    project.write("keraslint.toml", 'exclude = ["net.py"]\n')
    arguments = ["check", "--stdin-filename", "net.py", "-"]
    assert project.run(*arguments, stdin=TOO_LARGE.encode()).status == 1
    done = project.run(*arguments, "--force-exclude", stdin=TOO_LARGE.encode())
    assert (done.status, done.out) == (0, "All checks passed!\n")
    done = project.run(*arguments, "--force-exclude", "--fix", stdin=UNUSED.encode())
    assert (done.status, done.out) == (0, UNUSED)


def test_standard_input_goes_with_no_other_path(mixed: Project) -> None:
    done = mixed.run("check", "-", "large.py")
    assert done.status == 2
    assert "`-` is standard input, and goes with no other path" in done.err


def test_force_exclude_holds_for_files_passed_by_name(mixed: Project) -> None:
    mixed.write("keraslint.toml", 'exclude = ["large.py"]\n')
    assert mixed.run("check", "large.py").status == 1
    assert mixed.run("check", "--force-exclude", "large.py").status == 0


# --add-ignore


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    layers.Conv2D(8, 5)(i)\n", "    layers.Conv2D(8, 5)(i)  # keraslint: ignore[KL302]\n"),
        (
            "    layers.Conv2D(\n        8, 5)(i)\n",
            "    layers.Conv2D(  # keraslint: ignore[KL302]\n        8, 5)(i)\n",
        ),
        ("    layers.Conv2D(8, 5)(i)  # why\n", "    layers.Conv2D(8, 5)(i)  # why  # keraslint: ignore[KL302]\n"),
        (
            "    layers.Conv2D(8, 5)(i)  # -> ?\n",
            "    layers.Conv2D(8, 5)(i)  # keraslint: ignore[KL302]  # -> ?\n",
        ),
        (
            "    layers.Conv2D(8, 5)(i)  # keraslint: ignore[KL1 ] known\n",
            "    layers.Conv2D(8, 5)(i)  # keraslint: ignore[KL1, KL302 ] known\n",
        ),
        (
            '    layers.Conv2D(8, 5, name="""a\nb""")(i)\n',
            '    layers.Conv2D(8, 5, name="""a\nb""")(i)  # keraslint: ignore[KL302]\n',
        ),
        (
            "    y = \\\n    layers.Conv2D(8, 5)(i)",
            "    y = \\\n    layers.Conv2D(8, 5)(i)  # keraslint: ignore[KL302]",
        ),
    ],
)
def test_add_ignore_writes_a_comment_where_one_can_stand(project: Project, before: str, after: str) -> None:
    head = "import keras\nfrom keras import layers\ndef f():\n    i = keras.Input((4, 4, 3))\n"
    path = project.write("net.py", head + before)
    done = project.run("check", "--add-ignore", "--ignore", "KL003", "net.py")
    assert (done.status, done.out) == (0, "Added comments for 1 finding.\n")
    assert path.read_text() == head + after
    assert project.run("check", "--ignore", "KL003").status == 0


def test_add_ignore_takes_a_reason_and_all_findings_of_a_line(example: Project) -> None:
    example.write("keraslint.toml", (BUDGET.format("*", 1) + BUDGET.format("my_*", 2)).replace("tool.keraslint.", ""))
    text = (example.folder / "my_model.py").read_text()
    reason = "--add-ignore=the old # one"
    done = example.run("check", "--ignore", "KL501", reason, "--output-format", "full")
    assert (done.status, done.out) == (0, "Added comments for 2 findings.\n")
    comment = "  # keraslint: ignore[KL101] the old one\n"
    assert (example.folder / "my_model.py").read_text() == text.replace(
        'name="myModel")\n', f'name="myModel"){comment}'
    )


def test_add_ignore_shows_a_diff_and_reports_what_has_no_place(mixed: Project) -> None:
    done = mixed.run("check", "--add-ignore")
    assert done.status == 1
    assert "unused.py:2:8: KL003" in done.out
    assert (mixed.folder / "unused.py").read_text() == UNUSED


def test_add_ignore_in_a_notebook(project: Project) -> None:
    cells = [{"cell_type": "code", "source": ["import keras"]}, {"cell_type": "code", "source": TOO_LARGE}]
    path = project.write("net.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert project.run("check", "--add-ignore").status == 0
    new = json.loads(path.read_text())["cells"][1]["source"]
    assert new == TOO_LARGE.rstrip("\n") + "  # keraslint: ignore[KL302]\n"


@pytest.mark.parametrize("other", ["--fix", "--diff", "--write-baseline"])
def test_add_ignore_goes_with_no_other_writing(mixed: Project, other: str) -> None:
    done = mixed.run("check", "--add-ignore", other)
    assert done.status == 2
    assert f"`--add-ignore` and `{other}` do not go together" in done.err


# the baseline


def test_the_baseline_is_not_reported_until_its_line_changes(mixed: Project) -> None:
    done = mixed.run("check", "--write-baseline")
    assert (done.status, done.out) == (0, "")
    assert done.err == "keraslint: 2 findings written to keraslint-baseline.json\n"
    done = mixed.run("check")
    assert (done.status, done.out) == (0, "All checks passed!\n2 findings of the baseline not shown.\n")
    mixed.write("large.py", "# moved\n" + TOO_LARGE)
    assert mixed.run("check").status == 0
    mixed.write("large.py", TOO_LARGE.replace("8, 5", "9, 5"))
    assert mixed.run("check", "--output-format", "json").status == 1
    assert mixed.run("check", "--isolated").out.count("Found 2 findings.") == 1


def test_a_second_finding_of_a_kind_is_new(mixed: Project) -> None:
    mixed.run("check", "--write-baseline")
    mixed.write("unused.py", UNUSED + UNUSED)
    done = mixed.run("check")
    assert done.status == 1
    assert "unused.py:4:8: KL003" in done.out
    assert "unused.py:2:8" not in done.out


def test_the_baseline_lies_where_the_configuration_says(mixed: Project) -> None:
    mixed.write("sub/keraslint.toml", 'baseline = "known.json"\n')
    mixed.write("sub/large.py", TOO_LARGE)
    assert "1 finding written to sub/known.json" in mixed.run("check", "--write-baseline", "sub").err
    assert json.loads((mixed.folder / "sub/known.json").read_text())["findings"][0]["path"] == "large.py"
    assert mixed.run("check", "sub").status == 0
    assert mixed.run("check", "large.py").status == 1


def test_writing_it_for_some_files_keeps_what_is_known_of_others(mixed: Project) -> None:
    mixed.run("check", "--write-baseline")
    mixed.write("unused.py", "import keras\n")
    mixed.run("check", "--write-baseline", "unused.py")
    known = json.loads((mixed.folder / "keraslint-baseline.json").read_text())["findings"]
    assert [(item["path"], item["code"]) for item in known] == [("large.py", "KL302")]


def test_a_broken_baseline_is_status_2_until_it_is_written_anew(mixed: Project) -> None:
    mixed.write("keraslint-baseline.json", "[")
    done = mixed.run("check")
    assert done.status == 2
    assert "keraslint-baseline.json: not a baseline" in done.err
    assert "write it anew with `--write-baseline`" in done.err
    assert mixed.run("check", "--write-baseline").status == 0
    assert mixed.run("check").status == 0


def test_a_hint_makes_a_run_fail_only_where_its_rule_was_selected(example: Project) -> None:
    done = example.run("check")
    assert ": KL501 " in done.out
    assert done.status == 0
    assert example.run("check", "--select", "KL5").status == 1
    assert example.run("check", "--extend-select", "bias-before-batchnorm").status == 1
    assert example.run("check", "--select", "KL5", "--exit-zero").status == 0
    example.write("pyproject.toml", '[tool.keraslint]\nextend-select = ["KL501"]\n')
    assert example.run("check").status == 1


def test_a_helper_that_several_files_use_has_one_finding(project: Project) -> None:
    helper = (
        "import keras\n\n\ndef block(x, n):\n    for _ in range(n):\n        x = keras.layers.Conv2D(8, 3)(x)\n"
        "        x = keras.layers.BatchNormalization()(x)\n    return x\n"
    )
    project.write("helper.py", helper)
    for name, count in (("a", 1), ("b", 2), ("z", 3)):
        use = f"import keras\nfrom helper import block\ni = keras.Input((32, 32, 3))\nm = keras.Model(i, block(i, {count}))\n"
        project.write(f"{name}.py", use)
    found = json.loads(project.run("check", "--output-format", "json").out)
    assert [(item["code"], item["filename"], item["location"]["row"]) for item in found] == [("KL501", "helper.py", 6)]
