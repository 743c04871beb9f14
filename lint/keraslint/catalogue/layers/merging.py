"""Layers that merge several inputs into one: elementwise with broadcasting, concatenation, dot products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.standard import Standard, dtype_of
from keraslint.catalogue.spec import Call, LayerSpec, Output, Refused, Signature, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Dim, same
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

MERGE_FUNCTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "add": ("Add", ()),
    "average": ("Average", ()),
    "concatenate": ("Concatenate", ("axis",)),
    "dot": ("Dot", ("axes", "normalize")),
    "maximum": ("Maximum", ()),
    "minimum": ("Minimum", ()),
    "multiply": ("Multiply", ()),
    "subtract": ("Subtract", ()),
}
"""The lower-case functions of ``keras.layers``: the class they make, and the parameters that follow ``inputs``."""


@layer("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
class Merge(Standard):
    """An elementwise operation over inputs that broadcast, aligned at the last axis."""

    def output(self, call: Call) -> Output:
        """Return the broadcast shape of all inputs."""
        shapes = merged_shapes(call, "A merge layer")
        check_dtypes(self, call)
        check_batches(shapes)
        if self.class_name == "Subtract" and len(shapes) != 2:
            raise Refused(
                f"A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape={_texts(shapes)}",
                contract="inputs",
                received=len(shapes),
            )
        inner: Shape = shapes[0][1:]
        for shape in shapes[1:]:
            inner = self._broadcast(inner, shape[1:], shapes)
        return same_dtype(self, call, (self._batch(shapes), *inner))

    def _batch(self, shapes: list[Shape]) -> Dim | None:
        batches = [shape[0] for shape in shapes if shape]
        known = [batch for batch in batches if batch is not None]
        if self.keras is Keras.TWO and len(known) < len(batches):
            known = [batch for batch in known if batch != 1]  # broadcasts to whatever the batch is
        return known[0] if known else None

    def _broadcast(self, left: Shape, right: Shape, shapes: list[Shape]) -> Shape:
        if len(left) < len(right):
            left, right = right, left
        lead = left[: len(left) - len(right)]
        return (*lead, *(self._broadcast_dim(a, b, shapes) for a, b in zip(left[len(lead) :], right, strict=True)))

    def _broadcast_dim(self, a: Dim | None, b: Dim | None, shapes: list[Shape]) -> Dim | None:
        if a is None or b is None:
            known = b if a is None else a
            return known if self.keras is Keras.TWO and known != 1 else None
        if a == 1 or b == 1:
            return b if a == 1 else a
        equal = same(a, b)
        if equal is False:
            raise Refused(
                f"Inputs have incompatible shapes. Received shapes {' and '.join(map(shape_text, shapes))}",
                contract="merge-shapes",
                shapes=shapes,
                axis=None,
            )
        if equal is None and not isinstance(a, int) and not isinstance(b, int):
            undetermined(Why.INPUT, f"whether {a} and {b} are equal")
        return a if isinstance(a, int) else b


@layer()
class Concatenate(Standard):
    """Inputs joined along one axis; all other axes have to agree."""

    def output(self, call: Call) -> Output:
        """Return the first input's shape with the sum of all on the axis."""
        shapes = merged_shapes(call, "A `Concatenate` layer")
        check_dtypes(self, call)
        axis = self.value("axis")
        if not isinstance(axis, int):
            raise Refused(f"`axis` has to be an integer, received {axis!r}", error="TypeError")
        if self.keras is Keras.THREE and len(shapes) == 1 and shapes[0] and axis >= len(shapes[0]):
            return shapes[0]
        self._check(shapes, axis)
        joined = list(shapes[0])
        for shape in shapes[1:]:
            here, there = joined[axis], shape[axis]
            if here is None or there is None:
                joined[axis] = None
                break
            joined[axis] = here + there
        if self.keras is Keras.TWO:
            joined = [
                dim if i == axis % len(joined) else next((s[i] for s in shapes if s[i] is not None), None)
                for i, dim in enumerate(joined)
            ]
        return same_dtype(self, call, tuple(joined))

    def _check(self, shapes: list[Shape], axis: int) -> None:
        for shape in shapes:
            if not -len(shape) <= axis < len(shape):
                raise Refused(
                    f"list index out of range: axis {axis} of an input of shape {shape_text(shape)}",
                    error="IndexError",
                    contract="merge-shapes",
                    shapes=shapes,
                    axis=axis,
                )
        others = [[dim for i, dim in enumerate(shape) if i != axis % len(shape)] for shape in shapes]
        fits = len({len(other) for other in others}) == 1
        if fits:
            fits = all(
                same(a, b) is not False
                for column in zip(*others, strict=True)
                for known in [[dim for dim in column if dim is not None]]
                for a in known[:1]
                for b in known[1:]
            )
        if not fits:
            raise Refused(
                "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
                f"Received: input_shape={_texts(shapes)}",
                contract="merge-shapes",
                shapes=shapes,
                axis=axis,
            )


@layer()
class Dot(Standard):
    """A dot product of two inputs over one axis of each."""

    def check(self) -> None:
        """Refuse axes that are neither an integer nor two of them."""
        super().check()
        axes = self.arguments.get("axes")
        if isinstance(axes, Unknown) or _is_index(axes):
            return
        if not isinstance(axes, list | tuple):
            raise Refused(
                f"Invalid type for argument `axes`: it should be a list or an int. Received: axes={axes!r}",
                error="TypeError",
            )
        if len(axes) != 2:
            raise Refused(
                f"Invalid format for argument `axes`: it should contain two elements. Received: axes={axes!r}"
            )
        if not all(_is_index(axis) or isinstance(axis, Unknown) for axis in axes):
            raise Refused(
                f"Invalid format for argument `axes`: list elements should be integers. Received: axes={axes!r}"
            )

    def output(self, call: Call) -> Output:
        """Return the first input's shape without its axis, then the second's without batch and axis."""
        shapes = merged_shapes(call, "A `Dot` layer")
        check_dtypes(self, call)
        if len(shapes) != 2:
            raise Refused(
                f"A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={_texts(shapes)}",
                contract="inputs",
                received=len(shapes),
            )
        first, second = shapes
        left, right = self._axes(first, second)
        self._check_axes(first, second, left, right)
        rest = list(first)
        del rest[left]
        other = list(second)
        del other[right]
        if self.keras is Keras.TWO and rest[0] is None:
            rest[0] = second[0]
        if not other:
            raise Refused("pop from empty list", error="IndexError", contract="rank")
        shape = (*rest, *other[1:])
        return same_dtype(self, call, (*shape, 1) if len(shape) == 1 else shape)

    def _axes(self, first: Shape, second: Shape) -> tuple[int, int]:
        axes = self.value("axes")
        if isinstance(axes, int):
            return (axes % len(first), axes % len(second)) if axes < 0 else (axes, axes)
        if isinstance(axes, list | tuple):
            for axis in axes:
                if isinstance(axis, Unknown):
                    raise Undetermined(axis)
            left, right = axes
            return left, right
        raise Refused(f"Invalid type for argument `axes`. Received: axes={axes!r}", error="TypeError")

    def _check_axes(self, first: Shape, second: Shape, left: int, right: int) -> None:
        try:
            a, b = first[left], second[right]
        except IndexError:
            raise Refused(
                f"tuple index out of range: axes {(left, right)} of {shape_text(first)} and {shape_text(second)}",
                error="IndexError",
                contract="rank",
            ) from None
        differ = (a is None) is not (b is None) or (a is not None and b is not None and same(a, b) is False)
        if differ:
            raise Refused(
                f"Incompatible input shapes: axis values {a} (at axis {left}) != {b} (at axis {right}). "
                f"Full input shapes: {shape_text(first)}, {shape_text(second)}",
                contract="merge-shapes",
                shapes=[first, second],
                axis=(left, right),
            )
        if self.keras is Keras.THREE:
            return
        if len(first) < 2 or len(second) < 2:
            raise Refused(
                f"Cannot do batch_dot on inputs with rank < 2. Received inputs with shapes {shape_text(first)} and "
                f"{shape_text(second)}.",
                contract="rank",
            )
        if first[0] is not None and second[0] is not None and same(first[0], second[0]) is False:
            raise Refused(
                "Cannot do batch_dot on inputs with different batch sizes. Received inputs with shapes "
                f"{shape_text(first)} and {shape_text(second)}.",
                contract="merge-shapes",
                shapes=[first, second],
                axis=0,
            )
        if left % len(first) == 0 or right % len(second) == 0:
            raise Refused("Cannot perform batch_dot over axis 0.", contract="merge-shapes", shapes=[first, second])


def merged_shapes(call: Call, who: str) -> list[Shape]:
    """Return the shapes of the list that a merging layer is called on; refuse anything else."""
    inputs = call.inputs
    if isinstance(inputs, Unknown):
        raise Undetermined(inputs)
    if not isinstance(inputs, list | tuple) or not inputs:
        shown = shape_text(shape_of(inputs)) if isinstance(inputs, Tensor | Array) else repr(inputs)
        raise Refused(
            f"{who} should be called on a list of inputs. Received: input_shape={shown} (not a list of shapes)",
            contract="inputs",
            received=1,
        )
    return [shape_of(item) for item in inputs]


def check_dtypes(spec: LayerSpec, call: Call) -> None:
    """Refuse inputs of different dtypes, as the operations of Keras 2 do after floating ones became the layer's."""
    if spec.keras is Keras.THREE or not isinstance(call.inputs, list | tuple):
        return
    _, compute = spec.host.dtypes(spec.arguments.get("dtype"))
    dtypes = {
        compute if item.dtype in FLOATS else item.dtype for item in call.inputs if isinstance(item, Tensor | Array)
    }
    if len(dtypes) > 1:
        raise Refused(
            f"Tensors in list passed to a {spec.class_name} have types {sorted(dtypes)} that don't all match.",
            error="TypeError",
            contract="dtype",
        )
    taken = {"bool", "string"} - ({"string"} if spec.class_name == "Add" else set())
    if dtypes & taken and len(call.inputs) > 1 and spec.class_name in _ARITHMETIC:
        raise Refused(
            f"Value passed to parameter 'x' has DataType {next(iter(dtypes))} not in list of allowed values",
            error="TypeError",
            contract="dtype",
        )


_ARITHMETIC = frozenset({"Add", "Average", "Maximum", "Minimum", "Subtract"})


def check_batches(shapes: Sequence[Shape]) -> None:
    """Refuse inputs of different known batch sizes."""
    batches = [shape[0] for shape in shapes if shape and shape[0] is not None]
    if any(same(batches[0], other) is False for other in batches[1:]):
        raise Refused(
            f"Cannot merge tensors with different batch sizes. Received tensors with shapes {_texts(shapes)}",
            contract="merge-shapes",
            shapes=list(shapes),
            axis=0,
        )


def same_dtype(spec: LayerSpec, call: Call, shape: Shape) -> Output:
    """Return a shape, with the inputs' dtype where Keras 2 keeps it: integers are not cast."""
    inputs = call.inputs
    dtype = dtype_of(inputs[0]) if isinstance(inputs, list | tuple) and inputs else ""
    if spec.keras is Keras.THREE or not dtype or dtype in FLOATS:
        return shape
    if spec.class_name == "Average":
        # the mean is a true division: https://www.tensorflow.org/api_docs/python/tf/math/truediv
        dtype = "float32" if dtype in {"int8", "uint8", "int16", "uint16"} else "float64"
    return Signature(shape, dtype)


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, NumpyInt)


def _texts(shapes: Sequence[Shape]) -> str:
    return f"[{', '.join(map(shape_text, shapes))}]"
