"""``python -m keraslint``."""

from __future__ import annotations

import sys

from keraslint.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
