"""What a reader sees on a terminal of 80 columns, and a program in a pipe does not."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.app.running import BUDGET, Project

COMMAND = [sys.executable, "-m", "keraslint"]
SLOW = """
import sys, time
from keraslint.app import progress
progress.PATIENCE = 0.1
for path in progress.with_progress(["a", "b", "c"], quiet=sys.argv[1] == "quiet"):
    time.sleep(0.3)
"""
"""Goes over three files in about a second, for which it is worth to show how far it is."""


def on_terminal(command: list[str], folder: Path, **environment: str) -> str:
    """Run a program on a terminal of 80 columns and return all that it printed there."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    variables = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        command, cwd=folder, stdin=follower, stdout=follower, stderr=follower,
        env={**variables, "TERM": "xterm-256color", **environment},
    )  # fmt: skip
    os.close(follower)
    pieces = []
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(leader)
    process.wait(timeout=60)
    return b"".join(pieces).decode()


def test_a_terminal_has_colours_links_and_tables_of_its_width(example: Project) -> None:
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 30_000))
    text = on_terminal([*COMMAND, "check"], example.folder)
    assert "\x1b]8;;https://" in text
    assert "params_over_budget.py\x1b\\" in text
    table = on_terminal(
        [*COMMAND, "summary", "--weights", "--show-trainable", "--percent"], example.folder, NO_COLOR="1"
    )
    assert "\x1b" not in table
    assert max(map(len, table.split("\r\n"))) <= 80


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours_gets_none_and_no_links(example: Project, variables: dict[str, str]) -> None:
    example.write("pyproject.toml", BUDGET.format("my_model.py::my_model", 30_000))
    assert "\x1b" not in on_terminal([*COMMAND, "check"], example.folder, **variables)


def test_a_bar_shows_on_a_terminal_when_the_work_lasts(tmp_path: Path) -> None:
    assert "keraslint" in on_terminal([sys.executable, "-c", SLOW, "loud"], tmp_path)
    assert on_terminal([sys.executable, "-c", SLOW, "quiet"], tmp_path) == ""


def test_a_pipe_sees_no_bar(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SLOW, "loud"], cwd=tmp_path, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
