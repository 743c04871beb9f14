"""``--watch`` and ``completion``, which need a package more each."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.app.running import MODEL, Project

COMMAND = [sys.executable, "-m", "keraslint"]


class Watched:
    """A command that watches, and what it has printed so far."""

    def __init__(self, project: Project, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def until_it_waits(self) -> str:
        """Return what is printed up to the line that says that it waits."""
        assert self.process.stdout is not None
        timer = threading.Timer(60, self.process.kill)
        timer.start()
        lines = []
        for line in self.process.stdout:
            if "watching" in line:
                break
            lines.append(line)
        timer.cancel()
        return "".join(lines)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def test_a_change_is_seen_and_nothing_else(example: Project) -> None:
    watched = Watched(example, "summary", "-w", "my_model.py")
    assert "Total params: 37,633" in watched.until_it_waits()
    example.write("notes.txt", "nothing")
    example.write("my_model.py", MODEL.replace("Conv2D(32", "Conv2D(48"))
    assert "Total params: 56,449" in watched.until_it_waits()
    example.write("pyproject.toml", "[tool.keraslint]\nnonsense = 1\n")
    assert "unknown key `nonsense`" in watched.until_it_waits()
    assert watched.interrupt() == 130


@pytest.mark.parametrize(("command", "package"), [(["check", "-w"], "watch"), (["completion", "bash"], "completion")])
def test_a_package_that_is_missing_is_named(
    example: Project, monkeypatch: pytest.MonkeyPatch, command: list[str], package: str
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    monkeypatch.setitem(sys.modules, "shtab", None)
    done = example.run(*command)
    assert done.status == 2
    assert f"`pip install keraslint[{package}]`" in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_has_every_command(project: Project, tmp_path: Path, shell: str) -> None:
    done = project.run("completion", shell)
    assert done.status == 0
    assert "annotate" in done.out
    assert "output-format" in done.out
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(done.out, encoding="utf-8")
        subprocess.run([shell, "-n", str(script)], check=True)


def test_bash_completes_commands(project: Project, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(project.run("completion", "bash").out, encoding="utf-8")
    ask = f"source {script}; COMP_WORDS=(keraslint ann); COMP_CWORD=1; _shtab_keraslint; echo ${{COMPREPLY[@]}}"
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "annotate"
