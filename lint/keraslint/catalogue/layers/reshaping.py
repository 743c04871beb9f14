"""Layers that arrange elements anew: Flatten, Reshape, Permute, RepeatVector."""

from __future__ import annotations

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.standard import Standard, dtype_of, listed, settle
from keraslint.catalogue.spec import Call, Output, Refused, Signature, as_dim, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, Poly, floor_divide, product, same
from keraslint.values.shape import Shape, elements, shape_text
from keraslint.values.unknown import Undetermined, Unknown


class Reshaping(Standard):
    """What the family shares."""

    def kept(self, call: Call, shape: Shape) -> Output:
        """Return a shape with the dtype of the input where it is no floating one."""
        dtype = dtype_of(call.inputs)
        return Signature(shape, dtype) if dtype and dtype not in FLOATS else shape


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
        target = listed(self.arguments.get("target_shape"))
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
        target = listed(self.value("target_shape"))
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
        if self.keras is Keras.TWO and shape.count(None) == 1 and shape[0] is not None:
            self._check_multiple(wanted, shape)
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

    def _check_multiple(self, wanted: list[Dim | None], shape: Shape) -> None:
        """Refuse a target whose elements what is known of the input does not divide."""
        known = [dim for dim in shape[1:] if dim is not None]
        divisor, size = product(known), product(dim for dim in wanted if dim is not None)
        is_number = isinstance(divisor, int) and isinstance(size, int)
        if is_number and -1 not in wanted and divisor and size % divisor:
            self._refuse(shape, [dim for dim in wanted if dim is not None])

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
        dims = listed(self.arguments.get("dims"))
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

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        dims = listed(self.value("dims"))
        return len(dims) + 1 if isinstance(dims, list | tuple) else None

    def output(self, call: Call) -> Output:
        """Return the input's axes in the order of ``dims``."""
        dims = listed(self.value("dims"))
        if not isinstance(dims, list | tuple):
            raise Refused("`dims` has to be a tuple", error="TypeError")
        for dim in dims:
            if isinstance(dim, Unknown):
                raise Undetermined(dim)
        shape = self.ranked(call, len(dims) + 1)[: len(dims) + 1]
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

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return 2

    def output(self, call: Call) -> Output:
        """Return (batch, n, features)."""
        shape = self.ranked(call, 2)
        n = as_dim(self.arguments.get("n"), "n")
        if isinstance(n, int) and n < -1:
            raise Refused(f"Expected a repeat count that is not negative, got {n}.", received=n)
        return self.passed(call, (shape[0], None if n == -1 else n, shape[1]))
