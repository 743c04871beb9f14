"""The way in from the shell: an answer that is known is printed before anything costly is imported."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from keraslint.app.replay import replay


def run() -> NoReturn:
    """Run the command of this process and end it, without taking apart what the run has made: that costs time."""
    gc.disable()
    status: object = 2
    try:
        known = replay(sys.argv[1:])
        if known is None:
            from keraslint.app.cli import main

            known = main()
        status = known
    except BrokenPipeError:
        from keraslint.app.terminal import close_quietly

        close_quietly()
        status = 141
    except KeyboardInterrupt:
        status = 130
    except OSError as problem:  # of writing: a disk that is full
        sys.stderr.write(f"keraslint: standard output cannot be written: {problem.strerror or problem}\n")
    except SystemExit as end:  # argparse ends so
        status = end.code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status if isinstance(status, int) else 0 if status is None else 2)
