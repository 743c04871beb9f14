"""The variables of Keras 2's metrics, which a model that holds them counts among its weights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from keraslint.values.shape import Shape

Arguments = Mapping[str, object]
States = list[tuple[str, Shape]]


def metric_states(class_name: str, bases: Collection[str], arguments: Arguments) -> States | None:
    """Return name and shape of each variable; None where only data or an unknown argument tells."""
    for name in (class_name, *bases):
        if name in _STATES:
            return _STATES[name](arguments)
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _same(*names: str) -> Callable[[Shape | None], States | None]:
    return lambda shape: None if shape is None else [(name, shape) for name in names]


_FOUR = ("true_positives", "true_negatives", "false_positives", "false_negatives")


def _mean(arguments: Arguments) -> States:
    del arguments
    return [("total", ()), ("count", ())]


def _sum(arguments: Arguments) -> States:
    del arguments
    return [("total", ())]


def _at_thresholds(*names: str) -> Callable[[Arguments], States | None]:
    def states(arguments: Arguments) -> States | None:
        given = arguments.get("thresholds")
        if given is None or isinstance(given, float):
            return _same(*names)((1,))
        return _same(*names)((len(given),) if isinstance(given, list | tuple) else None)

    return states


def _by_number(arguments: Arguments) -> States | None:
    number = _whole(arguments.get("num_thresholds"))
    return None if number is None else _same(*_FOUR)((number,))


def _curve(arguments: Arguments) -> States | None:
    given, number = arguments.get("thresholds"), _whole(arguments.get("num_thresholds"))
    if isinstance(given, list | tuple):
        number = len(given) + 2  # both ends are added
    elif given is not None:
        return None
    labels = _whole(arguments.get("num_labels"))
    if number is None or not isinstance(arguments.get("multi_label"), bool):
        return None
    if not arguments["multi_label"]:
        return _same(*_FOUR)((number,))
    return None if labels is None else _same(*_FOUR)((number, labels))


def _matrix(arguments: Arguments) -> States | None:
    classes = _whole(arguments.get("num_classes", 2))
    return None if classes is None else [("total_confusion_matrix", (classes, classes))]


def _tensor(arguments: Arguments) -> States | None:
    shape = arguments.get("shape")
    if not isinstance(shape, list | tuple) or any(_whole(dim) is None for dim in shape):
        return None
    return _same("total", "count")(tuple(dim for dim in shape if isinstance(dim, int)))


_STATES: dict[str, Callable[[Arguments], States | None]] = {
    "AUC": _curve,
    "FalseNegatives": _at_thresholds("accumulator"),
    "FalsePositives": _at_thresholds("accumulator"),
    "IoU": _matrix,
    "Mean": _mean,
    "MeanMetricWrapper": _mean,
    "MeanTensor": _tensor,
    "Precision": _at_thresholds("true_positives", "false_positives"),
    "Recall": _at_thresholds("true_positives", "false_negatives"),
    "SensitivitySpecificityBase": _by_number,
    "Sum": _sum,
    "TrueNegatives": _at_thresholds("accumulator"),
    "TruePositives": _at_thresholds("accumulator"),
}
