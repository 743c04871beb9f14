"""What many layers of Keras do with their arguments and inputs: the base class of the families.

``check`` refuses what the base layer's constructor refuses (a name with a slash, an unknown dtype) and strings that no
activation, initializer, regularizer or constraint has for a name. Arguments that are not known refuse nothing.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from contextlib import suppress

from keraslint.catalogue.layers.common import FLOATS, check_common
from keraslint.catalogue.spec import Call, LayerSpec, Output, Refused, Signature, WeightSpec, as_dim, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Dim, Poly, bounds
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import Class, KerasObject
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown

LOW_RANK = frozenset({"Conv1D", "Conv2D", "Conv3D", "Dense", "EinsumDense", "Embedding", "ReversibleEmbedding"})
"""Classes with the method ``enable_lora``."""
DATA_FORMATS = ("channels_first", "channels_last")


class Standard(LayerSpec):
    """A layer with the usual arguments."""

    def check(self) -> None:
        """Refuse what the base layer's constructor refuses."""
        check_common(self)
        for name in ("activation", "recurrent_activation"):
            activation = self.arguments.get(name)
            if isinstance(activation, Layer) and activation not in self.children:
                self.children.append(activation)

    def passed(self, call: Call, shape: Shape) -> Output:
        """Return an output that Keras 2 gives the input's dtype where that is no floating one."""
        dtype = dtype_of(call.inputs)
        if self.keras is Keras.THREE or not dtype or dtype in FLOATS:
            return shape
        return Signature(shape, dtype)

    def check_output(self, output: Output) -> None:
        """Refuse a penalty on the output that Keras 2, which works it out at once, cannot work out."""
        penalty = self.arguments.get("activity_regularizer")
        if self.keras is Keras.THREE or penalty is None:
            return
        if isinstance(penalty, Class):
            raise Refused("Value is not a valid regularization penalty number, expected an int or float value.")
        name = penalty.class_name if isinstance(penalty, KerasObject) else penalty
        if isinstance(name, str) and name in {"orthogonal_regularizer", "OrthogonalRegularizer"}:
            _check_orthogonal(output)
        if not isinstance(output, Signature) or output.dtype in FLOATS:
            return
        if isinstance(name, str) and name.lower() in {"l2", "l1l2", "l1_l2"}:
            raise _no_float(output.dtype)

    def activate(self, output_shape: Callable[[], Shape], name: str = "activation") -> None:
        """Build an activation that is a layer, as Keras 2 does when it traces the call."""
        if self.keras is Keras.THREE:
            return
        shape = output_shape()
        activation = self.arguments.get(name)
        if isinstance(activation, Layer):
            self.host.apply(activation, Tensor(shape))
        elif isinstance(activation, Class) and activation.native:
            raise Refused(
                f"Could not build a TypeSpec for an object of the class {activation.name}: the activation is a class, "
                "not a layer",
                error="TypeError",
            )
        elif activation == "softmax" and len(shape) < 2:
            raise Refused(
                f"Cannot apply softmax to a tensor that is 1D. Received input of shape {shape_text(shape)}",
                contract="rank",
                expected=2,
                shape=shape,
            )

    # arguments

    def data_format(self) -> str:
        """Return ``channels_first`` or ``channels_last``."""
        value = self.value("data_format")
        if value is None:
            return self.host.data_format
        text = str(value).lower()
        if text not in DATA_FORMATS or (self.keras is Keras.TWO and not isinstance(value, str)):
            raise Refused(
                "The `data_format` argument must be one of {'channels_first', 'channels_last'}. "
                f"Received: data_format={value}"
            )
        return text

    def each(self, name: str, rank: int, *, allow_zero: bool = False) -> tuple[Dim, ...]:
        """Return an argument such as ``kernel_size``: an integer for all axes, or one for each."""
        return standard_tuple(self.arguments.get(name), rank, name, allow_zero=allow_zero)

    def padding(self, *allowed: str) -> str:
        """Return the padding in lower case."""
        value = self.value("padding")
        if isinstance(value, list | tuple):
            raise Refused(f"`padding` must be either `'valid'` or `'same'`. Received {value}.")
        if not isinstance(value, str):
            raise Refused(f"'{type(value).__name__}' object has no attribute 'lower'", error="AttributeError")
        if value.lower() not in allowed:
            names = ", ".join(map(repr, sorted(allowed)))
            raise Refused(
                f"The `padding` argument must be a list/tuple or one of {{{names}}}. Received: {value.lower()}",
                argument="padding",
                received=value,
                known=allowed,
            )
        return value.lower()

    def count(self, name: str) -> Dim:
        """Return an argument that is used as a number of channels or the like, and has to be positive."""
        value = self.arguments.get(name)
        if isinstance(value, float) and self.keras is Keras.TWO:
            if not math.isfinite(value):
                raise Refused(f"cannot convert float {value} to integer", received=value)
            value = int(value)
        if value is True and self.keras is Keras.TWO:
            raise Refused(
                "Field tensorflow.TensorShapeProto.Dim.size: Expected an int, got a boolean.", error="TypeError"
            )
        if value is None or isinstance(value, float | str | list | tuple | dict):
            raise Refused(f"`{name}` has to be a positive integer. Received {name}={value!r}.", received=value)
        dim = as_dim(value, name)
        if is_at_most(dim, 0):
            raise Refused(
                f"Invalid value for argument `{name}`. Expected a strictly positive value. Received {name}={dim}.",
                received=dim,
            )
        return dim

    def low_rank(self) -> Dim | None:
        """Return ``lora_rank`` where it is given; refuse it together with a constraint on the kernel."""
        value = self.value("lora_rank")
        if not value:
            return None
        self.refuse_constrained()
        return self.count("lora_rank")

    def refuse_constrained(self) -> None:
        """Refuse matrices of low rank beside a kernel with a constraint."""
        if any(self.arguments.get(name) for name in ("kernel_constraint", "embeddings_constraint")):
            raise Refused(
                "Lora is incompatible with kernel constraints. In order to enable lora on this layer, remove the "
                "`kernel_constraint` argument."
            )

    # inputs

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape where it does not call the layer: within another one."""
        return None

    def ranked(self, call: Call, rank: int, *, or_more: bool = False) -> Shape:
        """Return the shape of the only input, which has to have this rank, or more; an open one takes it."""
        shape = shape_of(call.inputs, rank)
        if len(shape) == rank or (or_more and len(shape) > rank):
            return shape
        least = self.inferred_rank
        if least is not None and len(shape) >= least and self.keras is Keras.THREE and self.host.is_inside:
            return shape
        prefix = "min_" if or_more else ""
        raise Refused(
            f"{self.subject()} is incompatible with the layer: expected {prefix}ndim={rank}, found ndim={len(shape)}. "
            f"Full shape received: {shape_text(shape)}",
            contract="rank",
            expected=rank,
            at_least=or_more,
            shape=shape,
        )

    def subject(self) -> str:
        """Return how messages of this version call the first input."""
        if self.keras is Keras.TWO:
            return f'Input 0 of layer "{self.name}"'
        return f"Input 0 with name 'None' of layer '{self.name}'"

    def refuse_non_floats(self, call: Call) -> None:
        """Refuse an integer input where the operation behind Keras 2 takes floating ones only."""
        dtype = dtype_of(call.inputs)
        if self.keras is Keras.TWO and dtype and dtype not in FLOATS:
            raise _no_float(dtype)

    def refuse_integers(self, call: Call) -> None:
        """Refuse an input that Keras 2, which casts between floating dtypes alone, hands on beside other weights."""
        dtype = dtype_of(call.inputs)
        if self.keras is Keras.TWO and dtype:
            compute = self.host.dtypes(self.value("dtype"))[1]
            if dtype != compute and not {dtype, compute} <= FLOATS:
                raise Refused(
                    f"The kernel has type {compute} that does not match type {dtype} of the input.",
                    error="TypeError",
                    contract="dtype",
                    dtype=dtype,
                )

    def defined(self, shape: Shape, axis: int) -> Dim:
        """Return a dimension that weights are made from: None is refused."""
        dim = shape[axis]
        if dim is None:
            raise Refused(
                f"The channel dimension of the inputs should be defined. The input_shape received is "
                f"{shape_text(shape)}, where axis {axis} (0-based) is the channel dimension, which found to be `None`.",
                contract="undefined-dim",
                shape=shape,
                axis=axis,
            )
        return dim


class SameShape(Standard):
    """A layer whose output has the shape of its input, and that has no weights."""

    def output(self, call: Call) -> Output:
        """Return the input's shape; a list of one stays one in Keras 3, and is stacked in Keras 2."""
        match call.inputs:
            case [only] if self.keras is Keras.THREE:
                return [shape_of(only)]
            case [only]:
                return (1, *shape_of(only))
            case _:
                return self.passed(call, call.shape)


def _check_orthogonal(output: Output) -> None:
    """Refuse an output of which no square identity is made: not of two known dimensions."""
    shape = output.shape if isinstance(output, Signature) else output
    if not isinstance(shape, tuple):
        return
    if len(shape) != 2:
        raise Refused(
            f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape == {shape_text(shape)}",
            contract="rank",
            expected=2,
            shape=shape,
        )
    if shape[0] is None:
        raise Refused(
            "Arguments `num_rows` and `num_columns` must be positive integer values. Received: num_rows=None, "
            "num_columns=None",
            error="TypeError",
        )


def _no_float(dtype: str) -> Refused:
    return Refused(
        f"Value passed to parameter has DataType {dtype} not in list of allowed values: float16, bfloat16, "
        "float32, float64",
        error="TypeError",
        contract="dtype",
        dtype=dtype,
    )


@functools.cache
def rank_in(class_name: str) -> int:
    """Return the number of spatial axes that a class's name says: 2 for ``Conv2D``."""
    return next(int(letter) for letter in class_name if letter.isdigit())


def settle(*checks: Callable[[], object]) -> None:
    """Run checks of arguments, passing over those that depend on a value that is not known."""
    for check in checks:
        with suppress(Undetermined):
            check()


def is_at_most(dim: object, limit: int) -> bool:
    """Return whether a dimension certainly does not exceed a number."""
    if isinstance(dim, int):
        return dim <= limit
    if not isinstance(dim, Poly):
        return False
    high = bounds(dim)[1]
    return high is not None and high <= limit


def dtype_of(value: object) -> str:
    """Return the dtype of a tensor or array, empty for others."""
    return value.dtype if isinstance(value, Tensor | Array) else ""


def listed(value: object) -> object:
    """Return a small array as the list of its items, any other value as it is."""
    return value.items if isinstance(value, Array) and isinstance(value.items, list) else value


def standard_tuple(value: object, rank: int, name: str, *, allow_zero: bool = False) -> tuple[Dim, ...]:
    """Return an integer or a sequence of integers as a tuple of ``rank`` dimensions."""
    low = 0 if allow_zero else 1
    if type(value) is int and value >= low:
        return (value,) * rank
    if type(value) is tuple and len(value) == rank and all(type(item) is int and item >= low for item in value):
        return value
    value = listed(value)
    message = f"The `{name}` argument must be a tuple of {rank} integers. Received {name}={value!r}"
    if isinstance(value, list | tuple):
        if len(value) != rank:
            raise Refused(message, received=value)
        dims = tuple(_entry(item, name, message) for item in value)
    elif isinstance(value, Unknown | Poly) or (isinstance(value, int) and not isinstance(value, NumpyInt)):
        dims = (as_dim(value, name),) * rank
    else:
        raise Refused(message, received=value)
    if any(is_at_most(dim, low - 1) for dim in dims):
        raise Refused(f"{message}, including values that do not satisfy `value {'>=' if allow_zero else '>'} 0`")
    return dims


def _entry(value: object, name: str, message: str) -> Dim:
    if value is None or isinstance(value, float | str | list | tuple | dict):
        raise Refused(f"{message}, including element {value!r} of type {type(value).__name__}", received=value)
    return as_dim(value, name)


def lora_weights(
    kernel: WeightSpec | None, others: Iterable[WeightSpec], shape_a: Shape, shape_b: Shape, name: str = "kernel"
) -> Iterable[WeightSpec]:
    """Yield a layer's weights with a low-rank pair beside its kernel, which is not trained any more."""
    if kernel is not None:
        yield WeightSpec(kernel.name, kernel.shape, trainable=False, dtype=kernel.dtype, why="lora")
    yield from others
    yield WeightSpec(f"lora_{name}_a", shape_a, dtype="float32")
    yield WeightSpec(f"lora_{name}_b", shape_b, dtype="float32")
