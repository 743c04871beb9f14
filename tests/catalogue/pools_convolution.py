"""What the convolutions are tried with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.catalogue.differential import Inner, Object, Pool

WEIGHTED: Mapping[str, Sequence[object]] = {
    "activation": ("relu", "softmax", None, Inner("PReLU", {"shared_axes": [1]}), ..., "nonsense"),
    "use_bias": (True, False, False),
    "bias_initializer": ("zeros", Object("initializers", "Constant", "0.1"), ..., "nonsense"),
    "bias_regularizer": ("l2", None),
    "bias_constraint": (None, Object("constraints", "MaxNorm", "2")),
}
KERNEL: Mapping[str, Sequence[object]] = {
    "kernel_initializer": ("he_normal", "ones", Object("initializers", "GlorotUniform")),
    "kernel_regularizer": ("l2", Object("regularizers", "L1", "0.01"), ..., "l1l2", "l1_l2"),
    "kernel_constraint": (None, Object("constraints", "MaxNorm", "2")),
}
SHAPES: Mapping[int, Sequence[object]] = {
    1: ((9, 4), (None, 3), (12, 6), (3, 4), ..., (9, None), (5,), (3, 8, 4)),
    2: ((9, 8, 4), (None, 7, 3), (6, None, 6), (12, 12, 2), (2, 2, 4), ..., (9, 9, None), (9, 4), (2, 6, 6, 3)),
    3: ((5, 6, 7, 4), (None, 5, 5, 3), (6, 6, None, 2), (8, 8, 8, 1), (2, 2, 2, 4), ..., (5, 5, 5, None), (9, 9, 4)),
}


def _sizes(rank: int) -> tuple[object, ...]:
    return (1, 2, 3, 3, 4, (2,) * rank, (3, 1, 2)[:rank], [2] * rank, ..., 0, (2,) * (rank + 1), "3", (2.0,) * rank)


def _shared(rank: int) -> dict[str, Sequence[object]]:
    return {
        "strides": (1, 2, 3, (2,) * rank, (2, 1, 1)[:rank], ..., 0, (1,) * (rank + 1)),
        "padding": ("valid", "same", "same", "SAME", ..., "causal", "full"),
        "data_format": ("channels_last", "channels_first", "channels_first", None, ..., "nonsense"),
        "dilation_rate": (1, 2, (2,) * rank, (1, 2, 1)[:rank], ..., 0),
        **WEIGHTED,
    }


def _convolution(rank: int) -> Pool:
    return Pool(
        {"filters": (1, 2, 4, 6, 6, 8, ..., 3.0, 0, -2, "4", True, None), "kernel_size": _sizes(rank)},
        {**_shared(rank), **KERNEL, "groups": (1, 2, 3, ..., 0, None), "lora_rank": (1, 2)},
        SHAPES[rank],
        ("float32",) * 12 + ("int32",),
    )


def _transposed(rank: int) -> Pool:
    return Pool(
        {"filters": (1, 2, 4, 6, 8, ..., 0), "kernel_size": _sizes(rank)},
        {**_shared(rank), **KERNEL, "output_padding": (None, 0, 1, (1,) * rank, (0, 1, 0)[:rank])},
        SHAPES[rank],
    )


def _depthwise(rank: int) -> Pool:
    initial = {"depthwise_initializer": ("he_normal", ..., "nonsense"), "depth_multiplier": (1, 2, 3, ..., 0)}
    return Pool({"kernel_size": _sizes(rank)}, {**_shared(rank), **initial}, SHAPES[rank])


def _separable(rank: int) -> Pool:
    initial = {"pointwise_regularizer": ("l2", None), "depth_multiplier": (1, 2, 3, ..., 0)}
    return Pool(
        {"filters": (1, 2, 4, 6, ..., 0), "kernel_size": _sizes(rank)}, {**_shared(rank), **initial}, SHAPES[rank]
    )


def _local(rank: int) -> Pool:
    return Pool(
        {"filters": (1, 2, 4), "kernel_size": _sizes(rank)},
        {**_shared(rank), **KERNEL, "implementation": (1, 2, 3, 3, ..., 4)},
        SHAPES[rank],
    )


CONVOLUTIONS: Mapping[str, Pool] = {
    **{f"Conv{rank}D": _convolution(rank) for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _transposed(rank) for rank in (1, 2, 3)},
    **{f"DepthwiseConv{rank}D": _depthwise(rank) for rank in (1, 2)},
    **{f"SeparableConv{rank}D": _separable(rank) for rank in (1, 2)},
    **{f"LocallyConnected{rank}D": _local(rank) for rank in (1, 2)},
}
