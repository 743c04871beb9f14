"""Layers that cut, pad or repeat elements along spatial axes: cropping, zero padding, upsampling."""

from __future__ import annotations

from keraslint.catalogue.layers.standard import Standard, listed, settle, standard_tuple
from keraslint.catalogue.spec import Call, Output, Refused, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, Poly, less, maximum, minimum
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Unknown

INTERPOLATIONS_2 = frozenset(
    {"nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"}
)


class Spatial(Standard):
    """What the three families share."""

    def pair(self, value: object, name: str) -> tuple[Dim, Dim]:
        """Return an integer or two as a pair of dimensions that are not negative."""
        first, second = standard_tuple(value, 2, name, allow_zero=True)
        return first, second

    def pairs(self, name: str, rank: int, *, negative: bool) -> list[tuple[Dim, Dim]]:
        """Return an argument such as ``cropping`` as a pair for each axis."""
        value = listed(self.value(name))
        if isinstance(value, int | Poly) and not isinstance(value, NumpyInt):
            if not negative and isinstance(value, int) and value < 0:
                raise Refused(f"`{name}` cannot be negative. Received: {name}={value}.")
            return [(value, value)] * rank
        if not isinstance(value, list | tuple):
            raise Refused(f"`{name}` should be either an int or a tuple of {rank} ints. Received: {name}={value!r}.")
        if len(value) != rank:
            raise Refused(f"`{name}` should have {rank} elements. Received: {name}={value!r}.")
        return [self.pair(item, f"entry {i + 1} of {name}") for i, item in enumerate(value)]


class Cropping(Spatial):
    """Elements cut off at both ends of each spatial axis."""

    rank = 2

    def check(self) -> None:
        """Refuse a malformed or negative cropping."""
        super().check()
        settle(self.croppings, self.data_format)

    def croppings(self) -> list[tuple[Dim, Dim]]:
        """Return what is cut at the start and the end of each spatial axis."""
        return self.pairs("cropping", self.rank, negative=self.keras is Keras.TWO)

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return self.rank + 2

    def output(self, call: Call) -> Output:
        """Return the shape with what is cut taken off."""
        shape = list(self.ranked(call, self.rank + 2))[: self.rank + 2]
        first = 2 if self.data_format() == "channels_first" else 1
        for axis, (start, end) in enumerate(self.croppings(), first):
            dim = shape[axis]
            if dim is None:
                continue
            rest = dim - start - end
            if less(start, 0):
                # a negative cropping of Keras 2 is a slice from the end
                rest = maximum(minimum(-end, dim) - maximum(dim + start, 0), 0)
            elif less(rest, 1):
                if self.keras is Keras.TWO and self.rank == 3:
                    rest = maximum(rest, 0)
                else:
                    raise Refused(
                        "Values in `cropping` argument should be smaller than the corresponding spatial dimension of "
                        f"the input. Received: input_shape={shape_text(call.shape)}, "
                        f"cropping={self.value('cropping')}",
                        contract="nonpositive-output",
                        shape=call.shape,
                        axis=axis,
                        size=dim,
                        cropping=(start, end),
                    )
            shape[axis] = rest
        return self.passed(call, tuple(shape))


@layer()
class Cropping1D(Cropping):
    """Cropping of a sequence."""

    rank = 1

    def data_format(self) -> str:
        """Return ``channels_last``: the layer knows no other."""
        return "channels_last"

    def croppings(self) -> list[tuple[Dim, Dim]]:
        """Return the one pair."""
        return [self.pair(self.value("cropping"), "cropping")]


@layer()
class Cropping2D(Cropping):
    """Cropping of an image."""


@layer()
class Cropping3D(Cropping):
    """Cropping of a volume."""

    rank = 3


class ZeroPadding(Spatial):
    """Zeros at both ends of each spatial axis."""

    rank = 2

    def check(self) -> None:
        """Refuse a malformed padding."""
        super().check()
        settle(self.paddings, self.data_format)

    def paddings(self) -> list[tuple[Dim, Dim]]:
        """Return what is added at the start and the end of each spatial axis."""
        return self.pairs("padding", self.rank, negative=True)

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return self.rank + 1 if self.data_format() == "channels_last" else self.rank + 2

    def output(self, call: Call) -> Output:
        """Return the shape with what is added."""
        shape = list(self.ranked(call, self.rank + 2))
        first = 2 if self.data_format() == "channels_first" else 1
        for axis, (start, end) in enumerate(self.paddings(), first):
            dim = shape[axis]
            if self.keras is Keras.TWO and less(start, 0):
                raise Refused(f"Paddings must be non-negative: {start} {end}", received=(start, end))
            if dim is None:
                continue
            size = dim + start + end
            if less(size, 0):
                raise Refused(
                    f"Cannot convert '{shape_text((*shape[:axis], size, *shape[axis + 1 :]))}' to a shape. "
                    "Negative dimensions are not allowed.",
                    contract="nonpositive-output",
                    shape=call.shape,
                    axis=axis,
                    size=dim,
                    padding=(start, end),
                )
            shape[axis] = size
        return self.passed(call, tuple(shape))


@layer()
class ZeroPadding1D(ZeroPadding):
    """Padding of a sequence."""

    rank = 1

    def paddings(self) -> list[tuple[Dim, Dim]]:
        """Return the one pair."""
        return [self.pair(self.value("padding"), "padding")]


@layer()
class ZeroPadding2D(ZeroPadding):
    """Padding of an image."""


@layer()
class ZeroPadding3D(ZeroPadding):
    """Padding of a volume."""

    rank = 3


class UpSampling(Spatial):
    """Each element several times along each spatial axis."""

    rank = 2

    def check(self) -> None:
        """Refuse a size that is not positive, an unknown data format or interpolation."""
        super().check()
        settle(self.sizes, self.data_format)

    def sizes(self) -> tuple[Dim, ...]:
        """Return the factor of each spatial axis."""
        return self.each("size", self.rank)

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return self.rank + 2

    def output(self, call: Call) -> Output:
        """Return the spatial axes times their factors."""
        shape = list(self.ranked(call, self.rank + 2))
        if self.keras is Keras.THREE:
            del shape[self.rank + 2 :]
        first = 2 if self.data_format() == "channels_first" else 1
        for axis, size in enumerate(self.sizes(), first):
            dim = shape[axis]
            if dim is not None and less(size, 1):
                raise Refused("List argument to 'SparseConcat' with length 0 shorter than minimum length 1", size=size)
            shape[axis] = None if dim is None else dim * size
        return self.passed(call, tuple(shape))


@layer()
class UpSampling1D(UpSampling):
    """Upsampling of a sequence."""

    rank = 1

    def data_format(self) -> str:
        """Return ``channels_last``: the layer knows no other."""
        return "channels_last"

    def sizes(self) -> tuple[Dim, ...]:
        """Return the one factor: a positive integer; Keras 2 takes ``int`` of it, and asks no more in the constructor."""
        size = self.arguments.get("size")
        if self.keras is Keras.TWO and isinstance(size, int | float) and int(size) <= 0:
            return (int(size),)
        if self.keras is Keras.THREE and (
            isinstance(size, bool | NumpyInt) or not isinstance(size, int | Poly | Unknown)
        ):
            raise Refused(f"Expected an integer value for `size`, got {type(size)}.", error="TypeError", received=size)
        return (self.integer("size"),)


@layer()
class UpSampling2D(UpSampling):
    """Upsampling of an image, with an interpolation."""

    def check(self) -> None:
        """Refuse an interpolation that Keras 2 does not know (Keras 3 asks only when it computes)."""
        super().check()
        interpolation = self.arguments.get("interpolation")
        if isinstance(interpolation, Unknown):
            return
        if not isinstance(interpolation, str):
            raise Refused(f"{type(interpolation).__name__!r} object has no attribute 'lower'", error="AttributeError")
        if self.keras is Keras.TWO and interpolation.lower() not in INTERPOLATIONS_2:
            raise Refused(
                f"Value not recognized for `interpolation`: {interpolation}. Supported values are: "
                f"{sorted(INTERPOLATIONS_2)}",
                error="NotImplementedError",
            )

    def output(self, call: Call) -> Output:
        """Return the spatial axes times their factors; Keras 2 loses both where one is not known."""
        shape = list(self.ranked(call, 4))[:4]
        first = 2 if self.data_format() == "channels_first" else 1
        height, width = shape[first], shape[first + 1]
        down, across = self.sizes()
        if self.keras is Keras.TWO and (height is None or width is None):
            height = width = None
        shape[first] = None if height is None else height * down
        shape[first + 1] = None if width is None else width * across
        return self.passed(call, tuple(shape))


@layer()
class UpSampling3D(UpSampling):
    """Upsampling of a volume."""

    rank = 3

    def ranked(self, call: Call, rank: int, *, or_more: bool = False) -> Shape:
        """Return the shape of the input; the constructor of Keras 2 forgets that it wanted rank 5."""
        if self.keras is Keras.THREE:
            return super().ranked(call, rank, or_more=or_more)
        shape = shape_of(call.inputs, rank)
        if len(shape) < (5 if self.data_format() == "channels_first" else 4):
            raise Refused("list index out of range", error="IndexError", contract="rank", expected=rank, shape=shape)
        return shape
