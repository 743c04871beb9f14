"""Activations that are layers."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.standard import SameShape, settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.shape import Shape, shape_text

_OF_INTEGERS = frozenset({"linear", "relu", "relu6", "leaky_relu"})
"""Activations that Keras 2 applies to integers too."""


@layer()
class Activation(SameShape):
    """A function of each element, by name or as a callable."""

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build an activation that is a layer itself."""
        if isinstance(self.arguments.get("activation"), str) and self.arguments.get("activation") not in _OF_INTEGERS:
            self.refuse_non_floats(call)
        if not isinstance(call.inputs, list):
            self.activate(lambda: call.shape)
        return ()


class Slope(SameShape):
    """An activation with numbers as arguments."""

    def least(self, name: str, *, may_be_none: bool) -> None:
        """Refuse an argument that is negative, or None where that is not allowed."""
        value = self.value(name)
        if value is None and may_be_none:
            return
        if isinstance(value, str | list | tuple | dict):
            raise Refused(f"`{name}` has to be a number. Received: {value!r}", error="TypeError")
        if value is None or (isinstance(value, int | float) and value < 0):
            raise Refused(
                f"{name} of a {self.class_name} layer cannot be None or a negative value. Received: {name}={value}",
                received=value,
            )

    def present(self, name: str) -> None:
        """Refuse an argument that is None."""
        if not self.given(name):
            raise Refused(f"{name} of a {self.class_name} layer cannot be None, expecting a float. Received: None")


@layer()
class ReLU(Slope):
    """The positive part, with an upper bound, a slope below, and a threshold."""

    def check(self) -> None:
        """Refuse negative numbers."""
        super().check()
        settle(
            lambda: self.least("max_value", may_be_none=True),
            lambda: self.least("negative_slope", may_be_none=False),
            lambda: self.least("threshold", may_be_none=False),
        )


@layer()
class LeakyReLU(Slope):
    """A slope for negative values: ``alpha``, which Keras 3 calls ``negative_slope`` (and it may not be negative)."""

    def check(self) -> None:
        """Refuse a slope of None, and a negative one in Keras 3."""
        super().check()
        if self.keras is Keras.TWO:
            settle(lambda: self.present("alpha"))
        else:
            settle(lambda: self.least("alpha" if self.given("alpha") else "negative_slope", may_be_none=False))


@layer()
class ELU(Slope):
    """An exponential for negative values."""

    def check(self) -> None:
        """Refuse None in Keras 2."""
        super().check()
        if self.keras is Keras.TWO:
            settle(lambda: self.present("alpha"))

    def output(self, call: Call) -> Output:
        """Return the input's shape."""
        self.refuse_non_floats(call)
        return super().output(call)


@layer()
class ThresholdedReLU(Slope):
    """Zero up to a threshold (Keras 2)."""

    def check(self) -> None:
        """Refuse a negative threshold."""
        super().check()
        settle(lambda: self.least("theta", may_be_none=False))

    def output(self, call: Call) -> Output:
        """Return the input's shape."""
        self.refuse_non_floats(call)
        return super().output(call)


@layer()
class PReLU(SameShape):
    """A slope for negative values that is learned, one for each element that shares no axis."""

    keeps_rank = (Keras.THREE,)

    def takes_again(self, call: Call) -> bool:
        """Return whether Keras 3 does not look at the axes again: it does only where some are shared."""
        return self.keras is Keras.THREE and not self.shared_axes()

    def shared_axes(self) -> list[int]:
        """Return the axes along which one slope serves."""
        value = self.value("shared_axes")
        if value is None:
            return []
        axes = list(value) if isinstance(value, list | tuple) else [value]
        whole = [axis for axis in axes if isinstance(axis, int)]
        if len(whole) < len(axes):
            raise Refused(f"`shared_axes` has to hold integers. Received: {value!r}", error="TypeError")
        return whole

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the slopes."""
        self.refuse_non_floats(call)
        shape = call.shape
        dims = list(shape[1:])
        for axis in self.shared_axes():
            if not -len(dims) <= axis - 1 < len(dims):
                raise Refused(
                    "list assignment index out of range", error="IndexError", contract="rank", axis=axis, shape=shape
                )
            dims[axis - 1] = 1
        if None in dims:
            raise Refused(
                "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
                f"shape={shape_text(tuple(dims))} for variable path='{self.name}/alpha'",
                contract="undefined-dim",
                shape=shape,
                axis=dims.index(None) + 1,
            )
        yield WeightSpec("alpha", tuple(dims))


@layer()
class Softmax(SameShape):
    """Values of an axis, or of several, that add up to one."""

    def output(self, call: Call) -> Output:
        """Return the input's shape; Keras 2 refuses an axis that is not there."""
        if self.keras is Keras.THREE:
            return super().output(call)
        self.refuse_non_floats(call)
        shape = call.shape
        if self.keras is Keras.TWO:
            self._check_axes(shape)
        return self.passed(call, shape)

    def _check_axes(self, shape: Shape) -> None:
        axis = self.value("axis")
        axes = axis if isinstance(axis, list | tuple) else [axis]
        if len(shape) < 2 and len(axes) == 1:
            raise Refused(f"Cannot apply softmax to a tensor that is 1D. Received input: {shape_text(shape)}")
        for item in axes:
            if not isinstance(item, int):
                raise Refused(f"`axis` has to be an integer. Received: {item!r}", error="TypeError")
            if not -len(shape) <= item < len(shape):
                raise Refused(
                    f"`dim` must be in the range [{-len(shape)}, {len(shape)}) where {len(shape)} is the number of "
                    f"dimensions in the input. Received: dim={item}",
                    contract="rank",
                    axis=item,
                    shape=shape,
                )
