"""Convolutional recurrent layers: ConvLSTM1D, 2D and 3D over their own cell.

The cell is a sublayer, since Keras 3 does not hand ``trainable=False`` on to it: around the layer, it trains.
"""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.recurrent import Recurrent, State, check_bias, check_shares, check_units
from keraslint.catalogue.layers.standard import settle
from keraslint.catalogue.spec import Call, LayerSpec, Refused, WeightSpec, channel_axis, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, floor_divide, less
from keraslint.values.layer import Layer
from keraslint.values.shape import Shape, shape_text


class ConvLSTMCell(LayerSpec):
    """The convolutions of one step, over arguments of the layer that holds it."""

    def __init__(self, owner: ConvLSTM) -> None:
        super().__init__("ConvLSTMCell", {**owner.arguments, "name": "conv_lstm_cell"}, owner.host)
        self.owner = owner

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield kernel, recurrent kernel and bias for one step's input."""
        shape = shape_of(call.inputs)
        rank = self.owner.spatial_rank
        channels = shape[channel_axis(self.owner.data_format(), rank + 2)]
        spatial = self.owner.spatial(shape)
        if self.keras is Keras.THREE and None in spatial:
            raise Refused(
                "ConvLSTM layers only support static input shapes for the spatial dimension. "
                f"Received invalid input shape: input_shape={shape_text(shape)}",
                contract="undefined-dim",
                shape=shape,
            )
        if channels is None:
            raise Refused(
                "The channel dimension of the inputs (last axis) should be defined. Found None. "
                f"Full input shape received: input_shape={shape_text(shape)}",
                contract="undefined-dim",
                shape=shape,
            )
        filters = self.owner.filters()
        kernel = self.owner.axes("kernel_size")
        yield WeightSpec("kernel", (*kernel, channels, filters * 4))
        yield WeightSpec("recurrent_kernel", (*kernel, filters, filters * 4))
        if self.flag("use_bias"):
            check_bias(self)
            yield WeightSpec("bias", (filters * 4,))


class ConvLSTM(Recurrent):
    """An LSTM whose products are convolutions."""

    refits = True

    spatial_rank = 2

    def check(self) -> None:
        """Make the cell; refuse what its constructor refuses."""
        super().check()
        self.rank = self.spatial_rank + 3
        check_shares(self)
        if self.keras is Keras.TWO and self.arguments.get("unroll"):
            raise Refused("Unrolling is not possible with convolutional RNNs. Received: unroll=True", error="TypeError")
        filters = self.arguments.get("filters")
        if self.keras is Keras.TWO or not (filters == 0 or isinstance(filters, NumpyInt)):
            check_units(self, "filters")
        settle(lambda: self.axes("kernel_size"), self._check_rates, self.mode, self.data_format)
        cell = Layer("ConvLSTMCell", "conv_lstm_cell", ConvLSTMCell(self), None)
        cell.dtype, cell.compute_dtype = self.host.dtypes(self.arguments.get("dtype"))
        self.cell = cell
        self.children.insert(0, cell)

    def _check_rates(self) -> None:
        strides, dilation = self.axes("strides"), self.axes("dilation_rate")
        if any(less(1, stride) for stride in strides) and any(less(1, rate) for rate in dilation):
            raise Refused(
                "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. "
                f"Received: strides={strides} and dilation_rate={dilation}"
            )

    def axes(self, name: str) -> tuple[Dim, ...]:
        """Return an argument as one positive integer for each spatial axis."""
        return self.each(name, self.spatial_rank)

    def mode(self) -> str:
        """Return how the edges are padded."""
        return self.padding("valid", "same")

    def filters(self) -> Dim:
        """Return the number of filters; Keras 3 allows 0."""
        value = self.arguments.get("filters")
        if self.keras is Keras.THREE and isinstance(value, int) and (value == 0 or isinstance(value, NumpyInt)):
            return int(value)
        return self.integer("filters")

    def spatial(self, step: Shape) -> Shape:
        """Return the spatial axes of one step's input."""
        return step[2:] if self.data_format() == "channels_first" else step[1:-1]

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build the cell."""
        self.host.build(self.cell, self.step_shape(self.sequences(call)))
        for name in ("activation", "recurrent_activation"):
            self.activate(lambda: self._batch_of(call), name)
        return ()

    def _batch_of(self, call: Call) -> Shape:
        size = self.output_size(call)
        return (None, *size) if isinstance(size, tuple) else ()

    def check_call(self, call: Call, batch: Dim | None, length: Dim | None) -> None:
        """Refuse what the call refuses, and in Keras 2 a kept state of unknown size or of another dtype."""
        super().check_call(call, batch, length)
        variable, compute = self.host.dtypes(self.value("dtype"))
        if self.keras is Keras.TWO and self.flag("stateful") and variable != compute:
            raise Refused(
                f"Tensor conversion requested dtype {variable} for Tensor with dtype {compute}", contract="dtype"
            )
        size = self.output_size(call)
        if self.keras is Keras.TWO and self.flag("stateful") and isinstance(size, tuple) and None in size:
            raise Refused(
                "If a RNN is stateful, it needs to know its batch size. The same thing goes for the number of rows and "
                "columns.",
                contract="undefined-dim",
                axis="spatial",
            )

    def states(self) -> list[State]:
        """Return the number of filters, twice."""
        return [self.filters(), self.filters()]

    def state_sizes(self, call: Call) -> list[State]:
        """Return the shape of output and carry."""
        size = self.output_size(call)
        return [size, size]

    def output_size(self, call: Call) -> State:
        """Return the shape of one step's convolution, without the batch."""
        shape = self.sequences(call)
        step = self.step_shape(shape)
        kernel, strides, dilation = self.axes("kernel_size"), self.axes("strides"), self.axes("dilation_rate")
        sizes = [
            self._length(dim, kernel[i], strides[i], dilation[i], shape) for i, dim in enumerate(self.spatial(step))
        ]
        if self.keras is Keras.TWO and None in sizes and any(less(1, rate) for rate in dilation):
            # a dilated convolution goes through batches of blocks, whose sizes are not known then
            sizes = [None] * len(sizes)
        filters = self.filters()
        size: Shape = (filters, *sizes) if self.data_format() == "channels_first" else (*sizes, filters)
        return size

    def _length(self, dim: Dim | None, kernel: Dim, stride: Dim, dilation: Dim, shape: Shape) -> Dim | None:
        if dim is None:
            return None
        if self.mode() == "same":
            return floor_divide(dim - 1, stride) + 1
        size = floor_divide(dim - dilation * (kernel - 1) - 1, stride) + 1
        if less(size, 1):
            raise Refused(
                f"Computed output size would be zero or negative. Received `inputs shape={shape_text(shape)}`, "
                f"`kernel size={kernel}`, `dilation_rate={dilation}`, `strides={stride}`, `padding=valid`.",
                contract="nonpositive-output",
                shape=shape,
                size=dim,
                kernel=kernel,
                strides=stride,
                dilation=dilation,
            )
        return size


@layer()
class ConvLSTM1D(ConvLSTM):
    """A convolutional LSTM over sequences of rows."""

    spatial_rank = 1


@layer()
class ConvLSTM2D(ConvLSTM):
    """A convolutional LSTM over sequences of images."""


@layer()
class ConvLSTM3D(ConvLSTM):
    """A convolutional LSTM over sequences of volumes."""

    spatial_rank = 3
