"""Pooling: over windows, over whole axes (``Global*``), and to a given size (``Adaptive*``)."""

from __future__ import annotations

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.convolution import convolved_length
from keraslint.catalogue.layers.standard import (
    DATA_FORMATS,
    Standard,
    dtype_of,
    is_at_most,
    rank_in,
    settle,
    standard_tuple,
)
from keraslint.catalogue.spec import Call, Output, Refused, as_dim, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, Poly
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Unknown, Why, undetermined


class Pool(Standard):
    """What poolings share: the rank in the class's name, and where the channels are."""

    def refuse_texts(self, call: Call) -> None:
        """Refuse what no pooling of Keras 2 takes, but for a mean of truths over whole axes."""
        dtype = dtype_of(call.inputs)
        refused = {"string"} if self.class_name.startswith("GlobalAverage") else {"bool", "string"}
        is_inferred = self.rank == 1 or self.class_name.startswith("Global")
        if self.keras is Keras.THREE and is_inferred and isinstance(call.inputs, list):
            undetermined(Why.UNSUPPORTED, f"{self.class_name} of a list")
        if self.keras is Keras.TWO and dtype in refused:
            raise Refused(
                f"Value passed to parameter 'input' has DataType {dtype} not in list of allowed values",
                error="TypeError",
                contract="dtype",
                dtype=dtype,
            )

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return rank_in(self.class_name)

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return 2

    def spatial(self, shape: Shape) -> Shape:
        """Return the spatial part of an input shape."""
        return shape[2:] if self.data_format() == "channels_first" else shape[1:-1]

    def arranged(self, shape: Shape, spatial: Shape) -> Shape:
        """Return an output shape from its spatial part."""
        if self.data_format() == "channels_first":
            return (shape[0], shape[1], *spatial)
        return (shape[0], *spatial, shape[-1])


@layer(
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D"
)  # fmt: skip
class Pooling(Pool):
    """The greatest or the mean value of each window."""

    def pool_size(self) -> tuple[Dim, ...]:
        """Return the window's shape."""
        return self.each("pool_size", self.rank)

    def strides(self) -> tuple[Dim, ...]:
        """Return the strides: the window's shape where none are given."""
        name = "strides" if self.given("strides") else "pool_size"
        return standard_tuple(self.arguments.get(name), self.rank, "strides", allow_zero=True)

    def padded(self) -> str:
        """Return the padding, which Keras 3 wants in lower case."""
        value = self.value("padding")
        if self.keras is Keras.THREE and value not in {"valid", "same"}:
            raise Refused(
                f"Argument `padding` must be either 'valid' or 'same'. Received: padding={value}", received=value
            )
        return self.padding("valid", "same")

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self.pool_size, self.strides, self.data_format)

    def output(self, call: Call) -> Output:
        """Return the input's shape with fewer places."""
        self._check_dtype(call)
        shape = self.ranked(call, self.rank + 2)
        pool, strides, padding = self.pool_size(), self.strides(), self.padded()
        if 0 in strides:
            raise Refused(f"`strides` cannot contain 0. Received: strides={strides}", error="OverflowError")
        spatial = self.spatial(shape)
        if len(spatial) != self.rank:  # numpy, which infers the shape, broadcasts the axes with those of the window
            spatial, pool, strides = self._broadcast(spatial, pool, strides)
        lengths = tuple(convolved_length(length, pool[i], strides[i], 1, padding) for i, length in enumerate(spatial))
        for axis, length in enumerate(lengths):
            if length is not None and padding == "valid" and is_at_most(length, 0):
                raise Refused(
                    f"Computed output size would be zero or negative. Received: `inputs.shape={shape_text(shape)}`, "
                    f"`pool_size={pool}`, `strides={strides}`, `padding={padding}`.",
                    contract="nonpositive-output",
                    input_shape=shape,
                    kernel_size=pool,
                    strides=strides,
                    padding=padding,
                    axis=axis + (2 if self.data_format() == "channels_first" else 1),
                    output=length,
                )
        return self.passed(call, self.arranged(shape, lengths))

    def _broadcast(self, spatial: Shape, *windows: tuple[Dim, ...]) -> tuple[Shape, tuple[Dim, ...], tuple[Dim, ...]]:
        if len(spatial) == 1:
            return (spatial * self.rank, *windows)  # type: ignore[return-value]  # two windows
        if self.rank > 1:
            raise Refused(
                f"operands could not be broadcast together with shapes ({len(spatial)},) ({self.rank},)",
                contract="rank",
            )
        pool, strides = (window * len(spatial) for window in windows)
        return spatial, pool, strides

    def _check_dtype(self, call: Call) -> None:
        """Refuse the dtypes that the operations behind Keras 2 do not have."""
        self.refuse_texts(call)
        if self.keras is Keras.THREE:
            return
        if self.class_name.startswith("Average"):
            if dtype_of(call.inputs) not in FLOATS:
                self.refuse_integers(call)
        elif self.rank == 3:
            compute = self.host.dtypes(self.value("dtype"))[1]
            given = dtype_of(call.inputs)
            dtype = compute if given in FLOATS or not given else given
            if dtype not in {"float16", "bfloat16", "float32"}:
                raise Refused(
                    f"Value for attr 'T' of {dtype} is not in the list of allowed values: half, bfloat16, float",
                    error="TypeError",
                    contract="dtype",
                    dtype=dtype,
                )


@layer(
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
)  # fmt: skip
class GlobalPooling(Pool):
    """The greatest or the mean value of each channel."""

    def check(self) -> None:
        """Refuse an unknown data format."""
        super().check()
        settle(self.data_format)

    def output(self, call: Call) -> Output:
        """Return batch and channels, with ones between where the axes are kept."""
        self.refuse_texts(call)
        shape = self.ranked(call, self.rank + 2)
        return self.passed(call, self.arranged(shape, (1,) * (len(shape) - 2) if self.flag("keepdims") else ()))


@layer(
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
)  # fmt: skip
class AdaptivePooling(Pool):
    """As many windows as the output is to have places."""

    def data_format(self) -> str:
        """Return where the channels are; only the exact words will do."""
        value = self.value("data_format") or self.host.data_format
        if value not in DATA_FORMATS:
            raise Refused(f"Invalid data_format: {value}. Expected 'channels_first' or 'channels_last'.")
        return str(value)

    def output_size(self) -> tuple[Dim, ...]:
        """Return the spatial output shape."""
        value = self.arguments.get("output_size")
        if isinstance(value, Unknown | Poly) or (isinstance(value, int) and not isinstance(value, NumpyInt)):
            return (as_dim(value, "output_size"),) * self.rank
        if isinstance(value, list | tuple):
            if len(value) == self.rank:
                return tuple(as_dim(item, "output_size") for item in value)
            if self.rank == 1:
                raise Refused(f"For 1D input, `output_size` tuple must have length 1. Received: {value}")
        raise Refused(
            f"`output_size` must be an integer or tuple of {self.rank} integers. Received: {value} "
            f"of type {type(value)}",
            error="TypeError",
            received=value,
        )

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self.output_size, self.data_format)

    def output(self, call: Call) -> Output:
        """Return the input's shape with the given places; Keras does not ask for the rank."""
        sizes = self.output_size()
        if any(is_at_most(size, -1) for size in sizes):
            raise Refused(f"Cannot convert '{sizes}' to a shape. Negative dimensions are not allowed.", received=sizes)
        return self.arranged(call.shape, sizes)
