"""The rule pack of `fixtures/`: installed into a virtual environment of its own, used there, and its manual tested."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.running import Project

ROOT = Path(__file__).parents[2]
PACK = ROOT / "fixtures" / "rule-pack"
NET = "import keras\n\nmodel = keras.Sequential([keras.Input((32,)), keras.layers.Dense(300)])\n"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return what runs keraslint in a scratch environment that the pack was installed into."""
    folder = tmp_path_factory.mktemp("pack")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    (site,) = (folder / "venv").rglob("site-packages")
    paths = [path for path in sys.path if path and path not in {str(ROOT), str(ROOT / "tests")}]
    (site / "outer.pth").write_text("\n".join([*paths, str(ROOT / "lint"), str(ROOT / "rules")]))
    install = ["install", "-q", "--no-deps", "--no-build-isolation", str(PACK)]
    subprocess.run([python, "-m", "pip", *install], check=True, cwd=folder)
    (folder / "net.py").write_text(NET)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-m", "keraslint", *arguments]
        return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)

    return run


def test_its_rule_runs_is_suppressed_explained_and_configured(installed: Run) -> None:
    done = installed("check", "net.py")
    assert done.stdout.startswith("net.py:3:47: ACME001 `dense` has 300 units, over 256; split it\n"), done
    assert done.returncode == 1
    assert installed("check", "--ignore", "ACME", "net.py").returncode == 0
    assert installed("check", "--config", "rules.ACME001 = { max-units = 300 }", "net.py").returncode == 0
    assert installed("rule", "wide-dense").stdout.startswith("# ACME001 wide-dense\n")
    wrong = installed("check", "--config", "rules.ACME001 = { max-unit = 300 }", "net.py")
    assert "ACME001 has no such option; did you mean `max-units`?" in wrong.stderr


def test_its_manual_is_tested(installed: Run) -> None:
    done = installed("test-rules", "acme_rules")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "keraslint: 1 rule of acme_rules: 0 problems\n"


def test_what_is_wrong_with_a_manual_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (PACK / "acme_rules" / "wide_dense.py").read_text()
    project.write(
        "odd_rules.py", text.replace("Dense(512)", "Dense(12)").replace("ACME", "ODD").replace("wide-", "odd-")
    )
    monkeypatch.syspath_prepend(str(project.folder))
    done = project.run("test-rules", "odd_rules")
    assert done.status == 1
    assert done.out == "ODD001 Bad 1: line 3 is marked # ODD001 and not reported\n"


def test_a_package_with_no_rules_and_one_that_is_not_there_are_told(project: Project) -> None:
    assert "`json` has no rules" in project.run("test-rules", "json").err
    done = project.run("test-rules", "no_such_rules")
    assert done.status == 2
    assert "the rule pack `no_such_rules` cannot be imported" in done.err


def test_contributing_shows_the_pack_as_it_is() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    shown = text.partition("````python\n")[2].partition("````")[0]
    assert shown == (PACK / "acme_rules" / "wide_dense.py").read_text()
