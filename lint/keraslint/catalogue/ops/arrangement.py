"""Operations that arrange entries anew: reshape, transpose, join, split, repeat, pad."""

from __future__ import annotations

from itertools import pairwise

from keraslint.catalogue.operations import Arguments, operand_shape, operation
from keraslint.catalogue.ops.shapes import axes_of, axis_of, broadcast, dims_of, joined, reshaped, times
from keraslint.catalogue.spec import Output, Refused, Signature
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, floor_divide, same
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, elements
from keraslint.values.unknown import Why, undetermined


@operation(
    "keras.ops.reshape(x, newshape)", "tf.reshape(tensor:x, shape:newshape)", "keras.backend.reshape(x, shape:newshape)"
)
def reshape(arguments: Arguments) -> Output:
    """Return the new shape; entries that are tensors are not known."""
    if isinstance(arguments.raw("newshape"), Tensor):
        undetermined(Why.DATA, "a shape that is a tensor")
    shape = reshaped(arguments.shape("x"), dims_of(arguments.value("newshape")))
    return Signature(shape, arguments.dtype("x"))


@operation("keras.ops.ravel(x)", "keras.backend.flatten(x)")
def ravel(arguments: Arguments) -> Output:
    """Return one axis."""
    return (elements(arguments.shape("x")),)


@operation("keras.backend.batch_flatten(x)")
def batch_flatten(arguments: Arguments) -> Output:
    """Return two axes of unknown size: TensorFlow multiplies the shape while it runs."""
    arguments.shape("x")
    return (None, None)


@operation(
    "keras.ops.transpose(x, axes)", "tf.transpose(a:x, perm:axes)", "keras.backend.permute_dimensions(x, pattern:axes)", "keras.backend.transpose(x)"
)  # fmt: skip
def transpose(arguments: Arguments) -> Output:
    """Return the axes in another order, reversed where none is given."""
    shape = arguments.shape("x")
    axes = arguments.value("axes")
    order = list(range(len(shape)))[::-1] if axes is None else axes_of(axes, len(shape))
    if sorted(order) != list(range(len(shape))):
        raise Refused(f"axes {axes} do not permute a shape of rank {len(shape)}", contract="axis")
    return Signature(tuple(shape[axis] for axis in order), arguments.dtype("x"))


@operation("keras.ops.swapaxes(x, axis1, axis2)")
def swapaxes(arguments: Arguments) -> Output:
    """Return a shape with two axes exchanged."""
    shape = list(arguments.shape("x"))
    first, second = (axis_of(arguments.integer(name, 0), len(shape)) for name in ("axis1", "axis2"))
    shape[first], shape[second] = shape[second], shape[first]
    return tuple(shape)


@operation("keras.ops.moveaxis(x, source, destination)")
def moveaxis(arguments: Arguments) -> Output:
    """Return a shape with axes moved."""
    shape = arguments.shape("x")
    source = axes_of(arguments.value("source"), len(shape))
    destination = axes_of(arguments.value("destination"), len(shape))
    order = [axis for axis in range(len(shape)) if axis not in source]
    for target, axis in sorted(zip(destination, source, strict=True)):
        order.insert(target, axis)
    return tuple(shape[axis] for axis in order)


@operation("keras.ops.expand_dims(x, axis)", "tf.expand_dims(input:x, axis)", "keras.backend.expand_dims(x, axis)")
def expand_dims(arguments: Arguments) -> Output:
    """Return a shape with axes of one entry put in."""
    shape = list(arguments.shape("x"))
    value = arguments.value("axis", -1)
    items = value if isinstance(value, list | tuple) else [value]
    rank = len(shape) + len(items)
    for axis in sorted(axes_of(items, rank)):
        shape.insert(axis, 1)
    return Signature(tuple(shape), arguments.dtype("x"))


@operation("keras.ops.squeeze(x, axis)", "tf.squeeze(input:x, axis)", "keras.backend.squeeze(x, axis)")
def squeeze(arguments: Arguments) -> Output:
    """Return a shape without axes of one entry."""
    shape = arguments.shape("x")
    axis = arguments.value("axis")
    if axis is None or axis == []:
        if arguments.keras is Keras.TWO and None in shape:
            undetermined(Why.DATA, "the rank after a squeeze of axes of unknown size")
        return Signature(tuple(dim for dim in shape if dim != 1), arguments.dtype("x"))
    axes = axes_of(axis, len(shape))
    for index in axes:
        if shape[index] != 1 and (shape[index] is not None or arguments.keras is Keras.THREE):
            raise Refused(f"Cannot squeeze axis {index} of shape {shape}: it is not 1", contract="axis")
    return Signature(tuple(dim for index, dim in enumerate(shape) if index not in axes), arguments.dtype("x"))


def _tensors(arguments: Arguments) -> list[object]:
    value = arguments.value("xs")
    if isinstance(value, list | tuple):
        return list(value)
    undetermined(Why.UNSUPPORTED, "tensors that are no list")


@operation(
    "keras.ops.concatenate(xs, axis)", "tf.concat(values:xs, axis)", "keras.backend.concatenate(tensors:xs, axis)"
)
def concatenate(arguments: Arguments) -> Output:
    """Return the shape of tensors joined along an axis."""
    shapes = [operand_shape(item) for item in _tensors(arguments)]
    default = 0 if arguments.raw("axis") is not None or arguments.keras is Keras.THREE else -1
    rank = len(shapes[0])
    axis = axis_of(arguments.integer("axis", default), rank)
    result: list[Dim | None] = []
    for index in range(rank):
        column = [shape[index] for shape in shapes if len(shape) == rank]
        if len(column) != len(shapes):
            raise Refused(
                f"Shapes of different rank cannot be joined: {shapes}",
                contract="merge-shapes",
                shapes=shapes,
                axis=axis,
            )
        if index == axis:
            result.append(joined(column))
            continue
        known = [dim for dim in column if dim is not None]
        if any(same(dim, known[0]) is False for dim in known):
            raise Refused(
                f"Shapes do not match but for axis {axis}: {shapes}", contract="merge-shapes", shapes=shapes, axis=axis
            )
        keeps_none = arguments.keras is Keras.THREE and len(known) < len(column)
        result.append(None if not known or keeps_none else known[0])
    first = arguments.raw("xs")
    dtype = Arguments({"x": first[0]}, arguments.keras).dtype("x") if isinstance(first, list | tuple) else "float32"
    return Signature(tuple(result), dtype)


@operation("keras.ops.stack(xs, axis)", "tf.stack(values:xs, axis)", "keras.backend.stack(x:xs, axis)")
def stack(arguments: Arguments) -> Output:
    """Return the shape of tensors put beside each other along a new axis."""
    items = _tensors(arguments)
    shape = list(operand_shape(items[0]))
    for item in items[1:]:
        other = operand_shape(item)
        if len(other) != len(shape) or any(
            a is not None and b is not None and same(a, b) is False for a, b in zip(shape, other, strict=False)
        ):
            raise Refused(
                "x1 and x2 must have the same shape to be stacked",
                contract="merge-shapes",
                shapes=[tuple(shape), other],
            )
    shape.insert(axis_of(arguments.integer("axis", 0), len(shape) + 1), len(items))
    return tuple(shape)


@operation("keras.ops.hstack(xs)")
def hstack(arguments: Arguments) -> Output:
    """Return the shape of tensors joined along the second axis."""
    return concatenate(Arguments({"xs": arguments.raw("xs"), "axis": 1}, arguments.keras))


@operation("keras.ops.vstack(xs)")
def vstack(arguments: Arguments) -> Output:
    """Return the shape of tensors joined along the first axis."""
    return concatenate(Arguments({"xs": arguments.raw("xs"), "axis": 0}, arguments.keras))


@operation("keras.ops.split(x, parts, axis)", "tf.split(value:x, num_or_size_splits:parts, axis, num)")
def split(arguments: Arguments) -> Output:
    """Return the shapes of the parts: equal ones by number; in Keras 3 at indices, in TensorFlow of sizes."""
    shape = arguments.shape("x")
    axis = axis_of(arguments.integer("axis", 0), len(shape))
    parts = arguments.value("parts")
    dim = shape[axis]
    sizes: list[Dim | None]
    if isinstance(parts, int):
        if isinstance(dim, int) and dim % parts:
            raise Refused(f"x size {dim} along axis {axis} must be divisible by {parts}", contract="axis")
        sizes = [None if dim is None else floor_divide(dim, parts)] * parts
    elif arguments.keras is Keras.THREE:
        cuts = dims_of(parts)
        bounds: list[Dim | None] = [0, *cuts, dim]
        sizes = [None if a is None or b is None else b - a for a, b in pairwise(bounds)]
    else:
        sizes = dims_of(parts)
        if -1 in sizes:
            rest = joined([size for size in sizes if size != -1])
            sizes = [(None if dim is None or rest is None else dim - rest) if size == -1 else size for size in sizes]
    return [Signature((*shape[:axis], size, *shape[axis + 1 :]), arguments.dtype("x")) for size in sizes]


@operation("keras.ops.unstack(x, num, axis)", "tf.unstack(value:x, num, axis)")
def unstack(arguments: Arguments) -> Output:
    """Return the shapes of the slices along an axis."""
    shape = arguments.shape("x")
    axis = axis_of(arguments.integer("axis", 0), len(shape))
    count = arguments.value("num")
    count = shape[axis] if count is None else count
    if count is None:
        raise Refused(f"Cannot infer argument `num` from shape {shape}. Either provide a tensor with a concrete shape.")
    if not isinstance(count, int):
        undetermined(Why.INPUT, f"how many slices {count} are")
    kept = (*shape[:axis], *shape[axis + 1 :])
    return [Signature(kept, arguments.dtype("x")) for _ in range(count)]


@operation("keras.ops.tile(x, repeats)", "tf.tile(input:x, multiples:repeats)", "keras.backend.tile(x, n:repeats)")
def tile(arguments: Arguments) -> Output:
    """Return a shape with each axis repeated."""
    shape = arguments.shape("x")
    repeats = dims_of(arguments.value("repeats"))
    rank = max(len(shape), len(repeats))
    if arguments.keras is Keras.TWO and len(shape) != len(repeats):
        raise Refused(f"Shape must be rank {len(shape)} but is rank {len(repeats)}", contract="rank")
    padded: Shape = (1,) * (rank - len(shape)) + tuple(shape)
    factors: Shape = (1,) * (rank - len(repeats)) + tuple(repeats)
    return tuple(times(dim, factor) for dim, factor in zip(padded, factors, strict=True))


@operation(
    "keras.ops.repeat(x, repeats, axis)",
    "tf.repeat(input:x, repeats, axis)",
    "keras.backend.repeat_elements(x, rep:repeats, axis)",
)
def repeat(arguments: Arguments) -> Output:
    """Return a shape with the entries of an axis repeated; with no axis, of the flat tensor."""
    shape = arguments.shape("x")
    repeats = arguments.value("repeats")
    if not isinstance(repeats, int):
        undetermined(Why.UNSUPPORTED, f"repeats={repeats!r}")
    if arguments.value("axis") is None:
        return (times(elements(shape), repeats),)
    axis = axis_of(arguments.integer("axis", 0), len(shape))
    return Signature((*shape[:axis], times(shape[axis], repeats), *shape[axis + 1 :]), arguments.dtype("x"))


@operation("keras.backend.repeat(x, n)")
def repeat_vector(arguments: Arguments) -> Output:
    """Return (batch, n, width)."""
    shape = arguments.shape("x")
    return (shape[0], arguments.integer("n", 1), *shape[1:])


@operation(
    "keras.ops.pad(x, pad_width, mode, constant_values)", "tf.pad(tensor:x, paddings:pad_width, mode, constant_values)"
)
def pad(arguments: Arguments) -> Output:
    """Return a shape with each axis made longer on both sides."""
    shape = arguments.shape("x")
    widths = arguments.value("pad_width")
    if isinstance(widths, int):
        widths = [(widths, widths)] * len(shape)
    if isinstance(widths, list | tuple) and len(widths) == 1 and arguments.keras is Keras.THREE:
        widths = list(widths) * len(shape)
    if isinstance(widths, list | tuple) and len(widths) == 2 and all(isinstance(item, int) for item in widths):
        widths = [tuple(widths)] * len(shape)
    if not isinstance(widths, list | tuple) or len(widths) != len(shape):
        raise Refused(
            f"`pad_width` must have the same length as `x.shape`. Received: {widths!r} for {shape}", contract="rank"
        )
    result: list[Dim | None] = []
    for dim, pair in zip(shape, widths, strict=True):
        before, after = dims_of(pair)
        result.append(joined([dim, before, after]))
    return Signature(tuple(result), arguments.dtype("x"))


@operation("keras.backend.spatial_2d_padding(x, padding, data_format)")
def spatial_2d_padding(arguments: Arguments) -> Output:
    """Return a shape with rows and columns made longer."""
    shape = arguments.shape("x")
    rows, columns = (joined(dims_of(pair)) for pair in (arguments.value("padding") or ((1, 1), (1, 1))))  # type: ignore[attr-defined]
    first = 2 if arguments.value("data_format") == "channels_first" else 1
    result = list(shape)
    result[first], result[first + 1] = joined([shape[first], rows]), joined([shape[first + 1], columns])
    return tuple(result)


@operation("keras.ops.broadcast_to(x, shape)", "tf.broadcast_to(input:x, shape)")
def broadcast_to(arguments: Arguments) -> Output:
    """Return the given shape, which the input has to broadcast to."""
    target = tuple(dims_of(arguments.value("shape")))
    broadcast(arguments.shape("x"), target)
    return target
