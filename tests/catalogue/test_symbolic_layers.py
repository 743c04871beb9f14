"""A formula with a number put in for its name is what the layer gives for that number."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from keraslint.catalogue.versions import Keras
from keraslint.graph.builder import Builder
from keraslint.graph.count import weights_of
from keraslint.values.dim import Dim, Poly, substitute, symbol
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape
from tests.catalogue.differential import _NoProgram

N = symbol("n")
VALUES = (2, 3, 7)
CASES: Sequence[tuple[str, dict[str, object], list[tuple[object, ...]]]] = (
    ("Add", {}, [(N, 4), (N, 4)]),
    ("Concatenate", {}, [(5, N), (5, 4)]),
    ("Concatenate", {"axis": 1}, [(N, 4), (N, 4)]),
    ("Dot", {"axes": (1, 1)}, [(N, 4), (N, 6)]),
    ("Flatten", {}, [(N, N, 3)]),
    ("Reshape", {"target_shape": (-1, 3)}, [(N, 3)]),
    ("Reshape", {"target_shape": (N, 2)}, [(2, N)]),
    ("Permute", {"dims": (2, 1)}, [(N, 3)]),
    ("RepeatVector", {"n": N}, [(4,)]),
    ("Cropping2D", {"cropping": ((0, 1), (1, 0))}, [(N, N, 3)]),
    ("ZeroPadding2D", {"padding": N}, [(N, 5, 3)]),
    ("UpSampling2D", {"size": 2}, [(N, 5, 3)]),
    ("SimpleRNN", {"units": N}, [(5, 4)]),
    ("GRU", {"units": N, "return_sequences": True}, [(N, N)]),
    ("LSTM", {"units": 3, "return_state": True}, [(N, N)]),
    ("ConvLSTM2D", {"filters": N, "kernel_size": 3, "padding": "same", "strides": 2}, [(4, N, 6, N)]),
    ("MultiHeadAttention", {"num_heads": N, "key_dim": 4}, [(5, N), (6, N)]),
    ("AdditiveAttention", {}, [(5, N), (6, N)]),
    ("Normalization", {}, [(5, N)]),
    ("CategoryEncoding", {"num_tokens": N}, [(1,)]),
    ("Resizing", {"height": N, "width": 3}, [(4, 5, 3)]),
)


def put(value: object, number: int) -> object:
    """Return a nest with the number in the place of the name."""
    match value:
        case Poly():
            return substitute(value, {"n": number})
        case list() | tuple():
            return type(value)(put(item, number) for item in value)
        case dict():
            return {key: put(item, number) for key, item in value.items()}
        case _:
            return value


def made(keras: Keras, class_name: str, arguments: dict[str, object], shapes: object) -> tuple[list[Shape], object]:
    """Return the shapes of a layer's weights and outputs."""
    builder = Builder(keras, _NoProgram())
    layer = builder.make_layer(class_name, (), arguments, None)
    assert isinstance(shapes, list)
    tensors = tuple(builder.input_tensor((None, *shape), "float32", None, None) for shape in shapes)
    is_list = class_name in {"Add", "Concatenate", "Dot", "AdditiveAttention"}
    outputs = builder.call_layer(layer, ([*tensors],) if is_list else tensors, {}, None)
    assert layer.trouble is None
    weights = [weight.shape for weight in weights_of(layer, keras) if isinstance(weight.shape, tuple)]
    return weights, shapes_in(outputs)


def shapes_in(outputs: object) -> object:
    """Return the shapes in a nest of tensors."""
    return outputs.known_shape() if isinstance(outputs, Tensor) else [shapes_in(item) for item in list(outputs)]  # type: ignore[call-overload]


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
@pytest.mark.parametrize(("class_name", "arguments", "shapes"), CASES, ids=[case[0] for case in CASES])
def test_a_formula_gives_the_number_when_its_name_is_replaced(
    class_name: str, arguments: dict[str, object], shapes: list[tuple[Dim | None, ...]], keras: Keras
) -> None:
    formulas = made(keras, class_name, arguments, shapes)
    for number in VALUES:
        given = put(arguments, number)
        assert isinstance(given, dict)
        assert put(formulas, number) == made(keras, class_name, given, put(shapes, number))
