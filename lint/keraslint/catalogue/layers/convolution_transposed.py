"""Transposed convolutions: the shapes of a convolution backwards."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.convolution import Convolution
from keraslint.catalogue.layers.standard import is_at_most, settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, less, maximum, same
from keraslint.values.shape import Shape


@layer("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
class ConvTranspose(Convolution):
    """A transposed convolution; its kernel has output channels before input channels."""

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(lambda: self.count("filters"), self._check_output_padding)

    def output_padding(self) -> tuple[Dim, ...] | None:
        """Return how much is added to each axis, None where Keras chooses."""
        return self.each("output_padding", self.rank, allow_zero=True) if self.given("output_padding") else None

    def _check_output_padding(self) -> None:
        padding, strides = self.output_padding(), self.strides()
        for axis, added in enumerate(padding or ()):
            if less(added, strides[axis]) is False:
                raise Refused(
                    "`output_padding` must be strictly less than `strides` for all dimensions. At dimension "
                    f"{axis}, `output_padding` is {added} but `strides` is {strides[axis]}. Received: "
                    f"output_padding={padding}, strides={strides}",
                    strides=strides,
                    output_padding=padding,
                )

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield kernel and bias."""
        shape = self.input_shape(call)
        filters = self.count("filters")
        yield WeightSpec("kernel", (*self.kernel_size(), filters, self.channels(shape)))
        if self.flag("use_bias"):
            yield WeightSpec("bias", (filters,))
        self.activate(lambda: self.output_shape(shape))

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return 2

    def output(self, call: Call) -> Output:
        """Return the widened shape."""
        return self.output_shape(self.input_shape(call))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape."""
        kernel, strides, dilation, added = self.kernel_size(), self.strides(), self._dilation(), self.output_padding()
        lengths = [
            self._length(length, (kernel[axis] - 1) * dilation[axis] + 1, strides[axis], added[axis] if added else None)
            for axis, length in enumerate(self.spatial(shape))
        ]
        return self.arranged(shape, lengths, self.count("filters"))

    def _dilation(self) -> tuple[Dim, ...]:
        """Return the dilation rates: Keras 2 leaves them aside in space and refuses unequal ones in a plane."""
        dilation = self.dilation()
        if self.keras is Keras.TWO and self.rank == 2 and same(*dilation) is False:
            raise Refused(
                "Expected the 2 dimensions of the `dilation_rate` argument to be equal to each other. Received: "
                f"dilation_rate={dilation}",
                dilation=dilation,
            )
        return (1, 1, 1) if self.keras is Keras.TWO and self.rank == 3 else dilation

    def _length(self, length: Dim | None, kernel: Dim, stride: Dim, added: Dim | None) -> Dim | None:
        if length is None:
            return None
        if self.padded() == "valid":
            return (length - 1) * stride + (maximum(kernel, stride) if added is None else kernel + added)
        if added is None:
            return length * stride
        result = (length - 1) * stride + kernel % 2 + added
        return 0 if is_at_most(result, 0) else result
