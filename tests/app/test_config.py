"""The configuration: which file, what overrides what, and what is wrong with it."""

from __future__ import annotations

import pytest

from keraslint.app.config import Configurations
from tests.app.running import BUDGET, Project


def test_the_closest_file_counts_and_nothing_is_merged(project: Project) -> None:
    project.write("pyproject.toml", '[tool.keraslint]\nignore = ["KL1"]\ntarget-keras = "2"\n')
    project.write("sub/pyproject.toml", "[tool.other]\nx = 1\n")
    project.write("sub/deep/keraslint.toml", 'target-keras = "3"\n')
    assert Configurations().of("sub/a.py").text("target-keras") == "2"
    deep = Configurations().of("sub/deep/a.py")
    assert deep.text("target-keras") == "3"
    assert deep.texts("ignore") == ()


def test_extend_takes_another_file_below(project: Project) -> None:
    project.write("base.toml", 'target-keras = "2"\nignore = ["KL1"]\n')
    project.write("sub/keraslint.toml", 'extend = "../base.toml"\ntarget-keras = "3"\n')
    configuration = Configurations().of("sub/a.py")
    assert configuration.text("target-keras") == "3"
    assert configuration.texts("ignore") == ("KL1",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[tool.keraslint]\ntarget-kears = "3"\n', "pyproject.toml:2:1: unknown key `target-kears`"),
        ('[tool.keraslint]\ntarget-keras = "4"\n', "pyproject.toml:2:1: `target-keras` has to be 2, 3 or a version"),
        ('[tool.keraslint]\n\nselect = "KL1"\n', "pyproject.toml:3:1: `select` has to be a list"),
        ('[tool.keraslint]\nextend = "no.toml"\n', "pyproject.toml:2:1: `extend` names no.toml, which does not exist"),
        ('[tool.keraslint]\nextend = "pyproject.toml"\n', "pyproject.toml:2:1: `extend` goes round in a circle"),
        ("[tool.keraslint\n", "pyproject.toml:1:16: not TOML"),
        ('x = """\n', "pyproject.toml:"),
        ('[tool.keraslint]\nselect = ["KL9"]\n', "pyproject.toml:2:1: `KL9` in select names no rule"),
        ('[tool.keraslint]\nignore = ["KL1O1"]\n', "2:1: `KL1O1` in ignore names no rule; did you mean `KL101`?"),
        ('[tool.keraslint]\nextend-select = ["X"]\n', "pyproject.toml:2:1: `X` in extend-select names no rule"),
        (
            '[tool.keraslint.per-file-ignores]\n"a.py" = ["params-over-budgt"]\n',
            "pyproject.toml:1:1: `params-over-budgt` in per-file-ignores names no rule; did you mean",
        ),
        ("[tool.keraslint.rules.KL999]\nx = 1\n", "pyproject.toml:1:1: `KL999` in rules names no rule"),
        (
            "[tool.keraslint.rules.KL104]\nmin-prams = 1\n",
            "pyproject.toml:2:1: `rules.KL104.min-prams`: KL104 has no such option; did you mean `min-params`?",
        ),
        (
            "[tool.keraslint.rules.flatten-dense-explosion]\n\nmin-share = 'half'\n",
            "pyproject.toml:3:1: `rules.flatten-dense-explosion.min-share` has to be a number, not 'half'",
        ),
        ("[tool.keraslint.rules.KL104]\nmin-params = true\n", "has to be a number, not True"),
        ("[tool.keraslint.rules]\nKL104 = { min-size = 1 }\n", "no such option; did you mean `min-share`?"),
        (
            "[tool.keraslint.rules.KL301]\nx = 1\n",
            "pyproject.toml:2:1: `rules.KL301.x`: KL301 has no such option; it has",
        ),
        ("[tool.keraslint.rules.KL1]\nx = 1\n", "pyproject.toml:1:1: `KL1` in rules names several rules"),
        ("[tool.keraslint.rules]\nKL999 = 1\n", "pyproject.toml:1:1: `"),
        ('[tool.keraslint]\noutput-format = "jsn"\n', "pyproject.toml:2:1: no output format is called `jsn`; did you"),
        ("[[tool.keraslint.budget]]\nmodel = '*'\nmax-parms = 3\n", "pyproject.toml:1:1: unknown key `max-parms`"),
        ("[[tool.keraslint.budget]]\nmodel = '*'\nmax-params = 'x'\n", "pyproject.toml:1:1: "),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_is_status_2(example: Project, text: str, message: str) -> None:
    example.write("pyproject.toml", text)
    done = example.run("check")
    assert done.status == 2
    assert message in done.err
    assert "Traceback" not in done.err


def test_an_unknown_key_names_the_nearest(example: Project) -> None:
    example.write("pyproject.toml", '[tool.keraslint]\nextend-slect = ["KL1"]\n')
    assert "did you mean `extend-select`?" in example.run("check").err


def test_a_configuration_that_is_not_utf_8_says_so(example: Project) -> None:
    example.write("pyproject.toml", b"[tool.keraslint]\n# \xff\n")
    done = example.run("check")
    assert done.status == 2
    assert "pyproject.toml:2:1: the configuration is not UTF-8" in done.err


def test_isolated_reads_none(example: Project) -> None:
    example.write("pyproject.toml", BUDGET.format("*", 1))
    assert example.run("check").status == 1
    assert example.run("check", "--isolated").status == 0


def test_the_command_line_overrides_the_file(example: Project) -> None:
    example.write("other.toml", BUDGET.format("*", 1).replace("tool.keraslint.", ""))
    assert example.run("check", "--config", "other.toml").status == 1
    assert example.run("check", "--config", "other.toml", "--config", 'ignore = ["KL101"]').status == 0
    done = example.run("check", "--config", "no such = ")
    assert done.status == 2
    assert "`--config` needs a file that exists, or TOML" in done.err


def test_what_is_selected_on_the_command_line_the_file_does_not_ignore(example: Project) -> None:
    example.write("pyproject.toml", '[tool.keraslint]\nignore = ["KL101"]\n' + BUDGET.format("*", 1))
    assert example.run("check").status == 0
    assert example.run("check", "--select", "KL101").status == 1


def test_per_file_ignores(example: Project) -> None:
    example.write(
        "pyproject.toml",
        BUDGET.format("my_model.py::my_model", 1) + '[tool.keraslint.per-file-ignores]\n"my_*" = ["KL1"]\n',
    )
    assert example.run("check").status == 0


def test_config_finds_what_is_wrong_too(example: Project) -> None:
    example.write("pyproject.toml", '[tool.keraslint]\nignore = ["KL1O1"]\n')
    assert "did you mean `KL101`?" in example.run("config").err
    done = example.run("config", "--isolated", "nowhere")
    assert done.status == 2
    assert "nowhere: no such file or folder" in done.err


def test_config_shows_each_setting_and_where_it_comes_from(example: Project) -> None:
    example.write("pyproject.toml", '[tool.keraslint]\ntarget-keras = "3"\n')
    done = example.run("config", "--assume", "n=3")
    assert 'target-keras = "3"  # pyproject.toml:2:1\n' in done.out
    assert 'assume = {"n": "3"}  # command line\n' in done.out


def test_an_assumption_that_is_no_pair_says_how_to_write_it(example: Project) -> None:
    done = example.run("summary", "--assume", "n")
    assert done.status == 2
    assert "--assume num_classes=10" in done.err


def test_a_rules_options_are_set_by_its_code_and_by_its_name(project: Project) -> None:
    net = (
        "import keras\nm = keras.Sequential([keras.Input((9, 9, 1)), keras.layers.Flatten(), keras.layers.Dense(9)])\n"
    )
    project.write("net.py", net)
    assert project.run("check").status == 0
    for name in ("KL104", "flatten-dense-explosion"):
        project.write("pyproject.toml", f"[tool.keraslint.rules.{name}]\nmin-params = 10\n")
        assert "KL104" in project.run("check").out


def test_a_file_that_is_given_may_hold_other_tools_tables(example: Project) -> None:
    example.write("pyproject.toml", "[tool.keraslint]\n")
    example.write("other.toml", "[tool.ruff]\n" + BUDGET.format("*", 1))
    assert example.run("check", "--config", "other.toml").status == 1
    example.write("other.toml", '[tool.keraslint]\nselct = ["KL1"]\n')
    assert "other.toml:2:1: unknown key `selct`" in example.run("check", "--config", "other.toml").err
    example.write("other.toml", "[tool.ruff]\nline-length = 3\n")
    done = example.run("check", "--config", "other.toml")
    assert done.status == 2
    assert "there is no [tool.keraslint] in this file" in done.err


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("KL99", "; `keraslint rules` lists them"),
        ("XX1", "; `keraslint rules` lists them"),
        ("KL1011", "; did you mean `KL101`?"),
        ("params-over-budgt", "; did you mean `params-over-budget`?"),
    ],
)
def test_an_unknown_code_names_one_that_is_like_it_or_none(example: Project, code: str, hint: str) -> None:
    assert f"`{code}` in ignore names no rule{hint}" in example.run("check", "--ignore", code).err
