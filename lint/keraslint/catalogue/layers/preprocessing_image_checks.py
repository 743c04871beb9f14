"""What the layers of images check: factors and their bounds, interpolations; and the ways of Keras 2."""

from __future__ import annotations

from dataclasses import dataclass

from keraslint.catalogue.spec import Call, LayerSpec, Refused
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Unknown

INTERPOLATIONS = ("nearest", "bilinear")
FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS_2 = ("nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a factor may go: ``each`` tests both ends by themselves, as some layers do."""

    low: float
    high: float
    each: bool = False
    is_open: bool = False
    """Whether the low end itself is refused."""


WARP = {"interpolation": INTERPOLATIONS, "fill_mode": FILL_MODES}


def check_change_2(spec: LayerSpec) -> None:
    """Refuse what the constructors of Keras 2 refuse."""
    name = spec.class_name
    arguments = spec.arguments
    if name == "RandomFlip":
        mode = arguments.get("mode")
        if not isinstance(mode, Unknown) and mode not in {"horizontal", "vertical", "horizontal_and_vertical"}:
            raise Refused(f"RandomFlip layer {spec.name} received an unknown mode argument {mode}")
    if name in {"RandomTranslation", "RandomRotation", "RandomZoom"}:
        for choice, allowed in WARP.items():
            value = arguments.get(choice)
            if not isinstance(value, Unknown) and value not in allowed:
                raise Refused(f"Unknown `{choice}` {value}. Only {allowed} are supported.", error="NotImplementedError")
    if name in {"RandomHeight", "RandomWidth"}:
        interpolation = arguments.get("interpolation")
        if not isinstance(interpolation, Unknown):
            check_interpolation_2(interpolation)
    if name == "RandomBrightness":
        check_value_range(arguments.get("value_range"))
        check_factor(arguments.get("factor"), "factor", Bounds(-1, 1, each=True))
        return
    for factor in ("factor", "height_factor", "width_factor"):
        if factor in arguments and (arguments[factor] is not None or (name, factor) != ("RandomZoom", "width_factor")):
            _check_ends_2(name, factor, arguments[factor])


def _check_ends_2(name: str, factor: str, value: object) -> None:
    if isinstance(value, Unknown):
        return
    ends = value if isinstance(value, list | tuple) else None
    if ends is not None and len(ends) < 2:
        raise Refused("tuple index out of range", error="IndexError")
    low, high = (ends[0], ends[1]) if ends is not None else (value, value)
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        if isinstance(low, Unknown) or isinstance(high, Unknown):
            return
        raise Refused(f"bad operand type for unary -: {value!r}", error="TypeError")
    if name == "RandomContrast":
        bad = low < 0 or high < 0 or low > 1
    else:
        low = low if ends is not None else -low
        is_ordered = name == "RandomZoom" or high >= low
        limits = {
            "RandomTranslation": abs(low) > 1 or abs(high) > 1,
            "RandomRotation": False,
            "RandomZoom": (abs(low) > 1 or abs(high) > 1) if factor == "height_factor" else low < -1 or high < -1,
            "RandomHeight": low < -1 or high < -1,
            "RandomWidth": low < -1 or high < -1,
        }
        bad = not is_ordered or limits.get(name, False)
    if bad:
        raise Refused(f"`{factor}` is out of bounds. Received: {factor}={value}", received=value)


def check_images_2(name: str, shape: Shape) -> None:
    """Refuse an input of a rank that the operations of Keras 2 refuse."""
    fits = len(shape) >= 3 if name == "RandomContrast" else len(shape) in {3, 4}
    if not fits:
        raise Refused(
            f"Expected the input image to be rank 3 or 4. Got inputs.shape = {shape_text(shape)}",
            contract="rank",
            shape=shape,
        )


def changed_2(spec: LayerSpec, shape: Shape, call: Call) -> Shape:
    """Return the shape after a random change in Keras 2."""
    if call.argument("training", 1, default=True) is False:
        return shape
    check_images_2(spec.class_name, shape)
    if spec.class_name == "RandomContrast":
        _check_contrast(spec.arguments.get("factor"))
    axis = {"RandomHeight": -3, "RandomWidth": -2}.get(spec.class_name)
    if axis is None:
        return shape
    index = len(shape) + axis
    return (*shape[:index], None, *shape[index + 1 :])


def _check_contrast(factor: object) -> None:
    """Refuse a range of contrasts that is empty."""
    ends = factor if isinstance(factor, list | tuple) else (factor, factor)
    if all(isinstance(end, int | float) and end == 0 for end in ends[:2]):
        raise Refused("upper must be > lower.", received=factor)


def check_factor(value: object, name: str, bounds: Bounds) -> None:
    """Refuse a factor that is neither a number nor two, or that is out of bounds."""
    if isinstance(value, Unknown):
        return
    ends = value if isinstance(value, list | tuple) else (value, value)
    if any(isinstance(end, Unknown) for end in ends):
        return
    numbers = [end for end in ends if isinstance(end, int | float)]
    bad = len(ends) != 2 or len(numbers) != 2
    if not bad:
        low, high = numbers
        if bounds.each or not isinstance(value, list | tuple):
            bad = any(
                end > bounds.high or end < bounds.low or (bounds.is_open and end == bounds.low) for end in numbers
            )
        else:
            bad = low > bounds.high or high < bounds.low
    if bad:
        raise Refused(
            f"The `{name}` argument should be a number (or a list of two numbers) in the range "
            f"[{bounds.low}, {bounds.high}]. Received: {name}={value}",
            received=value,
        )


def check_value_range(value: object) -> None:
    """Refuse a value range that is not two numbers."""
    if isinstance(value, Unknown):
        return
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Refused(
            f"The `value_range` argument should be a list of two numbers. Received: value_range={value}",
            received=value,
        )


def check_interpolation_2(value: object) -> None:
    """Refuse an interpolation that Keras 2 does not know."""
    if not isinstance(value, str):
        raise Refused(f"{type(value).__name__!r} object has no attribute 'lower'", error="AttributeError")
    if value.lower() not in INTERPOLATIONS_2:
        raise Refused(
            f"Value not recognized for `interpolation`: {value}. Supported values are: {INTERPOLATIONS_2}",
            error="NotImplementedError",
        )


def check_kernel(value: object) -> None:
    """Refuse a kernel size that is not odd."""
    if isinstance(value, Unknown):
        return
    sizes = value if isinstance(value, list | tuple) else (value, value)
    if len(sizes) != 2 or any(not isinstance(size, int | float | Unknown) for size in sizes):
        raise Refused(f"kernel_size must be an odd number. Received: kernel_size={value}", received=value)
    if any(isinstance(size, int | float) and size % 2 == 0 for size in sizes):
        raise Refused(f"kernel_size must be an odd number. Received: kernel_size={value}", received=value)
