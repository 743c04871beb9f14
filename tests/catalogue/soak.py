"""Every layer class under random arguments, by keraslint and by real Keras: the table of how far the two agree.

    python tests/catalogue/soak.py --examples 500 --keras 3 [--part 1/8] [--only Dense] [--save fixtures/soak-layers.md]

Weights (shape, order, dtype, trained or not), output shape and refusals are compared. With ``--save`` the rows take the
place of those of the same classes in the file. The exit status is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import Analysis, ModelRecord
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile
from tests.catalogue.modules import Draw
from tests.catalogue.oracle import Built, OracleError, build, shapes_of
from tests.catalogue.soak_table import LEGEND, Verdict, arguments, share, tell
from tests.catalogue.strategies import NONE, class_names, write

BATCH = 400
"""Modules a process of real Keras."""
HEAD = (
    "# Layers under random arguments\n\nWritten by `tests/catalogue/soak.py`. "
    + LEGEND.format(what="other weights or shapes")
    + "\n\nWithout a strategy:\n\n"
    + "\n".join(f"- `{name}`: {why}" for name, why in NONE.items())
)


def main() -> int:
    """Run the soak and print its table."""
    options = arguments(__doc__, 60).parse_args()
    keras = next(item for item in Keras if item.value == options.keras)
    return tell(_judged(keras, options), options, HEAD)


def _judged(keras: Keras, options: argparse.Namespace) -> Iterator[tuple[str, list[Verdict]]]:
    names = share([name for name in class_names(keras) if name.rpartition(".")[2] not in NONE], options)
    pending: list[tuple[str, str]] = []
    for name in names:
        draw = Draw(keras, f"{name} {options.seed}")
        pending += [(name, write(name, keras, draw)) for _ in range(options.examples)]
    verdicts: dict[str, list[Verdict]] = {name: [] for name in names}
    for first in range(0, len(pending), BATCH):
        batch = pending[first : first + BATCH]
        for (name, text), answer in zip(batch, _answers(keras, [text for _, text in batch]), strict=True):
            kind, what = ("died", "") if answer is None else verdict(keras, text, answer)
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
        is_refused = not models or any(event.kind in {"refused", "raised"} for event in analysis.events)
        return ("refused", "") if is_refused else ("undetermined", _reasons(models))
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


if __name__ == "__main__":
    raise SystemExit(main())
