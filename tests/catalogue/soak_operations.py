"""Every operation under random calls, by keraslint and by the real packages: the table of how far the two agree.

    python tests/catalogue/soak_operations.py --examples 50 --keras 3 [--part 1/8] [--save fixtures/soak-operations.md]

Shapes, dtypes and refusals are compared: ``keras.ops`` and operators in Keras 3, ``tf.*`` and the backend in Keras 2. No
call is tried twice, so an operation that can be called in few ways only has fewer examples. The exit status is 1 where
anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.catalogue import operation_cases_three, operation_cases_two, operation_model, operation_oracle
from tests.catalogue.operation_draw import Maker, calls
from tests.catalogue.soak_table import LEGEND, Verdict, arguments, share, tell

CASES: Mapping[str, Mapping[str, Sequence[Maker]]] = {
    "2": operation_cases_two.CASES,
    "3": operation_cases_three.CASES,
}
BATCH = 3500
"""Calls a process of a real package."""
TRIES = 20
"""How many calls are drawn for one that is wanted: many are drawn again."""
HEAD = (
    "# Operations under random calls\n\nWritten by `tests/catalogue/soak_operations.py`. "
    + LEGEND.format(what="other shapes or dtypes")
    + "\n\nNo call is tried twice: an operation that can be called in few ways only has fewer examples."
)


def main() -> int:
    """Run the soak and print its table."""
    options = arguments(__doc__, 50).parse_args()
    return tell(_judged(options), options, HEAD)


def drawn(keras: str, name: str, count: int, salt: str = "") -> list[str]:
    """Return different calls of an operation."""
    return list(dict.fromkeys(calls(name, CASES[keras][name], keras, count * TRIES, salt)))[:count]


def verdict(keras: str, text: str, real: Mapping[str, object]) -> tuple[str, str]:
    """Return how keraslint's and the package's understanding of a call compare: a kind and the details."""
    own = json.loads(json.dumps(operation_model.answer(keras, text), default=str))
    if "undetermined" in own:
        is_unknown = "unknown" in json.dumps(real)  # TensorFlow does not know the rank either
        return ("same", "") if is_unknown else ("undetermined", own["undetermined"])
    if "error" in real:
        return ("refused", "") if "error" in own else ("accepts", f"made {own}, but: {real['error']}")
    if "error" in own:
        return "refuses", f"{own['error']}, but the package makes {real}"
    return ("same", "") if own == real else ("mismatches", f"made {own}, the package {real}")


def _judged(options: argparse.Namespace) -> Iterator[tuple[str, list[Verdict]]]:
    keras = options.keras
    names = share(sorted(CASES[keras]), options)
    pending = [(name, text) for name in names for text in drawn(keras, name, options.examples, options.seed)]
    verdicts: dict[str, list[Verdict]] = {name: [] for name in names}
    for first in range(0, len(pending), BATCH):
        batch = pending[first : first + BATCH]
        answers = operation_oracle.ask(keras, [text for _, text in batch], timeout=600)
        for (name, text), real in zip(batch, answers, strict=True):
            verdicts[name].append((*verdict(keras, text, real), text))
    yield from verdicts.items()


if __name__ == "__main__":
    raise SystemExit(main())
