"""Preprocessing layers, of numbers, categories, texts and images, are as real Keras makes them."""

from __future__ import annotations

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import COUNT, Draw, Maker, differences, module

pytestmark = pytest.mark.tensorflow

FACTORS = (0.1, 0.5, 1, 0.0, (0.1, 0.3), [-0.2, 0.2], (0.3, 0.1), 2, -0.5, (1.5, 2.0), (0.1,), "a", 1.0, (-2, 3), None)
CHANGES_2 = ("RandomBrightness", "RandomContrast", "RandomHeight", "RandomWidth", "RandomRotation")
CHANGES_3 = (
    "AugMix", "CutMix", "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomContrast",
    "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert",
    "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness", "MixUp",
)  # fmt: skip
"""Layers with one factor."""


def normalization(draw: Draw) -> str:
    """Return a module with a Normalization, or a Rescaling."""
    shape = draw.shape(draw.one((1, 1, 2, 3, 0)), 1, 5)
    width = shape[-1] if shape and shape[-1] else 3
    if draw.chance(0.25):
        arguments = [repr(draw.one((0.5, 2, [0.1] * width, [0.1], [1.0, 2.0]))), *draw.some(0.3, {"offset": (0.1, -1)})]
        return module(draw, [draw.input(shape)], "Rescaling", [*arguments, *draw.common()], "x0")
    arguments = draw.some(0.6, {"axis": (-1, None, 1, (1,), (1, 2), -2, 0, (-1, -2), [1], 2)})
    if draw.chance(0.4):
        value = draw.one((0.5, [0.1] * width, (1.0,) * width, [0.2] * (width + 1), [0.3], [[0.1] * width]))
        arguments += [f"mean={value!r}", *(draw.some(0.9, {"variance": (value, value, 2.0)}))]
    text = draw.input(shape, draw.one(("", "", "", "int32", "float64")), draw.batch())
    return module(draw, [text], "Normalization", [*arguments, *draw.common()], "x0")


def categories(draw: Draw) -> str:
    """Return a module with Discretization (of given bins), CategoryEncoding, Hashing or HashedCrossing."""
    name = draw.one(("Discretization", "CategoryEncoding", "Hashing", "HashedCrossing"))
    shape = tuple(draw.one((1, 1, 3, None, 4)) for _ in range(draw.one((1, 1, 1, 2, 0, 3))))
    dtype = draw.one(("", "int32")) if name == "Discretization" else draw.one(("", "int32", "int64", "string"))
    arguments = {
        "Discretization": [draw.one(("[0.1, 0.5]", "bin_boundaries=[0.5, 2.0, 3.0]", "num_bins=-1"))],
        "CategoryEncoding": [draw.one(("num_tokens=4", "3", "num_tokens=0"))],
        "Hashing": [repr(draw.one((3, 4, 0, None, 5))), *draw.some(0.2, {"salt": (3, (1, 2), (1,), "a")})],
        "HashedCrossing": [repr(draw.number(2, 5))],
    }[name]
    arguments += draw.some(0.55, {"output_mode": ("int", "one_hot", "multi_hot", "count", "binary", "nonsense")})
    inputs, call = [draw.input(shape, dtype, draw.one((None, None, None, 2)))], "x0"
    if name == "HashedCrossing":
        inputs, call = [*inputs, draw.input(shape, dtype)], draw.one(("(x0, x1)", "[x0, x1]"))
    return module(draw, inputs, name, arguments, call)


def lookups(draw: Draw) -> str:
    """Return a module with a lookup of a given vocabulary, or a TextVectorization."""
    name = draw.one(("StringLookup", "IntegerLookup", "TextVectorization"))
    words: tuple[list[str], ...] = (
        ["a", "b", "c"],
        ["a", "b"],
        ["", "[UNK]", "a"],
        ["[UNK]", "a", "b"],
        ["a", "a"],
        [],
    )
    numbers: tuple[list[int], ...] = ([1, 2, 3], [5, 7], [-1, 3, 4], [1, 1], [])
    vocabulary = draw.one(numbers) if name == "IntegerLookup" else draw.one(words)
    arguments = [
        f"vocabulary={vocabulary!r}",
        *draw.some(0.2, {"max_tokens": (10, 3, 2, 1), "pad_to_max_tokens": (True,)}),
    ]
    modes = ("int", "one_hot", "multi_hot", "count", "binary", "nonsense")
    arguments += draw.some(0.5, {"output_mode": modes})
    if name == "TextVectorization":
        arguments += draw.some(
            0.25, {"output_sequence_length": (4, None, 2.0), "split": (None, "character", "nonsense")}
        )
        arguments += draw.some(0.15, {"ngrams": (2, (1, 2), [1], "a"), "standardize": (None, "lower", "nonsense")})
    else:
        arguments += draw.some(0.2, {"num_oov_indices": (0, 1, 2, -1), "invert": (True, False)})
    shape = tuple(draw.one((1, 1, 3, None)) for _ in range(draw.one((1, 1, 1, 0, 2))))
    text = draw.input(shape, "int64" if name == "IntegerLookup" else "string", draw.one((None, None, None, 2)))
    return module(draw, [text], name, arguments, "x0")


def images(draw: Draw) -> str:
    """Return a module with a layer of images."""
    shape = (*draw.shape(draw.one((2,) * 8 + (1, 0, 3)), 2, 9), draw.one((3, 3, 3, 1, None)))
    name = draw.one(
        ("Resizing", "CenterCrop", "RandomCrop", "RandomFlip", "RandomTranslation", "RandomZoom", "", "", "", "")
    )
    warp = {"fill_mode": ("reflect", "wrap", "nonsense"), "interpolation": ("nearest", "bilinear", "nonsense")}
    if name in {"Resizing", "CenterCrop", "RandomCrop"}:
        arguments = [repr(draw.one((2, 3, 5))), repr(draw.one((2, 4, 12)))]
        arguments += draw.some(0.3, {"crop_to_aspect_ratio": (True,)}) if name == "Resizing" else []
    elif name == "RandomFlip":
        arguments = draw.some(0.7, {"mode": ("horizontal", "vertical", "nonsense")})
    elif name in {"RandomTranslation", "RandomZoom"}:
        arguments = [repr(draw.one(FACTORS)), repr(draw.one(FACTORS)), *draw.some(0.2, warp)]
    else:
        name = draw.one(CHANGES_2 if draw.keras is Keras.TWO else CHANGES_3)
        arguments = [f"factor={draw.one(FACTORS)!r}"]
    dtype = draw.one(("", "", "", "uint8", "int32"))
    return module(draw, [draw.input(shape, dtype, draw.batch())], name, [*arguments, *draw.common()], "x0")


def spectrograms(draw: Draw) -> str:
    """Return a module with a spectrogram (Keras 3)."""
    if draw.chance(0.5):
        arguments = draw.some(0.5, {"fft_length": (64, 128, 50), "sequence_stride": (16, 32, 7), "num_mel_bins": (8,)})
        arguments += draw.some(0.5, {"sequence_length": (64, None, 200, 32)})
        text = draw.input(draw.shape(draw.one((1, 1, 2)), 100, 600))
        return module(draw, [text], "MelSpectrogram", [*arguments, *draw.common()], "x0")
    arguments = ["window=None", *draw.some(0.5, {"mode": ("log", "real", "imag", "stft", "nonsense")})]
    arguments += draw.some(0.5, {"frame_length": (4, 5, 8, 16), "frame_step": (1, 2, 4, 20), "fft_length": (8, 16, 4)})
    arguments += draw.some(0.3, {"padding": ("same", "valid", "nonsense"), "expand_dims": (True,)})
    arguments += draw.some(0.3, {"data_format": ("channels_first", "channels_last")})
    return module(draw, [draw.input(draw.shape(2, 8, 40))], "STFTSpectrogram", [*arguments, *draw.common()], "x0")


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_preprocessing_layers_are_as_keras_makes_them(keras: Keras) -> None:
    makers: dict[str, Maker] = {
        "normalization": normalization,
        "categories": categories,
        "lookups": lookups,
        "images": images,
    }
    if keras is Keras.THREE:
        makers["spectrograms"] = spectrograms
    assert differences(keras, makers, COUNT * 2) == ""
