"""How each operation of Keras 3 is called: a maker of random calls for every name."""

from __future__ import annotations

from collections.abc import Callable

from tests.catalogue.operation_draw import Draw, Maker

CASES: dict[str, list[Maker]] = {}


def case(*names: str) -> Callable[[Callable[[Draw, str], str]], Callable[[Draw, str], str]]:
    """Add a maker for operations named behind ``keras.``."""

    def register(maker: Callable[[Draw, str], str]) -> Callable[[Draw, str], str]:
        for text in names:
            for name in text.split():
                CASES.setdefault(f"keras.{name}", []).append(lambda d, full=f"keras.{name}": maker(d, full))
        return maker

    return register


def ops(names: str) -> str:
    """Return names with ``ops.`` before each."""
    return " ".join(f"ops.{name}" for name in names.split())


FLOATS = ("float16", "bfloat16", "float64")


@case(
    ops(
        "abs absolute conj conjugate copy imag real round sign negative nan_to_num tril triu trunc relu relu6 sigmoid "
        "sparse_sigmoid softplus softsign soft_shrink sparse_plus silu squareplus log_sigmoid leaky_relu hard_sigmoid hard_silu "
        "elu selu gelu celu tanh_shrink hard_tanh hard_shrink rsqrt erf erfinv erfc stop_gradient angle arccos arccosh cos cosh "
        "sinc arcsin arcsinh arctan arctanh sin sinh tan tanh log log10 log2 log1p sqrt ceil floor exp exp2 expm1 square cbrt "
        "deg2rad rad2deg i0 reciprocal isfinite isinf isnan isneginf isposinf isreal logical_not signbit fabs bitwise_invert "
        "bitwise_not zeros_like ones_like empty_like array convert_to_tensor size ndim nonzero ravel diagflat fliplr flipud "
        "view_as_real view_as_complex slogdet logdet corrcoef layer_normalization rms_normalization"
    )
)
def unary(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(0), d.dtype())})"


@case(
    "activations.celu activations.elu activations.exponential activations.gelu activations.hard_shrink "
    "activations.hard_sigmoid activations.hard_tanh activations.leaky_relu activations.linear activations.log_sigmoid "
    "activations.relu activations.relu6 activations.selu activations.sigmoid activations.silu activations.soft_shrink "
    "activations.softplus activations.softsign activations.sparse_plus activations.sparse_sigmoid activations.squareplus "
    "activations.tanh activations.tanh_shrink activations.swish"
)
def activation(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1), d.dtype(*FLOATS))})"


@case("activations.softmax activations.log_softmax activations.glu", ops("glu"))
def activation_axis(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, axis={d.axis(len(shape))})"


@case(ops("threshold"), "activations.threshold")
def threshold(d: Draw, name: str) -> str:
    return f"{name}({d.t()}, 0.5, 1.0)"


@case(ops("clip"))
def clip(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, d.dtype())}, 0, 1)"


@case(
    ops(
        "add subtract multiply maximum fmax minimum fmin power floor_divide divide divide_no_nan true_divide arctan2 ldexp "
        "nextafter logaddexp logaddexp2 equal not_equal greater greater_equal less less_equal logical_and logical_or logical_xor "
        "isclose mod fmod"
    )
)
def binary(d: Draw, name: str) -> str:
    shape = d.shape(0)
    parts = [d.t(shape, d.dtype()), d.operand(shape)]
    if d.chance(0.3):
        parts.reverse()
    return f"{name}({', '.join(parts)})"


@case(ops("gcd lcm"))
def integers(d: Draw, name: str) -> str:
    shape = d.shape(0)
    return f"{name}({d.t(shape, 'int32')}, {d.t(d.near(shape), d.pick('int32', 'int64', 'uint8'))})"


@case(ops("bitwise_and bitwise_or bitwise_xor bitwise_left_shift left_shift bitwise_right_shift right_shift"))
def bits(d: Draw, name: str) -> str:
    shape = d.shape(0)
    return f"{name}({d.t(shape, 'int32')}, {d.t(shape, d.pick('int32', 'int64', 'uint8'))})"


@case(ops("heaviside hypot kron allclose isin inner vdot outer dot matmul cdist append"))
def two_tensors(d: Draw, name: str) -> str:
    shape = d.shape(0)
    return f"{name}({d.t(shape, d.dtype())}, {d.t(d.near(shape), d.dtype())})"


@case(ops("dot matmul inner cdist"))
def products(d: Draw, name: str) -> str:
    shape = d.shape(1)
    last = d.like((shape[-1],), 0.1)
    other = d.shape(0, 2) + ((*last, d.dim()) if not name.endswith(("inner", "cdist")) else (d.dim(), *last))
    if d.chance(0.2):
        other = last
    return (
        f"{name}({d.t(shape, d.dtype())}, {d.operand(other, plain=False) if d.chance(0.1) else d.t(other, d.dtype())})"
    )


@case(ops("matmul"))
def batched(d: Draw, name: str) -> str:
    lead, inner = d.shape(0, 2), d.dim()
    return f"{name}({d.t((*lead, d.dim(), inner))}, {d.t((*d.near(lead), inner, d.dim()))})"


@case(
    ops(
        "all any amax amin max min nanmax nanmin nanmean nanmedian nanstd nanvar var nansum sum nanprod prod mean std median "
        "logsumexp ptp"
    )
)
def reductions(d: Draw, name: str) -> str:
    shape = d.shape(0)
    keep = d.pick("", ", keepdims=True", ", keepdims=False")
    return f"{name}({d.t(shape, d.dtype())}, axis={d.axes(len(shape))}{keep})"


@case(ops("argmax argmin nanargmax nanargmin"))
def arg_reductions(d: Draw, name: str) -> str:
    shape = d.shape(1)
    axis = None if d.chance(0.2) else d.axis(len(shape))
    return f"{name}({d.t(shape, d.dtype())}, axis={axis}{d.pick('', ', keepdims=True')})"


@case(ops("count_nonzero"))
def count(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, axis={d.axes(len(shape))})"


@case(ops("quantile nanquantile percentile nanpercentile"))
def quantile(d: Draw, name: str) -> str:
    shape = d.shape(1)
    q = d.pick("0.5", "[0.1, 0.5]", "(0.1, 0.2, 0.3)", "A((2,))", "T((3,))")
    keep = d.pick("", ", keepdims=True")
    return f"{name}({d.t(shape, d.dtype())}, {q}, axis={d.axes(len(shape))}{keep})"


@case(ops("average"))
def average(d: Draw, name: str) -> str:
    shape = d.shape(1)
    axis = None if d.chance(0.3) else d.axis(len(shape))
    weights = d.pick("None", d.t(shape), d.t((shape[-1],)))
    return f"{name}({d.t(shape)}, axis={axis}, weights={weights})"


@case(ops("moments"))
def moments(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, {d.axes(len(shape), none=False)}{d.pick('', ', keepdims=True')})"


@case(ops("norm"))
def norm(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    order = d.pick("", "", ", ord=2", ", ord=1", ", ord='fro'", ", ord='inf'")
    return f"{name}({d.t(shape, d.dtype('int32', 'float16'))}, axis={d.axes(len(shape))}{order}{d.pick('', ', keepdims=True')})"


@case(ops("cumsum cumprod nancumsum nancumprod sort argsort argpartition"))
def cumulative(d: Draw, name: str) -> str:
    shape = d.shape(1)
    axis = d.pick("", f", axis={d.axis(len(shape))}", f", axis={d.axis(len(shape), 0)}", ", axis=None")
    kth = ", 1" if name.endswith("argpartition") else ""
    return f"{name}({d.t(shape, d.dtype())}{kth}{axis})"


@case(ops("flip softmax log_softmax sparsemax normalize"))
def along(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, axis={d.axis(len(shape))})"


@case(ops("flip"))
def flip(d: Draw, name: str) -> str:
    return f"{name}({d.t()})"


@case(ops("roll"))
def roll(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, 1, axis={d.axis(len(shape))})"


@case(ops("diff"))
def diff(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, n={d.integer(1, 3)}, axis={d.axis(len(shape))})"


@case(ops("trapezoid"))
def trapezoid(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape, d.dtype())}, axis={d.axis(len(shape), 0)})"


@case(ops("top_k"))
def top_k(d: Draw, name: str) -> str:
    return f"{name}({d.t()}, {d.integer(1, 4)})"


@case(ops("in_top_k"))
def in_top_k(d: Draw, name: str) -> str:
    return f"{name}({d.t((3,), 'int32')}, {d.t((3, 4))}, 2)"


@case(ops("bincount"))
def bincount(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 2), 'int32')})"


@case(ops("histogram"))
def histogram(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 1))}, bins={d.integer(1, 6)})"


@case(ops("segment_sum segment_max segment_min segment_prod"))
def segments(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, {d.t(shape[:1], 'int32')}, num_segments={d.pick(3, None, 5)})"


# shapes


@case(ops("reshape"))
def reshape(d: Draw, name: str) -> str:
    shape = d.shape(1)
    target = d.target(shape)
    if d.chance(0.15):
        other = d.t(shape)
        entries = ", ".join([f"keras.ops.shape({other})[0]", *map(str, target)])
        return f"{name}({d.t(shape)}, ({entries},))"
    return f"{name}({d.t(shape)}, {d.pick(tuple(target), target)})"


@case(ops("transpose"))
def transpose(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}{d.pick('', f', {d.permutation(len(shape))}', f', axes={d.permutation(len(shape))}')})"


@case(ops("swapaxes"))
def swapaxes(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, {d.axis(len(shape))}, {d.axis(len(shape))})"


@case(ops("moveaxis"))
def moveaxis(d: Draw, name: str) -> str:
    shape = d.shape(2)
    if d.chance(0.4):
        count = d.integer(1, len(shape))
        sample = d.random.sample
        return f"{name}({d.t(shape)}, {sample(range(len(shape)), count)}, {sample(range(len(shape)), count)})"
    return f"{name}({d.t(shape)}, {d.axis(len(shape))}, {d.axis(len(shape))})"


@case(ops("rot90"))
def rot90(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(2))}{d.pick('', ', k=2', ', axes=(1, 0)', ', axes=(0, 0)')})"


@case(ops("expand_dims"))
def expand_dims(d: Draw, name: str) -> str:
    shape = d.shape(0)
    return f"{name}({d.t(shape)}, {d.pick(d.axis(len(shape) + 1), [0, 1], (0, -1))})"


@case(ops("squeeze"))
def squeeze(d: Draw, name: str) -> str:
    shape = tuple(1 if d.chance(0.4) else dim for dim in d.shape(1))
    return f"{name}({d.t(shape)}{d.pick('', f', axis={d.axis(len(shape))}', f', {d.axes(len(shape))}')})"


@case(ops("broadcast_to"))
def broadcast_to(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    target = (*d.known(0, 1), *((dim if dim and dim > 1 else 4) for dim in d.like(shape)))
    return f"{name}({d.t(shape)}, {target})"


@case(ops("view"))
def view(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(0), d.dtype())}, {d.pick('float32', 'int32', 'int8', 'float16', 'int64')!r})"


@case(ops("diag"))
def diag(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3))}, k={d.integer(-3, 3)})"


@case(ops("diagonal"))
def diagonal(d: Draw, name: str) -> str:
    shape = d.shape(1)
    axes = d.pick("", f", axis1={d.axis(len(shape))}, axis2={d.axis(len(shape))}")
    return f"{name}({d.t(shape)}, offset={d.integer(-2, 2)}{axes})"


@case(ops("trace"))
def trace(d: Draw, name: str) -> str:
    shape = d.shape(2)
    axes = d.pick("", f", axis1={d.axis(len(shape))}, axis2={d.axis(len(shape))}")
    return f"{name}({d.t(shape, d.dtype())}{axes})"


@case(ops("extract_sequences"))
def extract_sequences(d: Draw, name: str) -> str:
    return f"{name}({d.t((*d.shape(0, 2), d.pick(None, 8, 9, 20)))}, {d.integer(2, 6)}, {d.integer(1, 4)})"


@case(ops("rearrange"))
def rearrange(d: Draw, name: str) -> str:
    batch = d.dim(0.5)
    return str(
        d.pick(
            f"{name}({d.t((batch, 4, 6))}, 'b h w -> b w h')",
            f"{name}({d.t((batch, 4, 6))}, 'b h w -> b (h w)')",
            f"{name}({d.t((batch, 4, 6))}, 'b (h p) c -> b h p c', p=2)",
            f"{name}({d.t((batch, 12, 5))}, 'b (h w) c -> b h w c', h=3)",
            f"{name}({d.t((batch, 4, 6, 3))}, 'b (h p) (w q) c -> b (h w) (p q c)', p=2, q=3)",
        )
    )


@case(ops("vander"))
def vander(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 1))}, {d.pick(None, 3)})"


# joining


def several(d: Draw, shape: tuple[int | None, ...], odds: float = 0.1) -> str:
    """Return a list of two or three tensors of about one shape."""
    return f"[{', '.join(d.t(d.like(shape, odds), d.dtype()) for _ in range(d.integer(1, 3)))}]"


@case(ops("concatenate stack"))
def concatenate(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({several(d, shape)}, axis={d.axis(len(shape))})"


@case(ops("hstack vstack dstack"))
def stacks(d: Draw, name: str) -> str:
    return f"{name}({several(d, d.shape(1))})"


@case(ops("append"))
def append(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, {d.t(d.like(shape))}, axis={d.pick(None, d.axis(len(shape)))})"


@case(ops("split array_split"))
def split(d: Draw, name: str) -> str:
    shape = d.shape(1)
    sections = d.pick(2, 2, 3, 1, [1], [1, 3]) if name.endswith(".split") else d.pick(2, 3, 4)
    return f"{name}({d.t(shape)}, {sections}, axis={d.axis(len(shape))})"


@case(ops("hsplit vsplit dsplit"))
def splits(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1))}, {d.pick(2, 1, [1])})"


@case(ops("unstack"))
def unstack(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, axis={d.axis(len(shape))}{d.pick('', ', num=2')})"


@case(ops("tile"))
def tile(d: Draw, name: str) -> str:
    shape = d.shape(1)
    repeats = [d.integer(1, 3) for _ in range(max(1, len(shape) + d.integer(-1, 1)))]
    return f"{name}({d.t(shape)}, {d.pick(repeats, tuple(repeats), 2)})"


@case(ops("repeat"))
def repeat(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, {d.pick(2, 3, [2], [1, 2])}, axis={d.pick(None, d.axis(len(shape)), d.axis(len(shape)))})"


@case(ops("pad"))
def pad(d: Draw, name: str) -> str:
    shape = d.shape(1)
    widths = [[d.integer(0, 2), d.integer(0, 2)] for _ in shape]
    if d.chance(0.1):
        widths = widths[:-1] or [[1, 1], [1, 1]]
    return f"{name}({d.t(shape)}, {d.pick(widths, tuple(map(tuple, widths)), 1, (1, 2), [[1, 2]])})"


# indexing


@case("ops.get_item")
def get_item(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{d.t(shape)}[{d.key(shape)}]"


@case(ops("take"))
def take(d: Draw, name: str) -> str:
    shape = d.shape(1)
    indices = d.pick("[0, 1]", "0", "[[0, 1], [1, 0]]", d.t(d.shape(1, 2), "int32"), "A((3,), 'int32')")
    return f"{name}({d.t(shape)}, {indices}, axis={d.pick(None, d.axis(len(shape)), d.axis(len(shape)))})"


@case(ops("take_along_axis"))
def take_along_axis(d: Draw, name: str) -> str:
    shape = d.shape(1)
    axis = None if d.chance(0.2) else d.axis(len(shape))
    other = (3,) if axis is None and d.chance(0.6) else d.near(shape)
    return f"{name}({d.t(shape)}, {d.t(other, 'int32')}, axis={axis})"


@case(ops("slice"))
def slices(d: Draw, name: str) -> str:
    shape = d.shape(1)
    start = [d.integer(0, 1) for _ in shape]
    sizes = [d.pick(-1, 1, 2) for _ in shape]
    if d.chance(0.1):
        sizes = sizes[:-1]
    return f"{name}({d.t(shape)}, {start}, {tuple(sizes)})"


@case(ops("slice_update"))
def slice_update(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(shape)}, {[0] * len(shape)}, {d.t(shape)})"


@case(ops("scatter_update"))
def scatter_update(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(2))}, {d.t((3, 1), 'int32')}, {d.t((3, 4))})"


@case(ops("scatter"))
def scatter(d: Draw, name: str) -> str:
    return f"{name}({d.t((3, 1), 'int32')}, {d.t((3,))}, (5,))"


@case(ops("where"))
def where(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}({d.t(d.near(shape), 'bool')}, {d.operand(shape)}, {d.operand(shape)})"


@case(ops("select"))
def select(d: Draw, name: str) -> str:
    shape = d.shape(1)
    return f"{name}([{d.t(shape, 'bool')}], [{d.t(shape)}])"


@case(ops("unique"))
def unique(d: Draw, name: str) -> str:
    shape = d.shape(1)
    more = d.pick("", ", return_index=True", ", return_inverse=True, return_counts=True", ", size=3")
    return f"{name}({d.t(shape)}{more}{d.pick('', f', axis={d.axis(len(shape))}')})"


@case(ops("searchsorted"))
def searchsorted(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 2))}, {d.t()})"


@case(ops("digitize"))
def digitize(d: Draw, name: str) -> str:
    return f"{name}({d.t()}, {d.t(d.shape(1, 2))})"


@case(ops("unravel_index"))
def unravel_index(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 2), 'int32')}, (3, 4))"


@case(ops("one_hot multi_hot"))
def one_hot(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    axis = d.pick("", "", f", axis={d.axis(len(shape))}")
    return f"{name}({d.t(shape, 'int32')}, {d.integer(2, 5)}{axis})"


# creation: data alone, or like a tensor


@case(ops("full_like"))
def full_like(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, d.dtype())}, 2{d.pick('', ', dtype=' + repr('int32'))})"


@case(ops("zeros_like ones_like empty_like convert_to_tensor array"))
def like(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, d.dtype())}{d.pick('', ', dtype=' + repr('int32'))})"


@case(ops("zeros ones"))
def zeros(d: Draw, name: str) -> str:
    return f"{name}({d.known(0)}{d.pick('', ', dtype=' + repr('int32'))})"


@case(ops("full"))
def full(d: Draw, name: str) -> str:
    return f"{name}({d.known(1)}, 2.0)"


@case(ops("eye tri identity"))
def eye(d: Draw, name: str) -> str:
    return (
        f"{name}({d.integer(1, 5)})" if name.endswith("identity") else f"{name}({d.integer(1, 5)}, {d.pick(None, 3)})"
    )


@case(ops("arange"))
def arange(d: Draw, name: str) -> str:
    return f"{name}({d.pick('5', '1, 7', '0, 10, 3', '5.0', '0, 1, 0.25', '7, 1, -2')})"


@case(ops("linspace logspace geomspace"))
def linspace(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    return f"{name}({d.t(shape)}, {d.t(d.near(shape))}, num={d.integer(2, 6)}, axis={d.axis(len(shape) + 1)})"


@case(ops("meshgrid"))
def meshgrid(d: Draw, name: str) -> str:
    grids = ", ".join(d.t(d.shape(1, 2)) for _ in range(d.integer(2, 3)))
    return f"{name}({grids}{d.pick('', ', indexing=' + repr('ij'))})"


@case(ops("bartlett blackman hamming hanning"))
def window(d: Draw, name: str) -> str:
    return f"{name}({d.integer(2, 8)})"


@case(ops("cast saturate_cast"))
def cast(d: Draw, name: str) -> str:
    return f"{name}({d.t(None, d.dtype())}, {d.pick('int32', 'bool', 'float16', 'no_such')!r})"


@case(ops("polar"))
def polar(d: Draw, name: str) -> str:
    shape = d.shape()
    return f"{name}({d.t(shape)}, {d.t(shape)})"


# contraction


@case(ops("tensordot"))
def tensordot(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    count = d.integer(0, len(shape))
    other = (*d.like(shape[len(shape) - count :], 0.05), *d.shape(0, 2))
    if d.chance(0.4):
        axes: object = [list(range(len(shape) - count, len(shape))), list(range(count))]
    else:
        axes = count
    return f"{name}({d.t(shape)}, {d.t(other)}, axes={axes})"


EQUATIONS = (
    "ab,bc->ac", "abc,cd->abd", "bij,bjk->bik", "bhqd,bhkd->bhqk", "b...d,b...d->b...", "...ab,...bc->...ac", "ab->ba",
    "abc->a", "ab,bc", "ij,jk,kl->il", "i,j->ij", "abcd,cde->abe", "a...b->...a", "aecd,abcd->acbe", "ii->i", "ab,ab->",
    "bthd,bshd->bhts", "ab ,bc->ac", "xy,yz->xz",
)  # fmt: skip


@case(ops("einsum"))
def einsum(d: Draw, name: str) -> str:
    equation = str(d.pick(*EQUATIONS))
    return f"{name}({equation!r}, {', '.join(operands(d, equation))})"


def operands(d: Draw, equation: str) -> list[str]:
    """Return tensors that mostly fit an equation."""
    sizes: dict[str, int | None] = {}
    wild = d.shape(0, 2) if d.keras == "3" else d.shape(1, 2)
    result = []
    for spec in equation.partition("->")[0].replace(" ", "").split(","):
        shape: list[int | None] = []
        rest = spec
        while rest:
            if rest.startswith("..."):
                shape += wild
                rest = rest[3:]
            else:
                size = sizes.setdefault(rest[0], d.dim())
                shape.append(None if d.chance(0.1) else size)
                rest = rest[1:]
        if d.chance(0.04) and len(shape) > 1:
            shape = shape[1:]
        result.append(d.t(tuple(shape)))
    return result


@case(ops("cross"))
def cross(d: Draw, name: str) -> str:
    lead = d.shape(0, 2)
    return f"{name}({d.t((*lead, d.pick(2, 3, 4, None)))}, {d.t((*d.near(lead), d.pick(2, 3, None)))})"


@case(ops("correlate"))
def correlate(d: Draw, name: str) -> str:
    return (
        f"{name}({d.t(d.shape(1, 1, 0.1))}, {d.t(d.shape(1, 1, 0.1))}, mode={d.pick('valid', 'same', 'full', 'odd')!r})"
    )


# linear algebra


@case(ops("cholesky cholesky_inverse inv det eig eigh qr svd pinv lu_factor matrix_rank logdet slogdet"))
def matrices(d: Draw, name: str) -> str:
    side = d.dim()
    shape = (*d.shape(0, 2), side, d.pick(side, side, d.dim()))
    more = d.pick("", ", mode='complete'") if name.endswith("qr") else ""
    more = d.pick("", ", full_matrices=False", ", compute_uv=False") if name.endswith("svd") else more
    return f"{name}({d.t(shape)}{more})"


@case(ops("solve solve_triangular"))
def solve(d: Draw, name: str) -> str:
    side, lead = d.dim(), d.shape(0, 1)
    right = d.pick((*lead, side, 2), (*lead, side), (*lead, 3, 2))
    return f"{name}({d.t((*lead, side, side))}, {d.t(right)})"  # type: ignore[arg-type]


@case(ops("lstsq"))
def lstsq(d: Draw, name: str) -> str:
    rows = d.dim()
    return f"{name}({d.t((rows, 3))}, {d.t((d.pick(rows, rows, 4), *d.shape(0, 1)))})"  # type: ignore[arg-type]


# networks


def images(d: Draw, rank: int, *, first: bool = False) -> tuple[tuple[int | None, ...], int | None]:
    """Return the shape of images with spatial axes of some length, and their channels."""
    channels = d.pick(1, 2, 3, 4)
    spatial = tuple(None if d.chance(0.1) else d.integer(5, 12) for _ in range(rank))
    batch = d.pick(None, 2)
    shape = (batch, channels, *spatial) if first else (batch, *spatial, channels)
    return shape, channels  # type: ignore[return-value]


def strides(d: Draw, rank: int) -> object:
    """Return strides."""
    return d.pick(1, 2, tuple(d.integer(1, 3) for _ in range(rank)))


@case(ops("conv depthwise_conv separable_conv conv_transpose"))
def conv(d: Draw, name: str) -> str:
    rank = d.integer(1, 3 if name.endswith((".conv", "conv_transpose")) else 2)
    first = d.chance(0.15)
    shape, channels = images(d, rank, first=first)
    if d.chance(0.06):
        channels = 5
    size = tuple(d.integer(1, 4) for _ in range(rank))
    kernel = (*size, d.integer(1, 4), channels) if name.endswith("transpose") else (*size, channels, d.integer(1, 4))
    point = f", {d.t((*(1,) * rank, 6, 7))}" if "separable" in name else ""
    more = f", strides={strides(d, rank)}, padding={d.pick('valid', 'same', 'SAME')!r}"
    more += ", data_format='channels_first'" if first else ""
    more += d.pick("", "", ", dilation_rate=2")  # type: ignore[operator]
    if name.endswith("transpose") and d.chance(0.2):
        more += ", output_padding=1"
    return f"{name}({d.t(shape)}, {d.pick(d.t(kernel), d.data(kernel))}{point}{more})"


@case(ops("max_pool average_pool"))
def pool(d: Draw, name: str) -> str:
    rank = d.integer(1, 3)
    first = d.chance(0.15)
    shape, _ = images(d, rank, first=first)
    size = d.pick(2, 3, tuple(d.integer(1, 7) for _ in range(rank)))
    more = d.pick("", f", strides={strides(d, rank)}", ", padding='same'", ", padding='odd'")
    return f"{name}({d.t(shape)}, {size}{more}{', data_format=' + repr('channels_first') if first else ''})"


@case(ops("adaptive_max_pool adaptive_average_pool"))
def adaptive(d: Draw, name: str) -> str:
    rank = d.integer(1, 2)
    return f"{name}({d.t(images(d, rank)[0])}, {tuple(d.integer(1, 4) for _ in range(rank))})"


@case(ops("batch_normalization"))
def batch_normalization(d: Draw, name: str) -> str:
    shape = d.shape(2, 4)
    axis = d.axis(len(shape), 0)
    vector = d.t((shape[axis],))
    more = d.pick("", f", {vector}, {vector}", f", {d.t((7,))}, {vector}")
    return f"{name}({d.t(shape)}, {vector}, {vector}, {axis}{more})"


@case(ops("dot_product_attention"))
def attention(d: Draw, name: str) -> str:
    batch = d.pick(None, 2)
    return f"{name}({d.t((batch, 4, 2, 8))}, {d.t((batch, 5, 2, 8))}, {d.t((batch, 5, 2, 8))})"  # type: ignore[arg-type]


@case(ops("unfold"))
def unfold(d: Draw, name: str) -> str:
    shape = (d.pick(None, 2), 3, d.pick(8, 9, None), 7)
    more = d.pick("", ", stride=2", ", padding=1", ", dilation=2")
    return f"{name}({d.t(shape)}, {d.pick(2, 3, (2, 3))}{more})"  # type: ignore[arg-type]


@case(ops("fold"))
def fold(d: Draw, name: str) -> str:
    return f"{name}({d.t((d.pick(None, 2), d.pick(12, 8, 7, None), 9))}, (4, 4), {d.pick(2, (2, 1))})"  # type: ignore[arg-type]


@case(ops("depth_to_space space_to_depth"))
def blocks(d: Draw, name: str) -> str:
    shape = (d.pick(None, 2), d.pick(4, 6, None, 5), d.pick(4, 8), d.pick(4, 8, 3))
    return f"{name}({d.t(shape)}, {d.pick(2, 2, 3)}{d.pick('', ', data_format=' + repr('channels_first'))})"  # type: ignore[arg-type]


@case(ops("binary_crossentropy categorical_crossentropy"))
def crossentropy(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    return f"{name}({d.t(d.like(shape, 0.05))}, {d.t(shape)})"


@case(ops("sparse_categorical_crossentropy"))
def sparse_crossentropy(d: Draw, name: str) -> str:
    shape = d.shape(1, 3)
    target = d.pick(shape[:-1], (*shape[:-1], 1), shape)
    return f"{name}({d.t(target, 'int32')}, {d.t(shape)})"  # type: ignore[arg-type]


@case(ops("ctc_loss"))
def ctc_loss(d: Draw, name: str) -> str:
    batch = d.pick(None, 2)
    return f"{name}({d.t((batch, 5), 'int32')}, {d.t((batch, 9, 4))}, {d.t((batch,), 'int32')}, {d.t((d.pick(batch, 3),), 'int32')})"  # type: ignore[arg-type]


@case(ops("ctc_decode"))
def ctc_decode(d: Draw, name: str) -> str:
    return f"{name}({d.t((d.pick(None, 2), 9, 4))}, {d.t((2,), 'int32')}{d.pick('', ', strategy=' + repr('beam_search') + ', top_paths=3')})"  # type: ignore[arg-type]


@case(ops("psnr"))
def psnr(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(2, 3))}, {d.t(d.shape(2, 3))}, 255)"


# images


def image_shape(d: Draw) -> tuple[int | None, ...]:
    """Return the shape of one image or a batch."""
    one = (d.pick(5, 8, None), d.pick(6, 9, None), d.pick(3, 3, 1, 2))
    return d.pick(one, (None, *one), (2, *one), one[:2])  # type: ignore[return-value]


@case("ops.image.resize")
def resize(d: Draw, name: str) -> str:
    size = d.pick((4, 7), [8, 8], (0, 3), (4,))
    more = d.pick("", ", data_format='channels_first'", ", interpolation='nearest'")
    return f"{name}({d.t(image_shape(d), d.dtype('uint8'))}, {size}{more})"


@case(
    "ops.image.rgb_to_grayscale ops.image.rgb_to_hsv ops.image.hsv_to_rgb ops.image.gaussian_blur ops.image.elastic_transform ops.image.sobel_edges"
)
def colours(d: Draw, name: str) -> str:
    return f"{name}({d.t(image_shape(d), d.dtype('uint8'))}{d.pick('', ', data_format=' + repr('channels_first'))})"


@case("ops.image.extract_patches")
def patches(d: Draw, name: str) -> str:
    more = d.pick(
        "", ", strides=2", ", padding='same'", ", dilation_rate=2, strides=1", ", data_format='channels_first'"
    )
    return f"{name}({d.t(image_shape(d))}, {d.pick(2, 3, (2, 3))}{more})"


@case("ops.image.extract_patches_3d")
def patches_3d(d: Draw, name: str) -> str:
    return f"{name}({d.t((d.pick(None, 2), 6, 7, 8, 2))}, {d.pick(2, (2, 3, 2))}{d.pick('', ', strides=1', ', padding=' + repr('same'))})"  # type: ignore[arg-type]


@case("ops.image.affine_transform")
def affine(d: Draw, name: str) -> str:
    return f"{name}({d.t(image_shape(d))}, {d.t(d.pick((8,), (2, 8), (1, 2, 8)))})"  # type: ignore[arg-type]


@case("ops.image.perspective_transform")
def perspective(d: Draw, name: str) -> str:
    points = d.pick((4, 2), (2, 4, 2), (4, 3))
    return f"{name}({d.t(image_shape(d))}, {d.t(points)}, {d.t(d.pick(points, points, (4, 2)))})"  # type: ignore[arg-type]


@case("ops.image.map_coordinates")
def coordinates(d: Draw, name: str) -> str:
    shape = d.shape(2, 3)
    return f"{name}({d.t(shape)}, {d.t((d.pick(len(shape), 2), *d.shape(0, 2)))}, order=1)"  # type: ignore[arg-type]


@case("ops.image.pad_images ops.image.crop_images")
def frames(d: Draw, name: str) -> str:
    what = "padding" if "pad" in name else "cropping"
    top = d.pick(
        f"top_{what}=1, bottom_{what}=1",
        f"top_{what}=1, target_height=9",
        "target_height=3",
        f"top_{what}=2, target_height=4",
    )
    left = d.pick(
        f"left_{what}=1, right_{what}=2", f"right_{what}=1, target_width=12", f"left_{what}=0, target_width=3"
    )
    return f"{name}({d.t(image_shape(d))}, {top}, {left})"


@case("ops.image.scale_and_translate")
def scale(d: Draw, name: str) -> str:
    return f"{name}({d.t((4, 5, 3))}, (6, 7, 3), {d.t((2,))}, {d.t((2,))}, (0, 1), 'linear')"


@case("ops.image.ssim")
def ssim(d: Draw, name: str) -> str:
    shape = image_shape(d)
    return f"{name}({d.t(shape)}, {d.t(shape)})"


# signals


@case(ops("fft fft2 ifft2 irfft"))
def fourier(d: Draw, name: str) -> str:
    shape = d.shape(1, 3, 0.1)
    more = d.pick("", ", fft_length=8") if name.endswith("irfft") else ""
    return f"{name}(({d.t(shape)}, {d.t(d.like(shape, 0.03))}){more})"


@case(ops("rfft"))
def rfft(d: Draw, name: str) -> str:
    return f"{name}({d.t(d.shape(1, 3))}{d.pick('', ', fft_length=10')})"


@case(ops("stft"))
def stft(d: Draw, name: str) -> str:
    shape = (*d.shape(0, 1), d.pick(None, 32, 40))
    return f"{name}({d.t(shape)}, {d.pick(6, 8)}, {d.pick(2, 3)}, {d.pick(8, 9)}{d.pick('', ', center=False')})"  # type: ignore[arg-type]


@case(ops("istft"))
def istft(d: Draw, name: str) -> str:
    shape = (*d.shape(0, 1), d.pick(None, 10, 6), 5)
    more = d.pick("", ", center=False", ", length=20")
    return f"{name}(({d.t(shape)}, {d.t(shape)}), 8, {d.pick(2, 3)}, 8{more})"  # type: ignore[arg-type]


# loops


@case(ops("while_loop"))
def while_loop(d: Draw, name: str) -> str:
    return f"{name}(lambda a, b: True, lambda a, b: (a, b), ({d.t()}, {d.t()}))"


@case(ops("fori_loop"))
def fori_loop(d: Draw, name: str) -> str:
    return f"{name}(0, 3, lambda i, a: a, {d.t()})"


# operators


OPERATORS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@", "ne": "!=",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "and_": "&", "or_": "|", "xor": "^",
}  # fmt: skip


def operator_maker(name: str, sign: str) -> Maker:
    """Return a maker of calls of a binary operator."""

    def maker(d: Draw) -> str:
        if name == "matmul":
            lead, inner = d.shape(0, 2), d.dim()
            return f"{d.t((*lead, d.dim(), inner))} @ {d.t((*d.near(lead), inner, d.dim()))}"
        shape = d.shape(1)
        logical = name in {"and_", "or_", "xor"}
        dtype = "bool" if logical else d.dtype()
        second = d.t(d.near(shape), dtype) if logical or d.keras == "2" else d.operand(shape)
        if d.keras == "2" and not logical and d.chance(0.3):
            second = str(d.pick(2, 0.5))
        parts = [d.t(shape, dtype), second]
        if d.chance(0.3) and not second.startswith("A"):
            parts.reverse()
        return f" {sign} ".join(parts)

    return maker


def operator_cases() -> dict[str, list[Maker]]:
    """Return makers of calls of Python's operators, for both versions."""
    found: dict[str, list[Maker]] = {
        f"operator.{name}": [operator_maker(name, sign)] for name, sign in OPERATORS.items()
    }
    found["operator.getitem"] = [lambda d: get_item(d, "")]
    found["operator.neg"] = [lambda d: f"-{d.t(None, d.dtype('int32', 'float16'))}"]
    found["operator.invert"] = [lambda d: f"~{d.t(None, 'bool')}"]
    found["operator.abs"] = [lambda d: f"abs({d.t(None, d.dtype('int32', 'float16'))})"]
    return found


CASES.update(operator_cases())
