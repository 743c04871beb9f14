"""Runs keraslint over hostile files for as long as is asked for, and prints what they cost.

    python tests/hostile/soak.py [--minutes 60] [--only TITLE]

First every file of ``programs.py`` under every command, then mutations of programs (``mutations.py``) from new seeds.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.hostile.mutations import mutant
from tests.hostile.programs import FILES
from tests.hostile.running import COMMANDS, Measured, Runner


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", metavar="FOLDER", help="where mutants with a fault are written")
    options = parser.parse_args()
    runner, started, faults = Runner(), time.monotonic(), 0
    runs: list[Measured] = []
    for title, (name, data) in FILES.items():
        for command in COMMANDS if options.only in title else ():
            runs.append(runner.measure(name, data, command))
            faults += tell(f"{title} ({command[0]})", runs[-1])
    seed = time.time_ns()
    while time.monotonic() - started < 60 * options.minutes and not options.only:
        seed += 1
        name, data = mutant(random.Random(seed))
        runs.append(runner.measure(name, data, COMMANDS[seed % 2]))
        if runs[-1].fault or runs[-1].seconds > 5:
            faults += tell(f"mutant {seed}", runs[-1])
            if options.keep and runs[-1].fault:
                Path(options.keep, f"{seed}-{name}").write_bytes(data)
    runner.close()
    slowest, largest = max(run.seconds for run in runs), max(run.megabytes for run in runs)
    minutes = (time.monotonic() - started) / 60
    print(
        f"{len(runs):,} files in {minutes:.0f} minutes: {faults} faults; at most {slowest:.1f} s and {largest:.0f} MB a file"
    )


def tell(title: str, measured: Measured) -> bool:
    fault = f"  FAULT: {measured.fault}" if measured.fault else ""
    print(f"{measured.seconds:6.1f} s {measured.megabytes:5.0f} MB  {title}{fault}", flush=True)
    return bool(fault)


if __name__ == "__main__":
    main()
