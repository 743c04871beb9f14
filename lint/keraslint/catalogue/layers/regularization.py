"""Layers that act in training only: dropout in all forms, noise, and a penalty on what passes."""

from __future__ import annotations

from keraslint.catalogue.layers.standard import DATA_FORMATS, SameShape, Standard, rank_in, settle
from keraslint.catalogue.spec import Call, Output, Refused, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Poly
from keraslint.values.unknown import Unknown


class Noise(SameShape):
    """What the family shares: a rate or strength between 0 and 1."""

    def share(self, name: str) -> None:
        """Refuse a number that is not between 0 and 1."""
        value = self.value(name)
        if isinstance(value, int | float):
            if not 0 <= value <= 1:
                raise Refused(
                    f"Invalid value received for argument `{name}`. Expected a float value between 0 and 1. Received: "
                    f"{name}={value}",
                    received=value,
                )
        elif value is None or isinstance(value, str | list | tuple | dict):
            raise Refused(
                f"'<=' not supported between instances of 'int' and '{type(value).__name__}': {name}={value!r}",
                error="TypeError",
                received=value,
            )


@layer()
class Dropout(Noise):
    """Zeros in a share of all places."""

    def check(self) -> None:
        """Refuse an impossible rate; in Keras 3, a ``noise_shape`` that is none."""
        super().check()
        if self.keras is Keras.THREE:
            settle(lambda: self.share("rate"), self._check_noise_shape)
        elif isinstance(self.arguments.get("rate"), int | float):
            settle(lambda: self.share("rate"))

    def _check_noise_shape(self) -> None:
        value = self.value("noise_shape")
        if value is None:
            return
        start = "Invalid value received for argument `noise_shape`."
        if not isinstance(value, list | tuple):
            raise Refused(f"{start} Expected an iterable of integers. Received: noise_shape={value}")
        for index, dim in enumerate(value):
            if dim is None or isinstance(dim, Unknown | Poly):
                continue
            if not isinstance(dim, int) or isinstance(dim, NumpyInt):
                raise Refused(
                    f"{start} Expected all elements to be integers or None. Received element {index}: {dim!r}"
                )
            if dim <= 0:
                raise Refused(f"{start} Expected all dimensions to be positive integers or None. Received: {dim}")


@layer("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
class SpatialDropout(Noise):
    """Zeros in a share of all channels."""

    takes_lists = True

    def check(self) -> None:
        """Refuse an impossible rate and an unknown data format."""
        super().check()
        if self.keras is Keras.THREE or isinstance(self.arguments.get("rate"), int | float):
            settle(lambda: self.share("rate"))
        if "data_format" in self.arguments:
            settle(self._check_data_format)

    def _check_data_format(self) -> None:
        value = self.value("data_format")
        if self.keras is Keras.TWO and value is not None and value not in DATA_FORMATS:
            raise Refused(
                f'`data_format` must be "channels_last" or "channels_first". Received: data_format={value}.',
                received=value,
            )
        self.data_format()

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return 0

    def output(self, call: Call) -> Output:
        """Return the input's shape, whose rank the class fixes."""
        rank = rank_in(self.class_name)
        return self.passed(call, self.ranked(call, rank + 2))


@layer("AlphaDropout", "GaussianDropout")
class ScaledDropout(Noise):
    """Dropout that keeps mean and variance, or that multiplies by noise."""

    takes_lists = True

    def check(self) -> None:
        """Refuse an impossible rate in Keras 3, and none in either."""
        super().check()
        if self.keras is Keras.THREE or self.arguments.get("rate") is None:
            settle(lambda: self.share("rate"))


@layer()
class GaussianNoise(Noise):
    """Noise added to each element."""

    takes_lists = True

    def check(self) -> None:
        """Refuse a deviation that is not between 0 and 1 in Keras 3."""
        super().check()
        if self.keras is Keras.THREE:
            settle(lambda: self.share("stddev"))


@layer()
class ActivityRegularization(SameShape):
    """A penalty on the size of what passes."""

    def check(self) -> None:
        """Refuse a factor that is no number."""
        Standard.check(self)
        settle(lambda: self._factor("l1"), lambda: self._factor("l2"))

    def output(self, call: Call) -> Output:
        """Return the input's shape."""
        self.refuse_non_floats(call)
        return super().output(call)

    def _factor(self, name: str) -> None:
        value = self.value(name)
        if isinstance(value, bool | str | list | tuple | dict):
            raise Refused(
                f"Value {value} is not a valid regularization penalty number, expected an int or float value.",
                received=value,
            )
        if self.keras is Keras.THREE and isinstance(value, int | float) and value < 0:
            raise Refused(
                f"Invalid value for argument {name}: expected a non-negative float. Received: {name}={value}",
                received=value,
            )
