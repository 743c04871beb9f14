"""Convolutions of each channel by itself, and the separable ones, which mix the channels afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.convolution import Convolution
from keraslint.catalogue.layers.standard import settle
from keraslint.catalogue.spec import Call, Output, WeightSpec, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim
from keraslint.values.shape import Shape


class ByChannel(Convolution):
    """What depthwise and separable convolutions share."""

    strides_exclude_dilation = False

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self.multiplier)

    def lengths(self, shape: Shape) -> list[Dim | None]:
        """Return the output lengths; Keras 2 knows none where it splits dilated input of open size into batches."""
        if self.is_split(shape, self.dilation()):
            return [None] * self.rank
        return super().lengths(shape)

    def multiplier(self) -> Dim:
        """Return how many output channels each input channel has in the depthwise step; Keras 2 takes none at all."""
        is_none = self.arguments.get("depth_multiplier") == 0
        if is_none and self.keras is Keras.TWO and self.class_name.startswith("Depthwise"):
            return 0
        return self.count("depth_multiplier")


@layer("DepthwiseConv1D", "DepthwiseConv2D")
class DepthwiseConv(ByChannel):
    """A convolution of each channel with ``depth_multiplier`` kernels of its own."""

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield kernel and bias."""
        shape = self.input_shape(call)
        channels, multiplier = self.channels(shape), self.multiplier()
        if self.keras is Keras.THREE:
            self.lengths(shape)
        name = "kernel" if self.keras is Keras.THREE else "depthwise_kernel"
        yield WeightSpec(name, (*self.kernel_size(), channels, multiplier))
        if self.flag("use_bias"):
            yield WeightSpec("bias", (channels * multiplier,))
        self.activate(lambda: self.output_shape(shape))

    def output(self, call: Call) -> Output:
        """Return the convolved shape."""
        return self.output_shape(self.input_shape(call))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape."""
        return self.arranged(shape, self.lengths(shape), self.channels(shape) * self.multiplier())


@layer("SeparableConv1D", "SeparableConv2D")
class SeparableConv(ByChannel):
    """A depthwise convolution, and a pointwise one to ``filters`` channels."""

    @property
    def strides_exclude_dilation(self) -> bool:  # type: ignore[override]
        """Keras 2 alone refuses strides with dilation here."""
        return self.keras is Keras.TWO

    def padded(self) -> str:
        """Return the padding: Keras 2 knows a causal one."""
        is_causal = self.rank == 1 and self.keras is Keras.TWO
        return self.padding(*(("valid", "same", "causal") if is_causal else ("valid", "same")))

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(lambda: self.count("filters"))

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the depthwise kernel, the pointwise kernel, and the bias."""
        shape = self.input_shape(call)
        channels, multiplier, filters = self.channels(shape), self.multiplier(), self.count("filters")
        self.lengths(shape)
        yield WeightSpec("depthwise_kernel", (*self.kernel_size(), channels, multiplier))
        yield WeightSpec("pointwise_kernel", (*(1,) * self.rank, multiplier * channels, filters))
        if self.flag("use_bias"):
            yield WeightSpec("bias", (filters,))
        self.activate(lambda: self.output_shape(shape))

    def output(self, call: Call) -> Output:
        """Return the convolved shape."""
        return self.output_shape(self.input_shape(call))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape."""
        return self.arranged(shape, self.lengths(shape), self.count("filters"))
