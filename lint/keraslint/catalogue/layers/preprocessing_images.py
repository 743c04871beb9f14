"""Preprocessing and augmentation of images: resizing, cropping, and every random change; none has weights."""

from __future__ import annotations

from dataclasses import dataclass, field

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.preprocessing_image_checks import (
    FILL_MODES,
    INTERPOLATIONS,
    WARP,
    Bounds,
    changed_2,
    check_change_2,
    check_factor,
    check_interpolation_2,
    check_kernel,
    check_value_range,
)
from keraslint.catalogue.layers.standard import Standard, settle
from keraslint.catalogue.spec import Call, Output, Refused, as_dim, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, less
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Checks:
    """What a constructor checks, by argument."""

    factors: dict[str, Bounds] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    value_range: bool = False


UNIT = Bounds(0, 1)
EACH_UNIT = Bounds(0, 1, each=True)
SIGNED = Bounds(-1, 1)

CHECKS_3: dict[str, Checks] = {
    "AugMix": Checks({"factor": EACH_UNIT}, {"interpolation": INTERPOLATIONS}, value_range=True),
    "AutoContrast": Checks(value_range=True),
    "ContrastLimitedAdaptiveHistogramEqualization": Checks({"factor": SIGNED}),
    "CutMix": Checks({"factor": UNIT}),
    "Equalization": Checks({"factor": SIGNED}, value_range=True),
    "MaxNumBoundingBoxes": Checks({"factor": SIGNED}),
    "MixUp": Checks({"factor": SIGNED}),
    "RandAugment": Checks({"factor": EACH_UNIT}, {"interpolation": INTERPOLATIONS}, value_range=True),
    "RandomBrightness": Checks({"factor": SIGNED}, value_range=True),
    "RandomColorDegeneration": Checks({"factor": SIGNED}, value_range=True),
    "RandomColorJitter": Checks(
        {"brightness_factor": SIGNED, "contrast_factor": UNIT, "saturation_factor": SIGNED, "hue_factor": UNIT}
    ),
    "RandomContrast": Checks({"factor": UNIT}),
    "RandomElasticTransform": Checks(
        {"factor": UNIT, "scale": UNIT},
        {"interpolation": INTERPOLATIONS, "fill_mode": (*FILL_MODES, "mirror")},
    ),
    "RandomErasing": Checks({"factor": UNIT, "scale": UNIT}),
    "RandomFlip": Checks(),
    "RandomGaussianBlur": Checks({"factor": UNIT, "sigma": UNIT}),
    "RandomGrayscale": Checks({"factor": UNIT}),
    "RandomHue": Checks({"factor": UNIT}),
    "RandomInvert": Checks({"factor": UNIT}),
    "RandomPerspective": Checks({"factor": UNIT, "scale": UNIT}, {"interpolation": INTERPOLATIONS}),
    "RandomPosterization": Checks({"factor": Bounds(1, 8)}, value_range=True),
    "RandomRotation": Checks({"factor": SIGNED}, WARP),
    "RandomSaturation": Checks({"factor": SIGNED}, value_range=True),
    "RandomSharpness": Checks({"factor": UNIT}, value_range=True),
    "RandomShear": Checks({"x_factor": EACH_UNIT, "y_factor": EACH_UNIT}, WARP),
    "RandomTranslation": Checks(
        {"height_factor": Bounds(-1, 1, each=True), "width_factor": Bounds(-1, 1, each=True)}, WARP
    ),
    "RandomZoom": Checks(
        {
            "height_factor": Bounds(-1, 1, each=True, is_open=True),
            "width_factor": Bounds(-1, 1, each=True, is_open=True),
        },
        WARP,
    ),
    "Solarization": Checks({"addition_factor": EACH_UNIT, "threshold_factor": EACH_UNIT}, value_range=True),
}
"""What the constructors of Keras 3 check; a missing argument is not checked."""

TAKEN_AS_ZERO = frozenset(
    {
        "ContrastLimitedAdaptiveHistogramEqualization",
        "Equalization",
        "MaxNumBoundingBoxes",
        "MixUp",
        "RandomBrightness",
        "RandomRotation",
    }
)
"""Layers for which a factor of None stands for 0."""
OPTIONAL = frozenset(
    {("RandomZoom", "width_factor")}
    | {("RandomColorJitter", f"{what}_factor") for what in ("brightness", "contrast", "saturation", "hue")}
)
"""Other factors that may be None."""


class Images(Standard):
    """A layer over an image or a batch of images, alone or in a dict with labels and boxes."""

    def check(self) -> None:
        """Refuse an unknown data format."""
        super().check()
        if "data_format" in self.arguments:
            settle(self.data_format)

    def is_cast(self, images: object) -> bool:
        """Return whether images are no symbolic tensor, or one that the layer casts to its own dtype first."""
        if not isinstance(images, Tensor):
            return True
        return images.dtype in FLOATS and images.dtype != self.host.dtypes(self.value("dtype"))[1]

    def images(self, call: Call) -> object:
        """Return the first argument of the call: inputs, or data."""
        return call.args[0] if call.args else call.kwargs.get("inputs", call.kwargs.get("data"))

    def output(self, call: Call) -> Output:
        """Return the shape of the images, with what else is in a dict as it is."""
        return self._nested(self.images(call), call)

    def _nested(self, value: object, call: Call) -> Output:
        if isinstance(value, dict) and self.keras is Keras.THREE:
            return {
                str(key): self.changed(shape_of(item), call) if key == "images" else self._kept(item)
                for key, item in value.items()
            }
        if isinstance(value, dict | list | tuple) and len(value) != 1:
            raise Refused(
                "This layer can only process a tensor representing an image or a batch of images. "
                f"Received: type(inputs)={type(value)}.",
                contract="inputs",
            )
        return self.changed(shape_of(value), call)

    def _kept(self, value: object) -> Output:
        if isinstance(value, dict):
            return {str(key): self._kept(item) for key, item in value.items()}
        return shape_of(value)

    def changed(self, shape: Shape, call: Call) -> Output:
        """Return the shape of changed images."""
        return shape


class Resized(Images):
    """Images of a given height and width."""

    def sizes(self) -> tuple[Dim | None, Dim | None]:
        """Return height and width: in Keras 3 they may be open."""
        height, width = self._size("height"), self._size("width")
        if any(isinstance(self.arguments.get(name), float | str) for name in ("height", "width")):
            raise Refused(f"Cannot convert '({height}, {width})' to a shape.", error="ValueError")
        least = 1 if self.is_smart() else 0
        for size in (height, width):
            if size is not None and less(size, least):
                raise Refused(f"Negative dimensions are not allowed: {size}", contract="nonpositive-output", size=size)
        return height, width

    def _size(self, name: str) -> Dim | None:
        value = self.arguments.get(name)
        return None if value is None and self.keras is Keras.THREE else as_dim(value, name)

    def changed(self, shape: Shape, call: Call) -> Output:
        """Return the shape with height and width replaced."""
        height, width = self.sizes()
        if self.keras is Keras.TWO and len(shape) not in {3, 4}:
            raise Refused(
                f"'images' must have either 3 or 4 dimensions. Received: {shape_text(shape)}",
                contract="rank",
                shape=shape,
            )
        first = self.first_axis(shape)
        if first + 1 >= len(shape) or first < 0:
            raise Refused(
                "list assignment index out of range", error="IndexError", contract="rank", expected=4, shape=shape
            )
        if self.is_smart() and first and None in shape[first : first + 2]:
            return (*(None for _ in shape[:first]), height, width, *shape[first + 2 :])
        return (*shape[:first], height, width, *shape[first + 2 :])

    def is_smart(self) -> bool:
        """Whether Keras 2 cuts to the aspect ratio first: on an image of unknown size that loses the batch."""
        return self.keras is Keras.TWO

    def first_axis(self, shape: Shape) -> int:
        """Return the index of the height."""
        if self.keras is Keras.TWO or self.data_format() == "channels_last":
            return len(shape) - 3
        return len(shape) - 2


@layer()
class Resizing(Resized):
    """Images resized; Keras 3 takes any rank that is not 4 for a single image."""

    def check(self) -> None:
        """Refuse an interpolation that Keras 2 does not know."""
        super().check()
        interpolation = self.arguments.get("interpolation")
        if self.keras is Keras.TWO and not isinstance(interpolation, Unknown):
            check_interpolation_2(interpolation)

    def is_smart(self) -> bool:
        """Whether Keras 2 cuts to the aspect ratio first."""
        return self.keras is Keras.TWO and self.flag("crop_to_aspect_ratio")

    def first_axis(self, shape: Shape) -> int:
        """Return the index of the height."""
        if self.keras is Keras.TWO:
            return len(shape) - 3
        is_last = self.data_format() == "channels_last"
        return (1 if is_last else 2) - (0 if len(shape) == 4 else 1)


@layer()
class CenterCrop(Resized):
    """The middle of images."""

    def first_axis(self, shape: Shape) -> int:
        """Return the index of the height."""
        if len(shape) not in {3, 4}:
            raise Refused(
                "`input_shape` must be a non-nested tuple or list of rank-1 with size 3 (unbatched) or 4 (batched).",
                contract="rank",
                expected=4,
                shape=shape,
            )
        return super().first_axis(shape)


@layer()
class RandomCrop(Resized):
    """A part of images, anywhere."""


@layer(*CHECKS_3)
class RandomChange(Images):
    """A change of images that keeps their shape."""

    def check(self) -> None:
        """Refuse factors out of bounds and unknown choices."""
        super().check()
        if self.keras is Keras.TWO:
            check_change_2(self)
            return
        checks = CHECKS_3[self.class_name]
        for name, bounds in checks.factors.items():
            self._check_factor(name, bounds)
        for name, allowed in checks.choices.items():
            value = self.arguments.get(name)
            if not isinstance(value, Unknown) and value not in allowed:
                raise Refused(f"Unknown `{name}` {value}. Expected of one {allowed}.", error="NotImplementedError")
        if checks.value_range or (
            self.class_name == "RandomColorJitter"
            and any(self.arguments.get(name) is not None for name in ("brightness_factor", "saturation_factor"))
        ):
            check_value_range(self.arguments.get("value_range"))
        scalar = {"RandomGrayscale": "factor", "RandomPerspective": "scale"}.get(self.class_name)
        if scalar is not None and isinstance(self.arguments.get(scalar), list | tuple):
            raise Refused("'<' not supported between instances of 'tuple' and 'int'", error="TypeError")
        fill = self.arguments.get("fill_value") if self.class_name == "MaxNumBoundingBoxes" else None
        if isinstance(fill, str) and not fill.lstrip("+-").isdigit():
            raise Refused(f"invalid literal for int() with base 10: {fill!r}", received=fill)
        if self.class_name == "RandomGaussianBlur":
            check_kernel(self.arguments.get("kernel_size"))

    def _check_factor(self, name: str, bounds: Bounds) -> None:
        if name not in self.arguments:
            return
        value = self.arguments[name]
        if value is None and ((self.class_name, name) in OPTIONAL or self.class_name in TAKEN_AS_ZERO):
            return
        check_factor(value, name, bounds)

    def changed(self, shape: Shape, call: Call) -> Output:
        """Return the shape; one layer looks at the rank and the channels."""
        if self.keras is Keras.TWO:
            return changed_2(self, shape, call)
        if self.class_name == "Equalization" and not self.is_cast(self.images(call)):
            # its output is the input tensor itself: keras/src/layers/preprocessing/image_preprocessing/equalization.py
            raise Refused("A tensor from operation 'equalization' is part of a cycle.", contract="cycle")
        if self.class_name == "RandomColorDegeneration":
            if len(shape) not in {3, 4}:
                raise Refused(
                    "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
                    f"Received: input_shape={shape_text(shape)}",
                    contract="rank",
                    shape=shape,
                )
            channels = shape[-1 if self.data_format() == "channels_last" else -3]
            if isinstance(channels, int) and channels != 3:
                raise Refused(
                    f"Input images must have 3 channels, but received images with {channels} channels.",
                    contract="channels",
                    shape=shape,
                    expected=3,
                )
        return shape


@layer("RandomHeight", "RandomWidth")
class RandomSize(RandomChange):
    """Images of a random height or width (Keras 2): the axis becomes unknown."""
