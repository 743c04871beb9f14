"""Locally connected layers (Keras 2): convolutions with another kernel at each place."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.convolution import Convolution
from keraslint.catalogue.layers.standard import settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, layer
from keraslint.values.dim import Dim, product
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined


@layer("LocallyConnected1D", "LocallyConnected2D")
class LocallyConnected(Convolution):
    """A kernel for each place: stored by place, as a dense mask, or as a list of the connections that there are."""

    paddings = ("valid", "same", "causal")

    def dilation(self) -> tuple[Dim, ...]:
        """Return ones: there is no such argument."""
        return (1,) * self.rank

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self._check_padding, lambda: self.count("filters"))

    def _check_padding(self) -> None:
        if self.padded() == "causal" and self.value("implementation") != 1:
            raise Refused(
                'Padding type causal not supported. Only "valid" and "same" are implemented.',
                error="NotImplementedError",
            )
        if self.padded() != "valid" and self.value("implementation") == 1:
            raise Refused(
                f'Invalid border mode for {self.class_name} (only "valid" is supported if implementation is 1): '
                f"{self.padded()}"
            )

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the kernel, in the form of the implementation, and a bias for each place."""
        shape = self.input_shape(call)
        filters, channels = self.count("filters"), self.channels(shape)
        inner, places = self._places(shape)
        match self.value("implementation"):
            case 1:
                kernel: Shape = (product(places), product(self.kernel_size()) * channels, filters)
            case 2 if self.data_format() == "channels_first":
                kernel = (channels, *inner, filters, *places)
            case 2:
                kernel = (*inner, channels, *places, filters)
            case 3:
                kernel = (self._connections(inner, places) * channels * filters,)
            case other:
                raise Refused(f"Unrecognized implementation mode: {other}.")
        yield WeightSpec("kernel", kernel)
        if self.flag("use_bias"):
            yield WeightSpec("bias", (*places, filters))
        self.activate(lambda: self.output_shape(shape))

    def _places(self, shape: Shape) -> tuple[tuple[Dim, ...], tuple[Dim, ...]]:
        inner = tuple(dim for dim in self.spatial(shape) if dim is not None)
        places = tuple(dim for dim in self.lengths(shape) if dim is not None)
        if len(inner) < self.rank:
            raise Refused(
                f"The spatial dimensions of the inputs to a {self.class_name} layer should be fully-defined, but layer "
                f"received the inputs shape {shape_text(shape)}",
                contract="undefined-dim",
                shape=shape,
            )
        return inner, places

    def _connections(self, inner: tuple[Dim, ...], places: tuple[Dim, ...]) -> Dim:
        kernel, strides = self.kernel_size(), self.strides()
        if self.padded() == "valid":
            return product(places) * product(kernel)
        return product(connections(inner[i], places[i], kernel[i], strides[i]) for i in range(self.rank))

    def output(self, call: Call) -> Output:
        """Return the convolved shape."""
        return self.output_shape(self.input_shape(call))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape."""
        return self.arranged(shape, self.lengths(shape), self.count("filters"))


def connections(length: Dim, places: Dim, kernel: Dim, stride: Dim) -> int:
    """Return how many inputs all outputs along a padded axis see, counted for each output."""
    if not (
        isinstance(length, int) and isinstance(places, int) and isinstance(kernel, int) and isinstance(stride, int)
    ):
        undetermined(Why.INPUT, "how many connections a padded locally connected layer has")
    before = kernel // 2
    total = 0
    for place in range(places):
        center = place * stride
        total += max(0, min(length, center + kernel - before) - max(0, center - before))
    return total
