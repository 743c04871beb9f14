"""How long the rules take, beside the parse of the same files: ``python -m tests.benchmarks.rules FILE…``."""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

GOAL = 0.25
"""All rules together, as a part of the time that bare libcst takes to parse the files."""


_FEW = b"""import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)])
model.compile(loss="mse")
"""


def share_of_rules(files: Sequence[Path]) -> tuple[float, Counter[str]]:
    """Return the CPU time of all rules as a part of the parse's, and that of each rule in seconds."""
    import libcst

    from keraslint.diagnose.registry import load_registry
    from keraslint.diagnose.rule import Settings
    from keraslint.diagnose.runner import run_rules
    from keraslint.interp.analyse import Options, analyse_file

    def read(path: str) -> bytes | None:
        if path == "few.py":
            return _FEW
        return Path(path).read_bytes() if Path(path).is_file() else None

    registry = load_registry()
    rules, settings = [rule() for rule in registry.rules], Settings()
    run_rules(analyse_file("few.py", [], Options(read=read)), rules, settings)  # imports are not the files' cost
    parse = together = 0.0
    single: Counter[str] = Counter()
    gc.disable()  # as the command line does
    for file in files:
        text = file.read_text()
        analysis = analyse_file(str(file), [], Options(read=read))
        start = time.process_time()
        libcst.parse_module(text)
        parse += time.process_time() - start
        start = time.process_time()
        run_rules(analysis, rules, settings)
        together += time.process_time() - start
        for rule in rules:
            start = time.process_time()
            run_rules(analysis, [rule], settings)
            single[rule.code] += time.process_time() - start
    gc.enable()
    return together / parse, single


def main() -> None:
    """Print the part, and the rules that take longest."""
    share, single = share_of_rules([Path(name) for name in sys.argv[1:]])
    print(f"rules: {share:.2f} of the parse's time (goal {GOAL})")
    for code, seconds in single.most_common(10):
        print(f"  {code} {1000 * seconds:.1f} ms")


if __name__ == "__main__":
    main()
