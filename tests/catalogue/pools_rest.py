"""What the layers that belong to no large family are tried with: the younger augmentations, Lambda, inputs, cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.catalogue.differential import Pool
from tests.catalogue.modules import Draw, Maker, module
from tests.catalogue.test_recurrent import cell

IMAGES: Sequence[object] = (
    (8, 9, 3),
    (None, 8, 3),
    (8, None, 3),
    (5, 6, 1),
    (2, 8, 8, 3),
    ...,
    (8, 8),
    (3,),
    (8, 8, None),
)
FACTOR = (0.1, 0.5, (0.1, 0.3), 1.0, ..., (0.3, 0.1), "a", None, -0.5, 2)
FORMAT = ("channels_last", "channels_first", None, ..., "nonsense")
DTYPES = ("float32",) * 6 + ("uint8", "int32")
RANGE = ((0, 255), (0, 1), [0.0, 1.0], ..., (1,), 3)

REST: Mapping[str, Pool] = {
    "AutoContrast": Pool({}, {"value_range": RANGE}, IMAGES, DTYPES),
    "ContrastLimitedAdaptiveHistogramEqualization": Pool(
        {},
        {"value_range": RANGE, "clip_limit": (2.0, 4), "tile_grid_size": ((4, 4), (2, 3)), "data_format": FORMAT},
        IMAGES,
        DTYPES,
    ),
    "Equalization": Pool(
        {}, {"value_range": RANGE, "bins": (256, 64, 8), "data_format": FORMAT}, IMAGES, DTYPES
    ),
    "MaxNumBoundingBoxes": Pool({"max_number": (3, 10, ..., 0)}, {"fill_value": (-1, 0)}, IMAGES),
    "RandomColorJitter": Pool(
        {},
        {
            "value_range": RANGE,
            "brightness_factor": FACTOR,
            "contrast_factor": FACTOR,
            "saturation_factor": FACTOR,
            "hue_factor": FACTOR,
            "seed": (1, None),
            "data_format": FORMAT,
        },
        IMAGES,
        DTYPES,
    ),
    "RandomShear": Pool(
        {},
        {
            "x_factor": FACTOR,
            "y_factor": FACTOR,
            "interpolation": ("bilinear", "nearest", ..., "nonsense"),
            "fill_mode": ("reflect", "constant", "wrap", ..., "nonsense"),
            "data_format": FORMAT,
        },
        IMAGES,
        DTYPES,
    ),
    "Solarization": Pool(
        {}, {"addition_factor": FACTOR, "threshold_factor": FACTOR, "value_range": RANGE}, IMAGES, DTYPES
    ),
}  # fmt: skip

FUNCTIONS = (
    ("lambda t: t * 2", 1), ("lambda t: t[:, 0]", 2), ("lambda t: t + 1.0", 1), ("lambda t: t[..., :2]", 2),
    ("lambda t: keras.activations.relu(t)", 1), ("lambda t: t", 1), ("keras.activations.softmax", 1),
    ("lambda t: t[:, ::-1]", 2), ("lambda t: -t", 1), ("lambda t: [t, t]", 1), ("lambda t: t ** 2", 1),
)  # fmt: skip


def function(draw: Draw) -> str:
    """Return a module with a Lambda."""
    text, rank = draw.one(FUNCTIONS)
    arguments = [text, *draw.some(0.1, {"mask": (None,), "arguments": ({}, None)}), *draw.common()]
    if draw.chance(0.1):
        arguments.append(f"output_shape={draw.shape(2)!r}")
    return module(draw, [draw.input(draw.shape(rank + draw.one((0, 1))), "", draw.batch())], "Lambda", arguments, "x0")


def stack(draw: Draw) -> str:
    """Return a module that calls a StackedRNNCells itself, or a RNN over it."""
    cells = ", ".join(cell(draw) for _ in range(draw.number(1, 3)))
    odd = draw.one(("layers.Dense(3)", "5")) if draw.chance(0.05) else ""
    arguments = [f"[{odd or cells}]" if draw.chance(0.97) else "[]", *draw.common()]
    text = module(draw, [draw.input(draw.shape(2), "", draw.batch())], "StackedRNNCells", arguments, "x0")
    return text.replace("y = layer(x0)", "y = layers.RNN(layer)(x0)")


def pipeline(draw: Draw) -> str:
    """Return a module with a Pipeline."""
    steps = draw.pick(
        ("layers.Rescaling(0.5)", "layers.RandomFlip()", "layers.CenterCrop(4, 4)", "layers.Resizing(6, 7)",
         "layers.RandomBrightness(0.1)", "layers.Dense(3)", "layers.Dropout(0.2)"),
        draw.number(0, 3),
    )  # fmt: skip
    shape = draw.one(((8, 9, 3), (None, 8, 3), (2, 8, 8, 3), (4,)))
    return module(
        draw, [draw.input(shape)], "Pipeline", [f"[{', '.join(steps)}]", *draw.some(0.1, {"name": ("it",)})], "x0"
    )


def input_layer(draw: Draw) -> str:
    """Return a module with an InputLayer."""
    shape = draw.shape(draw.number(0, 3))
    name = "shape" if draw.keras.value == "3" else "input_shape"
    if draw.chance(0.1):
        name = draw.one(("shape", "input_shape", "batch_input_shape"))
    arguments = [f"{name}={shape!r}"]
    if draw.chance(0.25):
        key = "batch_shape" if draw.keras.value == "3" else "batch_input_shape"
        arguments = [f"{key}={(draw.one((None, 2)), *shape)!r}"]
    arguments += draw.some(0.2, {"batch_size": (2, None), "dtype": ("int32", "float16"), "name": ("it",)})
    arguments += draw.some(0.1, {"sparse": (True, False)})
    text = module(draw, [], "InputLayer", arguments, "")
    last = "layer.output" if draw.chance(0.5) else "layers.Dense(2)(layer.output)"
    return text.replace("y = layer()", f"y = {last}").replace("keras.Model([], y)", "keras.Model(layer.output, y)")


MAKERS: Sequence[Maker] = (function, stack, pipeline, input_layer)
