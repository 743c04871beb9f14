"""Hostile files end: with a report or a message, in bounded time and memory, and never by a crash."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from tests.app.running import MODEL
from tests.hostile.mutations import mutant
from tests.hostile.programs import FILES
from tests.hostile.running import COMMANDS, Runner


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    running = Runner()
    yield running
    running.close()


MISSING = {"many blank lines", "many functions", "many lines"}
"""Files that do not end as they should yet: they take about the bound of time or of memory, or more."""
HUGE = {
    "a long docstring", "a long line of numbers", "a long row of statements", "many comments",
    "many functions that loop",
    "notebook: a long source", "notebook: many cells", "returns", *MISSING,
}  # fmt: skip
"""Files of which each takes seconds or more: `soak.py` runs them."""


@pytest.mark.parametrize("title", [title for title in FILES if title not in HUGE])
def test_a_hostile_file_ends(runner: Runner, title: str) -> None:
    name, data = FILES[title]
    measured = runner.measure(name, data, COMMANDS[len(title) % 2])
    assert measured.fault == ""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=strategies.integers(0, 2**64))
def test_a_program_changed_at_random_ends(runner: Runner, seed: int) -> None:
    name, data = mutant(random.Random(seed))
    assert runner.measure(name, data, COMMANDS[seed % 2]).fault == ""


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=strategies.binary(max_size=2000), name=strategies.sampled_from(["hostile.py", "hostile.ipynb"]))
def test_bytes_at_random_end(runner: Runner, data: bytes, name: str) -> None:
    assert runner.measure(name, data, COMMANDS[0]).fault == ""


def test_cyclic_imports_end(runner: Runner, tmp_path: Path) -> None:
    for number in range(20):
        others = "".join(
            f"from net{(number + step) % 20} import *\nimport net{(number + step) % 20}\n" for step in (1, 7)
        )
        (tmp_path / f"net{number}.py").write_text(f"import keras\n{others}x = keras.layers.Dense({number + 1})\n")
    for command in COMMANDS:
        assert runner.run(command, tmp_path).fault == ""


def _checked(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "keraslint", "check", "--no-cache", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_links_pipes_and_devices_are_named_and_not_waited_for(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "inside").mkdir(parents=True)
    (tmp_path / "secret.py").write_text("import keras\nsecret words\n")
    (tree / "out.py").symlink_to(tmp_path / "secret.py")
    (tree / "device.py").symlink_to("/dev/zero")
    (tree / "nowhere.py").symlink_to("nothing.py")
    (tree / "round.py").symlink_to("round.py")
    (tree / "inside" / "loop").symlink_to(tree)
    (tree / "inside" / "net.py").write_text(MODEL)
    (tree / "same.py").symlink_to("inside/net.py")
    os.mkfifo(tree / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tree / "socket.py"))
        done = _checked(tree)
    assert done.returncode == 0
    assert "words" not in done.stdout + done.stderr
    for name, reason in {
        "out.py": "leads out of the folder", "device.py": "leads out of the folder", "nowhere.py": "leads nowhere",
        "round.py": "leads nowhere", "pipe.py": "not a plain file", "socket.py": "not a plain file",
    }.items():  # fmt: skip
        assert any(line.startswith(f"keraslint: {name}: ") and reason in line for line in done.stderr.splitlines())
    assert "inside" not in done.stderr
    assert "same.py" not in done.stderr


def test_pipes_in_the_place_of_settings_and_modules_are_not_waited_for(tmp_path: Path) -> None:
    for name in (
        "pyproject.toml",
        "keraslint.toml",
        ".gitignore",
        "blocks.py",
        "keraslint-baseline.json",
        "keraslint.lock",
    ):
        os.mkfifo(tmp_path / name)
    (tmp_path / "net.py").write_text(f"import blocks\n{MODEL}")
    assert _checked(tmp_path, "net.py").returncode == 0
    assert _checked(tmp_path).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="users")
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "net.py").write_text(MODEL)
    code = f"import os, sys; os.chdir({str(tmp_path)!r}); os.setuid({65534 if os.getuid() == 0 else os.getuid()})\n"
    code += "from keraslint.app.cli import main; sys.exit(main(['check', '--no-cache', '.', 'net.py']))"
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    (tmp_path / "closed").chmod(0)
    (tmp_path / "net.py").chmod(0)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    (tmp_path / "closed").chmod(0o755)
    if "ModuleNotFoundError" in done.stderr or "Permission denied: '/" in done.stderr:
        pytest.skip("another user cannot read this installation")
    assert done.returncode == 2
    assert "keraslint: closed: the folder cannot be read: Permission denied" in done.stderr
    assert "net.py:1:1: Permission denied" in done.stderr


def test_a_file_too_large_is_a_message(tmp_path: Path) -> None:
    with open(tmp_path / "net.py", "wb") as file:
        file.truncate(1 << 40)
    done = _checked(tmp_path)
    assert done.returncode == 2
    assert "net.py:1:1: larger than 64 MB, which is not read" in done.stderr


def test_files_that_change_under_the_run_are_no_trouble(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"net{number}.py").write_text(MODEL)
    (tmp_path / "keraslint.toml").write_text("budget = [{ model = '**', max-params = 1 }]\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "keraslint", "check", "--output-format", "full", "--jobs", "2"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    source = random.Random(0)
    ends = time.monotonic() + 60
    while process.poll() is None:
        assert time.monotonic() < ends
        path = tmp_path / f"net{source.randrange(60)}.py"
        path.unlink(missing_ok=True)
        if source.random() < 0.3:
            os.mkfifo(path)
        elif source.random() < 0.7:
            path.write_text(source.choice(("x", MODEL)))
        time.sleep(0.005)
    _, err = process.communicate()
    assert process.returncode in {0, 1, 2}
    assert "internal error" not in err
    assert "Traceback" not in err
