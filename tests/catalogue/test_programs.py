"""The programs of ``fixtures/programs-*.md``, which use layers as people do, are as real Keras makes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.oracle import build
from tests.catalogue.soak import verdict

pytestmark = pytest.mark.tensorflow

PROGRAMS = sorted((Path(__file__).parents[2] / "fixtures").glob("programs-*.md"))
SECTION = re.compile(r"^## (.+?) \[([23, ]+)\]\n\n```python\n(.*?)```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_programs_are_as_keras_makes_them(path: Path, keras: Keras) -> None:
    package = "tf_keras" if keras is Keras.TWO else "keras"
    head = f"import {package} as keras\nfrom {package} import layers\nimport numpy as np\n"
    sections = SECTION.findall(path.read_text(encoding="utf-8"))
    titles = [title for title, versions, _ in sections if keras.value in versions]
    texts = [head + text for _, versions, text in sections if keras.value in versions]
    found = {}
    for title, text, answer in zip(titles, texts, build(keras.value, texts), strict=True):
        kind, what = verdict(keras, text, answer)
        allowed = {"undetermined"} if title.endswith("(not resolved)") else {"same", "refused"}
        if kind not in allowed:
            found[title] = f"{kind}: {what}"
    assert found == {}
