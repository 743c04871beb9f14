"""Tables of vectors: ``Embedding``, and the one that also goes backwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keraslint.catalogue.layers.quantization import Quantizable, packed, quantized, scale
from keraslint.catalogue.layers.standard import lora_weights, settle
from keraslint.catalogue.spec import Call, Host, Output, Refused, WeightSpec, as_dim, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Dim, ceil_divide
from keraslint.values.layer import Weight
from keraslint.values.shape import Shape
from keraslint.values.unknown import Unknown


@layer()
class Embedding(Quantizable):
    """A vector of ``output_dim`` numbers for each of ``input_dim`` indices."""

    modes = ("int8", "int4")

    def __init__(self, class_name: str, arguments: Mapping[str, object], host: Host) -> None:
        if host.keras is Keras.TWO and arguments.get("input_shape") is None:
            arguments = {**arguments, "input_shape": _length(arguments.get("input_length"))}
        super().__init__(class_name, arguments, host)

    def size(self, name: str) -> Dim:
        """Return one of the table's two dimensions."""
        value = self.arguments.get(name)
        if self.keras is Keras.THREE and isinstance(value, bool | NumpyInt | Array | float | str | list | tuple | None):
            raise Refused(
                f"`{name}` must be a positive integer. Received: {name}={value} (of type {type(value).__name__}).",
                received=value,
            )
        if isinstance(value, bool | float | str | list | tuple | None):
            raise Refused(f"`{name}` has to be an integer. Received: {value!r}", error="TypeError", received=value)
        dim = as_dim(value, name)
        if isinstance(dim, int) and dim <= 0:
            raise Refused(f"`{name}` must be a positive integer. Received: {name}={dim} (of type int).", received=dim)
        return dim

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(lambda: self.size("input_dim"), lambda: self.size("output_dim"), self.quantization, self._check_sparse)

    def _check_sparse(self) -> None:
        if self.keras is Keras.TWO and self.flag("sparse") and self.flag("mask_zero"):
            raise Refused(
                "`mask_zero` cannot be enabled when `tf.keras.layers.Embedding` is used with `tf.SparseTensor` input."
            )

    def weights(self, call: Call) -> Iterable[WeightSpec | Weight]:
        """Yield the table."""
        table = WeightSpec("embeddings", (self.size("input_dim"), self.size("output_dim")))
        mode, rank = self.quantization(), self.low_rank()
        if mode:
            yield from self.quantized_weights(mode, table.shape)
        if rank is not None:
            kept = None if mode else table
            yield from lora_weights(kept, (), (table.shape[0], rank), (rank, table.shape[1]), "embeddings")
        elif not mode:
            yield table

    def int8(self, kernel: Shape) -> Iterable[WeightSpec]:
        """Yield a table of bytes and a scale for each row."""
        yield quantized("embeddings", kernel)
        yield scale("embeddings_scale", (kernel[0],))

    def int4(self, kernel: Shape, block: int | None) -> Iterable[WeightSpec]:
        """Yield a table of half bytes, and scales for each row, or for each block in it."""
        rows, columns = (dim for dim in kernel if dim is not None)
        yield quantized("embeddings", (rows, packed(columns)))
        if block is None:
            yield scale("embeddings_scale", (rows,))
            return
        groups = ceil_divide(columns, block)
        yield scale("embeddings_scale", (rows, groups))
        yield quantized("embeddings_zero", (rows, groups))
        yield quantized("g_idx", (columns,), "float32")

    def output(self, call: Call) -> Output:
        """Return the input's shape with the vectors in a new last place."""
        return (*call.shape, self.size("output_dim"))


def _length(value: object) -> object:
    """Return the input shape that an ``input_length`` stands for: a Sequential may begin with any embedding."""
    return value if isinstance(value, list | tuple) else (value or None,)


@layer()
class ReversibleEmbedding(Embedding):
    """An embedding that can be called with ``reverse=True``, on its own table or on another (Keras 3)."""

    def weights(self, call: Call) -> Iterable[WeightSpec | Weight]:
        """Yield the table, and the one for the way back where the weights are not tied."""
        yield from super().weights(call)
        if self.flag("tie_weights"):
            return
        if self.low_rank() is not None:
            raise Refused(
                "You cannot add new elements of state to a layer that is already built: `lora_rank` came first."
            )
        if not self.quantization():
            yield WeightSpec("reverse_embeddings", (self.size("output_dim"), self.size("input_dim")))

    def int8(self, kernel: Shape) -> Iterable[WeightSpec]:
        """Yield both tables in bytes."""
        yield from super().int8(kernel)
        if not self.flag("tie_weights"):
            yield quantized("reverse_embeddings", (kernel[1], kernel[0]))
            yield scale("reverse_embeddings_scale", (kernel[0],))

    def int4(self, kernel: Shape, block: int | None) -> Iterable[WeightSpec]:
        """Yield both tables in half bytes."""
        yield from super().int4(kernel, block)
        if self.flag("tie_weights"):
            return
        rows, columns = (dim for dim in kernel if dim is not None)
        yield quantized("reverse_embeddings", (packed(columns), rows))
        scales: Shape = (rows,) if block is None else (ceil_divide(columns, block), rows)
        yield scale("reverse_embeddings_scale", scales)
        if block is not None:
            yield scale("reverse_embeddings_zero", scales)

    def output(self, call: Call) -> Output:
        """Return the vectors, or backwards a number for each index."""
        reverse = call.argument("reverse", 1, default=False)
        if isinstance(reverse, Unknown):
            return super().output(call)
        if reverse:
            return (*call.shape[:-1], self.size("input_dim"))
        return super().output(call)
