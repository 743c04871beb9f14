"""Layers that a layer of Keras makes for itself without a name: each uses up an automatic name of its class."""

from __future__ import annotations

_AUGMENTATIONS = (
    "RandomShear",
    "RandomTranslation",
    "RandomRotation",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomContrast",
    "RandomSharpness",
    "Solarization",
    "RandomPosterization",
    "AutoContrast",
    "Equalization",
)

MADE_IN_CONSTRUCTOR: dict[str, tuple[str, ...]] = {
    "TextVectorization": ("StringLookup",),
    "RandAugment": _AUGMENTATIONS,
    "AugMix": _AUGMENTATIONS,
}
MADE_IN_BUILD: dict[str, tuple[str, ...]] = {
    "MultiHeadAttention": ("Softmax", "Dropout"),
    "GroupedQueryAttention": ("Softmax", "Dropout"),
}
