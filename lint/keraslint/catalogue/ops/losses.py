"""Losses as operations: crossentropies, CTC, the signal-to-noise ratio."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote
from keraslint.catalogue.ops.shapes import (
    axis_index,
    broadcast,
    data_shape,
    equal_shapes,
    fits,
    merge,
    refuse,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined

# losses


def _alike(first: Shape, second: Shape) -> None:
    same_places = len(first) == len(second) and all(
        (a is None) is (b is None) and fits(a, b) for a, b in zip(first, second, strict=True)
    )
    if not same_places:
        refuse(
            "Arguments `target` and `output` must have the same shape. Received: "
            f"target.shape={shape_text(first)}, output.shape={shape_text(second)}",
            contract="shapes",
            shapes=(first, second),
        )


@operation("keras.ops.binary_crossentropy")
def binary_crossentropy(arguments: Arguments) -> Output:
    """Keep the shape."""
    output = arguments.value("output")
    _alike(data_shape(arguments.value("target")), data_shape(output))
    return Signature(data_shape(output), dtype_of(output))


@operation("keras.ops.categorical_crossentropy")
def categorical_crossentropy(arguments: Arguments) -> Output:
    """Take off the last axis."""
    output = arguments.value("output")
    shape = data_shape(output)
    _alike(data_shape(arguments.value("target")), shape)
    if not shape:
        refuse("Arguments `target` and `output` must be at least rank 1.", contract="rank")
    return Signature(shape[:-1], dtype_of(output))


@operation("keras.ops.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(arguments: Arguments) -> Output:
    """Take off the axis of classes."""
    output = arguments.value("output")
    shape, target = data_shape(output), data_shape(arguments.value("target"))
    if not shape:
        refuse("Argument `output` must be at least rank 1.", contract="rank")
    axis = axis_index(arguments.value("axis"), len(shape))
    if len(target) == len(shape) and target[-1] == 1:
        target = target[:-1]
    rest = shape[:axis] + shape[axis + 1 :]
    _alike(target, rest)
    return Signature(rest, dtype_of(output))


@operation("keras.ops.ctc_loss")
def ctc_loss(arguments: Arguments) -> Output:
    """Return one number a sequence."""
    output = arguments.value("output")
    target = data_shape(arguments.value("target"))
    for name in ("output", "target_length", "output_length"):
        _alike(data_shape(arguments.value(name))[:1], target[:1])
    return Signature((target[0],), promote(dtype_of(output), "float32"))


@operation("keras.ops.ctc_decode")
def ctc_decode(arguments: Arguments) -> Output:
    """Return paths and their scores."""
    value = arguments.value("inputs")
    shape = data_shape(value)
    paths = 1 if arguments.value("strategy") == "greedy" else as_dim(arguments.value("top_paths"), "top_paths")
    return [
        Signature((paths, shape[0], shape[1]), "int32"),
        Signature((shape[0], paths), promote(dtype_of(value), "float32")),
    ]


@operation("keras.ops.psnr")
def psnr(arguments: Arguments) -> Output:
    """Return one number."""
    if len(data_shape(arguments.value("x1"))) != len(data_shape(arguments.value("x2"))):
        refuse("Inputs must have the same rank", contract="rank")
    return Signature((), "float32")


@operation("tf.nn.sigmoid_cross_entropy_with_logits", "tf.nn.weighted_cross_entropy_with_logits")
def sigmoid_cross_entropy(arguments: Arguments) -> Output:
    """Keep the shape."""
    labels, logits = arguments.value("labels"), arguments.value("logits")
    first, second = data_shape(labels), data_shape(logits)
    if not equal_shapes(first, second):
        refuse(f"`logits` and `labels` must have the same shape: {second} vs {first}.", contract="shapes")
    return Signature(tuple(merge(both) for both in zip(second, first, strict=True)), mixed(labels, logits))


@operation("tf.nn.softmax_cross_entropy_with_logits")
def softmax_cross_entropy(arguments: Arguments) -> Output:
    """Take off the axis of classes."""
    labels, logits = arguments.value("labels"), arguments.value("logits")
    shape = data_shape(logits)
    axis = axis_index(arguments.value("axis"), len(shape))
    if len(data_shape(labels)) != len(shape):
        undetermined(Why.UNSUPPORTED, "labels and logits of different ranks")
    merged = broadcast(shape, data_shape(labels))
    return Signature(merged[:axis] + merged[axis + 1 :], dtype_of(logits))


@operation("tf.nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy(arguments: Arguments) -> Output:
    """Return one number a label."""
    labels, logits = data_shape(arguments.value("labels")), data_shape(arguments.value("logits"))
    if len(logits) != len(labels) + 1 or not equal_shapes(labels, logits[:-1]):
        refuse(f"`labels` and `logits` do not fit: {labels}, {logits}", contract="shapes", shapes=(labels, logits))
    shape = tuple(merge(both) for both in zip(labels, logits[:-1], strict=True))
    return Signature(shape, dtype_of(arguments.value("logits")))


@operation("keras.backend.binary_crossentropy")
def backend_binary_crossentropy(arguments: Arguments) -> Output:
    """Keep the shape."""
    target, output = arguments.value("target"), arguments.value("output")
    return Signature(broadcast(data_shape(target), data_shape(output)), dtype_of(output))


@operation("keras.backend.categorical_crossentropy", "keras.backend.sparse_categorical_crossentropy")
def backend_categorical_crossentropy(arguments: Arguments) -> Output:
    """Take off the axis of classes."""
    output = arguments.value("output")
    shape = data_shape(output)
    axis = axis_index(arguments.value("axis"), len(shape))
    return Signature(shape[:axis] + shape[axis + 1 :], dtype_of(output))
