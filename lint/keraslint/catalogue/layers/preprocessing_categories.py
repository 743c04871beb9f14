"""Preprocessing of categories: Discretization, CategoryEncoding, Hashing, HashedCrossing; no weights in Keras 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.standard import Standard, dtype_of
from keraslint.catalogue.spec import Call, Output, Refused, Signature, WeightSpec, as_dim, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined


class Encoding(Standard):
    """Integers encoded in one of several ways."""

    modes: tuple[str, ...] = ("int", "one_hot", "multi_hot", "count")
    older: Mapping[str, str] = {}
    """Older spellings of modes."""

    def mode(self) -> str:
        """Return the output mode; older spellings become today's."""
        mode = self.value("output_mode")
        return self.older.get(str(mode), str(mode))

    def check_mode(self) -> None:
        """Refuse a mode that the layer does not know, and a sparse output of integers."""
        if isinstance(self.arguments.get("output_mode"), Unknown):
            return
        if self.mode() not in self.modes:
            raise Refused(
                f"Unknown value for `output_mode` argument of {self.class_name}. Allowed values are: {self.modes}. "
                f"Received: output_mode={self.arguments.get('output_mode')!r}"
            )
        dtype = self.arguments.get("dtype")
        is_mixed = isinstance(dtype, str) and dtype.startswith("mixed_")
        if (
            self.keras is Keras.TWO
            and is_mixed
            and self.mode() == "int"
            and self.class_name in {"Discretization", "Hashing"}
        ):
            raise Refused(
                f"Cannot convert the argument `type_value`: {dtype!r} to a TensorFlow DType.", error="TypeError"
            )
        sparse = self.arguments.get("sparse")
        if self.class_name != "HashedCrossing" and sparse and not isinstance(sparse, Unknown) and self.mode() == "int":
            raise Refused(
                "`sparse` may only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, or `'count'`. "
                f"Received: sparse={sparse} and output_mode=int"
            )

    def check_integer_dtype(self) -> None:
        """Refuse a dtype that is no integer one where the output is of integers."""
        dtype = self.arguments.get("dtype")
        if self.mode() == "int" and isinstance(dtype, str) and "int" not in dtype:
            raise Refused(f'When `output_mode="int"`, `dtype` should be an integer type. Received: dtype={dtype}')

    def check_numbers(self, call: Call) -> None:
        """Refuse strings where numbers are needed."""
        if dtype_of(call.inputs) == "string":
            raise Refused(
                "Value passed to parameter 'input' has DataType string not in list of allowed values",
                error="TypeError",
                contract="dtype",
            )

    def encoded_2(self, shape: Shape, depth: Dim) -> Output:
        """Return what Keras 2 makes of integers of this shape: counts of rank 2 at most."""
        if self.mode() == "int":
            return Signature(shape, "int64")
        compute = self.host.dtypes(self.value("dtype"))[1]
        if compute in {"float16", "bfloat16"}:
            raise Refused(
                f"Value passed to parameter 'weights' has DataType {compute} not in list of allowed values: int32, "
                "int64, float32, float64",
                error="TypeError",
                contract="dtype",
            )
        counted = shape or (1,)
        if self.mode() == "one_hot" and counted[-1] != 1:
            counted = (*counted, 1)
        if len(counted) > 2:
            raise Refused(
                f"When output_mode is not `'int'`, maximum supported output rank is 2. Received output_mode "
                f"{self.mode()} and input shape {shape_text(shape)}, which would result in output rank "
                f"{len(counted)}.",
                contract="rank",
                shape=shape,
            )
        return (*counted[:-1], depth)


@layer()
class Discretization(Encoding):
    """Numbers sorted into bins."""

    learned: Unknown | None = None

    def learn(self, bins: Unknown) -> None:
        """Take note that ``adapt`` has found bins, whose number depends on the data."""
        self.learned = bins

    def check(self) -> None:
        """Refuse bins given twice or not at all."""
        super().check()
        self.check_mode()
        bins, boundaries = self.arguments.get("num_bins"), self.arguments.get("bin_boundaries")
        if isinstance(bins, int) and bins < 0:
            raise Refused(f"`num_bins` must be greater than or equal to 0. Received: `num_bins={bins}`")
        if isinstance(bins, Unknown) or isinstance(boundaries, Unknown):
            return
        if isinstance(boundaries, Array) and self.keras is Keras.THREE and boundaries.shape != (1,):
            raise Refused("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
        if bins is not None and boundaries is not None:
            raise Refused(
                "Both `num_bins` and `bin_boundaries` should not be set. "
                f"Received: `num_bins={bins}` and `bin_boundaries={boundaries}`"
            )
        if bins is None and boundaries is None and self.keras is Keras.THREE:
            raise Refused("You need to set either `num_bins` or `bin_boundaries`.")

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the summary that Keras 2 learns bins from; its length is open."""
        if self.keras is Keras.TWO and self.value("bin_boundaries") is None:
            yield WeightSpec("summary", (2, None), trainable=False, dtype="float32", why="statistic")

    def depth(self) -> Dim:
        """Return the number of bins."""
        boundaries = self.value("bin_boundaries")
        match boundaries:
            case list() | tuple():
                return len(boundaries) + 1
            case Array():
                length = shape_of(boundaries)[0]
                return (length or 0) + 1
            case None if self.learned is not None:
                raise Undetermined(self.learned)
            case None if self.keras is Keras.THREE:
                return as_dim(self.value("num_bins"), "num_bins")
            case None:
                return 1
            case _:
                raise Refused(f"bin_boundaries={boundaries!r}", error="TypeError")

    def output(self, call: Call) -> Output:
        """Return the shape of the bins' numbers, or of their encoding."""
        shape = call.shape
        if self.keras is Keras.TWO:
            self.check_numbers(call)
            dtype = dtype_of(call.inputs)
            if dtype and dtype not in {"int32", "int64", "float32", "float64"}:
                raise Refused(
                    f"Value passed to parameter 'input' has DataType {dtype} not in list of allowed values: int32, int64, "
                    "float32, float64",
                    error="TypeError",
                    contract="dtype",
                )
            return self.encoded_2(shape, self.depth())
        mode = self.mode()
        if mode == "int":
            return Signature(shape, "int32")
        if mode == "one_hot":
            is_column = len(shape) > 1 and shape[-1] == 1
            return (*(shape[:-1] if is_column else shape), self.depth())
        return (shape[0], *shape[2:], self.depth()) if len(shape) >= 2 else (self.depth(),)


@layer()
class CategoryEncoding(Encoding):
    """Integers encoded with a known number of categories."""

    modes = ("count", "one_hot", "multi_hot")
    older: Mapping[str, str] = {"binary": "multi_hot"}

    def check(self) -> None:
        """Refuse a number of tokens that is not positive."""
        super().check()
        self.check_mode()
        tokens = self.tokens()
        if tokens is None:
            raise Refused(
                "num_tokens must be set to use this layer. If the number of tokens is not known beforehand, use the "
                "IntegerLookup layer instead."
            )
        if isinstance(tokens, int | float) and tokens < 1:
            raise Refused(f"`num_tokens` must be >= 1. Received: num_tokens={tokens}.")
        if isinstance(tokens, float):
            raise Refused(f"Expected an integer. Received: num_tokens={tokens}", error="TypeError", received=tokens)

    def tokens(self) -> object:
        """Return the number of tokens, under its older name too."""
        older = self.arguments.get("max_tokens")
        return self.arguments.get("num_tokens") if older is None else older

    def output(self, call: Call) -> Output:
        """Return the shape of the encoding."""
        shape = call.shape
        depth = as_dim(self.tokens(), "num_tokens")
        if self.keras is Keras.TWO:
            self.check_numbers(call)
            if self.flag("sparse") and dtype_of(call.inputs) in FLOATS:
                raise Refused(
                    "Value passed to parameter 'values' has DataType float32 not in list of allowed values: int32, int64",
                    error="TypeError",
                    contract="dtype",
                )
            return self.encoded_2(shape, depth)
        if not shape:
            return (depth,)
        if self.mode() == "one_hot" and (shape[-1] != 1 or len(shape) == 1):
            return (*shape, depth)
        return (*shape[:-1], depth)


@layer()
class Hashing(Encoding):
    """Values hashed into bins."""

    def check(self) -> None:
        """Refuse bins that are not positive, a dtype that is no integer one, a malformed salt."""
        super().check()
        bins = self.arguments.get("num_bins")
        if bins is None or (isinstance(bins, int | float) and bins <= 0):
            raise Refused(
                f"The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: num_bins={bins}."
            )
        if not isinstance(self.arguments.get("output_mode"), Unknown) and self.keras is Keras.THREE:
            self.check_integer_dtype()
        self.check_mode()
        salt = self.arguments.get("salt")
        is_pair = isinstance(salt, list | tuple) and len(salt) == 2
        if salt is not None and not is_pair and not isinstance(salt, int | Unknown):
            raise Refused(
                "The `salt` argument for `Hashing` can only be a tuple of size 2 integers, or a single integer. "
                f"Received: salt={salt!r}."
            )

    def output(self, call: Call) -> Output:
        """Return the shape of the bins' numbers, or of their encoding."""
        shape = call.shape
        depth = as_dim(self.value("num_bins"), "num_bins")
        dtype = self.arguments.get("dtype")
        if self.keras is Keras.TWO:
            self._check_values(dtype_of(call.inputs))
            if dtype_of(call.inputs) in FLOATS:
                raise Refused(
                    "Value passed to parameter 'input' has DataType float32 not in list of allowed values: string",
                    error="TypeError",
                    contract="dtype",
                )
            return self.encoded_2(shape, depth)
        if self.mode() == "int":
            return Signature(shape, dtype if isinstance(dtype, str) else "int64")
        return (*shape[:-1], depth)

    def _check_values(self, dtype: str) -> None:
        """Refuse a mask value that Keras 2 cannot compare with the input."""
        mask = self.arguments.get("mask_value")
        if mask is None or isinstance(mask, Unknown) or not dtype or self.arguments.get("num_bins") == 1:
            return
        if isinstance(mask, str) is not (dtype == "string"):
            raise Refused(f"Expected {dtype}, but got {mask!r} as mask value", error="TypeError", contract="dtype")


@layer()
class HashedCrossing(Encoding):
    """Two or more inputs hashed into one."""

    modes = ("int", "one_hot")

    def check(self) -> None:
        """Refuse an unknown mode."""
        super().check()
        if not isinstance(self.arguments.get("output_mode"), Unknown) and self.keras is Keras.TWO:
            self.check_integer_dtype()
        self.check_mode()

    def output(self, call: Call) -> Output:
        """Return the shape of the first input, or of its encoding."""
        inputs = call.inputs
        if isinstance(inputs, Unknown):
            raise Undetermined(inputs)
        if not isinstance(inputs, list | tuple) or len(inputs) < 2:
            raise Refused(
                f"`HashedCrossing` should be called on at least two inputs. Received: inputs={inputs!r}",
                contract="inputs",
            )
        shapes = [shape_of(item) for item in inputs]
        depth = as_dim(self.value("num_bins"), "num_bins")
        if self.keras is Keras.TWO:
            return self._output_2(inputs, shapes, depth)
        return self._output_3(shapes, depth)

    def _output_3(self, shapes: list[Shape], depth: Dim) -> Output:
        if len(shapes) != 2:
            raise Refused(
                f"Expected as input a list/tuple of 2 tensors. Received input_shape={shapes}", contract="inputs"
            )
        first, second = shapes
        if not first or not second:
            raise Refused("tuple index out of range", error="IndexError", contract="rank")
        if first[-1] != second[-1]:
            raise Refused(
                f"Expected the two input tensors to have identical shapes. Received input_shape={shapes}",
                contract="merge-shapes",
                shapes=shapes,
                axis=-1,
            )
        if self.mode() == "int":
            return Signature(first, "int64")
        return (*first, depth) if first[-1] != 1 else (*first[:-1], depth)

    def _output_2(self, inputs: list[object] | tuple[object, ...], shapes: list[Shape], depth: Dim) -> Output:
        first = shapes[0]
        if len(first) > 2 or (len(first) == 2 and first[-1] != 1):
            raise Refused(
                "All `HashedCrossing` inputs should have shape `[]`, `[batch_size]` or `[batch_size, 1]`. "
                f"Received: {shape_text(first)}",
                contract="rank",
                shape=first,
            )
        if any(shape != first for shape in shapes[1:]):
            raise Refused(
                f"All `HashedCrossing` inputs should have equal shape. Received: {shapes}",
                contract="merge-shapes",
                shapes=shapes,
                axis=None,
            )
        if any(dtype_of(item) in FLOATS for item in inputs):
            raise Refused("All `HashedCrossing` inputs should have an integer or string dtype.", contract="dtype")
        crossed: Shape = (None, 1) if len(first) == 2 else (None,) if len(first) == 1 else ()
        return self.encoded_2(crossed, depth)


def length_of(value: object, what: str) -> int:
    """Return the number of items of a list or a one-dimensional array."""
    match value:
        case Unknown():
            raise Undetermined(value)
        case list() | tuple() | set():
            return len(value)
        case Array():
            shape = shape_of(value)
            if len(shape) == 1 and isinstance(shape[0], int):
                return shape[0]
    undetermined(Why.DATA, f"the number of items of {what}")
