"""The picture in the README shows what the command prints."""

from __future__ import annotations

import re

import pytest

from tests.report.picture import PICTURE, ROOT, draw


def test_the_picture_is_current(*, is_update: bool) -> None:
    if is_update:
        PICTURE.write_text(draw(), encoding="utf-8")
    assert _words(PICTURE.read_text(encoding="utf-8")) == _words(draw())


def test_the_readme_shows_it() -> None:
    assert "fixtures/reports/summary.svg" in (ROOT / "README.md").read_text(encoding="utf-8")


def _words(picture: str) -> list[str]:
    """Return the text of a picture, whatever the version of rich that drew it."""
    if "<svg" not in picture:
        pytest.fail("no picture")
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)
