"""Operations that reduce axes: sums, means, extremes, norms, arguments of extremes."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.shapes import axis_of, reduced
from keraslint.catalogue.spec import Output, Refused, Signature
from keraslint.catalogue.versions import Keras

_PLAIN = "sum mean max min prod var std any all amax amin median logsumexp nansum nanmean nanmax nanmin".split()  # noqa: SIM905
_TF = "reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_variance reduce_std reduce_any reduce_all reduce_logsumexp reduce_euclidean_norm count_nonzero".split()  # noqa: SIM905
_K = "sum mean max min prod var std any all logsumexp".split()  # noqa: SIM905


@operation(
    *(f"keras.ops.{name}(x, axis, keepdims)" for name in _PLAIN),
    *(f"tf.{name}(input_tensor:x, axis, keepdims)" for name in _TF),
    *(f"keras.backend.{name}(x, axis, keepdims)" for name in _K),
    "keras.ops.count_nonzero(x, axis)",
    "keras.ops.average(x, axis, weights)",
)
def reduce(arguments: Arguments) -> Output:
    """Return the shape without the reduced axes."""
    shape = reduced(arguments.shape("x"), arguments.value("axis"), keepdims=arguments.flag("keepdims"))
    return Signature(shape, arguments.dtype("x"))


@operation("keras.ops.norm(x, ord, axis, keepdims)", "tf.norm(tensor:x, ord, axis, keepdims)")
def norm(arguments: Arguments) -> Output:
    """Return the shape without the axes of the norm."""
    return reduced(arguments.shape("x"), arguments.value("axis"), keepdims=arguments.flag("keepdims"))


@operation(
    "keras.ops.argmax(x, axis, keepdims)",
    "keras.ops.argmin(x, axis, keepdims)",
    "tf.argmax(input:x, axis)",
    "tf.argmin(input:x, axis)",
)
def argument(arguments: Arguments) -> Output:
    """Return the shape without one axis: Keras 3 flattens first where none is named, TensorFlow takes the first."""
    axis = arguments.value("axis")
    if axis is None and arguments.keras is Keras.TWO:
        axis = 0
    return Signature(reduced(arguments.shape("x"), axis, keepdims=arguments.flag("keepdims")), "int32")


@operation("keras.backend.argmax(x, axis)", "keras.backend.argmin(x, axis)")
def argument_of_last(arguments: Arguments) -> Output:
    """Return the shape without one axis, the last where none is named."""
    return Signature(reduced(arguments.shape("x"), arguments.integer("axis", -1), keepdims=False), "int64")


@operation("keras.ops.moments(x, axes:axis, keepdims)", "tf.moments(x, axes:axis, shift, keepdims)")
def moments(arguments: Arguments) -> Output:
    """Return the shapes of mean and variance."""
    shape = reduced(arguments.shape("x"), arguments.value("axis"), keepdims=arguments.flag("keepdims"))
    return [shape, shape]


@operation("keras.ops.top_k(x, k, sorted)", "tf.top_k(input:x, k, sorted)")
def top_k(arguments: Arguments) -> Output:
    """Return the shapes of the k greatest entries of the last axis and of their indices."""
    shape = arguments.shape("x")
    k = arguments.integer("k", 1)
    last = shape[-1] if shape else None
    if not shape or (arguments.keras is Keras.TWO and isinstance(last, int) and last < k):
        raise Refused(f"input must have last dimension >= k = {k} but is {last}", contract="axis")
    kept = (*shape[:-1], k)
    return [Signature(kept, arguments.dtype("x")), Signature(kept, "int32")]


@operation("keras.ops.diff(a:x, n, axis)")
def diff(arguments: Arguments) -> Output:
    """Return the shape with an axis shortened by n."""
    shape = list(arguments.shape("x"))
    axis = axis_of(arguments.integer("axis", -1), len(shape))
    dim = shape[axis]
    if dim is not None:
        left = dim - arguments.integer("n", 1)
        shape[axis] = max(left, 0) if isinstance(left, int) else left
    return tuple(shape)
