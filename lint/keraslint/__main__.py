"""``python -m keraslint``."""

from __future__ import annotations

import os
import sys

if not sys.flags.safe_path and sys.path[0] in {"", os.getcwd()}:
    del sys.path[0]  # ``-m`` puts the working folder there: what is analysed would be imported in a library's place

from keraslint.app.start import run

if __name__ == "__main__":
    run()
