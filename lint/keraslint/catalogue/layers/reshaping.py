"""Layers that move, repeat, cut or pad elements: Flatten, Reshape, Permute, cropping, padding, upsampling."""

from __future__ import annotations

from keraslint.catalogue.layers.standard import FLOATS, Standard, dtype_of, settle, standard_tuple
from keraslint.catalogue.spec import Call, Output, Refused, Signature, as_dim, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, Poly, floor_divide, less, maximum, minimum, product, same
from keraslint.values.shape import Shape, elements, shape_text
from keraslint.values.unknown import Undetermined, Unknown

INTERPOLATIONS_2 = frozenset(
    {"nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"}
)


class Reshaping(Standard):
    """What the family shares."""

    def kept(self, call: Call, shape: Shape) -> Output:
        """Return a shape with the dtype of the input where it is no floating one."""
        dtype = dtype_of(call.inputs)
        return Signature(shape, dtype) if dtype and dtype not in FLOATS else shape

    def pair(self, value: object, name: str) -> tuple[Dim, Dim]:
        """Return an integer or two as a pair of dimensions that are not negative."""
        first, second = standard_tuple(value, 2, name, allow_zero=True)
        return first, second

    def pairs(self, name: str, rank: int, *, negative: bool) -> list[tuple[Dim, Dim]]:
        """Return an argument such as ``cropping`` as a pair for each axis."""
        value = self.value(name)
        if isinstance(value, int | Poly) and not isinstance(value, NumpyInt):
            if not negative and isinstance(value, int) and value < 0:
                raise Refused(f"`{name}` cannot be negative. Received: {name}={value}.")
            return [(value, value)] * rank
        if not isinstance(value, list | tuple):
            raise Refused(f"`{name}` should be either an int or a tuple of {rank} ints. Received: {name}={value!r}.")
        if len(value) != rank:
            raise Refused(f"`{name}` should have {rank} elements. Received: {name}={value!r}.")
        return [self.pair(item, f"entry {i + 1} of {name}") for i, item in enumerate(value)]


@layer()
class Flatten(Reshaping):
    """All axes but the batch in one."""

    def check(self) -> None:
        """Refuse an unknown data format."""
        super().check()
        settle(self.data_format)

    def output(self, call: Call) -> Output:
        """Return (batch, elements)."""
        shape = call.shape
        if not shape:
            raise Refused(
                f"Input 0 of layer {self.name} is incompatible with the layer: expected min_ndim=1, found ndim=0. "
                "Full shape received: ()",
                contract="rank",
                expected=1,
                shape=shape,
            )
        return self.kept(call, (shape[0], elements(shape[1:])))


@layer()
class Reshape(Reshaping):
    """The same elements in another shape; -1 stands for what is left."""

    def check(self) -> None:
        """Refuse a target that is no sequence, or that has an illegal entry."""
        super().check()
        target = self.arguments.get("target_shape")
        if isinstance(target, Unknown | str):
            return
        if not isinstance(target, list | tuple):
            raise Refused(f"{type(target).__name__!r} object is not iterable", error="TypeError", target=target)
        integers = [dim for dim in target if isinstance(dim, int)]
        if self.keras is Keras.TWO:
            return
        if any(dim < -1 for dim in integers):
            raise Refused(
                "Each dimension in `target_shape` must be a non-negative integer, or `-1` for a single unknown "
                f"dimension. Received: target_shape={tuple(target)}.",
                contract="reshape-size",
                target=target,
            )
        if integers.count(-1) > 1:
            raise Refused(
                "There must be at most one unknown dimension (-1) in `target_shape`. Received: "
                f"target_shape={tuple(target)}.",
                contract="reshape-size",
                target=target,
            )

    def output(self, call: Call) -> Output:
        """Return (batch, *target) with -1 replaced."""
        target = self.value("target_shape")
        if isinstance(target, str):
            target = tuple(target)
        if not isinstance(target, list | tuple):
            raise Refused("`target_shape` has to be a tuple", error="TypeError")
        shape = call.shape
        if not shape:
            raise Refused("tuple index out of range", error="IndexError", contract="rank", expected=1, shape=shape)
        wanted: list[Dim | None] = [self._entry(dim) for dim in target]
        size = elements(shape[1:])
        if self.keras is Keras.TWO:
            self._check_2(wanted, target, is_known=size is not None)
        if size is None or None in wanted:
            return self.kept(call, (shape[0], *(None if dim == -1 else dim for dim in wanted)))
        return self.kept(call, (shape[0], *self._fill([dim for dim in wanted if dim is not None], size, shape)))

    def _entry(self, dim: object) -> Dim | None:
        match dim:
            case Unknown():
                return as_dim(dim, "target_shape")
            case int() | Poly():
                return dim
            case None | float() | str() if self.keras is Keras.THREE:
                return None
            case None:
                raise Refused(
                    "'<' not supported between instances of 'NoneType' and 'int'", error="TypeError", target=dim
                )
            case _:
                raise Refused(f"target_shape has to be of integers, received {dim!r}", error="TypeError", target=dim)

    def _check_2(self, wanted: list[Dim | None], target: object, *, is_known: bool) -> None:
        """Refuse several unknown entries; where the input is known, any negative one stands for what is left."""
        negative = [index for index, dim in enumerate(wanted) if isinstance(dim, int) and dim < 0]
        if len(negative) == 1 and is_known:
            wanted[negative[0]] = -1
        elif (is_known and negative) or any(wanted[index] != -1 for index in negative):
            raise Refused(
                f"There must be at most one unknown dimension in output_shape. Received: output_shape={target}.",
                contract="reshape-size",
                target=target,
            )

    def _fill(self, wanted: list[Dim], size: Dim, shape: Shape) -> Shape:
        given = product(dim for dim in wanted if dim != -1)
        if -1 not in wanted:
            if same(size, given) is False:
                self._refuse(shape, wanted)
            return tuple(wanted)
        if given == 0:
            self._refuse(shape, wanted)
        if isinstance(size, int) and isinstance(given, int) and size % given:
            self._refuse(shape, wanted)
        return tuple(floor_divide(size, given) if dim == -1 else dim for dim in wanted)

    def _refuse(self, shape: Shape, wanted: list[Dim]) -> None:
        raise Refused(
            f"The total size of the tensor must be unchanged. Received: input_shape={shape_text(shape[1:])}, "
            f"target_shape={shape_text(tuple(wanted))}",
            contract="reshape-size",
            shape=shape,
            target=tuple(wanted),
        )


@layer()
class Permute(Reshaping):
    """The axes behind the batch in another order."""

    def check(self) -> None:
        """Refuse what is no permutation of 1 to n."""
        super().check()
        dims = self.arguments.get("dims")
        if isinstance(dims, Unknown):
            return
        if not isinstance(dims, list | tuple):
            raise Refused(f"{type(dims).__name__!r} object is not iterable: dims={dims!r}", error="TypeError")
        if any(isinstance(dim, Unknown) for dim in dims):
            return
        if not all(isinstance(dim, int) for dim in dims) or sorted(dims) != list(range(1, len(dims) + 1)):
            raise Refused(
                "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
                f"consecutive and start from 1. Received dims={tuple(dims)}"
            )

    def output(self, call: Call) -> Output:
        """Return the input's axes in the order of ``dims``."""
        dims = self.value("dims")
        if not isinstance(dims, list | tuple):
            raise Refused("`dims` has to be a tuple", error="TypeError")
        for dim in dims:
            if isinstance(dim, Unknown):
                raise Undetermined(dim)
        shape = self.ranked(call, len(dims) + 1)
        return self.kept(call, (shape[0], *(shape[int(dim)] for dim in dims)))


@layer()
class RepeatVector(Reshaping):
    """A vector, n times in a row."""

    def check(self) -> None:
        """Refuse an n that is no Python integer, and in Keras 3 one that is not positive."""
        super().check()
        n = self.arguments.get("n")
        if isinstance(n, Unknown | Poly):
            return
        if not isinstance(n, int) or isinstance(n, NumpyInt) or (self.keras is Keras.THREE and isinstance(n, bool)):
            raise Refused(f"Expected an integer value for `n`, got {type(n)}.", error="TypeError", received=n)
        if self.keras is Keras.THREE and n <= 0:
            raise Refused(f"Argument `n` should be a positive integer. Received: n={n}", received=n)

    def output(self, call: Call) -> Output:
        """Return (batch, n, features)."""
        shape = self.ranked(call, 2)
        n = as_dim(self.arguments.get("n"), "n")
        if isinstance(n, int) and n < -1:
            raise Refused(f"Expected a repeat count that is not negative, got {n}.", received=n)
        return self.passed(call, (shape[0], None if n == -1 else n, shape[1]))


class Cropping(Reshaping):
    """Elements cut off at both ends of each spatial axis."""

    rank = 2

    def check(self) -> None:
        """Refuse a malformed or negative cropping."""
        super().check()
        settle(self.croppings, self.data_format)

    def croppings(self) -> list[tuple[Dim, Dim]]:
        """Return what is cut at the start and the end of each spatial axis."""
        return self.pairs("cropping", self.rank, negative=self.keras is Keras.TWO)

    def output(self, call: Call) -> Output:
        """Return the shape with what is cut taken off."""
        shape = list(self.ranked(call, self.rank + 2))
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


class ZeroPadding(Reshaping):
    """Zeros at both ends of each spatial axis."""

    rank = 2

    def check(self) -> None:
        """Refuse a malformed padding."""
        super().check()
        settle(self.paddings, self.data_format)

    def paddings(self) -> list[tuple[Dim, Dim]]:
        """Return what is added at the start and the end of each spatial axis."""
        return self.pairs("padding", self.rank, negative=True)

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


class UpSampling(Reshaping):
    """Each element several times along each spatial axis."""

    rank = 2

    def check(self) -> None:
        """Refuse a size that is not positive, an unknown data format or interpolation."""
        super().check()
        settle(self.sizes, self.data_format)

    def sizes(self) -> tuple[Dim, ...]:
        """Return the factor of each spatial axis."""
        return self.each("size", self.rank)

    def output(self, call: Call) -> Output:
        """Return the spatial axes times their factors."""
        shape = list(self.ranked(call, self.rank + 2))
        first = 2 if self.data_format() == "channels_first" else 1
        for axis, size in enumerate(self.sizes(), first):
            dim = shape[axis]
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
        """Return the one factor: a positive integer; Keras 2 takes ``int`` of it."""
        size = self.arguments.get("size")
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
        shape = list(self.ranked(call, 4))
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
