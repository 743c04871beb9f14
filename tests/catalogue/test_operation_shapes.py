"""Every operation, by random calls: shapes, dtypes and refusals are those of the real packages; formulas agree with numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keraslint.catalogue.ops.lookup import bind, find, names
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from tests.catalogue import operation_model, operation_oracle
from tests.catalogue.operation_draw import calls
from tests.catalogue.soak_operations import CASES, verdict

COUNT = {"2": 14, "3": 40}
# what answers with no tensor, or runs a function of the program, has no shape of its own to compare
UNCOMPARED = {
    "keras.ops.associative_scan", "keras.ops.cond", "keras.ops.convert_to_numpy", "keras.ops.custom_gradient",
    "keras.ops.dtype", "keras.ops.is_tensor", "keras.ops.jvp", "keras.ops.map", "keras.ops.scan", "keras.ops.shape",
    "keras.ops.switch", "keras.ops.vectorize", "keras.ops.vectorized_map",
    "keras.ops.empty", "keras.ops.kaiser",  # as zeros and hamming
}  # fmt: skip


def drawn(keras: str, count: int, salt: str = "") -> Iterator[tuple[str, str]]:
    """Yield names of operations and calls of them."""
    for name, makers in CASES[keras].items():
        for text in dict.fromkeys(calls(name, makers, keras, count, salt)):
            yield name, text


@pytest.mark.tensorflow
@pytest.mark.parametrize("keras", ["3", "2"])
def test_operations_give_the_shapes_of_the_real_packages(keras: str) -> None:
    texts = [text for _, text in drawn(keras, COUNT[keras])]
    answers = zip(texts, operation_oracle.ask(keras, texts), strict=True)
    verdicts = [(*verdict(keras, text, real), text) for text, real in answers]
    assert [found for found in verdicts if found[0] not in {"same", "refused", "undetermined"}] == []
    assert sum(kind == "undetermined" for kind, _, _ in verdicts) <= len(texts) * 0.02


@pytest.mark.parametrize("keras", ["3", "2"])
def test_formulas_agree_with_numbers(keras: str) -> None:
    different = []
    for _, text in drawn(keras, 10, "symbolic"):
        number, formula = operation_model.answer(keras, text), operation_model.answer(keras, text, symbolic=True)
        if "undetermined" in number or "undetermined" in formula or ("error" in number and "output" in formula):
            continue  # a formula holds for the values for which Keras builds
        if ("error" in formula) is not ("error" in number) or formula.get("output") != number.get("output"):
            different.append((text, formula, number))
    assert different == []


def test_every_operation_of_keras_3_has_a_shape_function() -> None:
    missing = [
        name
        for name in names()
        if name.startswith(("keras.ops.", "keras.activations.", "operator."))
        and ((entry := find(name, Keras.THREE) or find(name, Keras.TWO)) is None or entry.function is None)
    ]
    assert missing == []


def test_every_operation_of_keras_3_is_called_by_a_case() -> None:
    called = set(CASES["3"])
    assert {name for name in names() if name.startswith("keras.ops.")} - called == UNCOMPARED


@pytest.mark.parametrize(
    ("alias", "canonical"),
    [
        ("keras.ops.numpy.mean", "keras.ops.mean"),
        ("keras.ops.hard_swish", "keras.ops.hard_silu"),
        ("keras.ops.nn.conv", "keras.ops.conv"),
    ],
)
def test_other_names_of_an_operation_are_found(alias: str, canonical: str) -> None:
    entry = find(alias, Keras.THREE)
    assert entry is not None
    assert entry.canonical == canonical


def test_names_of_rows_are_those_of_keras() -> None:
    add, item = find("operator.add", Keras.THREE), find("operator.getitem", Keras.TWO)
    assert add is not None
    assert item is not None
    assert (add.layer_class(Keras.THREE), add.stem(Keras.THREE)) == ("Add", "add")
    assert (add.layer_class(Keras.TWO), add.stem(Keras.TWO)) == ("TFOpLambda", "tf.__operators__.add")
    assert (item.layer_class(Keras.TWO), item.stem(Keras.TWO)) == ("SlicingOpLambda", "tf.__operators__.getitem")
    assert item.stem(Keras.THREE) == "get_item"


@pytest.mark.parametrize(("args", "kwargs"), [((1, 2, 3, 4), {}), ((1,), {"x": 1}), ((1,), {"dims": 0}), ((), {})])
def test_arguments_that_do_not_fit_are_refused_as_python_does(
    args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    entry = find("keras.ops.sum", Keras.THREE)
    assert entry is not None
    with pytest.raises(Refused) as raised:
        bind(entry, args, kwargs, Keras.THREE)
    assert raised.value.error == "TypeError"
