"""Convolutions: ``Conv1D`` to ``Conv3D``, and the arithmetic that all convolutions share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keraslint.catalogue.layers.standard import Standard, is_at_most, lora_weights, rank_in, settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, ceil_divide, floor_divide, less, same
from keraslint.values.shape import Shape, shape_text


class Convolution(Standard):
    """What convolutions of every kind share: rank, kernel, strides, dilation, padding, data format."""

    paddings: tuple[str, ...] = ("valid", "same")
    strides_exclude_dilation = True

    @property
    def rank(self) -> int:
        """The number of spatial axes, which the class's name says."""
        return rank_in(self.class_name)

    def kernel_size(self) -> tuple[Dim, ...]:
        """Return the kernel's spatial shape."""
        if self.keras is Keras.TWO and self.arguments.get("kernel_size") is True:
            raise Refused("Can't convert Python sequence with mixed types to Tensor.", argument="kernel_size")
        return self.each("kernel_size", self.rank)

    def strides(self) -> tuple[Dim, ...]:
        """Return the strides."""
        return self.each("strides", self.rank)

    def dilation(self) -> tuple[Dim, ...]:
        """Return the dilation rates."""
        return self.each("dilation_rate", self.rank)

    def padded(self) -> str:
        """Return the padding."""
        return self.padding(*self.paddings)

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self.kernel_size, self.strides, self.dilation, self.padded, self.data_format, self._check_strides)

    def _check_strides(self) -> None:
        if not self.strides_exclude_dilation and self.keras is Keras.THREE:
            return
        strides, dilation = self.strides(), self.dilation()
        if any(less(1, dim) for dim in strides) and any(less(1, dim) for dim in dilation):
            raise Refused(
                f"`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides={strides} "
                f"and dilation_rate={dilation}",
                strides=strides,
                dilation=dilation,
            )

    def spatial(self, shape: Shape) -> Shape:
        """Return the spatial part of an input shape."""
        rank = min(self.rank, len(shape) - 2)
        if not rank:
            return ()
        return shape[-rank:] if self.data_format() == "channels_first" else shape[-1 - rank : -1]

    def channels(self, shape: Shape) -> Dim:
        """Return the number of input channels, which has to be known to Keras."""
        axis = len(shape) - 1 - self.rank if self.data_format() == "channels_first" else len(shape) - 1
        return self.defined(shape, axis)

    def arranged(self, shape: Shape, spatial: Sequence[Dim | None], channels: Dim) -> Shape:
        """Return an output shape from its spatial part and its channels."""
        lead = shape[: max(len(shape) - 1 - self.rank, 1)]
        if self.data_format() == "channels_first":
            return (*lead, channels, *spatial)
        return (*lead, *spatial, channels)

    def lengths(self, shape: Shape) -> list[Dim | None]:
        """Return the spatial output lengths; refuse one that is not positive."""
        kernel, strides, dilation, padding = self.kernel_size(), self.strides(), self.dilation(), self.padded()
        lengths = [
            convolved_length(length, kernel[i], strides[i], dilation[i], padding)
            for i, length in enumerate(self.spatial(shape))
        ]
        least = -1 if self.is_split(shape, dilation) else 0
        for axis, length in enumerate(lengths):
            if length is not None and is_at_most(length, least) and padding == "valid":
                raise Refused(
                    f"Computed output size would be zero or negative. Received `inputs shape={shape_text(shape)}`, "
                    f"`kernel size={kernel}`, `strides={strides}`, `dilation_rate={dilation}`, `padding={padding}`.",
                    contract="nonpositive-output",
                    input_shape=shape,
                    kernel_size=kernel,
                    strides=strides,
                    dilation_rate=dilation,
                    padding=padding,
                    axis=axis + (2 if self.data_format() == "channels_first" else 1),
                    output=length,
                )
        return lengths

    def is_split(self, shape: Shape, dilation: Sequence[Dim]) -> bool:
        """Return whether TensorFlow splits dilated input of open size into batches, and so loses sight of shapes."""
        is_open = None in self.spatial(shape)
        return self.keras is Keras.TWO and is_open and any(less(1, dim) for dim in dilation)

    def input_shape(self, call: Call) -> Shape:
        """Return the input's shape: batch, space and channels."""
        self.refuse_integers(call)
        shape = self.ranked(call, self.rank + 2, or_more=True)
        if len(shape) > self.rank + 2:
            raise Refused(
                f"Kernel shape must have the same length as input, but received a kernel of {self.rank + 2} axes and "
                f"input of shape {shape_text(shape)}.",
                contract="rank",
                expected=self.rank + 2,
                shape=shape,
            )
        return shape


@layer("Conv1D", "Conv2D", "Conv3D")
class Conv(Convolution):
    """A convolution with ``filters`` output channels, in groups of channels that do not see each other."""

    def padded(self) -> str:
        """Return the padding; a causal one is for one axis only."""
        return self.padding(*(("valid", "same", "causal") if self.rank == 1 else ("valid", "same")))

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self._check_filters)

    def groups(self) -> Dim:
        """Return the number of groups."""
        value = self.value("groups")
        if (not value and self.keras is Keras.TWO) or value is True:
            return 1
        return self.count("groups")

    def _check_filters(self) -> None:
        if self.arguments.get("filters") is None:
            return  # the constructor takes it: a subclass may have a kernel of its own
        filters, groups = self.count("filters"), self.groups()
        if same(filters % groups, 0) is False:
            raise Refused(
                f"The number of filters must be evenly divisible by the number of groups. Received: groups={groups}, "
                f"filters={filters}.",
                contract="channels",
                groups=groups,
                filters=filters,
            )

    def input_shape(self, call: Call) -> Shape:
        """Return the input's shape; Keras 2 takes several batch axes."""
        if self.keras is Keras.TWO:
            self.refuse_integers(call)
            return self.ranked(call, self.rank + 2, or_more=True)
        return super().input_shape(call)

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield kernel and bias, and a low-rank pair where that was asked for."""
        shape = self.input_shape(call)
        channels, groups, filters = self.channels(shape), self.groups(), self.count("filters")
        if channels == 0 and self.keras is Keras.TWO:
            raise Refused("Depth of filter must not be 0", contract="channels", channels=channels)
        if same(channels % groups, 0) is False:
            raise Refused(
                "The number of input channels must be evenly divisible by the number of groups. Received "
                f"groups={groups}, but the input has {channels} channels (full input shape is {shape_text(shape)}).",
                contract="channels",
                groups=groups,
                channels=channels,
                shape=shape,
            )
        self.lengths(shape)
        kernel = WeightSpec("kernel", (*self.kernel_size(), floor_divide(channels, groups), filters))
        bias = [WeightSpec("bias", (filters,))] if self.flag("use_bias") else []
        rank = self.low_rank()
        if rank is None:
            yield kernel
            yield from bias
        else:
            yield from lora_weights(kernel, bias, (*kernel.shape[:-1], rank), (rank, filters))
        self.activate(lambda: self.output_shape(shape))

    def output(self, call: Call) -> Output:
        """Return the convolved shape."""
        return self.output_shape(self.input_shape(call))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape."""
        lengths = self.lengths(shape)
        if len(shape) > self.rank + 2 and self.data_format() == "channels_first":
            self._check_shifted(shape, lengths)
        return self.arranged(shape, lengths, self.count("filters"))

    def _check_shifted(self, shape: Shape, lengths: Sequence[Dim | None]) -> None:
        """Refuse strides over several batch axes where TensorFlow applies them one axis too early."""
        shifted = (*self.strides()[1:], 1)
        kernel, dilation, padding = self.kernel_size(), self.dilation(), self.padded()
        for axis, (length, here) in enumerate(zip(self.spatial(shape), lengths, strict=True)):
            there = convolved_length(length, kernel[axis], shifted[axis], dilation[axis], padding)
            if here is not None and there is not None and same(here, there) is False:
                raise Refused(
                    f"Dimension {len(shape) - self.rank + axis} in both shapes must be equal, "
                    f"but are {there} and {here}.",
                    contract="rank",
                    expected=self.rank + 2,
                    shape=shape,
                )


def convolved_length(length: Dim | None, kernel: Dim, stride: Dim, dilation: Dim, padding: str) -> Dim | None:
    """Return how long an axis is after a convolution."""
    if length is None:
        return None
    if padding == "valid":
        return floor_divide(length - dilation * (kernel - 1) - 1, stride) + 1
    return ceil_divide(length, stride)
