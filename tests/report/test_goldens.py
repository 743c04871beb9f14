"""The real output for the README's example, as files: read as a diff, rewritten by ``--update``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keraslint.app.cli import main

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "fixtures" / "reports"
MODEL = "fixtures/models/my_model.py"

GOLDENS = {
    "summary.txt": ["summary", MODEL],
    "summary.json": ["summary", "--output-format", "json", MODEL],
    "summary.md": ["summary", "--output-format", "markdown", MODEL],
    "summary.csv": ["summary", "--output-format", "csv", "--weights", MODEL],
    "summary_symbolic.txt": ["summary", f"{MODEL}::my_model"],
    "explain_model.txt": ["explain", f"{MODEL}::mymodel"],
    "explain_bn0.txt": ["explain", f"{MODEL}::mymodel:bn0"],
    "explain_conv0.txt": ["explain", f"{MODEL}:17"],
    "annotate.diff": ["annotate", "--diff", MODEL],
    "check_concise.txt": ["check", MODEL],
    "check_full.txt": ["check", "--output-format", "full", MODEL],
    "check.json": ["check", "--output-format", "json", MODEL],
    "check_grouped.txt": ["check", "--output-format", "grouped", MODEL],
    "check.sarif": ["check", "--output-format", "sarif", MODEL],
    "check_github.txt": ["check", "--output-format", "github", MODEL],
    "check_gitlab.json": ["check", "--output-format", "gitlab", MODEL],
    "check_junit.xml": ["check", "--output-format", "junit", MODEL],
    "check_rdjson.json": ["check", "--output-format", "rdjson", MODEL],
}
BUDGET = '[[tool.keraslint.budget]]\nmodel = "my_model.py::my_model"\nmax-params = 30_000\n'


@pytest.mark.parametrize("name", GOLDENS)
def test_the_output_is_as_it_was(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, is_update: bool
) -> None:
    model = tmp_path / MODEL
    model.parent.mkdir(parents=True)
    model.write_bytes((ROOT / MODEL).read_bytes())
    (tmp_path / "pyproject.toml").write_text(BUDGET)
    monkeypatch.chdir(tmp_path)
    for variable in ("FORCE_COLOR", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(variable, raising=False)
    status = main(GOLDENS[name])
    text = capsys.readouterr().out
    assert status == (1 if name.startswith("check") else 0)
    golden = REPORTS / name
    if is_update:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8").replace(os.linesep, "\n")
