"""The lock file: written, compared with, renewed, and what is wrong with one."""

from __future__ import annotations

import json
import os

import pytest

from tests.app.running import Project

NET = """\
import keras


def encoder(units={}):
    inputs = keras.Input((8,))
    return keras.Model(inputs, keras.layers.Dense(units)(inputs))


def head(num_classes):
    inputs = keras.Input((512,))
    model = keras.Model(inputs, keras.layers.Dense(num_classes)(inputs))
    return model
"""
LOCK = """\
# The counts of every model, written by `keraslint lock`; `keraslint check` compares them.

["net.py::encoder"]
total = {0}
trainable = {0}
non-trainable = 0

["net.py::head.model"]
total = "513*num_classes"
trainable = "513*num_classes"
non-trainable = 0
"""


@pytest.fixture
def locked(project: Project) -> Project:
    """Return a project whose models are locked."""
    project.write("net.py", NET.format(200))
    assert project.run("lock").err == "keraslint: 2 models written to keraslint.lock\n"
    return project


def _text(project: Project) -> str:
    return (project.folder / "keraslint.lock").read_text()


def _found(project: Project, *arguments: str) -> list[tuple[str, str, int, str]]:
    found = json.loads(project.run("check", "--output-format", "json", *arguments).out)
    return [(item["code"], item["filename"], item["location"]["row"], item["message"]) for item in found]


def test_one_line_a_count_and_formulas_as_strings(locked: Project) -> None:
    assert _text(locked) == LOCK.format("1_800")
    assert locked.run("check").status == 0


def test_moved_lines_are_no_change(locked: Project) -> None:
    locked.write("net.py", "# above\n\n" + NET.format(200))
    assert locked.run("check").status == 0


def test_a_changed_count_is_reported_and_taken_over_by_fix(locked: Project) -> None:
    locked.write("net.py", NET.format(201))
    message = "`encoder` has 1,809 parameters, and the lock says 1,800 (+9, 0.5 %)"
    assert _found(locked) == [("KL102", "net.py", 6, message)]
    done = locked.run("check", "--diff")
    assert "-total = 1_800\n-trainable = 1_800\n+total = 1_809\n+trainable = 1_809\n" in done.out
    assert done.status == 1
    assert _text(locked) == LOCK.format("1_800")
    assert locked.run("check", "--fix").status == 0
    assert _text(locked) == LOCK.format("1_809")


def test_lock_renews_too_and_keeps_comments_and_tolerances(locked: Project) -> None:
    commented = LOCK.format("1_800").replace('["net.py::head', '# agreed with the board\n["net.py::head')
    locked.write("keraslint.lock", commented.replace("total = 1_800", "tolerance = 3\ntotal = 1_800  # see the paper"))
    locked.write("net.py", NET.format(201))
    assert _found(locked)[0][0] == "KL102"
    locked.run("lock")
    assert "tolerance = 3\ntotal = 1_809  # see the paper\ntrainable = 1_809\n" in _text(locked)
    assert '# agreed with the board\n["net.py::head.model"]\n' in _text(locked)
    assert locked.run("check").status == 0


@pytest.mark.parametrize(("tolerance", "codes"), [("9", 0), ("8", 1), ('"0.5 %"', 0), ('"0.4%"', 1), ('"10"', 0)])
def test_a_model_may_have_a_tolerance(locked: Project, tolerance: str, codes: int) -> None:
    text = LOCK.format("1_800").replace("total = 1_800", f"tolerance = {tolerance}\ntotal = 1_800")
    locked.write("keraslint.lock", text)
    locked.write("net.py", NET.format(201))
    assert len(_found(locked)) == codes


def test_the_configuration_may_set_a_tolerance_for_all(locked: Project) -> None:
    locked.write("net.py", NET.format(201))
    locked.write("keraslint.toml", '[rules.KL102]\ntolerance = "1 %"\n')
    assert _found(locked) == []
    locked.write("keraslint.toml", '[rules.KL102]\ntolerance = "one"\n')
    done = locked.run("check")
    assert done.status == 2
    assert "a tolerance is like 1000" in done.err


def test_new_models_and_gone_ones_are_reported(locked: Project) -> None:
    locked.write("net.py", NET.format(200).replace("encoder", "decoder"))
    assert _found(locked) == [
        ("KL102", "keraslint.lock", 3, "net.py has no model `encoder` any more; take it out of the lock with `--fix`"),
        ("KL102", "net.py", 6, "`decoder` (1,800 parameters) is not in the lock; add it with `--fix`"),
    ]
    assert locked.run("check", "--fix").status == 0
    assert _text(locked) == LOCK.format("1_800").replace("encoder", "decoder")


def test_a_file_that_is_gone_takes_its_models_with_it(locked: Project) -> None:
    locked.write("other.py", NET.format(3))
    os.remove(locked.folder / "net.py")
    assert [code for code, *_ in _found(locked, "other.py")] == ["KL102"] * 2  # the new ones; no look at the rest
    assert len(_found(locked)) == 4
    assert locked.run("check", "--fix").status == 0
    assert _text(locked) == LOCK.format(27).replace("net.py", "other.py")


def test_a_part_of_the_files_leaves_the_rest_of_the_lock(locked: Project) -> None:
    locked.write("a.py", NET.format(3))
    locked.run("lock", "a.py")
    assert [line for line in _text(locked).splitlines() if line.startswith("[")] == [
        '["a.py::encoder"]', '["a.py::head.model"]', '["net.py::encoder"]', '["net.py::head.model"]',
    ]  # fmt: skip
    assert locked.run("check").status == 0


def test_models_of_one_name_are_numbered_in_order(project: Project) -> None:
    project.write("net.py", NET.format(3) + "\n\nfor units in (1, 2):\n    encoder(units)\n")
    project.run("lock")
    assert '["net.py::encoder"]\ntotal = 9\n' in _text(project)
    assert '["net.py::encoder#2"]\ntotal = 18\n' in _text(project)


def test_a_model_that_is_not_resolved_any_more_is_a_warning_with_the_reason(locked: Project) -> None:
    locked.write("net.py", "from elsewhere import units\n" + NET.format("units"))
    text = NET.format(200).replace("Dense(units)(inputs)", "Dense(3, **unknown())(inputs)")
    locked.write("net.py", "from elsewhere import unknown\n" + text)
    done = locked.run("check", "--output-format", "json")
    (found,) = json.loads(done.out)
    assert found["message"] == "`encoder` is not resolved any more, and the lock says 1,800 parameters"
    assert found["severity"] == "warning"
    assert found["fix"] is None
    assert "unknown" in found["notes"][0]


def test_a_comment_suppresses_it_and_then_the_lock_stays(locked: Project) -> None:
    text = NET.format(201).replace("(units)(inputs))", "(units)(inputs))  # keraslint: ignore[KL102]")
    locked.write("net.py", text)
    assert locked.run("check", "--fix").status == 0
    assert _text(locked) == LOCK.format("1_800")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[x", "keraslint.lock:1:1: not a lock file: Expected"),
        ("\n<<<<<<< HEAD\n", "keraslint.lock:2:1: not a lock file"),
        ("a = 1\n", "keraslint.lock:1:1: `a` is no model; write it anew with `keraslint lock`"),
        ('["a.py::b"]\ntotl = 1\n', "keraslint.lock:1:1: `totl` of `a.py::b` is no count; did you mean `total`?"),
        ('["a.py::b"]\ntotal = 1.5\n', "`total` of `a.py::b` has to be a number or a formula"),
        ('["a.py::b"]\ntolerance = "x"\n', "a tolerance is like 1000"),
        (b"\xff\xfe\x00", "keraslint.lock:1:1: not a lock file"),
    ],
)
def test_what_is_wrong_with_a_lock_is_said(project: Project, text: str | bytes, message: str) -> None:
    project.write("net.py", NET.format(3))
    project.write("keraslint.lock", text)
    for command in ("check", "lock"):
        done = project.run(command)
        assert done.status == 2
        assert message in done.err
        assert "Traceback" not in done.err


def test_it_stands_beside_the_configuration(project: Project) -> None:
    project.write("sub/keraslint.toml", "")
    project.write("sub/net.py", NET.format(3))
    project.run("lock", "sub")
    assert '["net.py::encoder"]' in (project.folder / "sub" / "keraslint.lock").read_text()
    project.write("sub/net.py", NET.format(4))
    assert [found[1] for found in _found(project)] == ["sub/net.py"]
    assert project.run("check", "--isolated").status == 0


def test_no_models_no_file(project: Project) -> None:
    project.write("a.py", "import keras\n")
    assert project.run("lock").status == 0
    assert not (project.folder / "keraslint.lock").exists()


def test_a_lock_that_cannot_be_written_stays_as_it_was(locked: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    locked.write("net.py", NET.format(201))
    monkeypatch.setattr(os, "replace", fail)
    done = locked.run("lock")
    assert done.status == 2
    assert "keraslint.lock: cannot be written: No space left on device" in done.err
    assert _text(locked) == LOCK.format("1_800")
    assert sorted(os.listdir(locked.folder)) == ["keraslint.lock", "net.py"]
