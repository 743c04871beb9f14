"""The cases of ``fixtures/literate`` against keraslint, and the same text against real Keras."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keraslint.graph.count import count
from keraslint.interp.analyse import Options, analyse_source
from keraslint.interp.machine import Machine
from keraslint.interp.overlays import MODULES, RawNative, load
from keraslint.interp.overlays.tf_data import Spec
from keraslint.source.text import SourceFile
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Tensor
from keraslint.values.shape import shape_text
from keraslint.values.unknown import Unknown

from .conftest import FOLDER, MARK, Case, cases, runnable_cases


def reveal(machine: Machine, value: object) -> None:
    """Note what a value is, as the cases write it."""
    machine.builder.note("revealed", machine.span, None, text=reveal_text(machine, value))


def reveal_text(machine: Machine, value: object) -> str:
    """Return what a value is, as the cases write it."""
    match value:
        case Tensor():
            text: object = shape_text(value.shape)
        case Layer():
            counted = count(value, machine.keras)
            text = f"{counted.total} params ({counted.trainable} trainable, {counted.non_trainable} non-trainable)"
        case Unknown():
            text = f"? {value.what}"
        case Array() | Spec():
            text = f"{value.dtype} {shape_text(value.shape)}"
        case tuple() | list() if has_data(value):
            text = f"[{', '.join(reveal_text(machine, item) for item in value)}]"
        case dict():
            text = "{" + ", ".join(f"{key!r}: {reveal_text(machine, item)}" for key, item in value.items()) + "}"
        case _:
            text = machine.represent(value)
    return text if isinstance(text, str) else f"? {text}"


def has_data(value: object) -> bool:
    """Return whether there is an array in a nest."""
    if isinstance(value, tuple | list):
        return any(has_data(item) for item in value)
    return hasattr(value, "dtype")


@pytest.fixture
def _reveal(monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    monkeypatch.setitem(MODULES["builtins"], "reveal", RawNative("reveal", reveal))


def seen_by_keraslint(case: Case) -> tuple[list[tuple[int, str]], list[str]]:
    """Return (line, text) of every reveal, and the errors."""
    analysis = analyse_source(SourceFile("case.py", case.code), [], Options(read=lambda _path: None))
    seen = [
        (event.span.line, str(event.facts["text"]))
        for event in analysis.events
        if event.kind == "revealed" and event.span
    ]
    return seen, [error.message for error in analysis.errors]


def grouped(seen: list[tuple[int, str]]) -> dict[int, str]:
    """Return the texts of a line that is reached several times, joined."""
    lines: dict[int, list[str]] = {}
    for line, text in seen:
        lines.setdefault(line, []).append(text)
    return {line: "; ".join(texts) for line, texts in lines.items()}


@pytest.mark.usefixtures("_reveal")
@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.path.stem}: {case.title}")
def test_keraslint_sees_what_the_marks_say(case: Case) -> None:
    seen, errors = seen_by_keraslint(case)
    assert errors == []
    assert grouped(seen) == dict(case.expected)


@pytest.mark.tensorflow
def test_real_keras_sees_what_the_marks_say(request: pytest.FixtureRequest) -> None:
    programs = runnable_cases()
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("witness.py"))],
        input=json.dumps([case.code for case in programs]),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
    )
    results = json.loads(done.stdout)
    witnessed = {
        (case.path, case.title): (grouped([(line, text) for line, text in result["seen"]]), result["error"])
        for case, result in zip(programs, results, strict=True)
    }
    if request.config.getoption("--update"):
        update(programs, {key: texts for key, (texts, _) in witnessed.items()})
    for case in programs:
        texts, error = witnessed[case.path, case.title]
        assert error == "", case.title
        assert texts == dict(case.expected), case.title


def update(programs: list[Case], witnessed: dict[tuple[Path, str], dict[int, str]]) -> None:
    """Write what real Keras saw into the marks."""
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for case in programs:
            if case.path == path:
                text = text.replace(case.code, with_marks(case.code, witnessed[case.path, case.title]), 1)
        path.write_text(text, encoding="utf-8")


def with_marks(code: str, texts: dict[int, str]) -> str:
    """Return a program with its marks replaced."""
    lines = code.splitlines()
    for number, text in texts.items():
        match = MARK.match(lines[number - 1])
        if match is not None:
            lines[number - 1] = f"{match['code']}  # {text}"
    return "\n".join(lines) + "\n"
