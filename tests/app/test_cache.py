"""The cache: an answer is kept, and forgotten with whatever it stands on; a damaged or foreign entry is none."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import keraslint
from keraslint.app import replay, results, store
from keraslint.app.cli import main
from keraslint.interp import analyse
from tests.app.running import Done, Project

MODEL = """\
import os
import keras
import blocks
from extra import width

def build(depth):
    inputs = keras.Input((8,))
    x = blocks.block(inputs)
    x = keras.layers.Dense(width)(x)
    x = keras.layers.Dense(depth)(x)
    outputs = keras.layers.Dense(int(os.environ.get("UNITS", "3")))(x)
    return keras.Model(inputs, outputs)
"""
BLOCKS = "import keras\nimport sizes\ndef block(x):\n    return keras.layers.Dense(sizes.SIZE)(x)\n"
SETTINGS = '[tool.keraslint]\nassume = { depth = 4 }\nenv = { UNITS = "5" }\n[[tool.keraslint.budget]]\nmodel = "build"\nmax-params = 10\n'
CHECK = ["check", "--select", "ALL", "--output-format", "json", "net.py"]
SUMMARY = ["summary", "--output-format", "json", "net.py"]
COMMANDS = {
    "check": CHECK,
    "summary": SUMMARY,
    "check of the folder": CHECK[:-1],
    "summary of the folder": SUMMARY[:-1],
}

Change = Callable[[Project], object]
CHANGES: dict[str, Change] = {
    "the file itself": lambda p: p.write("net.py", MODEL.replace("(8,)", "(9,)")),
    "a module that it follows": lambda p: p.write("blocks.py", BLOCKS.replace("SIZE)", "SIZE + 1)")),
    "a module that the module follows": lambda p: p.write("sizes.py", "SIZE = 8\n"),
    "a module of the same size and times": lambda p: _sneak(p, "sizes.py", "SIZE = 8\n"),
    "a module that was not there": lambda p: p.write("extra.py", "width = 6\n"),
    "a package that was not there before a module": lambda p: p.write("sizes/__init__.py", "SIZE = 9\n"),
    "a folder that was not there before an unknown module": lambda p: p.write("extra/width.py", "import keras\n"),
    "a module that is gone": lambda p: (p.folder / "sizes.py").unlink(),
    "a module that became a link": lambda p: _linked(p, "sizes.py", "SIZE = 11\n"),
    "an assumption": lambda p: p.write("pyproject.toml", SETTINGS.replace("depth = 4", "depth = 7")),
    "an environment variable of the settings": lambda p: p.write("pyproject.toml", SETTINGS.replace('"5"', '"6"')),
    "a budget": lambda p: p.write("pyproject.toml", SETTINGS.replace("= 10", "= 20")),
    "a place in the settings": lambda p: p.write("pyproject.toml", f"# first\n{SETTINGS}"),
    "settings that are nearer": lambda p: p.write("keraslint.toml", "assume = { depth = 2 }\n"),
    "no settings": lambda p: (p.folder / "pyproject.toml").unlink(),
    "the version of Keras": lambda p: p.write("pyproject.toml", SETTINGS.replace("env", 'target-keras = "2"\nenv', 1)),
    "the file's name": lambda p: os.rename(p.folder / "net.py", p.folder / "other.py"),
    "no file": lambda p: (p.folder / "net.py").unlink(),
}
ONLY_FINDINGS = {"a budget", "a place in the settings"}
"""Changes that ``summary`` does not show."""


def _sneak(project: Project, name: str, content: str) -> None:
    path = project.folder / name
    status = path.stat()
    assert len(content) == status.st_size
    path.write_text(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _linked(project: Project, name: str, content: str) -> None:
    (project.folder / name).unlink()
    (project.folder / name).symlink_to(project.write("elsewhere.txt", content))


@pytest.fixture
def net(project: Project) -> Project:
    project.write("net.py", MODEL)
    project.write("blocks.py", BLOCKS)
    project.write("sizes.py", "SIZE = 7\n")
    project.write("pyproject.toml", SETTINGS)
    return project


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths of the files that were analysed, as they come."""
    paths: list[str] = []
    real = analyse.analyse_file

    def noting(path: str, *others: object) -> object:
        paths.append(path)
        return real(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(analyse, "analyse_file", noting)
    return paths


@pytest.fixture
def replayed(net: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done | None]:
    """Return a function that gives a run's answer where it is known already, and runs it otherwise."""
    monkeypatch.setattr(replay, "YOUNG", 0.0)

    def run(*line: str) -> Done | None:
        time.sleep(0.02)  # a file that is as young as the run leaves no answer
        net._capsys.readouterr()
        status = replay.replay(line)
        if status is None:
            assert main(line) in {0, 1, 2}
            return None
        printed = net._capsys.readouterr()
        return Done(status, printed.out, printed.err)

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_a_second_run_analyses_nothing_and_prints_the_same(net: Project, analysed: list[str], command: str) -> None:
    first = net.run(*COMMANDS[command])
    assert analysed
    analysed.clear()
    assert net.run(*COMMANDS[command]) == first
    assert analysed == []


@pytest.mark.parametrize("title", CHANGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_change_of_what_was_read_changes_the_answer(net: Project, command: str, title: str) -> None:
    line = COMMANDS[command]
    first = net.run(*line)
    CHANGES[title](net)
    second = net.run(*line)
    assert second == net.run(*line, "--no-cache")
    if not (title in ONLY_FINDINGS and "summary" in command):
        assert second != first


@pytest.mark.parametrize("title", CHANGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_changed_run_is_not_replayed(
    net: Project, replayed: Callable[..., Done | None], command: str, title: str
) -> None:
    line = COMMANDS[command]
    assert replayed(*line) is None
    assert replayed(*line) == net.run(*line, "--no-cache")
    CHANGES[title](net)
    again = replayed(*line)
    if title not in ONLY_FINDINGS:
        assert again is None
    assert again in {None, net.run(*line, "--no-cache")}


def test_files_that_come_and_go_are_seen(net: Project, replayed: Callable[..., Done | None]) -> None:
    line = COMMANDS["summary of the folder"]
    assert [replayed(*line) is None for _ in range(2)] == [True, False]
    net.write("new/another.py", "import keras\n")
    assert [replayed(*line) is None for _ in range(2)] == [True, False]
    net.write(".gitignore", "new\n")
    assert [replayed(*line) is None for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(keraslint, "__version__", "99"),
        lambda patch: patch.setattr("sys.version", "99"),
        lambda patch: patch.setattr(results, "our_code", lambda: "another"),
        lambda patch: patch.setattr(results, "rule_code", lambda: "another"),
    ],
    ids=["version", "Python", "our code", "the rules' code"],
)
def test_other_code_does_not_take_the_answer(
    net: Project, analysed: list[str], monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    net.run(*CHECK)
    results.our_code.cache_clear()
    analysed.clear()
    change(monkeypatch)
    net.run(*CHECK)
    assert analysed == ["net.py"]
    monkeypatch.undo()
    results.our_code.cache_clear()


@pytest.mark.parametrize(
    "option", [["--assume", "depth=9"], ["--env", "UNITS=9"], ["--target-keras", "2"]], ids=" ".join
)
def test_options_are_part_of_the_question(net: Project, option: list[str]) -> None:
    first = net.run(*SUMMARY)
    assert net.run(*SUMMARY, *option) != first
    assert net.run(*SUMMARY, *option) == net.run(*SUMMARY, *option, "--no-cache")
    assert net.run(*SUMMARY) == first


def test_another_variable_of_the_terminal_is_another_run(
    net: Project, replayed: Callable[..., Done | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [replayed(*CHECK) is None for _ in range(2)] == [True, False]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert replayed(*CHECK) is None


def test_a_young_file_leaves_no_answer(net: Project, replayed: Callable[..., Done | None]) -> None:
    replay.YOUNG = 60.0
    assert [replayed(*CHECK) is None for _ in range(2)] == [True, True]


@pytest.mark.parametrize("option", ["--fix", "--diff", "--write-baseline", "-v", "--add-ignore", "--no-cache"])
def test_a_run_that_does_more_than_print_is_not_replayed(
    net: Project, replayed: Callable[..., Done | None], option: str
) -> None:
    assert [replayed("check", option, "net.py") is None for _ in range(2)] == [True, True]


def test_a_report_in_a_file_is_written_again(net: Project, replayed: Callable[..., Done | None]) -> None:
    for _ in range(2):
        assert replayed("check", "-o", "report.txt", "net.py") is None
        (net.folder / "report.txt").unlink()


def _entries(net: Project) -> list[Path]:
    return [path for path in (net.folder.parent / "cache").rglob("*") if len(path.name) == 48]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "without its end": lambda data: data[:-1],
    "one bit": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "another count": lambda data: data.replace(b"40", b"41"),
    "something else": lambda _: b"\x80\x04\x95" + bytes(1000),
    "a pickle": lambda _: b"cos\nsystem\n(S'false'\ntR.",
    "nested deep": lambda data: data[:32] + b"[" * 100_000,
}


@pytest.mark.parametrize("title", DAMAGES)
def test_a_damaged_entry_is_a_miss(net: Project, replayed: Callable[..., Done | None], title: str) -> None:
    expected = net.run(*CHECK, "--no-cache")
    assert replayed(*CHECK) is None
    assert len(_entries(net)) == 2
    for path in _entries(net):
        path.write_bytes(DAMAGES[title](path.read_bytes()))
    assert replayed(*CHECK) is None
    for path in _entries(net):
        path.write_bytes(DAMAGES[title](path.read_bytes()))
    assert net.run(*CHECK) == expected


@pytest.mark.parametrize("title", ["nested deep", "a pickle", "something else", "not even JSON", "another shape"])
def test_a_sealed_entry_of_nonsense_is_a_miss(net: Project, title: str) -> None:
    """Should the key get known, an entry can be wrong, but not end the run."""
    expected = net.run(*CHECK)
    for path in _entries(net):
        kept = store.open_store(None)
        assert kept is not None
        payload = {
            "not even JSON": b"[]\n{",
            "another shape": b"[]\n" + json.dumps([1, 2, 3]).encode(),
        }.get(title) or b"[]\n" + DAMAGES[title](path.read_bytes())
        kept.save(path.name, payload)
    assert net.run(*CHECK) == expected


def test_an_entry_of_another_user_or_name_is_a_miss(net: Project, analysed: list[str]) -> None:
    folder = str(net.folder / "brought")
    net.run(*CHECK, "--cache-dir", folder)
    assert (net.folder / "brought").is_dir()
    analysed.clear()
    net.run(*CHECK, "--cache-dir", folder)
    assert analysed == []
    (net.folder.parent / "cache" / "keraslint" / "key").unlink()
    net.run(*CHECK, "--cache-dir", folder)
    assert analysed == ["net.py"]


def test_a_moved_entry_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = store.open_store(None)
    assert kept is not None
    one, other = store.name_of("one"), store.name_of("other")
    kept.save(one, b"answer")
    assert kept.load(one) == b"answer"
    kept.save(other, b"")
    os.replace(kept._path(one), kept._path(other))
    assert kept.load(other) is None


def test_a_folder_that_cannot_be_made_is_no_cache(net: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = net.run(*CHECK)
    net.write("a_file", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(net.folder / "a_file"))
    assert net.run(*CHECK) == expected
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert net.run(*CHECK) == expected
    assert not (net.folder / "relative").exists()


def test_no_cache_neither_reads_nor_writes(net: Project) -> None:
    net.run(*CHECK, "--no-cache")
    assert _entries(net) == []


def test_clean_removes_all_entries_and_nothing_else(net: Project) -> None:
    net.run(*CHECK)
    net.run(*CHECK, "--cache-dir", "here")
    net.write("here/mine.txt", "")
    assert _entries(net)
    assert "removed" in net.run("clean").err
    assert _entries(net) == []
    net.run("clean", "--cache-dir", "here")
    assert sorted(path.name for path in (net.folder / "here").iterdir()) == [".gitignore", "CACHEDIR.TAG", "mine.txt"]


def test_the_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(store, "LIMIT", 10_000)
    kept = store.open_store(None)
    assert kept is not None
    names = [store.name_of(str(number)) for number in range(20)]
    for number, name in enumerate(names):
        kept.save(name, bytes(1000))
        os.utime(kept._path(name), (number, number))
    kept.trim()
    assert [kept.load(name) is not None for name in names] == [False] * 11 + [True] * 9


def test_a_read_error_is_not_kept(net: Project, analysed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError("ours")

    with monkeypatch.context() as patch:
        patch.setattr(analyse, "analyse_file", broken)
        assert net.run(*CHECK).status == 2
    assert net.run(*CHECK).status == 1
    assert analysed == ["net.py"]


def test_what_a_fix_has_rewritten_is_read_again(project: Project) -> None:
    project.write(
        "net.py",
        "import keras\nmodel = keras.Sequential()\nmodel.add(keras.layers.Dense(2, activation='linear'))\n# noqa: KL501\n",
    )
    first = project.run("check", "--fix", "--select", "ALL", "--unsafe-fixes")
    second = project.run("check", "--select", "ALL")
    assert second == project.run("check", "--select", "ALL", "--no-cache")
    del first
