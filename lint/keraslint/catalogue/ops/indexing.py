"""Picking entries: slices, gathers, one-hot rows."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.shapes import axis_of, dims_of
from keraslint.catalogue.spec import Output, Refused, Signature
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, less, maximum, minimum
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Unknown, Why, undetermined


@operation("operator.getitem(x, key)")
def getitem(arguments: Arguments) -> Output:
    """Return the shape of ``x[key]``."""
    shape = arguments.shape("x")
    key = arguments.value("key")
    parts = list(key) if isinstance(key, tuple) else [key]
    spent = sum(part is not None and part is not ... for part in parts)
    if spent > len(shape):
        raise Refused(
            f"Array has shape {shape} but slice has to many indices {len(parts)}", contract="rank", shape=shape
        )
    if ... in [part for part in parts if not isinstance(part, Tensor | Array | Unknown)]:
        at = next(i for i, part in enumerate(parts) if part is ...)
        parts[at : at + 1] = [slice(None)] * (len(shape) - spent)
    else:
        parts += [slice(None)] * (len(shape) - spent)
    result: list[Dim | None] = []
    axis = 0
    for part in parts:
        if part is None:
            result.append(1)
            continue
        result.extend(_picked(part, shape[axis], axis, shape))
        axis += 1
    return Signature(tuple(result), arguments.dtype("x"))


def _picked(part: object, dim: Dim | None, axis: int, shape: Shape) -> Shape:
    match part:
        case int() | Poly():
            if isinstance(part, int) and isinstance(dim, int) and not -dim <= part < dim:
                raise Refused(
                    f"Array has shape {shape} but out-of-bounds index {part} was requested", contract="axis", axis=axis
                )
            return ()
        case slice():
            return (_sliced(part, dim),)
        case Tensor() | Array():
            inner = part.shape
            if isinstance(inner, tuple) and part.dtype != "bool":
                return inner
            undetermined(Why.DATA, "a selection by a mask")
        case list():
            return (len(part),)
        case Unknown():
            return ()
        case _:
            undetermined(Why.UNSUPPORTED, f"an index {part!r}")


def _sliced(part: slice, dim: Dim | None) -> Dim | None:
    """Return the length of a slice; of an axis of unknown size only where the bounds say it all."""
    bounds: list[Dim | None] = []
    for bound in (part.start, part.stop, part.step):
        if isinstance(bound, Tensor | Array):
            return None
        bounds.extend([None] if bound is None else dims_of(bound))
    start, stop, step = bounds
    if step is None:
        step = 1
    if dim is None:
        return None
    if start is None and stop is None:
        return dim if step == 1 else -((-dim) // step) if isinstance(step, int) and step > 0 else _reversed(dim, step)
    if not isinstance(step, int) or step == 0:
        undetermined(Why.UNSUPPORTED, "a slice with a step that is not known")
    if isinstance(dim, int) and all(bound is None or isinstance(bound, int) for bound in (start, stop)):
        return len(range(*slice(start, stop, step).indices(dim)))
    if step != 1:
        undetermined(Why.INPUT, f"the length of a slice of {dim}")
    low = _bound(start, dim, 0)
    high = _bound(stop, dim, dim)
    return maximum(high - low, 0)


def _reversed(dim: Dim, step: Dim) -> Dim:
    if step == -1:
        return dim
    undetermined(Why.INPUT, f"the length of a slice of {dim} by steps of {step}")


def _bound(value: Dim | None, dim: Dim, default: Dim) -> Dim:
    if value is None:
        return default
    negative = less(value, 0)
    if negative is None:
        undetermined(Why.INPUT, f"whether {value} is negative")
    return maximum(dim + value, 0) if negative else minimum(value, dim)


@operation(
    "keras.ops.take(x, indices, axis)",
    "tf.gather(params:x, indices, validate_indices, axis, batch_dims)",
    "keras.backend.gather(reference:x, indices)",
)
def take(arguments: Arguments) -> Output:
    """Return a shape with an axis replaced by the shape of the indices."""
    shape = arguments.shape("x")
    indices = arguments.shape("indices")
    if arguments.raw("batch_dims") not in {None, 0}:
        undetermined(Why.UNSUPPORTED, "gather with batch_dims")
    if arguments.value("axis") is None and "axis" in arguments.values:
        return indices
    axis = axis_of(arguments.integer("axis", 0), len(shape))
    return Signature((*shape[:axis], *indices, *shape[axis + 1 :]), arguments.dtype("x"))


@operation("keras.ops.take_along_axis(x, indices, axis)")
def take_along_axis(arguments: Arguments) -> Output:
    """Return the shape of the indices."""
    return Signature(arguments.shape("indices"), arguments.dtype("x"))


@operation(
    "keras.ops.one_hot(x, num_classes, axis)",
    "tf.one_hot(indices:x, depth:num_classes, on_value, off_value, axis)",
    "keras.backend.one_hot(indices:x, num_classes)",
)
def one_hot(arguments: Arguments) -> Output:
    """Return a shape with an axis of classes put in."""
    shape = list(arguments.shape("x"))
    (classes,) = dims_of(arguments.value("num_classes"))
    axis = axis_of(arguments.integer("axis", -1), len(shape) + 1)
    shape.insert(axis, classes)
    return Signature(tuple(shape), "float32")


@operation("keras.ops.slice(x, start, size)", "tf.slice(input_:x, begin:start, size)")
def slice_of(arguments: Arguments) -> Output:
    """Return the given sizes; -1 is the rest of an axis."""
    shape = arguments.shape("x")
    starts, sizes = dims_of(arguments.value("start")), dims_of(arguments.value("size"))
    result: list[Dim | None] = []
    for dim, start, size in zip(shape, starts, sizes, strict=False):
        rest = None if dim is None or start is None else dim - start
        result.append(rest if size == -1 else size)
    return tuple(result)
