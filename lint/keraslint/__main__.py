"""``python -m keraslint``."""

from __future__ import annotations

from keraslint.app.cli import run

if __name__ == "__main__":
    run()
