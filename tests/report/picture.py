"""Draws the README's picture: real output, in colours, as an SVG."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from keraslint.app.cli import main

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "fixtures" / "reports" / "summary.svg"
COMMAND = ["summary", "fixtures/models/my_model.py"]


def draw() -> str:
    """Return the picture of the example's summary."""
    stream = io.StringIO()
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        with contextlib.redirect_stdout(stream):
            main([*COMMAND, "--isolated", "--color", "always"])
    finally:
        os.chdir(before)
    console = Console(record=True, file=io.StringIO(), width=76, legacy_windows=False)
    console.print(Text(f"$ keraslint {' '.join(COMMAND)}", style="bold"))
    console.print(Text.from_ansi(stream.getvalue()))
    picture = console.export_svg(title="keraslint", unique_id="keraslint")
    return re.sub(r"@font-face \{[^}]*\}\s*", "", picture).rstrip() + "\n"  # a page that shows it loads nothing else


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
