"""A real Dask scheduler with two workers on the loopback interface: the bytes of one process, whatever becomes of a worker."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keraslint.app import cluster
from keraslint.app.cluster import Answer, answer
from keraslint.app.config import Configuration
from keraslint.app.results import Task
from tests.app.running import BUDGET, MODEL, Project

distributed = pytest.importorskip("distributed")
QUIET = ["--no-dashboard", "--host", "127.0.0.1"]


class Cluster:
    """Processes of Dask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._start("scheduler", *QUIET, "--port", "0", "--scheduler-file", str(file))
        for _ in range(600):
            if file.exists() and '"address"' in file.read_text():
                break
            time.sleep(0.05)
        self.address = json.loads(file.read_text())["address"]
        self.workers = [self.worker() for _ in range(2)]
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)

    def worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "worker", self.address, *QUIET, "--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder)
        )

    def _start(self, *line: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + line[0], *line[1:]],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("dask"))
    yield running
    running.stop()


@pytest.fixture
def many(project: Project) -> Project:
    for number in range(24):
        project.write(f"{number % 3}/net{number}.py", MODEL.replace("32", str(32 + number)))
    project.write("pkg/__init__.py", "")
    project.write("pkg/sizes.py", "SIZE = 7\n")
    project.write(
        "pkg/blocks.py", "import keras\nfrom .sizes import SIZE\ndef block(x): return keras.layers.Dense(SIZE)(x)\n"
    )
    project.write(
        "pkg/net.py",
        "import keras\nfrom pkg import blocks\nx = keras.Input((3,))\nmodel = keras.Model(x, blocks.block(x))\n",
    )
    project.write("broken.py", "import keras\ndef f(:\n")
    project.write("pyproject.toml", BUDGET.format("**", 30))
    return project


LINES = [["check", "--select", "ALL", "--output-format", "full"], ["summary", "--output-format", "json"]]


def test_a_cluster_prints_what_one_process_prints(many: Project, dask: Cluster) -> None:
    many.run("lock", ".")
    many.write("0/net0.py", MODEL.replace("32", "99"))
    for line in LINES:
        one = many.run(*line, "--no-cache", "--jobs", "1")
        assert ("KL102" in one.out) is (line[0] == "check")
        assert many.run(*line, "--no-cache", "--executor", f"dask={dask.address}") == one
    kept = many.run(*LINES[0], "--executor", f"dask={dask.address}")
    assert many.run(*LINES[0], "--executor", "dask=tcp://127.0.0.1:9") == kept  # nobody has to be asked


def test_workers_of_another_version_are_refused(many: Project, dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "our_code", lambda: "another")
    done = many.run("check", "--no-cache", "--executor", f"dask={dask.address}")
    assert done.status == 2
    assert "another version of keraslint" in done.err


def test_a_worker_that_is_killed_midway_loses_nothing(many: Project, dask: Cluster) -> None:
    line = LINES[1]
    one = many.run(*line, "--no-cache", "--jobs", "1")
    received: list[int] = []
    real = cluster._Run._received

    def counting(run: cluster._Run, number: int, future: object) -> int | None:
        received.append(number)
        if len(received) == 5:
            dask.workers[0].send_signal(signal.SIGKILL)
            dask.workers[0].wait()
        return real(run, number, future)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster._Run, "_received", counting)
        assert many.run(*line, "--no-cache", "--executor", f"dask={dask.address}") == one
    assert len(received) > 24
    assert dask.workers[0].returncode == -signal.SIGKILL


def test_a_worker_names_what_it_would_look_at(project: Project) -> None:
    task = Task("net.py", has_rules=True)
    text = b"import blocks\nimport keras\n"
    project.write("blocks.py", "import keras\n")
    first = answer(task, Configuration(), None, {("c", "net.py"): text})
    assert isinstance(first, Answer)
    assert first.packed is None
    assert ("c", "blocks.py") in first.missing


def test_no_scheduler_is_a_message(project: Project) -> None:
    project.write("net.py", MODEL)
    done = project.run("check", "--executor", "dask=tcp://127.0.0.1:9", "--no-cache")
    assert done.status == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.err


@pytest.mark.parametrize("text", ["dask", "dask=", "ray=127.0.0.1", "x"])
def test_a_wrong_executor_is_status_2(project: Project, text: str) -> None:
    project.write("net.py", MODEL)
    assert "--executor dask=tcp://" in project.run("check", "--executor", text).err
