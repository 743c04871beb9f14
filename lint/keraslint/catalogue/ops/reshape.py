"""Operations that rearrange elements: reshape, flatten, broadcast, views, sequences, named axes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import SIZES, dtype_of
from keraslint.catalogue.ops.shapes import (
    broadcast,
    data_shape,
    dtype_argument,
    entries,
    merge,
    multiply,
    refuse,
    size,
)
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.dim import Dim, floor_divide, less, product, same
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined

# reshape


@operation("keras.ops.reshape")
def reshape(arguments: Arguments) -> Output:
    """Return the shape that is asked for; -1 is what is left, None where a dimension of either shape is None."""
    value = arguments.value("x")
    return Signature(reshaped(data_shape(value), arguments.value("newshape")), dtype_of(value))


def reshaped(shape: Shape, newshape: object) -> Shape:
    """Return what Keras 3 says of a reshape (``compute_reshape_output_shape``)."""
    if isinstance(newshape, Tensor):
        own = data_shape(newshape)
        return (None,) * own[0] if len(own) == 1 and isinstance(own[0], int) else (None,)
    if isinstance(newshape, list | tuple):
        # what is no integer counts as a None: keras/src/ops/operation_utils.py, compute_reshape_output_shape
        newshape = [None if isinstance(item, float | str) else item for item in newshape]
    target = entries(newshape, "newshape")
    _check_negative(target)
    if None in shape or None in target:
        return tuple(None if dim == -1 else dim for dim in target)
    return _filled(shape, [dim for dim in target if dim is not None])


def _check_negative(target: Sequence[Dim | None], *, keras: bool = True) -> None:
    if any(isinstance(dim, int) and dim < -1 for dim in target):
        refuse(f"Each dimension in `newshape` must be a non-negative integer, or `-1`. Received: newshape={target}.")
    if keras and sum(dim == -1 for dim in target) > 1:
        refuse(f"There must be at most one unknown dimension (-1) in `newshape`. Received: newshape={target}.")


def _filled(shape: Shape, target: list[Dim]) -> Shape:
    total = product(dim for dim in shape if dim is not None)
    known = product(dim for dim in target if dim != -1)
    if -1 not in target:
        if same(total, known) is False:
            _refuse_size(shape, target, total, known)
        return tuple(target)
    if same(known, 0) is True:
        _refuse_size(shape, target, total, known)
    rest = total % known if isinstance(known, int) else 0
    if same(rest, 0) is False:
        _refuse_size(shape, target, total, known)
    return tuple(floor_divide(total, known) if dim == -1 else dim for dim in target)


def _refuse_size(shape: Shape, target: Sequence[Dim | None], total: Dim, known: Dim) -> None:
    refuse(
        f"The total size of the tensor must be unchanged. Received: input_shape={shape_text(shape)}, "
        f"newshape={shape_text(tuple(target))}",
        contract="reshape-size",
        shape=shape,
        target=tuple(target),
        elements=total,
        expected=known,
    )


@operation("tf.reshape", "keras.backend.reshape")
def tensorflow_reshape(arguments: Arguments) -> Output:
    """Return the shape that is asked for; entries that are tensors are None, and -1 beside them stays open."""
    value = arguments.raw("tensor") if "tensor" in arguments.values else arguments.raw("x")
    shape = data_shape(value)
    wanted = arguments.value("shape")
    if isinstance(wanted, int) or (isinstance(wanted, list | tuple) and _has_no_integer(wanted)):
        refuse(f"Failed to convert {wanted} to a shape", error="TypeError")
    target = entries(wanted, "shape")
    _check_negative(target, keras=False)
    return Signature(_tensorflow_reshaped(shape, target), dtype_of(value))


def _has_no_integer(items: Sequence[object]) -> bool:
    return any(item is None or isinstance(item, float | str) for item in items)


def _tensorflow_reshaped(shape: Shape, target: Shape) -> Shape:
    """Return what TensorFlow infers (``SetOutputShapeForReshape``): one open dimension is found where the rest is known."""
    goal = tuple(None if dim == -1 else dim for dim in target)
    known, total = product(dim for dim in goal if dim is not None), product(dim for dim in shape if dim is not None)
    open_in, open_out = shape.count(None), goal.count(None)
    if open_in == 0 and open_out < 2:
        return _filled(shape, [-1 if dim is None else dim for dim in goal])
    if open_in == 1 and open_out == 0 and same(total, 0) is not True:
        rest = known % total if isinstance(total, int) else 0
        if same(rest, 0) is False:
            _refuse_size(shape, target, total, known)
    return goal


@operation("tf.ensure_shape")
def ensure_shape(arguments: Arguments) -> Output:
    """Return a shape with what a given one knows."""
    value, wanted = arguments.value("x"), arguments.value("shape")
    shape = data_shape(value)
    if wanted is None:
        return Signature(shape, dtype_of(value))
    target = entries(wanted, "shape")
    if len(target) != len(shape):
        refuse(f"Shapes must be equal rank, but are {len(shape)} and {len(target)}", contract="rank")
    return Signature(tuple(merge(pair) for pair in zip(shape, target, strict=True)), dtype_of(value))


@operation("keras.ops.ravel", "keras.backend.flatten")
def ravel(arguments: Arguments) -> Output:
    """Make one axis of all."""
    value = arguments.value("x")
    return Signature((size(data_shape(value)),), dtype_of(value))


@operation("keras.backend.batch_flatten")
def batch_flatten(arguments: Arguments) -> Output:
    """Make one axis of all but the first, whose length Keras 2 does not find where the batch is open."""
    value = arguments.value("x")
    shape = data_shape(value)
    if None in shape or len(shape) < 2:
        return Signature((None, None), dtype_of(value))
    return Signature((shape[0], size(shape[1:])), dtype_of(value))


@operation("keras.ops.view", "tf.bitcast")
def view(arguments: Arguments) -> Output:
    """Read the bytes as another dtype."""
    value = next(iter(arguments.values.values()))
    shape, old = data_shape(value), dtype_of(value)
    new = dtype_argument(arguments, "dtype" if "dtype" in arguments.values else "type", old)
    if SIZES.get(old) == SIZES.get(new):
        return Signature(shape, new)
    if "type" in arguments.values:
        undetermined(Why.UNSUPPORTED, "a bitcast to another size")
    if not shape:
        refuse("Cannot view a scalar as a different dtype if item sizes are different.")
    last = shape[-1]
    if last is None:
        return Signature(shape, new)
    if same(last * SIZES[old] % SIZES[new], 0) is False:
        refuse(f"Cannot view array of shape {shape} and dtype {old} as dtype {new}.")
    return Signature((*shape[:-1], floor_divide(last * SIZES[old], SIZES[new])), new)


@operation("keras.ops.broadcast_to")
def broadcast_to(arguments: Arguments) -> Output:
    """Return the shape that is asked for, which the tensor's has to broadcast with."""
    value = arguments.value("x")
    if isinstance(arguments.value("shape"), int):
        refuse("'int' object is not iterable", error="TypeError")
    target = entries(arguments.value("shape"), "shape")
    broadcast(data_shape(value), target)
    return Signature(target, dtype_of(value))


@operation("tf.broadcast_to")
def tensorflow_broadcast_to(arguments: Arguments) -> Output:
    """Return the shape that is asked for; None for entries that are tensors, where the tensor's is not known."""
    value = arguments.value("input")
    shape, target = data_shape(value), entries(arguments.value("shape"), "shape")
    if len(shape) > len(target):
        refuse(f"Shapes {shape} and {target} are incompatible", contract="broadcast", shapes=(shape, target))
    lead = len(target) - len(shape)
    for dim, wanted in zip(shape, target[lead:], strict=True):
        if dim is not None and wanted is not None and same(dim, 1) is False and same(dim, wanted) is False:
            refuse(
                f"Dimensions must be equal, but are {dim} and {wanted}", contract="broadcast", shapes=(shape, target)
            )
    return Signature(target, dtype_of(value))


# windows


@operation("keras.ops.extract_sequences")
def extract_sequences(arguments: Arguments) -> Output:
    """Cut the last axis into overlapping sequences."""
    value = arguments.value("x")
    shape = data_shape(value)
    if not shape:
        refuse("Input should have rank >= 1.", contract="rank", shape=shape)
    length = as_dim(arguments.value("sequence_length"), "sequence_length")
    stride = as_dim(arguments.value("sequence_stride"), "sequence_stride")
    last = shape[-1]
    count = None if last is None else 1 + floor_divide(last - length, stride)
    if count is not None and less(count, 0) is True:
        undetermined(Why.UNSUPPORTED, "sequences longer than what they are cut from")
    return Signature((*shape[:-1], count, length), dtype_of(value))


@operation("keras.ops.rearrange")
def rearrange(arguments: Arguments) -> Output:
    """Rearrange axes by a pattern of names: ``b (h w) c -> b h w c``."""
    value, pattern, given = arguments.value("tensor"), arguments.value("pattern"), arguments.value("axes_lengths")
    if not isinstance(pattern, str) or not isinstance(given, dict):
        undetermined(Why.UNSUPPORTED, "a pattern that is no string")
    parts = re.split(r"\s*->\s*", pattern)
    if len(parts) != 2:
        refuse(f"not enough values to unpack: the pattern {pattern!r} has to have one `->`")
    source, target = (re.findall(r"\w+|\(.*?\)", part) for part in parts)
    lengths: dict[str, Dim | None] = {name: as_dim(length, name) for name, length in given.items()}
    for axis, dim in zip(source, data_shape(value), strict=False):
        _name_axes(axis, dim, lengths)
    missing = [name for axis in target for name in re.findall(r"\w+", axis) if name not in lengths]
    if missing:
        refuse(f"'{missing[0]}'", error="KeyError")
    shape = tuple(multiply(*(lengths[name] for name in re.findall(r"\w+", axis))) for axis in target)
    if None in shape:
        refuse("unsupported operand type(s) for *=: 'int' and 'NoneType'", error="TypeError", contract="undefined-dim")
    return Signature(shape, dtype_of(value))


def _name_axes(axis: str, dim: Dim | None, lengths: dict[str, Dim | None]) -> None:
    if not axis.startswith("("):
        lengths[axis] = dim
        return
    inner = axis[1:-1].split()
    open_names = [name for name in inner if name not in lengths]
    if not open_names:
        return
    if dim is None:
        undetermined(Why.DATA, f"the axes {axis} of a None dimension")
    lengths[open_names[0]] = floor_divide(
        dim, product(length for name in inner if (length := lengths.get(name)) is not None)
    )
