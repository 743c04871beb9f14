"""Our table beside the one that Keras itself prints of the same program: rows, shapes, counts and totals."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.running import MODEL

pytestmark = pytest.mark.tensorflow

PROGRAMS = {
    "the example": MODEL,
    "branches, a shared layer and operations": """\
import keras
from keras import layers
a = keras.Input((8, 8, 3), name="a")
b = keras.Input((8, 8, 3), name="b")
shared = layers.Conv2D(4, 3, padding="same", name="shared")
x = layers.Concatenate()([shared(a), shared(b)])
x = x * 2
x = layers.GlobalAveragePooling2D()(x)
outputs = [layers.Dense(1, name="one")(x), layers.Dense(2, name="two")(x)]
keras.Model([a, b], outputs, name="two_heads").summary(line_length=200)
""",
    "a frozen model in a model": """\
import keras
from keras import layers
inner = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization()], name="inner")
inner.trainable = False
keras.Sequential([keras.Input((4,)), inner, layers.Dense(1)], name="outer").summary(line_length=200)
""",
    "half precision": """\
import keras
from keras import layers
keras.Sequential([keras.Input((4,)), layers.Dense(3, dtype="float16")], name="half").summary(line_length=200)
""",
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what Keras prints of each program, from one process."""
    mark = "=" * 30
    code = "".join(f"print({mark!r})\n{text}\nkeras_clear()\n" for text in PROGRAMS.values())
    head = "import keras\ndef keras_clear():\n    keras.backend.clear_session()\n"
    code = code.replace("mymodel.summary()", "mymodel.summary(line_length=200)")
    environment = {"PATH": "", "COLUMNS": "220", "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    path = tmp_path_factory.mktemp("keras") / "programs.py"
    path.write_text(head + code, encoding="utf-8")
    done = subprocess.run([sys.executable, path], env=environment, capture_output=True, text=True, check=True)
    return dict(zip(PROGRAMS, done.stdout.split(mark)[1:], strict=True))


@pytest.mark.parametrize("title", PROGRAMS)
def test_our_table_is_keras_own(title: str, printed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(PROGRAMS[title], encoding="utf-8")
    command = [sys.executable, "-m", "keraslint", "summary", "net.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    ours = done.stdout.rpartition("Model: ")[2]  # the outermost model is built last
    assert _rows(ours) == _rows(printed[title])
    assert _totals(ours) == _totals(printed[title])


def _rows(text: str) -> list[list[str]]:
    """Return the layer, shape and count of every row, cells that were wrapped put together again."""
    rows: list[list[str]] = []
    is_new = True
    for line in text.splitlines():
        if line.startswith(("├", "┡")):
            is_new = True
        elif line.startswith("│"):
            cells = [cell.strip() for cell in line.strip("│").split("│")][:3]
            if is_new:
                rows.append(cells)
            else:
                rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
            is_new = False
    return rows


def _totals(text: str) -> list[str]:
    return re.findall(r"^ (?:Total|Trainable|Non-trainable) params: .*$", text, re.MULTILINE)
