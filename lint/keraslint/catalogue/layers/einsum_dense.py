"""The layer of any tensor product: shapes from an einsum equation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keraslint.catalogue.layers.quantization import Quantizable, matrix_int4, quantized, scale
from keraslint.catalogue.layers.standard import lora_weights, settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, as_dim, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, Poly, product, same
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Unknown

_FORMS = (
    (re.compile("([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"), False),
    (re.compile("0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)"), True),
    (re.compile("([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0"), False),
)


@dataclass(frozen=True, slots=True)
class Product:
    """An equation taken apart for one input: its three terms, and how the elided axes lie."""

    inputs: str
    kernel: str
    outputs: str
    elided: int
    is_left: bool
    shape: Shape
    full: tuple[Dim | None, ...]
    """The output shape as Keras writes it down: elided axes on the left come in reverse."""

    @property
    def input_axes(self) -> Mapping[str, int]:
        """The place of each input label, from the end where axes are elided on the left."""
        first = self.elided - len(self.shape) if self.is_left else 0
        return {label: first + i for i, label in enumerate(self.inputs)}

    @property
    def output_axes(self) -> Mapping[str, int]:
        """The place of each output label in the full output shape."""
        first = self.elided if self.is_left else 0
        return {label: first + i for i, label in enumerate(self.outputs)}


@layer()
class EinsumDense(Quantizable):
    """A kernel multiplied in by an einsum equation; a bias on some output axes."""

    keeps_rank = (Keras.THREE,)
    refits = True

    def output_shape(self) -> list[Dim | None]:
        """Return the output shape without the batch, as it was given."""
        value = self.arguments.get("output_shape")
        if isinstance(value, Unknown | Poly) or (isinstance(value, int) and not isinstance(value, NumpyInt)):
            return [as_dim(value, "output_shape")]
        if isinstance(value, list | tuple):
            return [None if dim is None else as_dim(dim, "output_shape") for dim in value]
        raise Refused(
            f"'{type(value).__name__}' object is not iterable: output_shape={value!r}",
            error="TypeError",
            received=value,
        )

    def check(self) -> None:
        """Refuse an output shape that is none."""
        super().check()
        settle(self.output_shape, self.quantization)

    def product(self, shape: Shape) -> Product:
        """Take the equation apart for an input shape, as ``_analyze_einsum_string`` does."""
        equation = self.value("equation")
        if not isinstance(equation, str):
            raise Refused("expected string or bytes-like object", error="TypeError", received=equation)
        inputs, kernel, outputs, is_left = _terms_of(equation)
        elided = len(shape) - len(inputs)
        full: list[Dim | None] = [shape[0] if shape else None, *self.output_shape()]
        if elided > 0 and is_left:
            full[1:1] = shape[1:elided][::-1]
        elif elided > 0:
            full += shape[len(shape) - elided :]
        made = Product(inputs, kernel, outputs, elided, is_left, shape, tuple(full))
        self._check(made)
        return made

    def _check(self, made: Product) -> None:
        for label in made.inputs:
            here = _at(made.shape, made.input_axes[label])
            if label not in made.output_axes:
                continue
            there = _at(made.full, made.output_axes[label])
            if there is not None and (here is None or same(there, here) is False):
                raise Refused(
                    f"Input shape and output shape do not match at shared dimension '{label}'. Input shape is {here}, "
                    f"and output shape is {there}.",
                    contract="einsum",
                    shape=made.shape,
                )
        for label in made.outputs:
            if label not in made.inputs and label not in made.kernel:
                raise Refused(
                    f"Dimension '{label}' was specified in the output '{made.outputs}' but has no corresponding dim in "
                    f"the input spec '{made.inputs}' or weight spec '{made.outputs}'",
                    contract="einsum",
                )
        for label in made.kernel:
            if label not in made.inputs and label not in made.outputs:
                raise Refused(
                    f"Weight dimension '{label}' did not have a match in either the input spec '{made.inputs}' or the "
                    f"output spec '{made.outputs}'. For this layer, the weight must be fully specified.",
                    contract="einsum",
                )

    def kernel_shape(self, made: Product) -> Shape:
        """Return the kernel's shape: Keras 3 believes the output shape first, Keras 2 the input."""
        return self._defined(made, tuple(self._kernel_dim(made, label) for label in made.kernel), "kernel")

    def _kernel_dim(self, made: Product, label: str) -> Dim | None:
        of_output = label in made.output_axes
        if of_output and (self.keras is Keras.THREE or label not in made.input_axes):
            return _at(made.full, made.output_axes[label])
        return _at(made.shape, made.input_axes[label])

    def bias_shape(self, made: Product) -> Shape | None:
        """Return the bias's shape: from the first axis that has one to the last, ones between."""
        axes = self.value("bias_axes")
        if axes is None:
            return None
        if not isinstance(axes, str):
            raise Refused(f"`bias_axes` has to be a string. Received: {axes!r}", error="TypeError")
        dims = {label: _at(made.full, axis) for label, axis in made.output_axes.items()}
        for label in axes:
            if label not in made.outputs:
                raise Refused(
                    f"Bias dimension '{label}' was requested, but is not part of the output spec '{made.outputs}'",
                    contract="einsum",
                )
        if not axes:
            raise Refused("min() arg is an empty sequence")
        first = min(made.outputs.find(label) for label in axes)
        shape = tuple(dims[label] if label in axes else 1 for label in made.outputs[first:])
        return self._defined(made, shape if made.is_left else (*shape, *(1,) * made.elided), "bias")

    def _defined(self, made: Product, shape: Shape, name: str) -> Shape:
        if None in shape:
            raise Refused(
                f"Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
                f"shape={shape_text(shape)} for variable path='{self.name}/{name}'",
                contract="undefined-dim",
                shape=made.shape,
                axis=shape.index(None),
            )
        return shape

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield kernel and bias."""
        self.refuse_integers(call)
        made = self.product(call.shape)
        shape, bias_shape = self.kernel_shape(made), self.bias_shape(made)
        kernel = WeightSpec("kernel", shape)
        bias = [] if bias_shape is None else [WeightSpec("bias", bias_shape)]
        mode, rank = self.quantization(), self.low_rank()
        if mode:
            self.check_equation(mode)
            yield from self.quantized_weights(mode, shape)
        has_kernel = mode in {"", "float8"}
        if rank is not None:
            yield from lora_weights(kernel if has_kernel else None, bias, (*shape[:-1], rank), (rank, shape[-1]))
        else:
            yield from (*([kernel] if has_kernel else []), *bias)
        if self.keras is Keras.TWO:
            self.activate(lambda: self._traced(made))

    def check_equation(self, mode: str) -> None:
        """Refuse elided axes, which a quantized product does not understand."""
        if not mode.startswith("float8") and "..." in str(self.value("equation")):
            raise Refused("object of type 'int' has no len()", error="TypeError", contract="einsum")

    def int8(self, kernel: Shape) -> Iterable[WeightSpec]:
        """Yield a kernel of bytes, and scales over the axes that the product does not sum."""
        yield quantized("kernel", kernel)
        yield scale("kernel_scale", self._scale_shape(kernel))

    def int4(self, kernel: Shape, block: int | None) -> Iterable[WeightSpec]:
        """Yield the kernel as a matrix of half bytes: summed axes by the others."""
        weight, outputs = self._terms()
        rows = product(
            dim for label, dim in zip(weight, kernel, strict=True) if label not in outputs and dim is not None
        )
        columns = product(
            dim for label, dim in zip(weight, kernel, strict=True) if label in outputs and dim is not None
        )
        yield from matrix_int4("kernel", rows, columns, block)

    def _terms(self) -> tuple[str, str]:
        left, _, outputs = str(self.value("equation")).partition("->")
        return left.partition(",")[2], outputs

    def _scale_shape(self, kernel: Shape) -> Shape:
        """Return the scales' shape: a one for each output axis that the kernel does not have."""
        weight, outputs = self._terms()
        dims = dict(zip(weight, kernel, strict=True))
        return tuple(dims.get(label, 1) for label in outputs)

    def output(self, call: Call) -> Output:
        """Return the full output shape in Keras 3, and what the product really gives in Keras 2."""
        made = self.product(call.shape)
        return made.full if self.keras is Keras.THREE else self._traced(made)

    def traced(self, call: Call) -> Output | None:
        """Return what the product really gives."""
        return self._traced(self.product(call.shape))

    def _traced(self, made: Product) -> Shape:
        """Return the shape that TensorFlow's einsum gives, with the bias added."""
        equation = str(self.value("equation"))
        if "..." not in equation and made.elided:
            raise Refused(
                f"Shape must be rank {len(made.inputs)} but is rank {len(made.shape)} for the einsum equation "
                f"{equation}",
                contract="rank",
                expected=len(made.inputs),
                shape=made.shape,
            )
        sizes = dict(zip(made.kernel, self.kernel_shape(made), strict=True))
        sizes |= {label: _at(made.shape, axis) for label, axis in made.input_axes.items()}
        named = tuple(sizes[label] for label in made.outputs)
        count = len(made.shape) - len(made.inputs)
        elided = made.shape[:count] if made.is_left else made.shape[len(made.shape) - count :]
        shape = (*elided, *named) if made.is_left else (*named, *elided)
        bias = self.bias_shape(made)
        return shape if bias is None else _with_bias(shape, bias)


def _terms_of(equation: str) -> tuple[str, str, str, bool]:
    """Return the labels of the three terms, and whether axes are elided on the left."""
    for form, is_left in _FORMS:
        found = form.match(equation.replace("...", "0"))
        if found:
            return found[1], found[2], found[3], is_left
    raise Refused(
        f"Invalid einsum equation '{equation}'. Equations must be in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or "
        "[X]...,[Y]->[Z]....",
        contract="einsum",
    )


def _at(shape: tuple[Dim | None, ...], axis: int) -> Dim | None:
    if not -len(shape) <= axis < len(shape):
        raise Refused("tuple index out of range", error="IndexError", contract="einsum", axis=axis, shape=shape)
    return shape[axis]


def _with_bias(shape: Shape, bias: Shape) -> Shape:
    """Return the shape of a sum with a bias, which broadcasts."""
    if len(bias) > len(shape):
        shape = (*(1,) * (len(bias) - len(shape)), *shape)
    lead = len(shape) - len(bias)
    dims: list[Dim | None] = list(shape[:lead])
    for here, there in zip(shape[lead:], bias, strict=True):
        if here is None or there is None:
            dims.append(None if there in (None, 1) else there)
        elif same(here, there) is False and 1 not in (here, there):
            raise Refused(
                f"Dimensions must be equal, but are {here} and {there} for the sum with the bias of shape {bias}",
                contract="einsum",
                shape=shape,
            )
        else:
            dims.append(there if here == 1 else here)
    return tuple(dims)
