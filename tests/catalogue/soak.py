"""Every layer class under random arguments, by keraslint and by real Keras: the table of how far the two agree.

    python tests/catalogue/soak.py --examples 500 --keras 3 [--part 1/8] [--only Dense] [--save fixtures/soak-layers.md]

Weights (shape, order, dtype, trained or not), output shape and refusals are compared. With ``--save`` the rows take the
place of those of the same classes in the file. The exit status is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import Analysis, ModelRecord
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile
from tests.catalogue.modules import Draw
from tests.catalogue.oracle import Built, OracleError, build, shapes_of
from tests.catalogue.strategies import NONE, class_names, write

BATCH = 400
"""Modules a process of real Keras."""
COLUMNS = ("keras", "class", "examples", "refused", "mismatches", "undetermined", "accepts", "refuses")
HEAD = (
    "# Layers under random arguments\n\n"
    "Written by `tests/catalogue/soak.py`. *mismatches*: other weights or shapes than Keras'; *accepts*: Keras refuses "
    "what keraslint counts;\n*refuses*: the other way round; *undetermined*: not claimed as exact. *refused* of the "
    "examples are refused by both.\n"
)


def main() -> int:
    """Run the soak and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=60)
    parser.add_argument("--keras", choices=[keras.value for keras in Keras], default="3")
    parser.add_argument("--only", action="append", default=[], help="a class; may be repeated")
    parser.add_argument("--part", default="1/1", help="2/8: the second of eight shares of the classes")
    parser.add_argument("--seed", default="", help="another seed gives other examples")
    parser.add_argument("--show", type=int, default=3, help="how many differences of a class are shown")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    keras = next(item for item in Keras if item.value == options.keras)
    rows = []
    start = time.perf_counter()
    for name, verdicts in _judged(keras, options):
        counts = Counter(kind for kind, _, _ in verdicts)
        rows.append(_row(keras, name, counts, len(verdicts)))
        shown = [verdict for verdict in verdicts if verdict[0] not in {"same", "refused"}]
        for kind, what, text in shown[: options.show]:
            sys.stdout.write(f"{kind}: {name}: {what}\n{text}\n")
    if options.save:
        _save(options.save, rows)
    sys.stdout.write("\n".join(_table([*rows, _sum(rows)])) + f"\n{time.perf_counter() - start:.0f} s\n")
    return int(any(row[4] or row[6] or row[7] for row in rows))


Verdict = tuple[str, str, str]
Row = tuple[str, str, int, int, int, int, int, int]


def _judged(keras: Keras, options: argparse.Namespace) -> Iterator[tuple[str, list[Verdict]]]:
    share, shares = (int(number) for number in options.part.split("/"))
    names = [name for name in class_names(keras) if name.rpartition(".")[2] not in NONE]
    names = [name for name in names if name in options.only] if options.only else names[share - 1 :: shares]
    pending: list[tuple[str, str]] = []
    for name in names:
        draw = Draw(keras, f"{name} {options.seed}")
        pending += [(name, write(name, keras, draw)) for _ in range(options.examples)]
    verdicts: dict[str, list[Verdict]] = {name: [] for name in names}
    for first in range(0, len(pending), BATCH):
        batch = pending[first : first + BATCH]
        for (name, text), answer in zip(batch, _answers(keras, [text for _, text in batch]), strict=True):
            kind, what = ("same", "") if answer is None else verdict(keras, text, answer)
            verdicts[name].append((kind, what, text))
    yield from verdicts.items()


def _answers(keras: Keras, texts: Sequence[str]) -> list[Built | None]:
    """Return what real Keras makes of the texts; None for one that ends its process."""
    try:
        return [*build(keras.value, texts, timeout=600)]
    except OracleError:
        if len(texts) == 1:
            return [None]
        middle = len(texts) // 2
        return _answers(keras, texts[:middle]) + _answers(keras, texts[middle:])


def verdict(keras: Keras, text: str, answer: Built) -> tuple[str, str]:
    """Return how keraslint's and Keras' understanding of a module compare: a kind and the details."""
    analysis = analyse_source(SourceFile("module.py", text), [], Options(read=lambda _path: None, keras=keras.value))
    models = [model for model in analysis.models if "model" in model.variables]
    if answer.error:
        exact = [model for model in models if model.certainty == "exact"]
        if exact:
            return "accepts", answer.error[:400]
        return ("undetermined", _reasons(models)) if models else ("refused", "")
    if not models:
        return "refuses", _refusals(analysis)
    if models[-1].certainty != "exact":
        return "undetermined", _reasons(models)
    different = _difference(models[-1], answer)
    return ("mismatches", different) if different else ("same", "")


def _reasons(models: Sequence[ModelRecord]) -> str:
    return "; ".join(problem.reason for model in models for problem in model.unresolved)


def _refusals(analysis: Analysis) -> str:
    return "; ".join(str(e.facts.get("message")) for e in analysis.events if e.kind in {"refused", "raised"})


def _difference(model: ModelRecord, answer: Built) -> str:
    own = [
        (weight.shape, weight.trainable, weight.dtype)
        for layer in model.layers
        for weight in layer.weights
        if weight.shape is not None
    ]
    theirs = [(shape, trained, dtype) for (shape, trained), dtype in zip(answer.weights, answer.dtypes, strict=True)]
    if own != theirs:
        return f"made weights {own}, Keras {theirs}"
    if model.count.total != answer.total or model.count.trainable != answer.trainable:
        return f"counts {model.count}, Keras {answer.total} of which {answer.trainable} trained"
    if shapes_of(model.outputs) != shapes_of(answer.output_shape):
        return f"made shape {model.outputs}, Keras {answer.output_shape}"
    return ""


def _row(keras: Keras, name: str, counts: Mapping[str, int], examples: int) -> Row:
    return (keras.value, name, examples, *(counts[kind] for kind in COLUMNS[3:]))  # type: ignore[return-value]


def _sum(rows: Sequence[Row]) -> Row:
    sums = [sum(row[column] for row in rows) for column in range(2, len(COLUMNS))]  # type: ignore[misc]
    return (rows[0][0] if len({row[0] for row in rows}) == 1 else "both", "all", *sums)  # type: ignore[return-value]


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|---" * 2 + "|---:" * (len(COLUMNS) - 2) + "|"
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"


def _save(path: Path, rows: Sequence[Row]) -> None:
    """Put rows into the file, in the place of older ones of the same classes."""
    kept = {(row[0], row[1]): row for row in _read(path)}
    kept.update({(row[0], row[1]): row for row in rows})
    ordered = [kept[key] for key in sorted(kept)]
    sums = [_sum([row for row in ordered if row[0] == keras.value]) for keras in Keras]
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("keras", "tf_keras", "tensorflow-cpu"))
    excluded = "\n".join(f"- `{name}`: {why}" for name, why in NONE.items())
    text = (
        f"{HEAD}\nRun on {versions}.\n\n" + "\n".join(_table(sums)) + f"\n\nWithout a strategy:\n\n{excluded}\n\n"
        "## Classes\n\n" + "\n".join(_table(ordered)) + "\n"
    )
    path.write_text(text, encoding="utf-8")


_ROW = re.compile(r"\| ([23]) \| ([\w.]+) \|((?: \d+ \|)+)$", re.MULTILINE)


def _read(path: Path) -> Iterator[Row]:
    if not path.exists():
        return
    for found in _ROW.finditer(path.read_text(encoding="utf-8")):
        if found[2] != "all":
            numbers = [int(number) for number in found[3].replace("|", " ").split()]
            yield (found[1], found[2], *numbers)  # type: ignore[misc]


if __name__ == "__main__":
    raise SystemExit(main())
