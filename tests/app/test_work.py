"""Several processes: the same bytes as one gives, in the same order; none is left behind, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keraslint.app import work
from tests.app.running import BUDGET, MODEL, Project

COMMAND = [sys.executable, "-m", "keraslint"]


@pytest.fixture
def many(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project whose files are worth several processes."""
    monkeypatch.setattr(work, "FILES", 1)
    monkeypatch.setattr(work, "BYTES", 1)
    for number in range(12):
        project.write(f"{number % 3}/net{number}.py", MODEL.replace("32", str(32 + number)))
    project.write("broken.py", "import keras\ndef f(:\n")
    project.write(
        "symbols.py",
        "import keras\ndef build(n):\n    return keras.Sequential([keras.Input((n,)), keras.layers.Dense(n)])\n",
    )
    project.write("pyproject.toml", BUDGET.format("**", 38_000))
    return project


@pytest.mark.parametrize(
    "line",
    [
        ["check", "--select", "ALL"],
        ["check", "--output-format", "full"],
        ["check", "--statistics"],
        ["summary"],
        ["summary", "--output-format", "json", "--weights"],
    ],
    ids=" ".join,
)
def test_several_processes_print_what_one_prints(many: Project, line: list[str]) -> None:
    one = many.run(*line, "--no-cache", "--jobs", "1")
    assert one.out
    assert many.run(*line, "--no-cache", "--jobs", "4") == one
    assert many.run(*line, "--jobs", "3") == one
    many.write("1/net1.py", MODEL)
    again = many.run(*line, "--jobs", "3")
    assert again == many.run(*line, "--no-cache", "--jobs", "1")
    assert work._WORKERS == []


def test_answers_come_in_order_and_all_processes_work() -> None:
    def compute(number: int) -> bytes:
        time.sleep(0.02 * (number % 3 == 0))
        return b"%d %d" % (number, os.getpid())

    answers = [answer.split() for answer in work.in_processes(compute, 30, 3) if answer is not None]
    assert [int(number) for number, _ in answers] == list(range(30))
    pids = {int(pid) for _, pid in answers}
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_a_process_that_dies_takes_its_own_task_with_it_and_no_other() -> None:
    def compute(number: int) -> bytes:
        if number in {3, 4, 11}:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"%d" % number

    answers = list(work.in_processes(compute, 12, 2))
    assert answers == [None if number in {3, 4, 11} else b"%d" % number for number in range(12)]


def test_a_file_that_kills_its_process_is_an_error_of_that_file(many: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from keraslint.interp import analyse

    real = analyse.analyse_file

    def fatal(path: str, *others: object) -> object:
        if path == "1/net1.py":
            os._exit(9)
        return real(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(analyse, "analyse_file", fatal)
    done = many.run("summary", "--output-format", "json", "--jobs", "2")
    assert done.status == 2
    assert "1/net1.py:1:1: internal error, please report it: the process that analysed it has died" in done.err
    assert "2/net2.py" in done.out


def test_a_run_that_is_not_read_to_its_end_leaves_no_process() -> None:
    answers = work.in_processes(lambda number: b"%d" % number, 100, 2)
    assert next(answers) == b"0"
    pids = [worker.process.pid for worker in work._WORKERS]
    assert len(pids) == 2
    answers.close()  # type: ignore[attr-defined]
    assert [pid for pid in pids if pid is not None and _is_alive(pid)] == []


@pytest.mark.parametrize("whom", ["the group", "the parent"])
def test_ctrl_c_ends_all_processes_at_once(tmp_path: Path, whom: str) -> None:
    loop = "import keras\n" + "".join(f"def f{n}(a, b):\n" + "    if a:\n        b = b + 1\n" * 200 for n in range(40))
    for number in range(40):
        (tmp_path / f"net{number}.py").write_text(loop)
    process = subprocess.Popen(
        [*COMMAND, "check", "--no-cache", "--jobs", "2"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    children = _children(process.pid)
    if whom == "the group":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert [pid for pid in children if _is_alive(pid)] == []


def _children(pid: int) -> list[int]:
    """Return the children of a process, once there are two."""
    for _ in range(600):
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        if len(found) == 2:
            return found
        time.sleep(0.05)
    raise AssertionError("no two children in 30 seconds")


def _is_alive(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_little_work_is_done_in_one_process() -> None:
    assert work.processes_for([], None) == 1
    assert work.processes_for([1_000_000], 8) == 1
    assert work.processes_for([100] * 50, 8) == 1
    assert work.processes_for([100_000] * 50, 8) == 8
    assert work.processes_for([100_000] * 50, 1) == 1


@pytest.mark.parametrize("text", ["0", "-1", "x"])
def test_a_wrong_number_of_jobs_is_status_2(project: Project, text: str) -> None:
    assert project.run("check", "--jobs", text).status == 2
