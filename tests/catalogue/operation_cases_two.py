"""How TensorFlow's operations and the backend of Keras 2 are called: a maker of random calls for every name."""

from __future__ import annotations

from collections.abc import Callable

from tests.catalogue.operation_cases_three import EQUATIONS, get_item, image_shape, images, operands, operator_cases
from tests.catalogue.operation_draw import Draw, Maker

CASES: dict[str, list[Maker]] = operator_cases()


def case(*names: str) -> Callable[[Callable[[Draw, str], str]], Callable[[Draw, str], str]]:
    """Add a maker for operations: ``tf.x``, or ``K.x`` of the backend."""

    def register(maker: Callable[[Draw, str], str]) -> Callable[[Draw, str], str]:
        for text in names:
            for short in text.split():
                name = f"keras.backend.{short[2:]}" if short.startswith("K.") else short
                CASES.setdefault(name, []).append(lambda d, full=name: maker(d, full))
        return maker

    return register


def within(prefix: str, names: str) -> str:
    """Return names with a prefix before each."""
    return " ".join(f"{prefix}{name}" for name in names.split())


FLOATS = ("float64",)


@case(
    within(
        "tf.",
        "abs acos acosh asin asinh atan atanh cos cosh exp floor sigmoid sign sin sinh sqrt square tan tanh negative round identity "
        "stop_gradient math.bessel_i0 math.bessel_i1 math.ceil math.digamma math.erf math.erfc math.erfinv math.expm1 math.lgamma "
        "math.log math.log1p math.log_sigmoid math.ndtri math.reciprocal math.reciprocal_no_nan math.rint math.rsqrt math.softplus "
        "math.softsign nn.elu nn.gelu nn.leaky_relu nn.relu nn.relu6 nn.selu nn.silu math.is_finite math.is_inf math.is_nan "
        "zeros_like ones_like shape rank size math.softmax math.log_softmax nn.l2_loss math.zero_fraction math.conj math.real "
        "math.imag math.angle linalg.l2_normalize math.special.dawsn math.special.expint convert_to_tensor math.bessel_i0e",
    ),
    within(
        "K.",
        "abs cos elu exp hard_sigmoid log relu round sigmoid sign sin softplus softsign sqrt square tanh stop_gradient",
    ),
    within("K.", "zeros_like ones_like shape cast_to_floatx flatten l2_normalize softmax transpose"),
)
def unary(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, d.dtype(*FLOATS))})"


@case(
    within(
        "keras.activations.",
        "elu exponential gelu hard_sigmoid linear relu selu sigmoid softplus softsign swish tanh mish softmax",
    )
)
def activation(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1), d.dtype(*FLOATS))})"


@case("tf.logical_not")
def logical(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, 'bool')})"


@case("tf.nn.dropout K.dropout")
def dropout(d: Draw, name: str) -> str:
    return f"{name}({d.t()}, 0.5)"


@case("tf.clip_by_value K.clip")
def clip(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, d.dtype('int32'))}, 0, 1)"


@case(
    within(
        "tf.",
        "add subtract multiply maximum minimum pow math.floordiv math.floormod math.divide_no_nan math.squared_difference "
        "math.xlogy divide truediv equal not_equal greater greater_equal less less_equal atan2",
    ),
    within("K.", "maximum minimum equal not_equal greater greater_equal less less_equal pow"),
)
def binary(d: Draw, name: str) -> str:
    shape, dtype = d.shape(), d.dtype(*FLOATS)
    second = d.t(d.near(shape), dtype) if d.chance(0.75) else d.data(shape, dtype) if d.chance(0.5) else "2.0"
    parts = [d.t(shape, dtype), second]
    if d.chance(0.06) and second.startswith("T"):
        parts[1] = d.t(shape, "int32")
    if d.chance(0.3) and not name.startswith("keras"):
        parts.reverse()
    return f"{name}({', '.join(parts)})"


@case("tf.logical_and tf.logical_or tf.math.logical_xor")
def both(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape, 'bool')}, {d.t(d.near(shape), 'bool')})"


@case("tf.add_n")
def add_n(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}([{d.t(shape)}, {d.t(d.like(shape))}])"


@case("tf.complex")
def complex_number(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.t(d.near(shape))})"


@case(
    within(
        "tf.",
        "reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_logsumexp math.reduce_std math.reduce_variance "
        "math.reduce_euclidean_norm",
    ),
    within("K.", "sum max min prod mean std var all any"),
)
def reductions(d: Draw, name: str) -> str:
    shape = d.shape()
    keep = d.pick("", ", keepdims=True", ", keepdims=False")
    axes = d.axes(len(shape))
    return f"{name}({d.t(shape, d.dtype(*FLOATS))}, axis={list(axes) if isinstance(axes, tuple) and d.chance(0.5) else axes}{keep})"


@case("tf.reduce_all tf.reduce_any")
def logical_reductions(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape, 'bool')}, axis={d.axes(len(shape))}{d.pick('', ', keepdims=True')})"


@case("tf.math.count_nonzero")
def count(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, axis={d.axes(len(shape))}{d.pick('', ', keepdims=True')})"


@case("tf.argmax tf.argmin K.argmax K.argmin")
def arg(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}{d.pick('', f', axis={d.axis(len(shape))}', f', {d.axis(len(shape))}')})"


@case("tf.norm")
def norm(d: Draw, name: str) -> str:
    shape = d.shape()
    axes = d.pick("", f", axis={d.axis(len(shape))}", ", axis=[0, 1]")
    return f"{name}({d.t(shape)}{axes}{d.pick('', ', keepdims=True')})"


@case("tf.linalg.normalize")
def normalize(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, axis={d.axis(len(shape))})"


@case(
    "tf.cumsum tf.math.cumprod tf.sort tf.argsort tf.math.softmax tf.math.log_softmax tf.linalg.l2_normalize K.cumsum K.cumprod "
    "K.l2_normalize K.softmax tf.math.cumulative_logsumexp keras.activations.softmax"
)
def along(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, axis={d.axis(len(shape))})"


@case("tf.reverse K.reverse")
def reverse(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, [{d.axis(len(shape))}])"


@case("tf.roll")
def roll(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, 1, {d.axis(len(shape), 0)})"


@case("tf.nn.moments")
def moments(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, [{d.axis(len(shape))}]{d.pick('', ', keepdims=True')})"


@case("tf.math.top_k")
def top_k(d: Draw, name: str) -> str:
    return f"{name}({d.t()}, {d.integer(1, 4)})"


@case(within("tf.math.unsorted_segment_", "sum max min mean prod sqrt_n"))
def unsorted_segments(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.t(shape[:1], 'int32')}, 3)"


@case(within("tf.math.segment_", "sum max min mean prod"))
def segments(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.t(shape[:1], 'int32')})"


# shapes


@case("tf.reshape K.reshape")
def reshape(d: Draw, name: str) -> str:
    shape = d.shape()
    target = d.target(shape)
    if d.chance(0.2):
        entries = ", ".join([f"tf.shape({d.t(shape)})[0]", *map(str, target)])
        return f"{name}({d.t(shape)}, ({entries},))"
    return f"{name}({d.t(shape)}, {d.pick(tuple(target), target)})"


@case("tf.transpose")
def transpose(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}{d.pick('', f', {d.permutation(len(shape))}', f', perm={d.permutation(len(shape))}')})"


@case("K.permute_dimensions")
def permute(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.permutation(len(shape))})"


@case("tf.expand_dims K.expand_dims")
def expand_dims(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.axis(len(shape) + 1)})"


@case("tf.squeeze K.squeeze")
def squeeze(d: Draw, name: str) -> str:
    shape = tuple(1 if d.chance(0.4) else dim for dim in d.shape())
    axis = f", {d.axis(len(shape))}"
    return f"{name}({d.t(shape)}{axis if name.startswith('keras') else d.pick('', axis, f', axis=[{d.axis(len(shape))}]')})"


@case("tf.broadcast_to")
def broadcast_to(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    target = [*d.known(0, 1), *((dim if dim and dim > 1 else 4) for dim in d.like(shape))]
    return f"{name}({d.t(shape)}, {target})"


@case("K.batch_flatten")
def batch_flatten(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(2))})"


@case("tf.ensure_shape")
def ensure_shape(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.like(shape)})"


# joining


@case("tf.concat tf.stack K.concatenate K.stack")
def concat(d: Draw, name: str) -> str:
    shape = d.shape()
    parts = ", ".join(d.t(d.like(shape)) for _ in range(d.integer(1, 3)))
    return f"{name}([{parts}], axis={d.axis(len(shape))})"


@case("tf.split")
def split(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.pick(2, 2, 1, 3, [1, 1], [2, -1], [1, 2])}, axis={d.axis(len(shape))})"


@case("tf.unstack")
def unstack(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, axis={d.axis(len(shape))}{d.pick('', ', num=2')})"


@case("tf.tile K.tile")
def tile(d: Draw, name: str) -> str:
    shape = d.shape()
    repeats = [d.integer(1, 3) for _ in shape]
    if d.chance(0.08):
        repeats.append(2)
    return f"{name}({d.t(shape)}, {repeats})"


@case("tf.repeat")
def repeat(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.pick(2, 3)}, axis={d.pick(None, d.axis(len(shape)), d.axis(len(shape)))})"


@case("K.repeat")
def repeat_vector(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3))}, 3)"


@case("K.repeat_elements")
def repeat_elements(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, 2, axis={d.axis(len(shape), 0)})"


@case("tf.pad")
def pad(d: Draw, name: str) -> str:
    shape = d.shape()
    widths = [[d.integer(0, 2), d.integer(0, 2)] for _ in shape]
    if d.chance(0.08):
        widths = [*widths, [1, 1]]
    return f"{name}({d.t(shape)}, {widths})"


@case("K.temporal_padding K.spatial_2d_padding K.spatial_3d_padding")
def spatial_padding(d: Draw, name: str) -> str:
    rank = {"temporal": 1, "spatial_2": 2, "spatial_3": 3}[name.rpartition(".")[2][:9].rstrip("_p")]
    shape, _ = images(d, rank)
    widths = tuple((d.integer(0, 2), d.integer(0, 2)) for _ in range(rank))
    return f"{name}({d.t(shape)}, {widths[0] if rank == 1 else widths})"


# indexing


@case("operator.getitem")
def items(d: Draw, name: str) -> str:
    return get_item(d, name)


@case("tf.gather")
def gather(d: Draw, name: str) -> str:
    shape = d.shape()
    indices = d.pick("[0, 0]", "0", "[[0, 0], [0, 0]]", d.t(d.shape(1, 2), "int32"))
    axis = d.pick("", f", axis={d.axis(len(shape))}", f", axis={d.axis(len(shape))}")
    return f"{name}({d.t(shape)}, {indices}{axis})"


@case("tf.gather")
def batched_gather(d: Draw, name: str) -> str:
    batch = d.dim()
    return f"{name}({d.t((batch, 5, 3))}, {d.t((batch, 4), 'int32')}, batch_dims=1{d.pick('', ', axis=1', ', axis=2')})"


@case("K.gather tf.nn.embedding_lookup")
def rows(d: Draw, name: str) -> str:
    return f"{name}({d.data((5, 4))}, {d.t(d.shape(1, 3), 'int32')})"


@case("tf.gather_nd")
def gather_nd(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3))}, {d.t((*d.shape(1, 1), d.integer(1, 3)), 'int32')})"


@case("tf.slice")
def slices(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {[d.integer(0, 1) for _ in shape]}, {[d.pick(-1, 1, 2) for _ in shape]})"


@case("tf.strided_slice")
def strided_slice(d: Draw, name: str) -> str:
    shape = d.shape(2)
    return f"{name}({d.t(shape)}, [0, 1], [2, 3]{d.pick('', ', [1, 2]', ', shrink_axis_mask=1', ', end_mask=2')})"


@case("tf.where")
def where(d: Draw, name: str) -> str:
    shape = d.shape()
    if d.chance(0.1):
        return f"{name}({d.t(shape, 'bool')})"
    second = d.pick(d.t(d.near(shape)), "0.0")
    return f"{name}({d.t(d.near(shape), 'bool')}, {d.t(shape)}, {second})"


@case("tf.boolean_mask")
def boolean_mask(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    return f"{name}({d.t(shape)}, {d.t(d.like(shape[: d.integer(1, len(shape))]), 'bool')})"


@case("tf.one_hot")
def one_hot(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    return f"{name}({d.t(shape, 'int32')}, {d.integer(2, 5)}{d.pick('', f', axis={d.axis(len(shape) + 1)}', ', on_value=1.0', ', dtype=tf.int32')})"


@case("K.one_hot")
def backend_one_hot(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3), 'int32')}, {d.integer(2, 5)})"


@case("tf.sequence_mask")
def sequence_mask(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 2), 'int32')}, {d.pick(5, None)})"


@case("tf.searchsorted")
def searchsorted(d: Draw, name: str) -> str:
    return f"{name}({d.data((5,))}, {d.t(d.shape(1, 1))})"


@case(within("tf.tensor_scatter_nd_", "add max min sub update"))
def scatter(d: Draw, name: str) -> str:
    return f"{name}({d.t((5, 3))}, {d.t((2, 1), 'int32')}, {d.t((2, 3))})"


@case("K.switch")
def switch(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape, 'bool')}, {d.t(shape)}, {d.t(shape)})"


# creation and casts


@case("tf.cast K.cast tf.saturate_cast")
def cast(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, d.dtype('int32'))}, {d.pick('int32', 'float16', 'float32')!r})"


@case("tf.linspace")
def linspace(d: Draw, name: str) -> str:
    shape = d.shape(1, 2)
    return f"{name}({d.t(shape)}, {d.t(shape)}, {d.integer(2, 5)}{d.pick('', f', axis={d.axis(len(shape) + 1)}')})"


@case("tf.meshgrid")
def meshgrid(d: Draw, name: str) -> str:
    grids = ", ".join(d.t((d.dim(),)) for _ in range(d.integer(2, 3)))
    return f"{name}({grids}{d.pick('', ', indexing=' + repr('ij'))})"


@case("tf.random.categorical")
def categorical(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3))}, 4)"


@case("tf.random.normal tf.random.uniform K.random_normal tf.zeros tf.ones")
def random_numbers(d: Draw, name: str) -> str:
    return f"{name}([tf.shape({d.t()})[0], 3])"


@case("tf.fill")
def fill(d: Draw, name: str) -> str:
    return f"{name}([tf.shape({d.t()})[0], 3], 2.0)"


@case("tf.eye")
def eye(d: Draw, name: str) -> str:
    return f"{name}(4, batch_shape=[tf.shape({d.t()})[0]])"


# contraction


@case("tf.matmul")
def matmul(d: Draw, name: str) -> str:
    lead, inner, rows, columns = d.shape(1, 2), d.dim(), d.dim(), d.dim()
    lead = lead if d.chance(0.7) else ()
    first, second = (*lead, rows, inner), (*d.near(lead), inner, columns)
    more = ""
    if d.chance(0.3):
        second, more = (*d.near(lead), columns, inner), ", transpose_b=True"
    elif d.chance(0.2):
        first, more = (*lead, inner, rows), ", transpose_a=True"
    if d.chance(0.08):
        second = (*second[:-1], 7)
    return f"{name}({d.t(first)}, {d.t(second)}{more})"


@case("tf.linalg.matvec")
def matvec(d: Draw, name: str) -> str:
    inner = d.dim()
    lead = d.shape(1, 1)
    return f"{name}({d.t((*lead, d.dim(), inner))}, {d.t((*lead, inner))})"


@case("tf.tensordot")
def tensordot(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    count = d.integer(0, len(shape))
    other = (*d.like(shape[len(shape) - count :], 0.05), *d.shape(1, 2))
    axes: object = count
    if d.chance(0.4):
        axes = [list(range(len(shape) - count, len(shape))), list(range(count))]
    return f"{name}({d.t(shape)}, {d.pick(d.t(other), d.data(other))}, axes={axes})"


@case("tf.einsum")
def einsum(d: Draw, name: str) -> str:
    equation = str(d.pick(*(text for text in EQUATIONS if text != "ii->i")))
    return f"{name}({equation!r}, {', '.join(operands(d, equation))})"


@case("K.dot")
def dot(d: Draw, name: str) -> str:
    inner = d.dim()
    return f"{name}({d.t((*d.shape(1, 3), inner))}, {d.pick(d.t((inner, d.dim())), d.t((3, inner, 2)))})"


@case("K.batch_dot")
def batch_dot(d: Draw, name: str) -> str:
    batch, inner = d.pick(None, 2), d.dim()
    axes = d.pick("", ", axes=(2, 1)", ", axes=1", ", axes=2", ", axes=(1, 2)")
    return f"{name}({d.t((batch, d.dim(), inner))}, {d.t((batch, inner, d.dim()))}{axes})"  # type: ignore[arg-type]


# linear algebra


@case(
    "tf.linalg.det tf.linalg.inv tf.linalg.cholesky tf.linalg.trace tf.linalg.matrix_transpose tf.linalg.qr tf.linalg.svd tf.linalg.eigh tf.linalg.diag_part tf.linalg.pinv tf.linalg.adjoint"
)
def matrices(d: Draw, name: str) -> str:
    side = d.dim()
    other = d.dim() if name.endswith(("trace", "transpose", "qr", "svd", "part", "adjoint")) else side
    more = d.pick("", ", full_matrices=True") if name.endswith(("qr", "svd")) else ""
    return f"{name}({d.t((*d.shape(1, 1), side, other))}{more})"


@case("tf.linalg.diag")
def diag(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 2))})"


@case("tf.linalg.band_part")
def band_part(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(2))}, -1, 0)"


@case("tf.linalg.solve tf.linalg.triangular_solve")
def solve(d: Draw, name: str) -> str:
    side, lead = d.dim(), d.shape(1, 1)
    return f"{name}({d.t((*lead, side, side))}, {d.t((*lead, side, 2))})"


# networks


@case("tf.nn.conv1d tf.nn.conv2d tf.nn.conv3d tf.nn.convolution")
def conv(d: Draw, name: str) -> str:
    rank = int(name[-2]) if name.endswith("d") else d.integer(1, 2)
    shape, channels = images(d, rank)
    if d.chance(0.05):
        channels = 5
    kernel = (*(d.integer(1, 4) for _ in range(rank)), channels, d.integer(1, 4))
    stride: object = d.integer(1, 3)
    if rank > 1 and not name.endswith("convolution"):
        stride = [1, *(stride,) * rank, 1] if d.chance(0.5) or rank == 3 else stride
    if name.endswith("convolution"):
        stride = [stride] * rank
    key = "stride" if rank == 1 and name.endswith("conv1d") else "strides"
    dilation = ", dilations=2" if d.chance(0.1) and rank == 2 and not name.endswith("convolution") else ""
    return f"{name}({d.t(shape)}, {d.data(kernel)}, {key}={stride}, padding={d.pick('SAME', 'VALID')!r}{dilation})"


@case("tf.nn.depthwise_conv2d")
def depthwise(d: Draw, name: str) -> str:
    shape, channels = images(d, 2)
    stride = d.integer(1, 2)
    return (
        f"{name}({d.t(shape)}, {d.data((3, 2, channels, 2))}, [1, {stride}, {stride}, 1], {d.pick('SAME', 'VALID')!r})"
    )


@case("tf.nn.separable_conv2d")
def separable(d: Draw, name: str) -> str:
    shape, channels = images(d, 2)
    point = d.data((1, 1, (channels or 1) * 2, 7))
    return f"{name}({d.t(shape)}, {d.data((3, 2, channels, 2))}, {point}, [1, 1, 1, 1], {d.pick('SAME', 'VALID')!r})"


@case(
    "tf.nn.max_pool tf.nn.avg_pool tf.nn.max_pool1d tf.nn.max_pool2d tf.nn.max_pool3d tf.nn.avg_pool1d tf.nn.avg_pool2d tf.nn.avg_pool3d"
)
def pool(d: Draw, name: str) -> str:
    rank = int(name[-2]) if name.endswith("d") else d.integer(1, 3)
    shape, _ = images(d, rank)
    return f"{name}({d.t(shape)}, {d.integer(1, 7)}, {d.integer(1, 3)}, {d.pick('SAME', 'VALID')!r})"


@case("tf.nn.pool")
def general_pool(d: Draw, name: str) -> str:
    shape, _ = images(d, 2)
    return f"{name}({d.t(shape)}, [2, 3], 'MAX', strides=[{d.integer(1, 2)}, 2], padding={d.pick('SAME', 'VALID')!r})"


@case("tf.nn.depth_to_space tf.nn.space_to_depth")
def blocks(d: Draw, name: str) -> str:
    shape = (d.pick(None, 2), d.pick(4, 6, None, 5), d.pick(4, 8), d.pick(4, 8, 3))
    return f"{name}({d.t(shape)}, 2)"  # type: ignore[arg-type]


@case("tf.nn.batch_normalization")
def batch_normalization(d: Draw, name: str) -> str:
    shape = d.shape(2)
    vector = d.t((shape[-1],))
    return f"{name}({d.t(shape)}, {vector}, {vector}, {d.pick('None', vector)}, {d.pick('None', vector)}, 0.001)"


@case("tf.nn.bias_add K.bias_add")
def bias_add(d: Draw, name: str) -> str:
    shape = d.shape(2)
    return f"{name}({d.t(shape)}, {d.t(d.like(shape[-1:]))})"


@case("tf.nn.crelu")
def crelu(d: Draw, name: str) -> str:
    return f"{name}({d.t()})"


@case("tf.nn.sigmoid_cross_entropy_with_logits tf.nn.softmax_cross_entropy_with_logits")
def cross_entropy(d: Draw, name: str) -> str:
    shape = d.shape(2, 3)
    return f"{name}(labels={d.t(shape)}, logits={d.t(shape)})"


@case("tf.nn.sparse_softmax_cross_entropy_with_logits")
def sparse_cross_entropy(d: Draw, name: str) -> str:
    shape = d.shape(2, 3)
    return f"{name}(labels={d.t(shape[:-1], 'int32')}, logits={d.t(shape)})"


@case("K.binary_crossentropy K.categorical_crossentropy")
def backend_crossentropy(d: Draw, name: str) -> str:
    shape = d.shape(2, 3)
    return f"{name}({d.t(shape)}, {d.t(shape)})"


@case("K.conv1d K.conv2d K.conv3d K.depthwise_conv2d K.separable_conv2d")
def backend_conv(d: Draw, name: str) -> str:
    rank = int(name[-2])
    shape, channels = images(d, rank)
    kernel = (*(d.integer(1, 4) for _ in range(rank)), channels, 2)
    point = f", {d.data((1, 1, (channels or 1) * 2, 7))}" if "separable" in name else ""
    stride = d.integer(1, 3)
    more = f", strides={stride if rank == 1 else (stride,) * rank}, padding={d.pick('same', 'valid')!r}"
    return f"{name}({d.t(shape)}, {d.data(kernel)}{point}{more})"


@case("K.pool2d K.pool3d")
def backend_pool(d: Draw, name: str) -> str:
    rank = int(name[-2])
    shape, _ = images(d, rank)
    return (
        f"{name}({d.t(shape)}, {(2,) * rank}, strides={(d.integer(1, 2),) * rank}, padding={d.pick('same', 'valid')!r})"
    )


# images


@case("tf.image.resize")
def resize(d: Draw, name: str) -> str:
    method = d.pick("", ", method='nearest'", ", method='bicubic'")
    return f"{name}({d.t(image_shape(d), d.dtype('uint8'))}, {d.pick((4, 7), [8, 8])}{method})"


@case(
    "tf.image.flip_left_right tf.image.flip_up_down tf.image.per_image_standardization tf.image.rgb_to_hsv tf.image.hsv_to_rgb tf.image.rgb_to_grayscale tf.image.grayscale_to_rgb tf.image.transpose tf.image.sobel_edges tf.image.image_gradients tf.image.rgb_to_yuv"
)
def image(d: Draw, name: str) -> str:
    shape = d.pick((d.pick(5, None), 6, 3), (None, d.pick(5, None), 6, d.pick(3, 3, 1, 2)), (2, 5, 6, 1))
    return f"{name}({d.t(shape)})"  # type: ignore[arg-type]


@case("tf.image.adjust_brightness tf.image.adjust_contrast tf.image.adjust_saturation tf.image.adjust_hue")
def adjust(d: Draw, name: str) -> str:
    return f"{name}({d.t((None, 5, 6, 3))}, 0.2)"


@case("tf.image.extract_patches")
def patches(d: Draw, name: str) -> str:
    shape, _ = images(d, 2)
    step = d.integer(1, 3)
    size = d.integer(1, 4)
    return f"{name}({d.t(shape)}, [1, {size}, {size}, 1], [1, {step}, {step}, 1], [1, 1, 1, 1], {d.pick('SAME', 'VALID')!r})"


@case("tf.image.crop_and_resize")
def crop_and_resize(d: Draw, name: str) -> str:
    return f"{name}({d.t((None, 8, 8, 3))}, {d.t((5, 4))}, {d.t((5,), 'int32')}, (4, 6))"


@case("tf.image.crop_to_bounding_box tf.image.pad_to_bounding_box")
def bounding_box(d: Draw, name: str) -> str:
    size = "4, 5" if "crop" in name else "14, 15"
    return f"{name}({d.t(d.pick((None, 8, 8, 3), (8, 8, 3)))}, 1, 1, {size})"  # type: ignore[arg-type]


@case("tf.image.resize_with_crop_or_pad tf.image.resize_with_pad")
def resize_with_pad(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.pick((None, 8, 9, 3), (8, 7, 3)))}, 6, 10)"  # type: ignore[arg-type]


@case("K.resize_images")
def resize_images(d: Draw, name: str) -> str:
    shape = (None, d.pick(4, None), d.pick(5, 6), 3)
    return f"{name}({d.t(shape)}, 2, 3, 'channels_last'{d.pick('', ', interpolation=' + repr('bilinear'))})"  # type: ignore[arg-type]


@case("K.resize_volumes")
def resize_volumes(d: Draw, name: str) -> str:
    return f"{name}({d.t((None, d.pick(4, None), 5, 6, 3))}, 2, 3, 2, 'channels_last')"  # type: ignore[arg-type]


# signals


@case("tf.signal.rfft tf.signal.rfft2d")
def rfft(d: Draw, name: str) -> str:
    axes = 2 if name.endswith("2d") else 1
    return f"{name}({d.t(d.shape(axes, 3))}{d.pick('', f', fft_length={[8] * axes}')})"


@case("tf.signal.irfft")
def irfft(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3), 'complex64')}{d.pick('', ', fft_length=[8]')})"


@case("tf.signal.fft tf.signal.ifft tf.signal.fft2d")
def fft(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3), 'complex64')})"


@case("tf.signal.frame")
def frame(d: Draw, name: str) -> str:
    shape = (*d.shape(1, 1), d.pick(20, 9, None))
    return f"{name}({d.t(shape)}, {d.integer(2, 10)}, {d.integer(1, 4)}{d.pick('', ', pad_end=True')})"  # type: ignore[arg-type]


@case("tf.signal.stft")
def stft(d: Draw, name: str) -> str:
    shape = (*d.shape(1, 1), d.pick(40, 33, None))
    return f"{name}({d.t(shape)}, {d.pick(8, 10)}, {d.integer(2, 4)}{d.pick('', ', fft_length=16', ', pad_end=True')})"  # type: ignore[arg-type]
