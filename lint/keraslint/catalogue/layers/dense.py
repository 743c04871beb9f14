"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.quantization import Quantizable, matrix_int4, packed, quantized, scale
from keraslint.catalogue.layers.standard import lora_weights, settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, as_dim, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Dim, ceil_divide
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text


@layer()
class Dense(Quantizable):
    """A matrix product over the last axis, and a bias."""

    def units(self) -> Dim:
        """Return the number of outputs: Keras 2 makes an integer of what it gets, and takes zero."""
        value = self.arguments.get("units")
        is_plain = isinstance(value, int) and not isinstance(value, NumpyInt)
        if self.keras is Keras.THREE:
            is_negative = is_plain and value <= 0  # type: ignore[operator]
            if is_negative or isinstance(value, float | str | list | tuple | dict | Array | NumpyInt | None):
                raise Refused(
                    f"Received an invalid value for `units`, expected a positive integer. Received: units={value}",
                    received=value,
                )
            return as_dim(value, "units")
        if isinstance(value, float | str):
            value = _as_integer(value)
        if value is None or isinstance(value, list | tuple | dict):
            raise Refused(
                "int() argument must be a string, a bytes-like object or a real number, not "
                f"'{type(value).__name__}': units={value!r}",
                error="TypeError",
                received=value,
            )
        if isinstance(value, int) and value < 0:
            raise Refused(
                f"Received an invalid value for `units`, expected a positive integer. Received: units={value}",
                received=value,
            )
        return as_dim(value, "units")

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self.units, self.quantization)

    def input_shape(self, call: Call) -> Shape:
        """Return the input's shape; Keras 2 multiplies sparse ones as matrices only."""
        shape = self.ranked(call, 2, or_more=True)
        node = call.inputs.node if isinstance(call.inputs, Tensor) else None
        if self.keras is Keras.TWO and len(shape) > 2 and node is not None and node.layer.attributes.get("sparse"):
            raise Refused(
                f"Failed to convert elements of a sparse input of shape {shape_text(shape)} to Tensor.",
                error="TypeError",
                contract="rank",
                expected=2,
                shape=shape,
            )
        return shape

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield kernel and bias, in the form that the dtype and ``lora_rank`` ask for."""
        is_of_features = self.keras is Keras.THREE and len(call.shape) == 1  # only a call checks the rank
        shape = call.shape if is_of_features else self.input_shape(call)
        self._check_build()
        inputs = self._inputs(shape)
        units = self.units()
        kernel = WeightSpec("kernel", (inputs, units))
        bias = [WeightSpec("bias", (units,))] if self.flag("use_bias") else []
        mode, rank = self.quantization(), self.low_rank()
        if mode:
            yield from self.quantized_weights(mode, kernel.shape)
        has_kernel = mode in {"", "float8"}
        if rank is not None:
            yield from lora_weights(kernel if has_kernel else None, bias, (inputs, rank), (rank, units))
        else:
            yield from (*([kernel] if has_kernel else []), *bias)
        self.activate(lambda: (*shape[:-1], units))

    def takes_again(self, call: Call) -> bool:
        """Return whether Keras 2 reshapes an input of open size to a matrix, whatever its last axis."""
        return self.keras is Keras.TWO and len(call.shape) > 2 and None in call.shape

    def _check_build(self) -> None:
        if self.keras is Keras.THREE:
            return
        variable = self.host.dtypes(self.value("dtype"))[0]
        if variable not in FLOATS and not variable.startswith("complex"):
            raise Refused(
                f"A Dense layer can only be built with a floating-point dtype. Received: dtype={variable}",
                error="TypeError",
                contract="dtype",
            )
        if isinstance(self.arguments.get("units"), bool):
            raise Refused("Expected an int, got a boolean: units", error="TypeError", received=True)

    def _inputs(self, shape: Shape) -> Dim:
        dim = shape[-1]
        if dim is None:
            raise Refused(
                "The last dimension of the inputs to a Dense layer should be defined. Found None. Full input shape "
                f"received: {shape_text(shape)}",
                contract="undefined-dim",
                shape=shape,
                axis=len(shape) - 1,
            )
        return dim

    def int8(self, kernel: Shape) -> Iterable[WeightSpec]:
        """Yield a kernel of bytes and a scale for each unit."""
        yield quantized("kernel", kernel)
        yield scale("kernel_scale", (kernel[1],))

    def int4(self, kernel: Shape, block: int | None) -> Iterable[WeightSpec]:
        """Yield a kernel of half bytes and its scales."""
        rows, columns = (dim for dim in kernel if dim is not None)
        yield from matrix_int4("kernel", rows, columns, block)

    def calibrated(self, kernel: Shape, method: str, bits: int, group: int) -> Iterable[WeightSpec]:
        """Yield the kernel's transpose in few bits, and scales and zeros for each group of rows."""
        rows, columns = (dim for dim in kernel if dim is not None)
        groups = 1 if group == -1 else ceil_divide(rows, group)
        yield quantized("kernel", (packed(columns) if bits == 4 else columns, rows), "uint8")
        yield scale("kernel_scale", (columns, groups))
        yield quantized("kernel_zero", (columns, groups), "uint8")
        if method == "awq":
            yield scale("awq_scales", (rows,))
        yield quantized("g_idx", (rows,), "float32")

    def output(self, call: Call) -> Output:
        """Return the input's shape with the units in the last place."""
        return (*self.input_shape(call)[:-1], self.units())


def _as_integer(value: float | str) -> int:
    try:
        return int(value)
    except (ValueError, OverflowError) as error:
        raise Refused(str(error), error=type(error).__name__, received=value) from None
