"""Files are rewritten whole or not at all, whatever happens; and the end of a run is clean, whatever ends it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keraslint.app.write import replace_file
from tests.app.running import MODEL, Project

COMMAND = [sys.executable, "-m", "keraslint"]
KILLER = """
import os, signal, sys, tempfile
from keraslint.app import write
name, when = sys.argv[2], sys.argv[3]
owner = tempfile if name == "mkstemp" else os
original = getattr(owner, name)
def deadly(*arguments, **options):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, name, deadly)
write.replace_file(sys.argv[1], b"new\\n" * 100_000)
"""
"""Rewrites a file, and is killed before or after one step of it."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["mkstemp", "fdopen", "chmod", "fsync", "replace"])
def test_a_process_that_is_killed_leaves_the_old_file_or_the_new(tmp_path: Path, step: str, when: str) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(b"old\n")
    path.chmod(0o640)
    done = subprocess.run([sys.executable, "-c", KILLER, str(path), step, when], check=False)
    assert done.returncode == -signal.SIGKILL
    expected = b"new\n" * 100_000 if (step, when) == ("replace", "after") else b"old\n"
    assert path.read_bytes() == expected
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_one_and_the_mode_stays(tmp_path: Path) -> None:
    real, link = tmp_path / "real" / "net.py", tmp_path / "net.py"
    real.parent.mkdir()
    real.write_bytes(b"old\n")
    real.chmod(0o754)
    link.symlink_to(real)
    replace_file(str(link), b"new\n")
    assert link.is_symlink()
    assert real.read_bytes() == b"new\n"
    assert real.stat().st_mode & 0o777 == 0o754
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["net.py", "net.py", "real"]


def test_what_somebody_else_has_changed_is_not_overwritten(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = example.folder / "my_model.py"

    def change_and_write(*arguments: object, **options: object) -> None:
        path.write_text("changed = True\n")
        replace_file(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("keraslint.app.annotate.replace_file", change_and_write)
    done = example.run("annotate", "my_model.py")
    assert done.status == 2
    assert "somebody else has changed it meanwhile" in done.err
    assert path.read_text() == "changed = True\n"


def test_a_disk_that_is_full_leaves_the_old_file_and_says_so(example: Project) -> None:
    def small_files_only() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

    done = subprocess.run(
        [*COMMAND, "annotate", "my_model.py"], cwd=example.folder, capture_output=True, text=True,
        preexec_fn=small_files_only, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "keraslint: my_model.py:1:1: cannot be written: File too large\n"
    assert [path.name for path in example.folder.iterdir()] == ["my_model.py"]
    assert (example.folder / "my_model.py").read_text() == MODEL


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
@pytest.mark.parametrize("command", [["summary"], ["check"], ["annotate", "--diff"], ["rules"], ["diff", "."]])
def test_standard_output_that_is_full_is_told(example: Project, command: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, *command], cwd=example.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "keraslint: standard output cannot be written: No space left on device"


def test_two_at_once_leave_a_whole_file(example: Project) -> None:
    expected = example.run("annotate", "--diff", "my_model.py").out
    runs = [
        subprocess.Popen(
            [*COMMAND, "annotate", "-q", *option, "my_model.py"], cwd=example.folder, stderr=subprocess.PIPE
        )
        for option in ([], ["--remove"], [], ["--remove"])
    ]
    for run in runs:
        _, complaint = run.communicate(timeout=120)
        assert run.returncode == 0 or b"somebody else has changed it" in complaint
    text = (example.folder / "my_model.py").read_text()
    assert expected
    example.run("annotate", "--remove", "my_model.py")
    assert (example.folder / "my_model.py").read_text() == MODEL
    assert text == MODEL or text.count("# -> ") == expected.count("# -> ")
    assert [path.name for path in example.folder.iterdir()] == ["my_model.py"]


def test_ctrl_c_ends_a_process_with_130_and_no_word(example: Project) -> None:
    for index in range(100):  # each is given up after a while, and all of them take long
        example.write(f"net{index}.py", f"{MODEL}\nwhile True:\n    x = {index}\n")
    run = subprocess.Popen([*COMMAND, "check"], cwd=example.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out, err) == (130, b"", b"")


def test_a_diff_acts_on_no_log(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = '"""\n::stop-commands::x\n\t::error::\x1b[2J ##[add-mask]a\n"""\n'
    example.write("my_model.py", evil + MODEL)
    exact = example.run("annotate", "--diff").out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    text = example.run("annotate", "--diff").out
    assert [line for line in text.splitlines() if line.lstrip().startswith("::")] == []
    assert "\x1b" not in text
    assert "##[" not in text
    monkeypatch.delenv("GITHUB_ACTIONS")
    patch = example.write("a.patch", exact)
    subprocess.run(
        ["git", "apply", "-p0", str(patch)], cwd=example.folder, check=True, env={**os.environ, "GIT_DIR": "x"}
    )
    assert (example.folder / "my_model.py").read_text() != evil + MODEL
