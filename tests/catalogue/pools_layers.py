"""What the core layers, poolings, normalizations, activations and regularizations are tried with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.catalogue.differential import Inner, Object, Pool
from tests.catalogue.pools_convolution import KERNEL, SHAPES, WEIGHTED

ANY_RANK: Sequence[object] = ((4,), (5, 6), (None, 3), (6, 5, 4), (3, None, 2), (4, 3, 4, 2), (2, 3), ..., (None,), ())
FORMATS = ("channels_last", "channels_first", "channels_first", None, ..., "nonsense", "CHANNELS_FIRST")
CHANNELS: Sequence[object] = ((8,), (5, 6), (None, 4), (6, 5, 8), (3, None, 2), (4, 3, 4, 6), ..., (5, None))
AXES = (-1, 1, 2, -2, [1], [-1, 1], [1, 2], (2, 1), ..., 5, 0, "1", None)
OFFSETS: Mapping[str, Sequence[object]] = {
    "center": (True, False, False),
    "scale": (True, False, False),
    "epsilon": (1e-3, 1e-6),
    "gamma_initializer": ("ones", "zeros", ..., "nonsense"),
    "beta_regularizer": ("l2", None),
    "gamma_constraint": (None, Object("constraints", "NonNeg")),
}

CORE: Mapping[str, Pool] = {
    "Dense": Pool(
        {"units": (1, 3, 8, ..., 4.0, "4", 0, -2, True, None, (3,), 4.5)},
        {**WEIGHTED, **KERNEL, "lora_rank": (1, 2, ..., 0)},
        ANY_RANK,
        ("float32", "float32", "int32"),
    ),
    "EinsumDense": Pool(
        {
            "equation": (
                "ab,bc->ac",
                "...x,xy->...y",
                "...x,xy->...y",
                "abc,cd->abd",
                "abc,cd->abd",
                "abc,cde->abde",
                "ab...,bc->ac...",
                "abcd,cde->abe",
                "abc,bc->a",
                ...,
                "ab,b->a",
                "nonsense",
                "abc,dce->ade",
            ),
            "output_shape": (4, 6, (4,), (5, 4), (None, 4), (5, 3, 2), (None, None, 4), ..., (), "x"),
        },
        {**WEIGHTED, **KERNEL, "bias_axes": ("c", "d", "y", "bd", "de", None, ..., "z"), "lora_rank": (1, 2)},
        ((4,), (5, 6), (None, 3), (5, 6, 3), (5, 4), (5, 6, 3, 3), (None, 6), ..., (5, None)),
    ),
    "Embedding": Pool(
        {"input_dim": (10, 1, ..., 7.0, 0, True), "output_dim": (4, 1, 3, 3, ..., 0, "4")},
        {
            "embeddings_initializer": ("uniform", "ones", ..., "nonsense"),
            "embeddings_regularizer": ("l2", None, ..., "l1_l2"),
            "embeddings_constraint": (None, Object("constraints", "NonNeg")),
            "mask_zero": (True, False),
            "input_length": (5, None),
            "lora_rank": (1, 2),
            "sparse": (False,),
        },
        ((5,), (None,), (3, 4), (3, None), ()),
        ("float32", "int32", "int64"),
    ),
    "ReversibleEmbedding": Pool(
        {"input_dim": (10, 1, ..., 0), "output_dim": (4, 1)},
        {"tie_weights": (True, False, False), "mask_zero": (True, False), "lora_rank": (2,)},
        ((5,), (None,), (3, 4)),
        ("float32", "int32"),
    ),
    "experimental.RandomFourierFeatures": Pool(
        {"output_dim": (3, 8, ..., 0)},
        {"kernel_initializer": ("gaussian", "laplacian", ..., "nonsense"), "scale": (1.0, None, ..., 0.0)},
        ((4,), (8,), ..., (None,), (3, 4)),
    ),
    "Masking": Pool({}, {"mask_value": (0.0, -1, 2)}, ANY_RANK),
    "Identity": Pool({}, {}, ANY_RANK, ("float32", "int32")),
    "Wrapper": Pool({"layer": (Inner("Dense", {"units": 3}), Inner("ReLU", {}), ..., 5)}, {}, ((4,), (5, 6))),
    "Activation": Pool(
        {
            "activation": (
                "relu",
                "softmax",
                "gelu",
                None,
                Inner("PReLU", {}),
                Inner("LeakyReLU", {}),
                ...,
                "nonsense",
                5,
            )
        },
        {},
        ANY_RANK,
    ),
}


def _pooling(rank: int, *, needs_size: bool) -> Pool:
    sizes = {"pool_size": (1, 2, 2, 3, (2,) * rank, (2, 1, 3)[:rank], ..., 0, (2,) * (rank + 1), 2.0)}
    return Pool(
        sizes if needs_size else {},
        {
            **({} if needs_size else sizes),
            "strides": (1, 2, None, (2,) * rank, 3, ..., (1,) * (rank + 1)),
            "padding": ("valid", "same", ..., "SAME", "causal"),
            "data_format": FORMATS,
        },
        SHAPES[rank],
        ("float32",) * 9 + ("int32",),
    )


def _each(name: str, pools: Mapping[int, Pool]) -> dict[str, Pool]:
    return {name.format(rank): pool for rank, pool in pools.items()}


POOLINGS: Mapping[str, Pool] = {
    **_each("MaxPooling{}D", {rank: _pooling(rank, needs_size=False) for rank in (1, 2, 3)}),
    **_each("AveragePooling{}D", {rank: _pooling(rank, needs_size=True) for rank in (1, 2, 3)}),
    **{
        f"Global{kind}Pooling{rank}D": Pool({}, {"keepdims": (True, False), "data_format": FORMATS}, SHAPES[rank])
        for kind in ("Max", "Average")
        for rank in (1, 2, 3)
    },
    **{
        f"Adaptive{kind}Pooling{rank}D": Pool(
            {"output_size": (1, 2, (2,) * rank, (3, 2, 1)[:rank], ..., (2,) * (rank + 1), "2")},
            {"data_format": FORMATS},
            SHAPES[rank],
        )
        for kind in ("Max", "Average")
        for rank in (1, 2, 3)
    },
}

NORMALIZATIONS: Mapping[str, Pool] = {
    "BatchNormalization": Pool(
        {},
        {
            **OFFSETS,
            "axis": (*AXES, -1, 3, -3),
            "momentum": (0.9, 0.5),
            "renorm": (True, False),
            "virtual_batch_size": (2, None, ..., 0),
            "fused": (True, False, None),
            "synchronized": (False, True),
        },
        CHANNELS,
        ("float32",) * 9 + ("int32",),
    ),
    "experimental.SyncBatchNormalization": Pool({}, {**OFFSETS, "axis": (*AXES, 3)}, CHANNELS),
    "LayerNormalization": Pool({}, {**OFFSETS, "axis": AXES, "rms_scaling": (True, False)}, CHANNELS),
    "GroupNormalization": Pool(
        {"groups": (1, 2, 4, -1, 3, ..., 32, 0, 2.0)}, {**OFFSETS, "axis": (-1, 1, 2, -2, ..., 5, [1])}, CHANNELS
    ),
    "UnitNormalization": Pool({}, {"axis": AXES}, CHANNELS),
    "RMSNormalization": Pool({}, {"axis": (-1, 1, [1, 2], (2, 1), ..., 5), "epsilon": (1e-6,)}, CHANNELS),
    "SpectralNormalization": Pool(
        {
            "layer": (
                Inner("Dense", {"units": 3}), Inner("Dense", {"units": 2, "use_bias": False}),
                Inner("Conv2D", {"filters": 4, "kernel_size": 2}), Inner("Conv1D", {"filters": 4, "kernel_size": 2}),
                Inner("Embedding", {"input_dim": 10, "output_dim": 3}), Inner("ReLU", {}),
                Inner("DepthwiseConv2D", {"kernel_size": 2}),
                Inner("Dense", {"units": 3, "trainable": False}),
            ),
        },
        {"power_iterations": (1, 2, ..., 0)},
        ((8,), (5, 6), (6, 5, 8)),
    ),
}  # fmt: skip

ACTIVATIONS: Mapping[str, Pool] = {
    "ReLU": Pool(
        {},
        {
            "max_value": (6, None, ..., -1.0),
            "negative_slope": (0.1, ..., None, -0.1),
            "threshold": (0.5, ..., None, -1),
        },
        ANY_RANK,
    ),
    "LeakyReLU": Pool({}, {"alpha": (0.1, ..., -0.1, None), "negative_slope": (0.2, ..., -0.1)}, ANY_RANK),
    "ELU": Pool({}, {"alpha": (0.5, ..., None, -1.0)}, ANY_RANK),
    "ThresholdedReLU": Pool({}, {"theta": (0.5, ..., None, -1.0)}, ANY_RANK),
    "PReLU": Pool(
        {},
        {"shared_axes": (1, [1], [1, 2], (2,), [3], None, ..., [-1]), "alpha_initializer": ("zeros", ..., "nonsense")},
        ANY_RANK,
    ),
    "Softmax": Pool({}, {"axis": (-1, 1, [1, 2], [1], ..., 5, -3, 0)}, ANY_RANK),
}
RATES = (0.0, 0.3, 0.5, 1, ..., 1.5, -0.1)
REGULARIZATIONS: Mapping[str, Pool] = {
    "Dropout": Pool(
        {"rate": RATES}, {"noise_shape": ((None, 1), (1, 4), (None, 1, 3), ..., 3, (0, 1)), "seed": (1, None)}, ANY_RANK
    ),
    "AlphaDropout": Pool({"rate": RATES}, {"seed": (1, None)}, ANY_RANK),
    "GaussianDropout": Pool({"rate": RATES}, {"seed": (1, None)}, ANY_RANK),
    "GaussianNoise": Pool({"stddev": RATES}, {"seed": (1, None)}, ANY_RANK),
    "SpatialDropout1D": Pool({"rate": RATES}, {}, SHAPES[1]),
    "SpatialDropout2D": Pool({"rate": RATES}, {"data_format": FORMATS}, SHAPES[2]),
    "SpatialDropout3D": Pool({"rate": RATES}, {"data_format": FORMATS}, SHAPES[3]),
    "ActivityRegularization": Pool({}, {"l1": (0.1, 0, None, ..., "x"), "l2": (0.2, None)}, ANY_RANK),
}
