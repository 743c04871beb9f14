"""Attention in several heads, over inner projections: MultiHeadAttention and GroupedQueryAttention."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

from keraslint.catalogue.layers.attention import differ, unequal
from keraslint.catalogue.layers.standard import Standard
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, as_dim, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, Poly
from keraslint.values.layer import Layer
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown

PROJECTION_ARGUMENTS = (
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "dtype",
)
"""What the attention layers hand on to their projections."""


class ProjectedAttention(Standard):
    """What the two layers over inner projections share."""

    def check(self) -> None:
        """Refuse a share to drop that the inner Dropout refuses."""
        super().check()
        share = self.arguments.get("dropout")
        if isinstance(share, int | float) and not 0 <= share <= 1:
            raise Refused(
                f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={share}",
                received=share,
            )

    def inputs_of(self, call: Call) -> tuple[object, object, object]:
        """Return query, value and key (the value where no key is given)."""
        query, value = call.argument("query", 0), call.argument("value", 1)
        for name, given in (("query", query), ("value", value)):
            if given is None:
                raise Refused(
                    f"{self.class_name}.call() missing 1 required positional argument: '{name}'", error="TypeError"
                )
        key = call.argument("key", 2)
        return query, value, value if key is None else key

    def wants_scores(self, call: Call, position: int) -> bool:
        """Return whether the call asks for the attention scores too."""
        wanted = call.argument("return_attention_scores", position, default=False)
        if isinstance(wanted, Unknown):
            raise Undetermined(wanted)
        return bool(wanted)

    def check_window(self, name: str) -> None:
        """Refuse an argument that is neither None nor a positive integer."""
        window = self.arguments.get(name)
        if window is None or isinstance(window, Unknown | Poly):
            return
        if not isinstance(window, int) or isinstance(window, NumpyInt) or window <= 0:
            raise Refused(f"`{name}` must be `None` or a positive integer. Received: {name}={window!r}")

    def check_flash(self) -> None:
        """Refuse dropout together with flash attention."""
        dropout = self.arguments.get("dropout")
        if self.arguments.get("flash_attention") is True and isinstance(dropout, int | float) and dropout > 0:
            raise Refused(
                "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 to use flash "
                "attention."
            )

    def project(self, name: str, equation: str, output_shape: Sequence[object], bias_axes: str) -> Layer:
        """Make a projection, an ``EinsumDense``, as a sublayer."""
        given = {key: self.arguments[key] for key in PROJECTION_ARGUMENTS if key in self.arguments}
        projection = self.host.make(
            "EinsumDense",
            equation=equation,
            output_shape=list(output_shape),
            bias_axes=bias_axes if self.flag("use_bias") else None,
            name=name,
            **given,
        )
        self.children.append(projection)
        return projection


@layer()
class MultiHeadAttention(ProjectedAttention):
    """Attention in several heads: projections of query, key and value, and one of what comes out."""

    def check(self) -> None:
        """Refuse head counts and sizes that are no positive integers (Keras 3)."""
        super().check()
        if self.keras is Keras.TWO:
            self._check_2()
            return
        for name in ("num_heads", "key_dim", "value_dim"):
            value = self.arguments.get(name)
            if isinstance(value, Unknown | Poly) or (name == "value_dim" and value is None):
                continue
            if not isinstance(value, int) or isinstance(value, NumpyInt) or value <= 0:
                raise Refused(
                    f"Received an invalid value for argument `{name}`, expected a positive integer. "
                    f"Received: {name}={value!r}"
                )
        axes = self.arguments.get("attention_axes")
        if axes and not isinstance(axes, int | list | tuple | Unknown):
            raise Refused(f"`attention_axes` must be an int, list, or tuple. Received: attention_axes={axes!r}")
        output_shape = self.arguments.get("output_shape")
        if output_shape and not isinstance(output_shape, int | list | tuple | Poly | Unknown):
            raise Refused(f"Invalid `output_shape`: {output_shape!r}.")
        sizes = output_shape if isinstance(output_shape, list | tuple) else [output_shape]
        if any(isinstance(size, int) and size < 0 for size in sizes):
            raise Refused(
                f"Cannot convert '{output_shape}' to a shape. Negative dimensions are not allowed.", contract="argument"
            )
        self.check_window("sliding_window")
        self.check_flash()

    def _check_2(self) -> None:
        """Refuse what cannot be an entry of a shape; 0 can."""
        given = self.arguments.get("output_shape")
        sizes = [self.arguments.get(name) for name in ("num_heads", "key_dim", "value_dim")]
        for value in (*sizes, *(given if isinstance(given, list | tuple) else (given,))):
            if isinstance(value, bool | float | str):
                raise Refused(
                    "Dimension value must be integer or None or have an __index__ method, "
                    f"got value {value!r} with type {type(value)}",
                    error="TypeError",
                )
            if isinstance(value, int) and value < 0:
                raise Refused(f"Dimension {value} must be >= 0")

    def size(self, name: str) -> Dim:
        """Return a number of heads or a size."""
        return as_dim(self.arguments.get(name), name)

    def value_size(self) -> Dim:
        """Return the size of a value's head: ``key_dim`` unless it is given."""
        value = self.arguments.get("value_dim")
        if value is None or (isinstance(value, int) and value == 0):
            return self.size("key_dim")
        return self.size("value_dim")

    def last_dims(self, query: Shape) -> list[Dim | None]:
        """Return what stands in the place of the query's last axis."""
        value = self.value("output_shape")
        if isinstance(value, list | tuple) and value:
            return [as_dim(dim, "output_shape") for dim in value]
        if value is None or value == 0 or isinstance(value, list | tuple):
            return [query[-1]]
        return [as_dim(value, "output_shape")]

    def attention_axes(self, rank: int) -> tuple[int, ...]:
        """Return the axes of a projection of this rank over which is attended."""
        given = self.value("attention_axes")
        if given is None:
            return tuple(range(1, rank - 2))
        axes = given if isinstance(given, list | tuple) else (given,)
        known: list[int] = []
        for axis in axes:
            if isinstance(axis, Unknown):
                raise Undetermined(axis)
            if not isinstance(axis, int):
                raise Refused(f"attention_axes={given!r}", error="TypeError")
            known.append(axis if axis >= 0 or self.keras is Keras.TWO else rank - 1 + axis)
            if not -rank <= known[-1] < rank:
                raise Refused(
                    f"index {known[-1]} is out of bounds for axis 0 with size {rank}", error="IndexError", axes=given
                )
        return tuple(known)

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Make and build the projections."""
        self.children.clear()
        query, value, key = (shape_of(item) for item in self.inputs_of(call))
        for shape in (query, value, key):
            if len(shape) < 2:
                raise Refused("tuple index out of range", error="IndexError", contract="rank", shape=shape)
        self._check_lengths(value, key)
        if self.keras is Keras.TWO and isinstance(self.size("key_dim"), int) and self.size("key_dim") == 0:
            raise Refused("float division by zero", error="ZeroDivisionError", contract="argument")
        heads, size, value_size = self.size("num_heads"), self.size("key_dim"), self.value_size()
        last = self.last_dims(query)
        self._project_in("query", query, [heads, size])
        self._project_in("key", key, [heads, size])
        if self.arguments.get("use_gate") and self.flag("use_gate"):
            self._project_in("gate", query, [heads, value_size])
        self._project_in("value", value, [heads, value_size])
        self.attention_axes(len(value) + 1)
        equation, bias_axes = projection_equation(len(query) - 1, 2, len(last))
        free: list[object] = [None] * (len(query) - 2)
        projection = self.project("attention_output", equation, [*free, *last], bias_axes)
        self.host.build(projection, (*query[:-1], heads, value_size))
        return ()

    def _project_in(self, name: str, shape: Shape, last: list[Dim]) -> None:
        equation, bias_axes = projection_equation(len(shape) - 1, 1, 2)
        free: list[object] = [None] * (len(shape) - 2)
        projection = self.project(name, equation, [*free, *last], bias_axes)
        self.host.build(projection, shape)

    def _check_lengths(self, value: Shape, key: Shape) -> None:
        fits = len(value) == len(key)
        if fits and self.keras is Keras.THREE:
            fits = not any(unequal(a, b) for a, b in zip(value[1:-1], key[1:-1], strict=True))
        if not fits:
            raise Refused(
                "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                f"value_shape={shape_text(value)} and key_shape={shape_text(key)}",
                contract="merge-shapes",
                shapes=[value, key],
                axis=None,
            )

    def again(self, call: Call) -> None:
        """Call the projections on other inputs (Keras 2 traces them)."""
        if self.keras is Keras.TWO:
            query, value, key = self.inputs_of(call)
            for projection, tensor in zip(self.children, (query, key, value), strict=False):
                self.host.apply(projection, tensor)

    def output(self, call: Call) -> Output:
        """Return the query's shape with the output size, and the scores where they are asked for."""
        query, value, key = (shape_of(item) for item in self.inputs_of(call))
        self._check_lengths(value, key)
        last = self.last_dims(query)
        if self.keras is Keras.THREE:
            output: Shape = (*query[:-1], *last)
            if not self.wants_scores(call, 7):
                return output
            return [output, (query[0], self.size("num_heads"), query[1], query[1])]
        attended, scores = self._attend(query, value, key)
        axes = len(self.attention_axes(len(value) + 1))
        if call.argument("use_causal_mask", 6, default=False) is True and axes > 1:
            raise Refused(
                f"dim {-2 * axes - 1} not in the interval [-4, 3]: a causal mask is for one axis",
                contract="rank",
                shape=query,
            )
        if call.argument("use_causal_mask", 6, default=False) is True:
            self._one(scores[-2], query[1], query, value)
            self._one(scores[-1], value[1], query, value)
        output = (*attended, *last)
        return [output, scores] if self.wants_scores(call, 4) else output

    def _attend(self, query: Shape, value: Shape, key: Shape) -> tuple[Shape, Shape]:
        """Return the shapes of the output (without heads) and the scores, as the equations of Keras 2 give them."""
        rank = len(value) + 1
        axes = self.attention_axes(rank)
        if len(query) != len(value) or not axes or rank - 1 in {axis % rank for axis in axes}:
            raise Refused(
                f"Attention of a query of shape {shape_text(query)} over values of shape {shape_text(value)}: "
                "there is no axis to attend over",
                contract="rank",
                shape=query,
            )
        heads, size = self.size("num_heads"), self.size("key_dim")
        batch = [i for i in range(rank - 1) if i not in {axis % rank for axis in axes}]
        queries: Shape = (*query[:-1], heads, size)
        keys: Shape = (*key[:-1], heads, size)
        values: Shape = (*value[:-1], heads, self.value_size())
        met = {i: self._one(queries[i], keys[i], query, key) for i in batch}
        for axis in axes:
            self._one(keys[axis], values[axis], key, value)
        scores = (*met.values(), *(queries[axis] for axis in axes), *(keys[axis] for axis in axes))
        dims = list(queries)
        for i, dim in met.items():
            dims[i] = self._one(dim, values[i], query, value)
        return tuple(dims[: rank - 2]), scores

    def _one(self, a: Dim | None, b: Dim | None, first: Shape, second: Shape) -> Dim | None:
        if differ(a, b) and a != 1 and b != 1:
            raise Refused(
                f"Incompatible shapes in attention: {shape_text(first)} and {shape_text(second)}",
                contract="merge-shapes",
                shapes=[first, second],
                axis=None,
            )
        if a is None or a == 1:
            return b
        return a


@layer("GroupedQueryAttention")
class GroupedQueryAttention(ProjectedAttention):
    """Attention whose keys and values have fewer heads than the queries."""

    def check(self) -> None:
        """Refuse query heads that the key and value heads do not divide."""
        super().check()
        heads, groups = self.arguments.get("num_query_heads"), self.arguments.get("num_key_value_heads")
        if isinstance(heads, int) and isinstance(groups, int):
            if groups == 0:
                raise Refused("integer modulo by zero", error="ZeroDivisionError")
            if heads % groups:
                raise Refused("`num_query_heads` must be divisible by `num_key_value_heads`.")
        size = self.arguments.get("head_dim")
        if isinstance(size, int) and size <= 0:
            error = "ZeroDivisionError" if size == 0 else "ValueError"
            raise Refused(f"Received an invalid head_dim={size}", error=error)
        for value in (size, heads, groups):
            if isinstance(value, float | str) or (isinstance(value, int) and value < 0):
                raise Refused(f"Cannot convert '{value!r}' to a shape.", received=value)
        self.check_window("sliding_window")
        self.check_flash()

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Make and build the projections."""
        self.children.clear()
        query, value, key = (shape_of(item) for item in self.inputs_of(call))
        size = as_dim(self.arguments.get("head_dim"), "head_dim")
        heads = as_dim(self.arguments.get("num_query_heads"), "num_query_heads")
        groups = as_dim(self.arguments.get("num_key_value_heads"), "num_key_value_heads")
        into = "bqm,muh->bquh"
        self.host.build(self.project("query", into, [None, heads, size], "uh"), query)
        self.host.build(self.project("key", "bkm,mvh->bkvh", [None, groups, size], "vh"), key)
        if self.arguments.get("use_gate") and self.flag("use_gate"):
            self.host.build(self.project("gate", into, [None, heads, size], "uh"), query)
        self.host.build(self.project("value", "bkm,mvh->bkvh", [None, groups, size], "vh"), value)
        out = self.project("attention_output", "bquh,uhm->bqm", [None, query[-1]], "m")
        self.host.build(out, (None, None, heads, size))
        return ()

    def output(self, call: Call) -> Output:
        """Return the query's shape, and the scores where they are asked for."""
        query, value, key = (shape_of(item) for item in self.inputs_of(call))
        if unequal(query[-1], value[-1]):
            raise Refused(
                "The last dimension of `query_shape` and `value_shape` must be equal, but are "
                f"{query[-1]}, {value[-1]}. Received: query_shape={shape_text(query)}, value_shape={shape_text(value)}",
                contract="merge-shapes",
                shapes=[query, value],
                axis=-1,
            )
        if len(value) != len(key) or any(unequal(a, b) for a, b in zip(value[1:-1], key[1:-1], strict=True)):
            raise Refused(
                "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                f"value_shape={shape_text(value)} and key_shape={shape_text(key)}",
                contract="merge-shapes",
                shapes=[value, key],
                axis=None,
            )
        if not self.wants_scores(call, 7):
            return query
        heads = as_dim(self.arguments.get("num_query_heads"), "num_query_heads")
        return [query, (query[0], heads, query[1], key[1])]


def projection_equation(free: int, bound: int, output: int) -> tuple[str, str]:
    """Return the equation of a projection, and the axes of its bias, as Keras writes them."""
    letters = string.ascii_lowercase
    kept, summed, made = letters[:free], letters[free : free + bound], letters[free + bound : free + bound + output]
    return f"{kept}{summed},{summed}{made}->{kept}{made}", made
