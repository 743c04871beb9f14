"""Records made by hand, for tests of formats: the numbers are what Keras prints of the same layers."""

from __future__ import annotations

from keraslint.diagnose.diagnostic import Applicability, Diagnostic, Edit, Fix, Related, Severity
from keraslint.graph.analysis import Assumption, Count, LayerRecord, ModelRecord, Nest, Problem, WeightRecord
from keraslint.values.dim import Dim, sum_of
from keraslint.values.shape import Shape, elements
from keraslint.values.unknown import Span


def span(line: int, column: int = 5, end_column: int = 20, path: str = "net.py", cell: int | None = None) -> Span:
    """Return a place on one line."""
    return Span(path, line, column, line, end_column, cell)


def weight(name: str, shape: Shape, key: int, *, trainable: bool = True, why: str = "") -> WeightRecord:
    """Return a weight."""
    return WeightRecord(name, shape, elements(shape), trainable, "float32", why, key)


def layer(
    name: str,
    class_name: str,
    weights: tuple[WeightRecord, ...] = (),
    *,
    key: int = 1,
    line: int = 1,
    inputs: tuple[str, ...] = (),
    output: Nest = (None, 3),
    layers: tuple[LayerRecord, ...] = (),
    frozen_at: Span | None = None,
    problem: Problem | None = None,
) -> LayerRecord:
    """Return a layer whose count follows from its weights."""
    return LayerRecord(
        key=key,
        name=name,
        class_name=class_name,
        span=span(line),
        call_spans=(span(line, 5, 30),) if inputs else (),
        inputs=inputs,
        input_shape=(None, 4),
        output_shape=output,
        dtype="float32",
        trainable=frozen_at is None,
        frozen_at=frozen_at,
        count=counted(weights) if problem is None else Count(None, None, None),
        weights=weights,
        layers=layers,
        arguments={},
        problem=problem,
    )


def counted(weights: tuple[WeightRecord, ...]) -> Count:
    """Return the count of weights."""
    total: Dim = sum_of(item.params for item in weights if item.params is not None)
    trained: Dim = sum_of(item.params for item in weights if item.params is not None and item.trainable)
    return Count(total, trained, total - trained)


def model(
    layers: tuple[LayerRecord, ...],
    *,
    name: str = "net",
    count: Count | None = None,
    unresolved: tuple[Problem, ...] = (),
    assumptions: tuple[Assumption, ...] = (),
    symbols: dict[str, str] | None = None,
) -> ModelRecord:
    """Return a functional model of layers."""
    weights = tuple(item for one in layers for item in one.weights)
    return ModelRecord(
        key=100,
        target="net.py",
        returned=False,
        span=span(9),
        function=None,
        variables=(name,),
        name=name,
        class_name="Functional",
        kind="functional",
        built=not unresolved,
        certainty="partial" if unresolved else "exact",
        assumptions=assumptions,
        symbols=symbols or {},
        count=count or counted(weights),
        unresolved=unresolved,
        layers=layers,
        rows=layers,
        inputs=(None, 4),
        outputs=(None, 3),
    )


def batch_normalization(key: int = 7) -> LayerRecord:
    """Return BatchNormalization over 32 channels: 128 parameters, 64 of them trained."""
    weights = (
        weight("gamma", (32,), 71),
        weight("beta", (32,), 72),
        weight("moving_mean", (32,), 73, trainable=False, why="statistic"),
        weight("moving_variance", (32,), 74, trainable=False, why="statistic"),
    )
    return layer("bn0", "BatchNormalization", weights, key=key, line=3, inputs=("input",), output=(None, 8, 8, 32))


def finding() -> Diagnostic:
    """Return a finding with everything that one can have."""
    here = Span("net.py", 2, 5, 2, 13)
    fix = Fix("widen it", Applicability.UNSAFE, (Edit(here, "Dense(2)"),))
    related = (Related("made here", Span("net.py", 1, 1, 1, 2)),)
    return Diagnostic("KL999", "made-up", Severity.WARNING, "`Dense` is too narrow", here, related, ("a note",), fix)
