"""New tensors: of a given shape, of another one's shape, ranges, random ones."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.shapes import dims_of
from keraslint.catalogue.spec import Output, Signature
from keraslint.values.dim import Poly, ceil_divide
from keraslint.values.unknown import Unknown, Why, undetermined


@operation("keras.ops.zeros(shape, dtype)", "keras.ops.ones(shape, dtype)", "keras.ops.empty(shape, dtype)", "tf.zeros(shape, dtype)", "tf.ones(shape, dtype)", "keras.backend.zeros(shape, dtype)", "keras.backend.ones(shape, dtype)", "keras.ops.full(shape, fill_value, dtype)", "tf.fill(dims:shape, value)", "keras.random.normal(shape, mean, stddev, dtype, seed)", "keras.random.uniform(shape, minval, maxval, dtype, seed)", "keras.random.truncated_normal(shape, mean, stddev, dtype, seed)", "tf.random.normal(shape, mean, stddev, dtype, seed)", "tf.random.uniform(shape, minval, maxval, dtype, seed)", "tf.random.truncated_normal(shape, mean, stddev, dtype, seed)", "keras.backend.random_normal(shape, mean, stddev, dtype, seed)", "keras.backend.random_uniform(shape, minval, maxval, dtype, seed)")  # fmt: skip
def filled(arguments: Arguments) -> Output:
    """Return the given shape."""
    dtype = arguments.raw("dtype")
    return Signature(tuple(dims_of(arguments.value("shape"))), dtype if isinstance(dtype, str) else "float32")


@operation("keras.ops.zeros_like(x, dtype)", "keras.ops.ones_like(x, dtype)", "keras.ops.full_like(x, fill_value, dtype)", "keras.ops.empty_like(x, dtype)")  # fmt: skip
def like(arguments: Arguments) -> Output:
    """Return the shape of the input."""
    return Signature(arguments.shape("x"), arguments.dtype("x"))


@operation("keras.ops.arange(start, stop, step, dtype)", "tf.range(start, limit:stop, delta:step)", "keras.backend.arange(start, stop, step, dtype)")  # fmt: skip
def arange(arguments: Arguments) -> Output:
    """Return the length of a range; of unknown bounds it is None."""
    start, stop, step = arguments.raw("start"), arguments.raw("stop"), arguments.raw("step")
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    start = 0 if start is None else start
    for bound in (start, stop, step):
        if not isinstance(dims_of(bound)[0] if isinstance(bound, Unknown) else bound, int | Poly):
            return Signature((None,), "int32")
    if isinstance(start, int) and isinstance(stop, int) and isinstance(step, int):
        return Signature((len(range(start, stop, step)),), "int32")
    (low,), (high,), (by,) = dims_of(start), dims_of(stop), dims_of(step)
    if low is None or high is None or by is None:
        return Signature((None,), "int32")
    return Signature((ceil_divide(high - low, by),), "int32")


@operation(
    "keras.ops.eye(n, m)", "tf.eye(num_rows:n, num_columns:m)", "keras.ops.identity(n)", "keras.backend.eye(size:n)"
)
def eye(arguments: Arguments) -> Output:
    """Return a square, or rows and columns."""
    (rows,) = dims_of(arguments.value("n"))
    columns = arguments.value("m")
    return (rows, rows if columns is None else dims_of(columns)[0])


@operation("keras.ops.linspace(start, stop, num)", "tf.linspace(start, stop, num)")
def linspace(arguments: Arguments) -> Output:
    """Return the number of points."""
    return (arguments.integer("num", 50),)


@operation("tf.shape(input:x, out_type)", "keras.backend.shape(x)")
def dynamic_shape(arguments: Arguments) -> Output:
    """Return the shape of a shape as a tensor."""
    return Signature((len(arguments.shape("x")),), "int32")


@operation("tf.size(input:x)", "tf.rank(input:x)", "keras.ops.size(x)")
def scalar(arguments: Arguments) -> Output:
    """Return a scalar."""
    del arguments
    return Signature((), "int32")


@operation("keras.ops.nonzero(x)", "tf.boolean_mask(tensor:x, mask)", "tf.unique(x)")
def depends_on_data(arguments: Arguments) -> Output:
    """Raise ``Undetermined``: how many entries there are depends on the data."""
    del arguments
    undetermined(Why.DATA, "a shape that depends on the data")
