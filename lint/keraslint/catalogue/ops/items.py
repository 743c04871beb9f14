"""Items and slices: ``x[...]``, and slices given by arguments."""

from __future__ import annotations

from collections.abc import Sequence

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.selection import masked
from keraslint.catalogue.ops.shapes import (
    data_shape,
    entries,
    entry,
    integer,
    refuse,
)
from keraslint.catalogue.ops.static_values import static_value
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim, ceil_divide, less, maximum, minimum
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined


@operation("operator.getitem", "keras.ops.get_item")
def getitem(arguments: Arguments) -> Output:
    """Return an item or a slice."""
    first, second = ("a", "b") if "a" in arguments.values else ("x", "key")
    value, key = arguments.value(first), arguments.value(second)
    shape = data_shape(value)
    if arguments.keras is Keras.TWO and isinstance(key, Tensor) and key.dtype == "bool":
        return Signature(masked(shape, data_shape(key), 0), dtype_of(value))
    keys = list(key) if isinstance(key, tuple | list) else [key]
    if arguments.keras is Keras.THREE and not isinstance(key, int | tuple | list):
        refuse(f"Unsupported key type for array slice. Received: `{key}`")
    return Signature(sliced(shape, keys, arguments.keras), dtype_of(value))


def sliced(shape: Shape, keys: Sequence[object], keras: Keras) -> Shape:
    """Return the shape of ``x[keys]``."""
    if sum(key is Ellipsis for key in keys) > 1:
        refuse(f"Slice should only have one ellipsis. Received: `{keys}`")
    keys = [_with_known_bounds(key) for key in keys] if keras is Keras.TWO else keys
    is_run_time = any(isinstance(part, Tensor) for key in keys for part in _parts(key))
    rest = list(keys) if any(key is Ellipsis for key in keys) else [*keys, Ellipsis]
    given = sum(key is not None and key is not Ellipsis for key in rest)
    if given > len(shape):
        refuse(
            f"Array has shape {shape} but slice has too many indices. Received: `{keys}`", contract="rank", shape=shape
        )
    result: list[Dim | None] = []
    position = 0
    for index, key in enumerate(rest):
        if key is Ellipsis:
            behind = sum(other is not None for other in rest[index + 1 :])
            result += shape[position : len(shape) - behind]
            position = len(shape) - behind
        elif key is None:
            result.append(1)
        else:
            result += _picked(shape[position], key, keras, shape, is_run_time=is_run_time)
            position += 1
    return tuple(result)


def _with_known_bounds(key: object) -> object:
    """Return a key with numbers in the place of tensors whose value is known before the model runs."""
    if isinstance(key, slice):
        return slice(*(_known_bound(part) for part in _parts(key)))
    return _known_bound(key)


def _known_bound(part: object) -> object:
    known = static_value(part) if isinstance(part, Tensor) and data_shape(part) == () else None
    return part if known is None or known[0] is None else known[0]


def _parts(key: object) -> tuple[object, ...]:
    """Return what a key consists of: with one tensor among all keys, TensorFlow knows no bound of any slice."""
    return (key.start, key.stop, key.step) if isinstance(key, slice) else (key,)


def _picked(dim: Dim | None, key: object, keras: Keras, shape: Shape, *, is_run_time: bool) -> tuple[Dim | None, ...]:
    match key:
        case Unknown() if not key.symbol:
            raise Undetermined(key)
        case slice():
            if is_run_time and keras is Keras.THREE:
                refuse("slice indices must be integers or None or have an __index__ method", error="TypeError")
            if isinstance(key.step, Tensor):
                undetermined(Why.DATA, "a slice by a step that is a tensor")
            has_bounds = key.start is not None or key.stop is not None
            return (None if is_run_time and has_bounds else _slice_length(dim, key),)
        case Tensor() | Array() if keras is Keras.TWO and data_shape(key) == ():
            return ()
        case Tensor() | Array():
            refuse(f"Unsupported key type for array slice. Received: `{key}`")
        case bool() if keras is Keras.THREE:
            key = int(key)
        case bool() | float() | str() | list() | tuple():
            refuse(f"Unsupported key type for array slice. Received: `{key}`", error="TypeError")
    number = as_dim(key, "index")
    if dim is not None and (less(number, -dim) is True or less(number, dim) is False):
        refuse(
            f"Array has shape {shape} but out-of-bounds index {key} was requested.",
            contract="index",
            shape=shape,
            index=key,
        )
    return ()


def _slice_length(dim: Dim | None, key: slice) -> Dim | None:
    start, stop, step = (None if part is None else _bound(part) for part in _parts(key))
    step = 1 if step is None else step
    if step == 0:
        refuse("slice step cannot be zero")
    if dim is None:
        return None
    if all(isinstance(part, int) or part is None for part in (dim, start, stop, step)):
        assert isinstance(dim, int)
        return len(range(*slice(start, stop, step).indices(dim)))
    if not isinstance(step, int) or (step < 0 and (start is not None or stop is not None)):
        undetermined(Why.INPUT, "a slice with a step that is not known")
    low = _clamped(0 if start is None else start, dim)
    high = _clamped(dim if stop is None else stop, dim)
    length = maximum(high - low, 0) if less(high, low) is not False else high - low
    return ceil_divide(length, abs(step))


def _bound(part: object) -> Dim:
    if isinstance(part, Array):
        part = part.items
    return as_dim(part, "index")


def _clamped(position: Dim, dim: Dim) -> Dim:
    """Return a bound counted from the front, within the dimension."""
    negative = less(position, 0)
    if negative is None:
        undetermined(Why.INPUT, f"whether {position} is negative")
    if negative:
        return maximum(position + dim, 0) if less(position + dim, 0) is not False else position + dim
    return minimum(position, dim)


# slices by arguments


@operation("keras.ops.slice")
def keras_slice(arguments: Arguments) -> Output:
    """Return the shape that is asked for; -1 is the rest of an axis."""
    value, start = arguments.value("inputs"), arguments.value("start_indices")
    shape, wanted = data_shape(value), entries(arguments.value("shape"), "shape")
    if len(wanted) != len(shape):
        refuse(
            f"The number of dimensions in `inputs` must match the number of dimensions in `shape`. Received "
            f"inputs.shape={shape} and shape={wanted}",
            contract="rank",
        )
    if isinstance(start, list | tuple) and len(start) != len(shape):
        refuse(
            "The number of dimensions in `start_indices` must match the number of dimensions in `inputs`.",
            contract="rank",
        )
    result: list[Dim | None] = []
    for index, (dim, length) in enumerate(zip(shape, wanted, strict=True)):
        if length != -1:
            result.append(length)
        elif dim is None or isinstance(start, Tensor):
            result.append(None)
        else:
            at = entry(start[index], "start_indices") if isinstance(start, list | tuple) else None
            result.append(None if at is None else dim - at)
    return Signature(tuple(result), dtype_of(value))


@operation("keras.ops.slice_update", "keras.ops.scatter_update")
def slice_update(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = arguments.value("inputs")
    return Signature(data_shape(value), dtype_of(value))


@operation("tf.slice")
def tensorflow_slice(arguments: Arguments) -> Output:
    """Return the sizes that are asked for; -1 is the rest of an axis."""
    value = arguments.value("input_")
    shape, begin, sizes = data_shape(value), arguments.value("begin"), entries(arguments.value("size"), "size")
    if len(sizes) != len(shape):
        refuse(f"Shape must be rank {len(sizes)} but is rank {len(shape)}", contract="rank", shape=shape)
    starts = (None,) * len(shape) if isinstance(begin, Tensor) else entries(begin, "begin")
    result: list[Dim | None] = []
    for dim, start, length in zip(shape, starts, sizes, strict=True):
        if length != -1:
            result.append(length)
        else:
            result.append(None if dim is None or start is None else dim - start)
    return Signature(tuple(result), dtype_of(value))


@operation("tf.strided_slice")
def strided_slice(arguments: Arguments) -> Output:
    """Return a slice by lists of bounds and by masks."""
    value = arguments.value("input_")
    begin, end, strides = arguments.value("begin"), arguments.value("end"), arguments.value("strides")
    masks = {
        name: integer(arguments.value(f"{name}_mask"), name)
        for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    }
    if not isinstance(begin, list | tuple) or not isinstance(end, list | tuple):
        undetermined(Why.DATA, "bounds that are tensors")
    steps = strides if isinstance(strides, list | tuple) else [1] * len(begin)
    keys: list[object] = []
    for index, (start, stop, step) in enumerate(zip(begin, end, steps, strict=True)):
        bit = 1 << index
        if masks["ellipsis"] & bit:
            keys.append(Ellipsis)
        elif masks["new_axis"] & bit:
            keys.append(None)
        elif masks["shrink_axis"] & bit:
            keys.append(start)
        else:
            keys.append(slice(None if masks["begin"] & bit else start, None if masks["end"] & bit else stop, step))
    return Signature(sliced(data_shape(value), keys, Keras.TWO), dtype_of(value))
