"""The table of a soak: what it counts for each class or operation, printed and kept in a file share by share."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from keraslint.catalogue.versions import Keras

KINDS = ("refused", "mismatches", "undetermined", "accepts", "refuses")
LEGEND = (
    "*mismatches*: {what} than Keras'; *accepts*: Keras refuses what keraslint takes;\n*refuses*: the other way round; "
    "*undetermined*: not claimed as exact. *refused* of the examples are refused by both."
)
Verdict = tuple[str, str, str]
"""One of ``KINDS``, ``same``, or ``died`` where the text ended the process of Keras; the details; and the text."""


@dataclass(frozen=True, slots=True)
class Row:
    """How the examples of one class or operation came out."""

    keras: str
    name: str
    examples: int
    counts: Counter[str]
    reasons: Counter[str] = field(default_factory=Counter)

    def cells(self) -> Iterator[str]:
        """Yield what stands in the table."""
        yield from (self.keras, self.name, str(self.examples), *(str(self.counts[kind]) for kind in KINDS))


def arguments(description: str | None, examples: int) -> argparse.ArgumentParser:
    """Return a parser of what every soak takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=examples)
    parser.add_argument("--keras", choices=[keras.value for keras in Keras], default="3")
    parser.add_argument("--only", action="append", default=[], help="a class or operation; may be repeated")
    parser.add_argument("--part", default="1/1", help="2/8: the second of eight shares")
    parser.add_argument("--seed", default="", help="another seed gives other examples")
    parser.add_argument("--show", type=int, default=3, help="how many differences of a name are shown")
    parser.add_argument("--save", type=Path)
    return parser


def share(names: Sequence[str], options: argparse.Namespace) -> list[str]:
    """Return the names that are asked for."""
    if options.only:
        return [name for name in names if name in options.only]
    part, parts = (int(number) for number in options.part.split("/"))
    return list(names[part - 1 :: parts])


def tell(judged: Iterable[tuple[str, Sequence[Verdict]]], options: argparse.Namespace, head: str) -> int:
    """Print differences and the table, save it where that is asked for; return the exit status."""
    start = time.perf_counter()
    rows = []
    for name, verdicts in judged:
        rows.append(_row(options.keras, name, verdicts))
        shown = [verdict for verdict in verdicts if verdict[0] not in {"same", "refused"}]
        for kind, what, text in shown[: options.show]:
            sys.stdout.write(f"{kind}: {name}: {what}\n{text}\n")
    if options.save:
        _save(options.save, rows, head)
    sys.stdout.write("\n".join(_table([*rows, _sum(rows)])) + f"\n{time.perf_counter() - start:.0f} s\n")
    return int(any(row.counts[kind] for row in rows for kind in ("mismatches", "accepts", "refuses")))


def _row(keras: str, name: str, verdicts: Sequence[Verdict]) -> Row:
    answered = [verdict for verdict in verdicts if verdict[0] != "died"]
    counts = Counter(kind for kind, _, _ in answered)
    reasons = Counter(what for kind, what, _ in answered if kind == "undetermined")
    return Row(keras, name, len(answered), counts, reasons)


def _sum(rows: Sequence[Row]) -> Row:
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row.counts)
    return Row(rows[0].keras, "all", sum(row.examples for row in rows), total)


def _table(rows: Iterable[Row]) -> Iterator[str]:
    yield "| " + " | ".join(("keras", "name", "examples", *KINDS)) + " |"
    yield "|---" * 2 + "|---:" * (len(KINDS) + 1) + "|"
    for row in rows:
        yield "| " + " | ".join(row.cells()) + " |"


def _reasons(rows: Iterable[Row]) -> Iterator[str]:
    yield "| keras | name | undetermined | reason |"
    yield "|---|---|---:|---|"
    for row in rows:
        for reason, count in row.reasons.most_common():
            yield f"| {row.keras} | {row.name} | {count} | {reason.replace('|', '/').replace(chr(10), ' ')} |"


def _save(path: Path, rows: Sequence[Row], head: str) -> None:
    """Put rows into the file, in the place of older ones of the same names."""
    kept = {(row.keras, row.name): row for row in _read(path)}
    kept.update({(row.keras, row.name): row for row in rows})
    ordered = [kept[key] for key in sorted(kept)]
    sums = [_sum(own) for keras in Keras if (own := [row for row in ordered if row.keras == keras.value])]
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("keras", "tf_keras", "tensorflow-cpu"))
    parts = (
        f"{head}\n\nRun on {versions}.\n",
        *_table(sums),
        "\n## Not determined\n",
        *_reasons(ordered),
        "\n## Each\n",
        *_table(ordered),
    )
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


_COUNTS = re.compile(r"\| ([23]) \| ([\w.]+) \|((?: \d+ \|){6})$", re.MULTILINE)
_REASON = re.compile(r"\| ([23]) \| ([\w.]+) \| (\d+) \| (.*?) \|$", re.MULTILINE)


def _read(path: Path) -> Iterator[Row]:
    if not path.exists():
        return
    _, _, rest = path.read_text(encoding="utf-8").partition("## Not determined")
    told, _, each = rest.partition("## Each")
    reasons: dict[tuple[str, str], Counter[str]] = {}
    for keras, name, count, reason in _REASON.findall(told):
        reasons.setdefault((keras, name), Counter())[reason] = int(count)
    for keras, name, cells in _COUNTS.findall(each):
        examples, *numbers = (int(number) for number in cells.replace("|", " ").split())
        counts: Counter[str] = Counter(dict(zip(KINDS, numbers, strict=True)))
        yield Row(keras, name, examples, counts, reasons.get((keras, name), Counter()))
